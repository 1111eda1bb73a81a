import { describe, expect, it } from "vitest";
import { presetNamed, presetWith } from "../../test/engine/decisions.ts";
import { aChange, answer, aStack, login, planTime, type StackBuilder } from "../testing/builders.ts";
import { givenOn } from "./given.ts";

/** Two of the owners are asked about test. */
const flow = presetWith("trunk-stored-plan", {
  from: /^( {2}test:.*?)approvals: \{ count: 1/ms,
  to: "$1approvals: { count: 2",
});
const facts = {
  now: planTime + 3_600_000,
  stacks: [],
  maintainers: ["ann", "bob", "cem"].map(login),
  teams: { owners: ["ann", "bob", "cem"].map(login) },
};
const waits = aStack("test/app").withRun({ state: "planned", due: null });

function given(answers: ReturnType<typeof answer>[], { run, plan }: StackBuilder = waits, of = flow) {
  return givenOn(of, facts, { run, plan, change: aChange({ state: "open", answers }) }).map(
    ({ gate: { count }, rejectedBy, approvals }) => ({ count, rejectedBy, approvals }),
  );
}

describe("who said yes on a pull request", () => {
  it("is told before anybody asks for the apply, as the rule will count it then", () => {
    const said = [answer("bob", "approve"), answer("ann", "approve"), answer("eve", "approve")];
    expect(given(said)).toEqual([
      {
        count: 2,
        rejectedBy: null,
        approvals: [
          { by: "bob", obstacle: null },
          { by: "ann", obstacle: "they wrote part of what would be applied" },
          { by: "eve", obstacle: "they are not among owners" },
        ],
      },
    ]);
  });

  it("counts the last word of each, to this plan, after it was shown", () => {
    const before = answer("bob", "approve", { at: planTime });
    expect(given([before])[0]?.approvals).toEqual([
      { by: "bob", obstacle: "this plan was not in front of them when they gave it" },
    ]);
    expect(given([answer("bob", "approve"), answer("bob", "take-back", { at: planTime + 90_000 })])).toMatchObject([
      { approvals: [] },
    ]);
    expect(given([answer("cem", "reject")])).toMatchObject([{ rejectedBy: "cem" }]);
  });

  it.each([
    { name: "nobody is asked", about: aStack("ephemeral-12/app").withRun({ state: "planned", due: null }) },
    { name: "the run ended", about: waits.withRun({ state: "verified" }) },
    { name: "there is nothing to do", about: waits.withRun({ state: "no-changes" }) },
    { name: "the plan is only for looking at", about: waits.withPlan({ speculative: "fork" }) },
  ])("is nobody's business where $name", ({ about }) => {
    expect(given([answer("bob", "approve")], about, presetNamed("trunk-stored-plan"))).toEqual([]);
  });
});
