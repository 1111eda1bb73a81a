import type { PullRequestFacts } from "../../domain/facts.ts";
import type { Login } from "../../domain/names.ts";
import { linkedIssues } from "../forge-rules.ts";
import { type Commit, changedPaths, commitsBetween } from "./git.ts";
import type { ModelWorld, PullRequest } from "./world.ts";

/** Files that govern delivery itself. */
const trusted = /^(?:\.github\/.*|(?:docs\/|\.github\/)?CODEOWNERS|plangate\.ya?ml)$/;

/** What the forge tells about a pull request. */
export function factsOf(world: ModelWorld, change: PullRequest): PullRequestFacts {
  const commits = ownCommits(world, change);
  return {
    number: change.number,
    state: change.state,
    draft: change.draft,
    headBranch: change.headBranch,
    base: change.base,
    head: change.head.sha,
    fork: change.fork,
    opener: change.opener,
    writers: peopleOf(commits, change.opener),
    issues: [...linkedIssues(change.body), ...(change.issue === null ? [] : [change.issue])],
    trustedPaths: commits.flatMap(changedPaths).filter((path) => trusted.test(path)),
    answers: change.answers,
    headSince: change.headSince,
  };
}

/** The commits that it brings, or brought. */
export function ownCommits(world: ModelWorld, change: PullRequest): readonly Commit[] {
  return change.merged?.commits ?? commitsBetween(world.branches[change.base] ?? null, change.head);
}

function peopleOf(commits: readonly Commit[], opener: Login): readonly Login[] {
  return [...new Set([opener, ...commits.flatMap((commit) => commit.people)])];
}

/** The merged pull requests that hold a commit: those that it was written in, and those that carried it on. */
export function holding(world: ModelWorld, commit: Commit): readonly PullRequest[] {
  return world.pullRequests.filter(
    ({ merged }) => merged !== null && (merged.brought.includes(commit.sha) || merged.commits.includes(commit)),
  );
}
