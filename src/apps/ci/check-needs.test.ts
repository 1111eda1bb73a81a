import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkCommand } from "./check-needs.ts";

const check = (needs: unknown, env: Readonly<Record<string, string>> = {}) => {
  const summaries: string[] = [];
  const outputs = { output: () => undefined, summary: (markdown: string) => void summaries.push(markdown) };
  const text = typeof needs === "string" ? needs : JSON.stringify(needs);
  return { ...checkCommand({ env: { ...env, PLANGATE_NEEDS: text }, outputs }), summary: summaries.join() };
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

  it("lets a fork be as it is where it had nothing to do without an identity, and tells who can have it planned", () => {
    const file = join(mkdtempSync(join(tmpdir(), "check-")), "event.json");
    const event = (head: number | null) => ({
      pull_request: { head: { repo: head === null ? null : { id: head } } },
      repository: { id: 7, default_branch: "main" },
    });
    const needs = { "plan-test": { result: "skipped", ordered: true }, "hand-over": { result: "skipped" } };
    const told = (body: unknown) => {
      writeFileSync(file, JSON.stringify(body));
      return check(needs, { GITHUB_EVENT_PATH: file });
    };
    for (const head of [8, null])
      expect(told(event(head))).toMatchObject({ exitCode: 0, text: expect.stringContaining("/plangate plan") });
    Object.assign(needs, { "check-fmt": { result: "skipped" } });
    expect(told(event(8))).toMatchObject({ exitCode: 1, text: expect.stringContaining("check-fmt: it was skipped") });
    Object.assign(needs, { "check-fmt": { result: "success" }, "plan-test": { result: "failure", ordered: true } });
    expect(told(event(8))).toMatchObject({ exitCode: 1, text: expect.stringContaining("plan-test: it failed") });
    Object.assign(needs, { "plan-test": { result: "skipped", ordered: true } });
    for (const body of [event(7), [], { repository: { id: 7, default_branch: "main" } }])
      expect(told(body)).toMatchObject({ exitCode: 1, text: expect.not.stringContaining("/plangate plan") });
    rmSync(dirname(file), { recursive: true });
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
