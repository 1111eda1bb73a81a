import { describe, expect, it } from "vitest";
import { type ApplyCase, judged, presetNamed, pushedCommit } from "../../../test/engine/decisions.ts";
import { aChange, answer, answerTime, aStack, login } from "../../testing/builders.ts";

const flow = presetNamed("trunk-stored-plan");

/** A change in test that bob approved; everything is there. */
const ready = aStack("test/app").approvedBy("bob");

function judges(cases: readonly ApplyCase[]): void {
  it.each(cases)("$name", ({ about, facts, first, second = first }) => {
    expect(judged(flow, about, facts)).toEqual({ first, second });
  });
}

describe("how the change got to its branch", () => {
  const came = (about: Parameters<typeof aChange>[0]) => ready.with({ changes: [aChange(about)] });
  const unreviewed = ["wait unreviewed-change"];
  judges([
    { name: "waits for a review that was passed over", about: came({ answers: [] }), first: unreviewed },
    { name: "does not count a review of an older commit", about: came({ headSince: answerTime }), first: unreviewed },
    {
      name: "does not count a review by a writer",
      about: came({ writers: [login("ann"), login("bob")] }),
      first: unreviewed,
    },
    {
      name: "does not count an approval by command as a review",
      about: came({ answers: [answer("bob", "approve", { via: "command" })] }),
      first: unreviewed,
    },
    {
      name: "does not count a dismissed review",
      about: came({ answers: [answer("bob", "approve"), answer("bob", "take-back", { at: answerTime + 1 })] }),
      first: unreviewed,
    },
    {
      name: "waits for a commit that no pull request brought",
      about: ready.with({ pushed: [pushedCommit()] }),
      first: unreviewed,
    },
    { name: "waits for a work item", about: came({ issues: [] }), first: ["wait work-item-missing"] },
    {
      name: "waits when the branch was not accepted",
      about: came({ headBranch: "main" }),
      first: ["wait head-not-accepted"],
    },
  ]);
});
