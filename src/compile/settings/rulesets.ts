import type { BypassActor, Ruleset, RulesetRule } from "../../domain/forge-settings.ts";
import type { BranchClass, Flow } from "../../flow/index.ts";
import { asksResolved } from "../../flow/merges.ts";
import { asksOwners, takesPullRequestsOnly } from "../../flow/owners.ts";
import { actionsApp, recordBranch } from "../names.ts";
import { requiredChecks } from "../workflows/index.ts";
import { isWild, refPatterns } from "./ref-patterns.ts";
import type { Wanted } from "./wanted.ts";

/** Rulesets of ours are found again by this beginning of their names. */
export const rulesetPrefix = "plangate: ";

/** What GitHub is to refuse for branches and tags, whoever asks. */
export function rulesetsOf(wanted: Wanted): readonly Ruleset[] {
  const { flow } = wanted;
  return [
    ...flow.branches.filter((branch) => branch.protected).flatMap((branch) => branchRulesets(branch, wanted)),
    ...tagRulesets(flow),
    ...recordRulesets(wanted),
  ];
}

/** Ways of merging by GitHub's own buttons. */
export type Button = "merge" | "squash" | "rebase";

/**
 * Buttons that a branch takes pull requests by. What is brought back from a branch further on keeps its commits
 * whatever the class says; fast-forward is no button, and without an app that does it, commits are kept by a merge.
 */
export function buttonsOf(branch: BranchClass, { flow, app }: Wanted): readonly Button[] {
  const backMerged = flow.branches.some(({ backMerge }) => backMerge.includes(branch.name));
  const own = branch.merge.filter((method) => method !== "fast-forward");
  const kept = backMerged || (own.length < branch.merge.length && app === null);
  const all = new Set<Button>([...own, ...(kept ? (["merge"] as const) : [])]);
  const order: readonly Button[] = ["merge", "squash", "rebase"];
  return order.filter((button) => all.has(button));
}

/** Whether pull requests into it are merged by nobody but the app. */
export function onlyByApp(branch: BranchClass, { app }: Wanted): boolean {
  return app !== null && branch.merge.length > 0 && branch.merge.every((method) => method === "fast-forward");
}

/** Whether its history can be kept free of merge commits by GitHub itself. */
export function staysLinear(branch: BranchClass, wanted: Wanted): boolean {
  return branch.linear && !branch.merge.includes("fast-forward") && !buttonsOf(branch, wanted).includes("merge");
}

function branchRulesets(branch: BranchClass, wanted: Wanted): readonly Ruleset[] {
  const about = { target: "branch", ...refs("heads", branch.match, branch.except) } as const;
  const closed = takesPullRequestsOnly(branch);
  const pullRequest = closed ? [pullRequestRule(branch, wanted)] : [];
  const byApp = closed && branch.merge.includes("fast-forward") ? wanted.app : null;
  const kept: readonly RulesetRule[] = [
    { type: "deletion" },
    { type: "non_fast_forward" },
    ...(staysLinear(branch, wanted) ? [{ type: "required_linear_history" }] : []),
  ];
  const checks = closed ? statusCheckRules(branch, wanted) : [];
  const name = `${rulesetPrefix}${branch.name}`;
  if (byApp === null) return [ruleset(name, about, [...kept, ...pullRequest, ...checks])];
  // Who passes a ruleset passes all of it: what the app has to pass stands apart from what it must not.
  return [
    ruleset(name, about, [...kept, ...checks]),
    ruleset(
      `${name}, passed by the app`,
      about,
      [...(onlyByApp(branch, wanted) ? [updateRule] : []), ...pullRequest],
      [passedBy(byApp)],
    ),
  ];
}

function pullRequestRule(branch: BranchClass, wanted: Wanted): RulesetRule {
  const { reviews } = branch;
  const count = reviews?.count ?? 0;
  const owners = asksOwners(wanted.flow, branch, wanted.defaultBranch);
  const buttons = buttonsOf(branch, wanted);
  return {
    type: "pull_request",
    parameters: {
      // GitHub wants one at least; where only the app may update the branch, no button works whatever stands here.
      allowed_merge_methods: buttons.length === 0 ? ["merge"] : buttons,
      dismiss_stale_reviews_on_push: count > 0 || owners,
      require_code_owner_review: owners,
      require_last_push_approval: count > 0,
      required_approving_review_count: count,
      required_review_thread_resolution: asksResolved(wanted.flow, branch),
    },
  };
}

/** None where no workflow of the flow looks at pull requests: a check that never comes would hold every merge. */
function statusCheckRules(branch: BranchClass, { flow, defaultBranch }: Wanted): readonly RulesetRule[] {
  const checks = requiredChecks(flow, defaultBranch);
  if (checks.length === 0) return [];
  const rule: RulesetRule = {
    type: "required_status_checks",
    parameters: {
      strict_required_status_checks_policy: true,
      // A branch that comes into being by a push would wait for a check that only a pull request brings.
      do_not_enforce_on_create: branch.match.some(isWild),
      required_status_checks: checks.map((context) => ({ context, integration: actionsApp })),
    },
  };
  return [rule];
}

/** A tag that was released is neither moved nor taken away. */
function tagRulesets(flow: Flow): readonly Ruleset[] {
  const tags = flow.releases.map(({ tag }) =>
    tag.replaceAll(/[*?[\]\\]/g, "\\$&").replaceAll(/\{(?:version|module)\}/g, "*"),
  );
  if (tags.length === 0) return [];
  return [
    ruleset(`${rulesetPrefix}releases`, { target: "tag", ...refs("tags", tags, []) }, [
      { type: "deletion" },
      { type: "non_fast_forward" },
      updateRule,
    ]),
  ];
}

function recordRulesets({ app }: Wanted): readonly Ruleset[] {
  const about = { target: "branch", ...refs("heads", [recordBranch], []) } as const;
  return [
    ruleset(`${rulesetPrefix}record`, about, [
      { type: "deletion" },
      { type: "non_fast_forward" },
      { type: "required_linear_history" },
    ]),
    ...(app === null
      ? []
      : [
          ruleset(
            `${rulesetPrefix}record, written by the app`,
            about,
            [{ type: "creation" }, updateRule],
            [passedBy(app)],
          ),
        ]),
  ];
}

const updateRule: RulesetRule = { type: "update", parameters: { update_allows_fetch_and_merge: false } };

function passedBy(app: string): BypassActor {
  return { actor_type: "Integration", actor: app, bypass_mode: "always" };
}

function refs(
  kind: "heads" | "tags",
  match: readonly string[],
  except: readonly string[],
): { readonly conditions: Ruleset["conditions"] } {
  const full = (patterns: readonly string[]) => refPatterns(patterns).map((pattern) => `refs/${kind}/${pattern}`);
  // What is left out is never said wider; and no rule for people's branches keeps the record from being written.
  const left = except.filter((pattern) => !pattern.includes("{ticket}"));
  const record = kind === "heads" && match.some(isWild) ? [recordBranch] : [];
  return { conditions: { ref_name: { include: full(match), exclude: full([...left, ...record]) } } };
}

function ruleset(
  name: string,
  { target, conditions }: Pick<Ruleset, "target" | "conditions">,
  rules: readonly RulesetRule[],
  bypass: readonly BypassActor[] = [],
): Ruleset {
  return { name, target, enforcement: "active", bypass_actors: bypass, conditions, rules };
}
