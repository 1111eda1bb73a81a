import { describe, expect, it } from "vitest";
import type { Action } from "../domain/decision.ts";
import { parseStackName, type StackName } from "../domain/names.ts";
import { becauseText, collect, flagText, type News, nothingHappened } from "./happened.ts";

const app = parseStackName("prod/app") as StackName;
const flag = (about: Partial<Extract<Action, { kind: "flag" }>>): News => ({
  action: {
    kind: "flag",
    stack: null,
    branch: null,
    commit: null,
    code: "push-too-large",
    issue: "open",
    until: null,
    why: "",
    ...about,
  },
});
const collected = (...news: readonly News[]) => news.reduce(collect, nothingHappened);

describe("what happened", () => {
  it("counts a flag once, by its stack or branch, and not when it is over", () => {
    const { flagged } = collected(
      flag({ branch: "develop" }),
      flag({ branch: "develop" }),
      flag({ stack: app, code: "drift-found" }),
      flag({ branch: "main", issue: "close" }),
      flag({ branch: "old", code: "branch-old", issue: null }),
    );
    expect(flagged.map(flagText)).toEqual(["develop: push-too-large", "old: branch-old", "prod/app: drift-found"]);
  });

  it("tells issues by what they say, and what was destroyed, drifted and opened", () => {
    const told = collected(
      { outcome: { kind: "issue", change: "opened", code: "drift-found" } },
      { outcome: { kind: "issue", change: "closed", code: "drift-found" } },
      { outcome: { kind: "destroyed", stack: app } },
      { outcome: { kind: "drifted", stack: app } },
      { outcome: { kind: "opened", purpose: "back-merge" } },
    );
    expect(told).toMatchObject({
      issues: { opened: ["drift-found"], closed: ["drift-found"] },
      destroyed: [app],
      drifted: [app],
      opened: ["back-merge"],
      planned: [],
      flagged: [],
    });
  });

  it("keeps the last report of the one check", () => {
    const check = (passed: boolean): News => ({ outcome: { kind: "checked", passed } });
    expect(collected(check(false), check(true)).checks).toEqual({ check: "pass" });
    expect(collected(check(true), check(false)).checks).toEqual({ check: "fail" });
  });

  it("names what is about no stack by its code alone", () => {
    expect(becauseText({ stack: null, because: "release-not-ready" })).toBe("release-not-ready");
    expect(flagText({ stack: null, branch: null, because: "drift-found" })).toBe("drift-found");
  });
});
