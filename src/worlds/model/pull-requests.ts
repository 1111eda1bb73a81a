import type { PullRequestFacts } from "../../domain/facts.ts";
import type { Login } from "../../domain/names.ts";
import { sectionsOf } from "../../domain/sections.ts";
import { issuesAtStart, linkedIssues } from "../forge-rules.ts";
import { changeAgainstBase } from "./against-base.ts";
import { type Commit, commitsBetween, differingPaths, isAncestor } from "./git.ts";
import type { Setting } from "./setting.ts";
import type { ModelWorld, PullRequest } from "./world.ts";

/** Files that govern delivery itself. */
const trusted = /^(?:\.github\/.*|(?:docs\/|\.github\/)?CODEOWNERS|plangate\.ya?ml)$/;

const remembered = new WeakMap<
  PullRequest,
  { readonly branches: ModelWorld["branches"]; readonly facts: PullRequestFacts }
>();

/** What the forge tells about a pull request. */
export function factsOf(setting: Setting, world: ModelWorld, change: PullRequest): PullRequestFacts {
  const known = remembered.get(change);
  // What was merged is over; what else is true of one depends on where branches stand.
  if (known !== undefined && (change.state === "merged" || world.branches === known.branches)) return known.facts;
  const commits = ownCommits(world, change);
  const facts: PullRequestFacts = {
    number: change.number,
    state: change.state,
    draft: change.draft,
    headBranch: change.headBranch,
    base: change.base,
    head: change.head.sha,
    fork: change.fork,
    opener: change.opener,
    writers: writersOf(world, change),
    issues: linkedTo(change),
    trustedPaths: changedBy(commits, change.head).filter((path) => trusted.test(path)),
    answers: change.answers,
    headSince: change.headSince,
    openedAt: change.openedAt,
    labels: change.labels,
    sections: sectionsOf(change.body),
    // Nobody begins a conversation in this world.
    unresolved: 0,
    ...(change.merged?.asMerged ?? changeAgainstBase(setting, world, change)),
  };
  remembered.set(change, { branches: world.branches, facts });
  return facts;
}

/** What commits changed in all, against what was last there without them: what one undid of another is not changed. */
function changedBy(commits: readonly Commit[], head: Commit): readonly string[] {
  const own = new Set(commits);
  const before = commits.flatMap(({ parents }) => parents).filter((parent) => !own.has(parent));
  const last = before.filter((commit) => !before.some((other) => other !== commit && isAncestor(commit, other)));
  return [...new Set(last.flatMap(({ tree }) => differingPaths(tree, head.tree)))];
}

/** An issue that is not there is no reason for anything. */
function linkedTo({ body, issue }: PullRequest): readonly number[] {
  return [...linkedIssues(body), ...(issue === null ? [] : [issue])].filter((number) => number <= issuesAtStart);
}

/** The commits that it brings, or brought. */
export function ownCommits(world: ModelWorld, change: PullRequest): readonly Commit[] {
  return change.merged?.commits ?? commitsBetween(world.branches[change.base] ?? null, change.head);
}

/** Who wrote its commits, and who opened it. A commit that the forge made while merging speaks for what was merged. */
function writersOf(world: ModelWorld, change: PullRequest): readonly Login[] {
  const writers = new Set<Login>();
  const seen = new Set<number>();
  const collect = (from: PullRequest) => {
    if (seen.has(from.number)) return;
    seen.add(from.number);
    writers.add(from.opener);
    for (const commit of ownCommits(world, from)) {
      for (const login of commit.people) writers.add(login);
      const merged = madeFor(world, commit);
      if (merged !== undefined) collect(merged);
    }
  };
  collect(change);
  return [...writers];
}

/** The pull request that the forge made a commit for while merging it. */
export function madeFor(world: ModelWorld, commit: Commit): PullRequest | undefined {
  return world.pullRequests.find(
    ({ merged }) => merged?.brought.includes(commit.sha) === true && !merged.commits.includes(commit),
  );
}

/** The merged pull requests that hold a commit: those that it was written in, and those that carried it on. */
export function holding(world: ModelWorld, commit: Commit): readonly PullRequest[] {
  return world.pullRequests.filter(
    ({ merged }) => merged !== null && (merged.brought.includes(commit.sha) || merged.commits.includes(commit)),
  );
}
