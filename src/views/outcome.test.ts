import { describe, expect, it } from "vitest";
import { digestOf } from "../domain/digest.ts";
import type { RunState } from "../domain/run.ts";
import { aRun, runId } from "../testing/builders.ts";
import { isOutcome, renderOutcome } from "./outcome.ts";

const ended = (stack: string, state: RunState, about: Parameters<typeof aRun>[1] = {}) =>
  aRun(stack, { state, plan: digestOf(stack), ...about });

describe("what became of a pull request", () => {
  it("is told stack by stack, what needs somebody first, with why and what to do", () => {
    const text = renderOutcome([
      ended("test/app", "verified", { id: runId("1") }),
      ended("test/queue", "interrupted", { id: runId("2"), code: "interrupted", why: "whoever worked on it is gone" }),
    ]);
    expect(text?.split("\n")).toEqual([
      "### What became of it",
      "",
      expect.stringMatching(
        /^- `test\/queue`: \*\*the apply was interrupted\*\*, 2026-01-06 10:00 UTC, run `run-00000002`\. whoever worked on it is gone\. \*\*What to do:\*\* ./,
      ),
      "- `test/app`: applied and verified, 2026-01-06 10:00 UTC, run `run-00000001`",
    ]);
  });

  it("is of the newest run of each stack: a newer plan that waits takes an older end away", () => {
    const [failed, waits] = [ended("test/app", "failed", { code: "apply-failed" }), ended("test/app", "waiting")];
    expect(renderOutcome([failed])).toContain("the apply failed");
    expect(renderOutcome([waits, failed])).toBeNull();
    expect(renderOutcome([ended("test/app", "superseded"), failed])).toContain("the apply failed");
    expect([waits, failed].map(isOutcome)).toEqual([false, true]);
  });

  it("is of the apply, too, whose stack is taken down again", () => {
    const runs = [ended("ephemeral-2/app", "planning", { mode: "destroy" }), ended("ephemeral-2/app", "verified")];
    expect(renderOutcome(runs)).toContain("`ephemeral-2/app`: applied and verified");
    const both = renderOutcome([ended("ephemeral-2/app", "verified", { mode: "destroy" }), ...runs.slice(1)]);
    expect(both?.match(/applied and verified|destroyed/g)).toEqual(["applied and verified", "destroyed"]);
  });

  it("tells a plan that there is none of, and what the tool said cannot be anything but text", () => {
    const why = "Error: <img src=x> @acme/devops **bold** | x";
    const text = renderOutcome([ended("test/app", "failed", { plan: null, code: "plan-failed", why })]) ?? "";
    expect(text).toContain("could not be planned");
    expect(text).not.toMatch(/(?<!\\)<img|@acme|(?<!\\)\*\*bold/);
    expect(renderOutcome([ended("test/app", "refused", { plan: null })])).toContain("its plan was refused");
  });

  it("has room for all that is known of a few, and tells what to do once of each reason", () => {
    const why = `It is kept as ${"x".repeat(2_000)}`;
    const failed = (stack: string) => ended(stack, "failed", { code: "apply-failed", why });
    const few = renderOutcome(["test/a", "test/b"].map(failed)) ?? "";
    expect(few.match(/x{2000}/g)).toHaveLength(2);
    expect(few.match(/summary of the job/g)).toHaveLength(1);
    expect(few).toMatch(/\*\*What to do:\*\* as above\.$/);
    const many = renderOutcome(Array.from({ length: 60 }, (_, index) => failed(`test/s${index}`))) ?? "";
    expect(many.length).toBeLessThan(40_000);
  });

  it("names no more stacks than people read, and says how many more there are", () => {
    const runs = Array.from({ length: 60 }, (_, index) => ended(`test/app-${index}`, "verified"));
    expect(renderOutcome(runs)).toContain("- and 10 more");
  });
});
