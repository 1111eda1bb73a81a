import type { CommitSha } from "../../../domain/names.ts";
import type { Commit } from "./git.ts";
import { blocked } from "./outcome.ts";
import { hasRole, isAmong, isSame } from "./people.ts";
import { matches } from "./ref-names.ts";
import type { Place } from "./room.ts";
import type { ForgeState, MergeMethod, Protection, PullRequest, RepositoryState, Review, View } from "./state.ts";

type Refusal = ReturnType<typeof blocked> | null;

export const unprotected: Protection = {
  pattern: "",
  except: [],
  ruleset: "",
  pullRequest: false,
  pullRequestOnCreate: true,
  approvals: 0,
  approvers: null,
  pushers: null,
  dismissStale: false,
  lastPushApproval: false,
  mergeMethods: null,
  linear: false,
  forcePush: true,
  creation: true,
  update: true,
  deletion: true,
  checks: [],
  checksBy: [],
  checksOnCreate: true,
  upToDate: false,
  adminBypass: true,
  bypass: [],
  bypassMerging: [],
};

/** Whether rules are for this branch. */
export function isAbout(rules: Pick<View<Protection>, "pattern" | "except">, branch: string): boolean {
  return matches(rules.pattern, branch) && !rules.except.some((pattern) => matches(pattern, branch));
}

/** Every rule set whose pattern names the branch: all of them hold. */
export function protectionsOf<Repository extends View<RepositoryState>>(
  repository: Repository,
  branch: string,
): readonly View<Protection>[] {
  return repository.protections.filter((rules) => isAbout(rules, branch));
}

/** What rules are asked about: a repository, and who does something to it. */
export interface Judged {
  readonly state: View<ForgeState>;
  readonly repository: View<RepositoryState>;
  readonly by: { readonly login: string };
}

/** Somebody goes past rules only when they may and say so: what happens by mistake is refused. */
function isHeld({ state, repository, by }: Judged, rules: View<Protection>, force: boolean): boolean {
  if (isAmong(state, by.login, rules.bypass)) return false;
  return !(force && rules.adminBypass && hasRole(repository, by.login, "admin"));
}

/** What a push does to a branch, as its rules see it. */
export interface BranchMove {
  readonly branch: string;
  readonly before: CommitSha | null;
  readonly after: CommitSha | null;
  readonly forward: boolean;
  readonly commits: readonly Commit[];
  /** Past the rules, as an administrator. */
  readonly force: boolean;
}

export function whyNotPushed(place: Place, move: BranchMove): Refusal {
  const problems: string[] = [];
  for (const rules of place.repository.protections) {
    if (!isAbout(rules, move.branch) || !isHeld(place, rules, move.force)) continue;
    if (!mayPush(place, rules)) problems.push(notAuthorized);
    if (!rules.creation && move.before === null) problems.push("Cannot create ref due to creations being restricted.");
    if (!rules.update && move.before !== null && move.after !== null)
      problems.push("Cannot update this protected ref.");
    if (move.after === null) {
      if (!rules.deletion) problems.push("Cannot delete this branch");
      continue;
    }
    const byChange = rules.pullRequest && (rules.pullRequestOnCreate || move.before !== null);
    if (byChange) problems.push("Changes must be made through a pull request.");
    if (!move.forward && !rules.forcePush) problems.push("Cannot force-push to this branch");
    if (rules.linear && move.commits.some((commit) => commit.parents.length > 1)) {
      problems.push("This branch must not contain merge commits.");
    }
    const checked = missingChecks(place.repository, rules, move.after).length === 0;
    const asked = rules.checksOnCreate || move.before !== null;
    if (!byChange && asked && !checked) problems.push(checksText(rules.checks));
  }
  if (problems.length === 0) return null;
  return blocked(
    422,
    `Repository rule violations found for refs/heads/${move.branch}: ${[...new Set(problems)].join(" ")}`,
  );
}

const notAuthorized = "You're not authorized to push to this branch.";

export function mayPush(
  { state, by }: { readonly state: View<ForgeState>; readonly by: { readonly login: string } },
  rules: View<Protection>,
): boolean {
  return rules.pushers === null || isAmong(state, by.login, rules.pushers);
}

export interface MergeWish {
  readonly method: MergeMethod;
  readonly force: boolean;
  /** The head has the base's last commit. */
  readonly upToDate: boolean;
}

