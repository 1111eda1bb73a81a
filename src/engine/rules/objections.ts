import type { PersonalAnswer } from "../../domain/answer.ts";
import type { Login } from "../../domain/names.ts";
import { lastWords } from "../people.ts";
import { type Rule, waiting, yes } from "../rule.ts";
import { concerns } from "./approvals.ts";

/** Nobody who may merge is asking for changes, and nobody put the apply on hold. */
export const objectionsRule: Rule = {
  name: "objections",
  needs: ["stack.answers", "maintainers"],
  judge(about) {
    const { facts, stack } = about;
    const answers = (stack.answers ?? []).filter((answer) => concerns({ ...answer, plan: null }, about));
    const holder = whoHolds(answers, facts.maintainers ?? []);
    if (holder !== null)
      return waiting("objections", "held", `${holder} put ${stack.stack} on hold`, { after: holder });
    for (const answer of lastWords(answers, () => true).values()) {
      if (answer.says === "request-changes" && facts.maintainers?.includes(answer.by)) {
        return waiting("objections", "changes-requested", `${answer.by} asked for changes`, { after: answer.by });
      }
    }
    return yes("objections", "nobody who may merge objects");
  },
};

/** A hold lasts until the person who set it, or somebody who may merge, releases it. */
function whoHolds(answers: readonly PersonalAnswer[], maintainers: readonly Login[]): Login | null {
  let holder: Login | null = null;
  for (const answer of answers) {
    if (answer.says === "hold" && maintainers.includes(answer.by)) holder = answer.by;
    if (answer.says === "release-hold" && (answer.by === holder || maintainers.includes(answer.by))) holder = null;
  }
  return holder;
}
