import type { RefFacts } from "../../domain/facts.ts";
import type { Due } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { no, type Rule, yes } from "../rule.ts";

/** A release tag still points where the release was made, on the branch that releases are made from. */
export const releaseRule: Rule = {
  name: "release",
  needs: [],
  judge: ({ facts, stack, due }) => judgeRelease(due, stack.ref ?? facts.ref),
};

/** Also asked before anything is planned: planning runs the tag's code. */
export function judgeRelease(due: Pick<Due, "ref" | "commit">, ref: RefFacts | undefined): Verdict {
  if (!due.ref.startsWith("tag:")) return yes("release", "no release is delivered");
  const tag = due.ref.slice("tag:".length);
  if (ref === undefined || ref.ref !== due.ref)
    return no(
      "release",
      "fact-unknown",
      `where the tag ${tag} points is not known, and unknown is never taken as good`,
    );
  if (ref.release === null) return no("release", "ref-not-allowed", `${tag} is a tag that no release was made with`);
  if (ref.release.moved || ref.commit !== due.commit)
    return no("release", "release-moved", `the tag ${tag} points at another commit than when the release was made`);
  if (!ref.release.onBranch)
    return no(
      "release",
      "release-not-from-branch",
      `the commit of ${tag} is not on the branch that releases are made from`,
    );
  return yes("release", `${tag} points where its release was made`);
}
