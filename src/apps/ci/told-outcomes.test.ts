import { describe, expect, it } from "vitest";
import { presetWith } from "../../../test/engine/decisions.ts";
import type { Delivered } from "../../delivery/deliver.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import { moveRun } from "../../delivery/record.ts";
import type { PersonalAnswer } from "../../domain/answer.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { parseRunId } from "../../domain/names.ts";
import { manifestText, planDigestOf, type StoredPlan } from "../../domain/plan.ts";
import type { Run, RunState } from "../../domain/run.ts";
import { aChange, answer, aRun, aStack, commit, login, runId } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Ci } from "./open-job.ts";
import { tellOutcomes } from "./told-outcomes.ts";

const ofChange = (pullRequest: number) =>
  ({ kind: "merge", pullRequest, branch: "main", commit: commit("c1") }) as const;

/** A record with runs, on which jobs end them and tell of it; `broken` is whether GitHub takes comments. */
async function jobs(runs: readonly Run[], plan?: StoredPlan) {
  const clock = { now: () => 1_000 };
  const store = memoryStore({ clock });
  const plans = plan === undefined ? {} : { plans: [plan] };
  for (const run of runs) await store.write({ createRuns: [run], ...plans, ledger: [] });
  const asks = { answers: [] as readonly PersonalAnswer[], looked: 0 };
  const [shown, said]: [[number, string | null][], string[]] = [[], []];
  let broken = false;
  const showOutcome = async (pullRequest: number, text: string | null) => {
    if (broken) throw new DeliveryError({ code: "github-502", message: "GitHub is down", reaction: "retry" });
    shown.push([pullRequest, text]);
  };
  const forge = {
    showOutcome,
    pullRequest: async () => {
      asks.looked++;
      return aChange({ state: "open", answers: asks.answers });
    },
    teams: async () => ({ owners: [login("bob"), login("cem")] }),
    maintainers: async () => [login("bob")],
  };
  const delivery = { store, clock, forge, flow } as unknown as Delivery;
  const ci = { progress: (line: string) => void said.push(line) } as unknown as Ci;
  return {
    shown,
    said,
    asks,
    breaks: (now: boolean) => {
      broken = now;
    },
    become: (id: string, state: RunState) => moveRun(delivery, parseRunId(id) ?? runId(id), state),
    tell: (others = true, delivered: readonly Delivered[] = []) => tellOutcomes(ci, delivery, { others, delivered }),
  };
}

/** Two of the owners are asked about test. */
const flow = presetWith("trunk-stored-plan", {
  from: /^( {2}test:.*?)approvals: \{ count: 1/ms,
  to: "$1approvals: { count: 2",
});
const said = (pullRequest: number) =>
  ({ kind: "answer", by: login("bob"), pullRequest, environment: null }) as const satisfies Delivered["event"];

const planning = (id: string, pullRequest: number) =>
  aRun("test/app", { id: runId(id), state: "planning", source: ofChange(pullRequest) });

describe("what became of pull requests", () => {
  it("is told once by the next job that decides, whoever heard of it, whether a deployment tells it or not", async () => {
    const { become, tell, shown } = await jobs([planning("1", 12)]);
    await tell();
    expect(shown).toEqual([]);
    await become("1", "failed");
    await tell();
    await tell();
    expect(shown).toEqual([[12, expect.stringContaining("could not be planned")]]);
  });

  it("is tried again by the job after the one that could not write it, which says so", async () => {
    const { become, tell, shown, said, breaks } = await jobs([planning("1", 12), planning("2", 13)]);
    await become("1", "refused");
    breaks(true);
    await tell();
    expect(said).toEqual([expect.stringMatching(/^what became of pull request 12 is not told .*GitHub is down$/)]);
    breaks(false);
    await become("2", "failed");
    await tell();
    expect(shown.map(([number]) => number)).toEqual([12, 13]);
  });

  it("is told by a job that decides about its own work alone of that alone, and of a newer plan anew", async () => {
    const { become, tell, shown } = await jobs([planning("1", 12), planning("2", 13)]);
    await become("1", "failed");
    await become("2", "failed");
    const decision = { actions: [], reasons: [] };
    await tell(false, [{ event: { kind: "run-applied", run: runId("2"), outcome: "failed" }, decision }]);
    await tell(false);
    expect(shown.map(([number]) => number)).toEqual([13]);
    await tell();
    expect(shown.map(([number]) => number)).toEqual([13, 12]);
  });

  it("tells who said yes when somebody answers, what is missing, and nothing of it once a new plan is asked about", async () => {
    const made = aStack("test/app").plan;
    const digest = planDigestOf(manifestText(made.manifest));
    const plan = { ...made, digest, shown: made.shown.map((showing) => ({ ...showing, digest })) };
    const stack = aStack("test/app").withRun({ state: "planned", due: null, source: ofChange(12), plan: digest });
    const { tell, shown, become, asks } = await jobs([stack.run], plan);
    const answered = [{ event: said(12), decision: { actions: [], reasons: [] } }];
    await tell(true, answered);
    expect(shown).toEqual([]);
    asks.answers = [answer("bob", "approve")];
    await tell();
    expect([shown, asks.looked]).toEqual([[], 1]);
    await tell(true, answered);
    expect(shown).toEqual([
      [12, expect.stringMatching(/`test\/app`: 1 of 2 approvals given, by bob\. \*\*1 more\*\* by owners/)],
    ]);
    await become(stack.run.id, "superseded");
    const event = { kind: "run-planned", run: stack.run.id, outcome: "changes" } as const;
    await tell(true, [{ event, decision: { actions: [], reasons: [] } }]);
    await tell(true, answered);
    expect(shown.slice(1)).toEqual([[12, null]]);
  });
});
