import { describe, expect, it } from "vitest";
import { decided, onBranch, presetNamed } from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import { aChange, answer, aStack, commit, login, stackName } from "../../testing/builders.ts";

const flow = presetNamed("trunk-stored-plan");
const merge: Event = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: login("ann") };
const forget = (by: string, stack: string | null = "test/app") =>
  answer(by, "forget", { via: "command", stack: stack === null ? null : stackName(stack) });

/** Its code is gone from main; what was applied of it stands. */
const gone = aStack("test/app").with({ inputs: null, run: null, plan: null, source: onBranch });

describe("a stack whose code a merge takes away", () => {
  it.each([
    { name: "is named, and nobody destroys it", about: gone, actions: ["flag test/app stack-deleted open"] },
    {
      name: "loses the plan that was stored of it",
      about: aStack("test/app").with({ inputs: null, source: onBranch }),
      actions: ["supersede test/app", "flag test/app stack-deleted open"],
    },
    { name: "is nothing when it was never applied", about: gone.with({ applied: null }), actions: [] },
    {
      name: "is left behind by a word",
      about: gone.said(forget("bob")),
      actions: ["flag test/app stack-deleted close"],
    },
    {
      name: "is not left behind by strangers",
      about: gone.said(forget("eve")),
      actions: ["flag test/app stack-deleted open"],
    },
    {
      name: "is not left behind by a word about another",
      about: gone.said(forget("bob", "test/other")),
      actions: ["flag test/app stack-deleted open"],
    },
    {
      name: "is not left behind by a word about none",
      about: gone.said(forget("bob", null)),
      actions: ["flag test/app stack-deleted open"],
    },
  ])("$name", ({ about, actions }) => {
    expect(decided(flow, [about], merge, { pullRequest: aChange() })).toEqual(actions);
  });

  it("is refused the apply that waits", () => {
    const waiting = aStack("test/app").approvedBy("bob").with({ inputs: null });
    expect(decided(flow, [waiting], { kind: "tick" })).toEqual(["refuse test/app stack-deleted"]);
  });

  it("is not planned again because somebody asks", () => {
    const command: Event = { kind: "command", command: "plan", pullRequest: 12, stack: null, by: login("bob") };
    expect(decided(flow, [gone], command, { pullRequest: aChange() })).toEqual(["flag test/app stack-deleted open"]);
  });
});
