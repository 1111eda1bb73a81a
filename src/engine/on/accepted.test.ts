import { describe, expect, it } from "vitest";
import { decided, presetNamed, pushedCommit } from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import type { FlaggedPush } from "../../domain/facts.ts";
import type { Login } from "../../domain/names.ts";
import { login } from "../../testing/builders.ts";

const flow = presetNamed("gitflow");
const devops = { teams: { devops: [login("ann"), login("bob")] } };
const flagged = (accepted: readonly string[], writers: readonly string[] = ["ann"]): readonly FlaggedPush[] => [
  {
    code: "pushed-directly",
    push: pushedCommit({ branch: "develop", writers: writers as Login[], accepted: accepted as Login[] }),
  },
];
const accept: Event = { kind: "answer", by: login("bob"), pullRequest: null, environment: null };
const over = ["flag develop pushed-directly close"];

describe("the issue about a push past the reviews", () => {
  it.each([
    {
      name: "is closed when somebody accepted it who could have reviewed it",
      by: ["bob"],
      event: accept,
      actions: over,
    },
    {
      name: "is closed by the clock, since a word on a commit is told to nobody",
      by: ["bob"],
      event: { kind: "tick" },
      actions: over,
    },
    { name: "stands while nobody did", by: [], event: accept, actions: [] },
    { name: "stands when who pushed accepts it", by: ["ann"], event: accept, actions: [] },
    { name: "stands when a stranger accepts it", by: ["eve"], event: accept, actions: [] },
  ] as const)("$name", ({ by, event, actions }) => {
    expect(decided(flow, [], event, { ...devops, flagged: flagged(by) })).toEqual(actions);
  });

  it("is closed by nobody's word where nobody is known to be one who may merge", () => {
    expect(decided(flow, [], accept, { maintainers: [], flagged: flagged(["bob"]) })).toEqual([]);
  });
});
