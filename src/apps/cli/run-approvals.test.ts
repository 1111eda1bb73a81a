import { describe, expect, it } from "vitest";
import type { PersonalAnswer } from "../../domain/answer.ts";
import { instantText } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { answer, answerTime, aStack, planTime } from "../../testing/builders.ts";
import { approvalsOf } from "./run-approvals.ts";

const { plan, run } = aStack("test/app");

function told(answers: readonly PersonalAnswer[], about: Partial<Run> = {}) {
  const store = {
    plan: async () => plan,
    answers: async ({ pullRequest, environment }: { pullRequest?: number; environment?: string }) =>
      answers.filter((one) =>
        pullRequest === undefined ? one.environment === environment : one.pullRequest === pullRequest,
      ),
  };
  return approvalsOf(store, { ...run, ...about });
}

describe("the approvals of a run", () => {
  const yes = answer("bob", "approve");
  const shown = { by: "bob", at: instantText(answerTime), via: "review" };
  it.each([
    { name: "are those of its pull request", answers: [yes], approvals: [shown] },
    {
      name: "and those at its environment's gate",
      answers: [answer("cem", "approve", { via: "gate", environment: "test", pullRequest: null })],
      approvals: [{ ...shown, by: "cem", via: "gate" }],
    },
    { name: "do not hold what was taken back", answers: [yes, answer("bob", "take-back")], approvals: [] },
    { name: "do not hold what was said before the plan was shown", answers: [{ ...yes, at: planTime }], approvals: [] },
    {
      name: "do not hold what is about another stack",
      answers: [answer("bob", "approve", { stack: aStack("prod/app").stack.stack })],
      approvals: [],
    },
  ])("$name", async ({ answers, approvals }) => {
    expect(await told(answers)).toEqual(approvals);
  });

  it("of a run without a plan are none", async () => {
    expect(await told([yes], { plan: null })).toEqual([]);
  });
});
