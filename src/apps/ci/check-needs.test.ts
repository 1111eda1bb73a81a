import { describe, expect, it } from "vitest";
import { checkCommand } from "./check-needs.ts";

const check = (needs: unknown) => {
  const summaries: string[] = [];
  const outputs = { output: () => undefined, summary: (markdown: string) => void summaries.push(markdown) };
  const text = typeof needs === "string" ? needs : JSON.stringify(needs);
  return { ...checkCommand({ env: { PLANGATE_NEEDS: text }, outputs }), summary: summaries.join() };
};

describe("the check of the jobs before it", () => {
  it("is green where each did its work, or had none", () => {
    const found = check({
      touched: { result: "success" },
      "plan-test": { result: "success", ordered: true },
      "plan-prod": { result: "skipped", ordered: false },
    });
    expect(found.exitCode).toBe(0);
  });

  it.each([
    { name: "one failed", needs: { touched: { result: "success" }, "check-fmt": { result: "failure" } } },
    { name: "one was cancelled", needs: { touched: { result: "cancelled" } } },
    { name: "one was skipped that had no reason to", needs: { "check-fmt": { result: "skipped" } } },
    { name: "a plan was skipped that was ordered", needs: { "plan-test": { result: "skipped", ordered: true } } },
    { name: "a plan was made that nobody ordered", needs: { "plan-test": { result: "success", ordered: false } } },
  ])("is red where $name", ({ needs }) => {
    expect(check(needs).exitCode).toBe(1);
  });

  it("tells each job that is in the way, and its name can do nothing to the table", () => {
    const found = check({ "a|b\n| fine | success |": { result: "failure" } });
    expect(found.text).toContain("it failed");
    expect(found.summary.split("\n")).toHaveLength(3);
  });

  it.each([
    { name: "nothing at all", needs: "{}" },
    { name: "no JSON", needs: "{" },
    { name: "a list", needs: "[]" },
    { name: "a result that GitHub does not have", needs: { touched: { result: "fine" } } },
    { name: "no result", needs: { touched: {} } },
  ])("takes $name for a mistake and not for a yes", ({ needs }) => {
    expect(() => check(needs)).toThrow(/PLANGATE_NEEDS/);
  });
});
