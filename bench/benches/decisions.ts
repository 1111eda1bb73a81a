import { decide } from "../../src/engine/index.ts";
import { parseFlow, renderPreset } from "../../src/flow/index.ts";
import { aChange, answer, answerTime, aStack, runId, shownTime } from "../../src/testing/builders.ts";
import type { Bench } from "../bench.ts";
import { measureCalls } from "../measure.ts";

export const bench: Bench = {
  name: "decisions",
  about:
    "The second decision about an apply, with its whole tree of verdicts, on one core: what every apply, every replay and every state of the proof pays.",
  run: async ({ quick, runs }) => {
    const flow = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;
    if (flow === undefined) throw new Error("the preset does not parse");
    const facts = aStack("test/app")
      .withRun({ state: "approved" })
      .with({
        lease: {
          stack: aStack("test/app").stack.stack,
          run: runId("1"),
          fence: 1,
          since: shownTime,
          holder: { host: "h", pid: 1, startedAt: "1" },
        },
        changes: [aChange({ number: 11 }), aChange()],
      })
      .said(
        answer("eve", "approve"),
        answer("ann", "approve"),
        answer("bob", "approve", { at: shownTime }),
        answer("cem", "request-changes"),
        answer("cem", "approve", { at: answerTime + 1 }),
        answer("bob", "approve", { at: answerTime + 2, via: "gate", pullRequest: null, environment: "test" }),
      )
      .build();
    const event = { kind: "apply-ready", run: runId("1") } as const;
    const { actions } = decide(flow, facts, event);
    if (actions[0]?.kind !== "apply")
      throw new Error("the case decided is not the one meant: nothing is applied in it");

    const count = quick ? 20_000 : 200_000;
    const measured = await measureCalls(() => {
      let applied = 0;
      for (let index = 0; index < count; index++) applied += decide(flow, facts, event).actions.length;
      return applied;
    }, runs(9));
    const rate = measured.ratePerSecond ?? 0;
    const work = "apply-ready with 6 answers and 2 changes, all rules judged";
    return [{ work, measured, aim: "at least 100,000 a second", holds: rate >= 100_000 }];
  },
};
