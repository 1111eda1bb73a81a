import type { Facts } from "../../src/domain/facts.ts";
import { decide } from "../../src/engine/index.ts";
import { type Flow, type PresetName, parseFlow, presetNames, renderPreset } from "../../src/flow/index.ts";
import {
  aChange,
  answer,
  answerTime,
  aStack,
  commit,
  login,
  runId,
  type StackBuilder,
  shownTime,
  stackName,
} from "../../src/testing/builders.ts";
import type { Bench } from "../bench.ts";
import { measureCalls } from "../measure.ts";

const holder = { host: "h", pid: 1, startedAt: "1" };

/** What every case has: six answers, two changes, the lease. */
function readyOn(name: string, change: Parameters<typeof aChange>[0]): StackBuilder {
  const gate = (by: string, environment: string, at: number) =>
    answer(by, "approve", { at, via: "gate", pullRequest: null, environment });
  const [environment = ""] = name.split("/");
  return aStack(name)
    .withRun({ state: "approved" })
    .with({
      lease: { stack: stackName(name), run: runId("1"), fence: 1, since: shownTime, holder },
      changes: [aChange({ number: 11, ...change }), aChange(change)],
    })
    .said(
      answer("eve", "approve"),
      answer("ann", "approve"),
      answer("bob", "approve", { at: shownTime }),
      answer("cem", "request-changes"),
      answer("cem", "approve", { at: answerTime + 1 }),
      gate("bob", environment, answerTime + 2),
    );
}

const sections = ["why", "rollback"];
const tag = { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } };

/** In each preset the apply that has the most to pass. */
const cases: Readonly<Record<PresetName, StackBuilder>> = {
  "trunk-demo": readyOn("prod/infra", { headBranch: "feature/NET-12" }),
  "integration-branch": readyOn("prod/infra", { headBranch: "development", codeOwners: [[login("bob")]] }),
  gitflow: readyOn("prod/app", { headBranch: "develop", sections }),
  "trunk-stored-plan": readyOn("prod/app", {})
    .due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0" })
    .with({ ref: tag }),
};

/** The flow with every rule at work: windows where the preset has them, deletions where it asks about them. */
function flowOf(name: PresetName): Flow {
  const text = renderPreset(name).replace("windows: always", 'windows: ["Mon-Thu 08:00-16:00 Europe/Berlin"]');
  const flow = parseFlow(text, { file: "plangate.yaml" }).value;
  if (flow === undefined) throw new Error(`the preset ${name} does not parse`);
  return flow;
}

const event = { kind: "apply-ready", run: runId("1") } as const;

function checked(flow: Flow, facts: Facts): void {
  const { actions, reasons } = decide(flow, facts, event);
  if (actions[0]?.kind !== "apply")
    throw new Error(`the case decided is not the one meant, nothing is applied in it: ${reasons[0]?.sentence}`);
}

export const bench: Bench = {
  name: "decisions",
  about:
    "The second decision about an apply, with its whole tree of verdicts, on one core: what every apply, every replay and every state of the proof pays.",
  run: async ({ quick, runs }) => {
    const count = quick ? 20_000 : 200_000;
    const rows: Awaited<ReturnType<Bench["run"]>>[number][] = [];
    for (const name of presetNames) {
      const flow = flowOf(name);
      const facts = cases[name].build({ teams: teamsOf(flow) });
      checked(flow, facts);
      const measured = await measureCalls(() => {
        let applied = 0;
        for (let index = 0; index < count; index++) applied += decide(flow, facts, event).actions.length;
        return applied;
      }, runs(9));
      const rate = measured.ratePerSecond ?? 0;
      const work = `${name}: apply-ready with 6 answers and 2 changes, all rules judged`;
      rows.push({ work, measured, aim: "at least 100,000 a second", holds: rate >= 100_000 });
    }
    return rows;
  },
};

function teamsOf(flow: Flow): NonNullable<Facts["teams"]> {
  const members = ["ann", "bob", "cem"].map(login);
  return Object.fromEntries(Object.keys(flow.teams).map((team) => [team, members]));
}