/** What the base's rules say to a merge. Conflicts, drafts and who may merge at all are asked elsewhere. */
export function whyNotMerged(place: Judged, change: View<PullRequest>, wish: MergeWish): Refusal {
  const { repository } = place;
  for (const rules of repository.protections) {
    if (!isAbout(rules, change.base) || !isHeld(place, rules, wish.force)) continue;
    if (isAmong(place.state, place.by.login, rules.bypassMerging)) continue;
    if (!mayPush(place, rules)) return blocked(405, notAuthorized);
    if (!rules.update) return blocked(405, "Cannot update this protected ref.");
    if (!(rules.mergeMethods ?? repository.settings.mergeMethods).includes(wish.method)) {
      return blocked(405, `${methodTexts[wish.method]} are not allowed on this branch.`);
    }
    if (rules.linear && wish.method === "merge") return blocked(405, "This branch must not contain merge commits.");
    const reviews = whyNotReviewed(place, rules, change);
    if (reviews !== null) return reviews;
    const missing = missingChecks(repository, rules, change.headCommit);
    if (missing.length > 0) return blocked(405, checksText(missing));
    if (rules.upToDate && !wish.upToDate) return blocked(405, "Head branch is out of date with the base branch.");
  }
  return null;
}

export const methodTexts: Readonly<Record<MergeMethod, string>> = {
  merge: "Merge commits",
  squash: "Squash merges",
  rebase: "Rebase merges",
  "fast-forward": "Fast-forward merges",
};

function checksText(names: readonly string[]): string {
  if (names.length === 1) return `Required status check "${names[0]}" is expected.`;
  return `${names.length} of ${names.length} required status checks are expected.`;
}

/** Those that nobody who counts called good, last of all. */
function missingChecks(
  repository: View<RepositoryState>,
  rules: View<Protection>,
  commit: CommitSha | null,
): readonly string[] {
  return rules.checks.filter((name) => {
    const by = rules.checksBy.find((pinned) => pinned.name === name)?.by;
    const said = repository.statuses.findLast(
      (status) => status.name === name && status.commit === commit && (by === undefined || isSame(status.by, by)),
    );
    return said?.state !== "success";
  });
}

function whyNotReviewed({ state, repository }: Judged, rules: View<Protection>, change: View<PullRequest>): Refusal {
  if (rules.approvals === 0) return null;
  const reviews = countedReviews(repository, change);
  if (reviews.some((review) => review.state === "CHANGES_REQUESTED")) {
    return blocked(405, "Changes have been requested on this pull request.");
  }
  const counts = (review: View<Review>) => rules.approvers === null || isAmong(state, review.by, rules.approvers);
  const approvals = reviews.filter((review) => review.state === "APPROVED" && counts(review));
  if (approvals.length < rules.approvals) {
    const asked =
      rules.approvals === 1 ? "At least 1 approving review is" : `At least ${rules.approvals} approving reviews are`;
    return blocked(405, `${asked} required by reviewers with write access.`);
  }
  const last = lastPusher(state, repository, change);
  if (
    rules.lastPushApproval &&
    !approvals.some((review) => review.onHead && review.commit === change.headCommit && review.by !== last)
  ) {
    return blocked(405, "New changes require approval from someone other than the last pusher.");
  }
  return null;
}

function lastPusher(
  state: View<ForgeState>,
  repository: View<RepositoryState>,
  { head, headCommit }: View<PullRequest>,
): string | undefined {
  const source = state.repositories.find((candidate) => candidate.name === head.repository) ?? repository;
  const push = source.pushes.findLast((made) => made.ref === `refs/heads/${head.branch}` && made.after === headCommit);
  return push?.by;
}

/** The last review of each person that says yes or no; people without write access do not count, nor does the opener. */
export function countedReviews(repository: View<RepositoryState>, change: View<PullRequest>): readonly View<Review>[] {
  const last = new Map<string, View<Review>>();
  for (const review of repository.reviews) {
    if (review.pullRequest !== change.number || review.state === "COMMENTED") continue;
    if (isSame(review.by, change.opener) || !hasRole(repository, review.by, "write")) continue;
    last.set(review.by.toLowerCase(), review);
  }
  return [...last.values()];
}
