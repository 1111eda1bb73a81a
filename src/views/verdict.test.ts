import { describe, expect, it } from "vitest";
import { allOf, type Verdict } from "../domain/verdict.ts";
import { parseFlow } from "../flow/index.ts";
import { stackName } from "../testing/builders.ts";
import { fullFlow } from "../testing/full-flow.ts";
import { momentText, zonesOf } from "./moment.ts";
import { renderVerdict, wayTo } from "./verdict.ts";

const { value: flow } = parseFlow(fullFlow, { file: "plangate.yaml" });
if (flow === undefined) throw new Error("the flow of the test cannot be read");

const closed: Verdict = {
  rule: "windows",
  answer: "waiting",
  code: "outside-window",
  sentence: "prod is changed within Mon-Thu 08:00-16:00 Europe/Berlin only",
  until: Date.UTC(2026, 6, 6, 6),
};
const heldBy: Verdict = {
  rule: "hold",
  answer: "waiting",
  code: "held-by-branch",
  sentence: "dev/queue of ann holds dev/app",
  after: "dev/queue",
};

describe("a verdict for people", () => {
  it("says once, where it comes from, what ends a wait", () => {
    const zones = zonesOf(flow.environments.find(({ name }) => name === "prod"));
    expect(renderVerdict(allOf("apply", "all is well", [closed, heldBy]), 0, zones).split("\n")).toEqual([
      "… prod is changed within Mon-Thu 08:00-16:00 Europe/Berlin only",
      "  … prod is changed within Mon-Thu 08:00-16:00 Europe/Berlin only [outside-window], until 2026-07-06 06:00 UTC (Mon 08:00 Europe/Berlin)",
      "  … dev/queue of ann holds dev/app [held-by-branch], after dev/queue",
    ]);
  });

  it("says once what several rules say that have nothing against it", () => {
    const idle = (rule: string): Verdict => ({ rule, answer: "yes", sentence: "not asked of a local apply" });
    expect(renderVerdict(allOf("apply", "all is well", [idle("a"), heldBy, idle("b"), heldBy])).split("\n")).toEqual([
      "… dev/queue of ann holds dev/app",
      "  ✓ not asked of a local apply",
      "  … dev/queue of ann holds dev/app [held-by-branch], after dev/queue",
      "  … dev/queue of ann holds dev/app [held-by-branch], after dev/queue",
    ]);
  });

  it("lets no name move the cursor", () => {
    expect(renderVerdict({ ...heldBy, after: "\u001b[2Jx", sentence: "a\nb" })).toBe(
      "… a\\nb [held-by-branch], after \\u001b[2Jx",
    );
  });
});

describe("a moment", () => {
  it.each([
    { at: Date.UTC(2026, 0, 8, 7), zones: ["Europe/Berlin"], text: "2026-01-08 07:00 UTC (Thu 08:00 Europe/Berlin)" },
    { at: Date.UTC(2026, 0, 8, 23, 30), zones: ["Asia/Tokyo"], text: "2026-01-08 23:30 UTC (Fri 08:30 Asia/Tokyo)" },
    { at: Date.UTC(2026, 0, 8, 7), zones: ["UTC"], text: "2026-01-08 07:00 UTC" },
  ])("is told in UTC and on the clocks there: $text", ({ at, zones, text }) => {
    expect(momentText(at, zones)).toBe(text);
  });
});

describe("the way to an apply", () => {
  it.each([
    { stack: "ephemeral-12/app", way: "open a pull request into develop" },
    { stack: "dev/app", way: 'start the job "Try" with a dev' },
    { stack: "stage/app", way: "merge a pull request into main" },
    { stack: "prod/app", way: "make a release" },
  ])("of $stack: $way", ({ stack, way }) => {
    expect(wayTo(flow, stackName(stack))).toContain(`The way there: ${way} (plangate.yaml`);
  });

  it("is missing where no row applies", () => {
    expect(wayTo({ ...flow, when: [] }, stackName("prod/app"))).toBe("The flow applies nothing to prod/app.");
  });
});
