import { describe, expect, it } from "vitest";
import type { Delivered } from "../../delivery/deliver.ts";
import { reasons } from "../../domain/reason.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { runId } from "../../testing/builders.ts";
import type { Ci } from "./open-job.ts";
import { tellDelivered, tellPassedOver } from "./tell-delivered.ts";

function job() {
  const [summary, log]: [string[], string[]] = [[], []];
  const ci = {
    outputs: { summary: (text: string) => void summary.push(text) },
    progress: (line: string) => void log.push(line),
  } as unknown as Ci;
  return { ci, summary, log };
}

const missing: Verdict = { rule: "plan-stored", answer: "no", code: "bundle-missing", sentence: "it is not there" };
const late: Verdict = { rule: "windows", answer: "waiting", code: "outside-window", sentence: "it is Friday" };
const heard = (reason: Verdict): Delivered => ({
  event: { kind: "apply-ready", run: runId("1") },
  decision: { actions: [], reasons: [reason] },
});

describe("what a job says it decided", () => {
  it("tells in the log and in the summary what to do about each reason, once, also behind the first one", () => {
    const { ci, summary } = job();
    const group: Verdict = { ...missing, rule: "apply", children: [missing, late] };
    const { text } = tellDelivered(ci, [heard(group), heard(missing)]);
    const next = [
      `bundle-missing: ${reasons["bundle-missing"].next}`,
      `outside-window: ${reasons["outside-window"].next}`,
    ];
    expect(text.split("\n")).toEqual([
      "apply-ready: it is not there",
      "apply-ready: it is not there",
      "What to do:",
      ...next.map((line) => `  ${line}`),
    ]);
    expect(summary[1]).toBe(["**What to do:**", "", ...next.map((line) => `- ${line}`)].join("\n"));
  });

  it("asks nothing of anybody where all is well", () => {
    const { ci, summary } = job();
    const { text } = tellDelivered(ci, [heard({ rule: "verify", answer: "yes", sentence: "it works" })]);
    expect([text, summary]).toEqual(["apply-ready: it works", ["- apply-ready: `it works`"]]);
  });

  it("asks for nothing that something else made good, and still for what has to follow a yes", () => {
    const waived: Verdict = { rule: "windows", answer: "yes", code: "emergency-used", sentence: "it was urgent" };
    const yes: Verdict = { rule: "apply", answer: "yes", sentence: "it may be applied", children: [missing, waived] };
    expect(tellDelivered(job().ci, [heard(yes)]).text.split("\n")).toEqual([
      "apply-ready: it may be applied",
      "What to do:",
      `  emergency-used: ${reasons["emergency-used"].next}`,
    ]);
  });

  it("says that nothing waited for something where that is all, and asks nobody for anything because of it", () => {
    const nothing = { rule: "wake", answer: "no", code: "not-requested", sentence: "no apply waits for this" } as const;
    const well = heard({ rule: "verify", answer: "yes", sentence: "it works" });
    expect(tellDelivered(job().ci, [well, heard(nothing)]).text).toBe("apply-ready: it works");
    expect(tellDelivered(job().ci, [heard(nothing)]).text).toBe("apply-ready: no apply waits for this");
  });

  it("names what was passed over, in words that start no command of the runner's", () => {
    const { ci, summary, log } = job();
    tellPassedOver(ci, "2 plans\n::error::of `nobody`");
    expect(log).toEqual([expect.stringMatching(/^warning: 2 plans/)]);
    for (const said of [...log, ...summary]) expect(said).not.toMatch(/^::|\n::/);
  });
});
