import type { ForgeSettings } from "../../domain/forge-settings.ts";
import { durationText } from "../../domain/names.ts";
import type { BranchClass, Flow } from "../../flow/index.ts";
import { counted, inMarkdown, listed } from "../../views/explain/words/names.ts";
import { rulesetPrefix } from "../settings/index.ts";
import { codeOwnersFile } from "./code-owners.ts";
import { check, type Enforced, guard, sayOf } from "./enforced.ts";

const { strong, code } = inMarkdown;

/** What holds for a class of branches: GitHub's rulesets where it has such a rule, else plangate. */
export function branchRules(flow: Flow, branch: BranchClass, settings: ForgeSettings): readonly Enforced[] {
  const { accepts, reviews, linear, directPush, backMerge, cutFrom, issue, ticket, maxAge } = branch;
  const say = sayOf(`branch ${strong(branch.name)}`);
  const by = rulesetsWith(settings, branch);
  const reviewed = (reviews?.count ?? 0) > 0;
  const owned = by("pull_request", "require_code_owner_review").map(
    (ruleset) => `${ruleset}, with ${code(codeOwnersFile)}`,
  );
  return [
    ...say(branch.protected, "it is neither deleted nor rewritten", by("non_fast_forward")),
    ...say(
      branch.protected,
      `what reaches it comes by pull request${directPush === "never" ? "" : ", or in a push that the flow allows"}`,
      [...by("pull_request"), `${guard}: what came otherwise waits until somebody accepts it`],
    ),
    ...say(accepts.length > 0, `it takes pull requests from ${listed(accepts.map(strong), "or")} alone`, [
      check,
      guard,
    ]),
    ...say(
      branch.protected,
      `a pull request into it passed ${check}, up to date with it`,
      by("required_status_checks"),
    ),
    ...say(branch.protected && branch.merge.length > 0, ...mergedBy(flow, branch, by)),
    ...say(linear, "a pull request into it has no merge commits of its own", [
      ...by("required_linear_history"),
      check,
      guard,
    ]),
    ...say(reviewed, `${counted(reviews?.count ?? 0, "approving review")}, given after the last push`, [
      ...by("pull_request"),
      guard,
    ]),
    ...say(reviews?.by != null, "they are by those whom the flow names", [
      ...owned.map((ruleset) => `one of them by ${ruleset}, as owner of what stacks are made from`),
      guard,
    ]),
    ...say(reviews?.codeOwners === true, "an owner of each changed path is among them", [...owned, guard]),
    // Nothing of this is judged again: what is merged here is in force.
    ...say(owned.length > 0, "an owner of what governs delivery approved each change of it", owned),
    ...say(cutFrom !== null, `it starts from ${strong(cutFrom ?? "")}`, [check, guard]),
    ...say(ticket === "required", "its name holds a ticket", [check, guard]),
    ...say(issue === "required", "its pull request links an open issue", [check, guard]),
    ...say(maxAge !== null, `its pull request is open for ${durationText(maxAge ?? 0)} at most`, ["plangate flags it"]),
    ...say(backMerge.length > 0, `what reaches it goes back to ${listed(backMerge.map(strong))}`, [
      `plangate opens the pull request${flow.identity === "app" ? "" : ", which a person closes and opens again to start its checks"}; promotions wait for it`,
    ]),
  ];
}

/** The rulesets of a class that have a rule of a type, with a parameter of it switched on where one is named. */
type RulesetsWith = (type: string, on?: string) => readonly string[];

/** As rulesets are called: after the class, with what the app passes apart. */
function rulesetsWith({ rulesets }: ForgeSettings, { name }: BranchClass): RulesetsWith {
  const own = rulesets.filter((ruleset) => {
    const about = ruleset.name.startsWith(rulesetPrefix) ? ruleset.name.slice(rulesetPrefix.length) : "";
    return about === name || about.startsWith(`${name}, `);
  });
  return (type, on) =>
    own
      .filter(({ rules }) =>
        rules.some((rule) => rule.type === type && (on === undefined || rule.parameters?.[on] === true)),
      )
      .map((ruleset) => `the ruleset ${code(ruleset.name)}`);
}

/** Fast-forward is no button of GitHub's: the app does it, and without one commits are kept by a merge. */
function mergedBy(
  { identity, branches }: Flow,
  { name, merge, directPush }: BranchClass,
  by: RulesetsWith,
): readonly [string, readonly string[]] {
  const rule = `a pull request into it is merged by ${listed(merge, "or")}`;
  if (directPush !== "never")
    return [rule, ["whoever merges it: GitHub holds the way only where a branch takes nothing but pull requests"]];
  if (merge.includes("fast-forward"))
    return identity === "app"
      ? [rule, ["plangate's app, which moves the branch", ...by("pull_request")]]
      : [`${rule}; without an app by merge commits instead`, by("pull_request")];
  const isBroughtBack = branches.some(({ backMerge }) => backMerge.includes(name)) && !merge.includes("merge");
  const also = isBroughtBack
    ? ", which takes merge commits too, of any pull request, since a back-merge needs them"
    : "";
  return [rule, by("pull_request").map((ruleset) => `${ruleset}${also}`)];
}
