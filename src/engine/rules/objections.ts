import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Login, StackName } from "../../domain/names.ts";
import { pullRequestOf } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { lastWords } from "../people.ts";
import { type Rule, waiting, yes } from "../rule.ts";
import { concerns } from "./approvals.ts";

/**
 * Nobody who may merge is asking for changes, and nobody put the apply on hold: neither on the run's own pull request
 * nor on another one whose change the apply would bring along.
 */
export const objectionsRule: Rule = {
  name: "objections",
  needs: ["stack.answers", "stack.changes", "maintainers"],
  judge(about) {
    const { facts, stack, run, due } = about;
    const tried = due.kind === "pull-request";
    if (tried && run.mode === "destroy") return yes("objections", "nobody is asked before what was tried goes");
    const own = (stack.answers ?? []).filter((answer) => concerns({ ...answer, plan: null }, about));
    const brought =
      run.mode === "destroy"
        ? []
        : (stack.changes ?? []).filter(({ number }) => number !== pullRequestOf(about.run.source));
    for (const answers of [own, ...brought.map((change) => change.answers)]) {
      const said = answers.filter(
        (answer) =>
          (answer.stack === null || answer.stack === stack.stack) &&
          // Who asks for changes is to see what they are worth: a head is tried before it is approved.
          !(tried && answer.says === "request-changes"),
      );
      const obstacle = objectionIn(said, stack.stack, facts.maintainers ?? []);
      if (obstacle !== null) return obstacle;
    }
    return yes("objections", "nobody who may merge objects");
  },
};

function objectionIn(
  answers: readonly PersonalAnswer[],
  stack: StackName,
  maintainers: readonly Login[],
): Verdict | null {
  const holder = whoHolds(answers, maintainers);
  if (holder !== null) return waiting("objections", "held", `${holder} put ${stack} on hold`, { after: holder });
  for (const answer of lastWords(answers, () => true).values()) {
    if (answer.says === "request-changes" && maintainers.includes(answer.by)) {
      return waiting("objections", "changes-requested", `${answer.by} asked for changes`, { after: answer.by });
    }
  }
  return null;
}

/** A hold lasts until the person who set it, or somebody who may merge, releases it. */
function whoHolds(answers: readonly PersonalAnswer[], maintainers: readonly Login[]): Login | null {
  let holder: Login | null = null;
  for (const answer of answers) {
    if (answer.says === "hold" && maintainers.includes(answer.by)) holder = answer.by;
    if (answer.says === "release-hold" && (answer.by === holder || maintainers.includes(answer.by))) holder = null;
  }
  return holder;
}
