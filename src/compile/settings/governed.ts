import { branchClassOf } from "../../flow/index.ts";
import { asksOwners, governorsOf, isOnePerson, namesIn, takesPullRequestsOnly } from "../../flow/owners.ts";
import { type Found, warningAt } from "../found.ts";
import type { Wanted } from "./wanted.ts";

/**
 * Where a merge may alter the workflows, the flow or the keys with nobody's review whom the flow names, and where only one
 * person could review it. What is merged there is in force at once, so nothing judges it again before an apply.
 */
export function governed({ flow, defaultBranch }: Wanted): readonly Found[] {
  const branch = branchClassOf(flow, defaultBranch);
  const names = namesIn(flow, governorsOf(flow, defaultBranch));
  const open = "can alter the workflows and the flow there, and with them everything that is applied";
  if (branch === undefined || !takesPullRequestsOnly(branch)) {
    const summary = `"${defaultBranch}", the default branch, takes pushes past pull requests: whoever may write ${open}.`;
    const hint = "Let it take pull requests only: `accepts`, `reviews`, and `directPush: never`.";
    return [warningAt(branch === undefined ? ["branches"] : ["branches", branch.name], "delivery-open", summary, hint)];
  }
  const at = ["branches", branch.name, ...(branch.reviews === null ? [] : ["reviews"])];
  if (names.length === 0) {
    const who =
      (branch.reviews?.count ?? 0) > 0 ? "two people who may write, one for the review," : "whoever may write";
    const summary = `The flow names nobody who reviews what reaches "${defaultBranch}", the default branch: ${who} ${open}.`;
    return [warningAt(at, "delivery-open", summary, "Name them: `reviews: { count: 1, by: … }`.")];
  }
  if (!isOnePerson(names)) return [];
  const [name = ""] = names;
  if (!asksOwners(flow, branch, defaultBranch)) {
    const summary = `With \`assurance: solo\` nobody is asked before ${name} merges into "${defaultBranch}": whoever else may write ${open}.`;
    const hint = "Let nobody else write to the repository, or name a second person.";
    return [warningAt(["assurance"], "delivery-open", summary, hint)];
  }
  // That nobody reviews their own is told of the reviews that the flow asks for, wherever it is read.
  if (branch.reviews?.by != null) return [];
  const summary = `${name} alone owns what governs delivery, and GitHub takes nobody's review of their own: what ${name} alters of it is never merged.`;
  const hint =
    "Name a second person. Where one person is all there is, write `assurance: solo`: GitHub then asks nobody before a merge.";
  return [warningAt(at, "owner-alone", summary, hint)];
}
