import { closingIssues } from "../../domain/closing-issues.ts";
import type { PullRequestFacts, RefFacts } from "../../domain/facts.ts";
import { type CommitSha, loginNamed, parseCommitSha } from "../../domain/names.ts";
import { sectionsOf } from "../../domain/sections.ts";
import { governsDelivery } from "../../domain/trusted-paths.ts";
import type { Flow } from "../../flow/flow.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import { releaseClassOf } from "../../flow/releases.ts";
import {
  commitsBetween,
  isAncestor,
  type Look,
  mergeBases,
  type PullRequest,
  reachableFrom,
  type View,
} from "./forge/index.ts";
import { answersOn } from "./forge-answers.ts";
import { codeOwnersOf } from "./forge-code-owners.ts";
import { commitsOf, writersOf } from "./forge-people.ts";

/**
 * A pull request as the engine sees it. A change of its base counts as a change of its head: a review before it was of
 * another difference.
 */
export async function pullRequestFacts(look: Look, flow: Flow, change: View<PullRequest>): Promise<PullRequestFacts> {
  const before = asBefore(look, change);
  const changed = await changedPaths(look, change, before);
  return {
    number: change.number,
    state: change.merged !== null ? "merged" : change.state,
    draft: change.draft,
    headBranch: change.head.branch,
    base: change.base,
    head: change.headCommit,
    fork: change.head.repository !== look.repository.name,
    opener: loginNamed(change.opener),
    writers: await writersOf(look, change),
    issues: linkedIssues(look, change),
    trustedPaths: changed.filter(governsDelivery),
    answers: answersOn(look, change),
    headSince: Math.max(change.headSince, change.retargetedAt ?? 0),
    openedAt: change.createdAt,
    labels: change.labels.map(({ name, by }) => ({ name, by: loginNamed(by) })),
    sections: sectionsOf(change.body),
    codeOwners: await codeOwnersOf(look, before.base, changed),
    mergeCommits: (await commitsOf(look, change)).filter(({ parents }) => parents.length > 1).length,
    carries: await carriesOf(look, flow, change, before),
    baseAhead: await isBaseAhead(look, change, before),
    // Nobody begins a conversation in this world.
    unresolved: 0,
  };
}

/** Merging closes the issues that it closes: after it they count as they stood before. */
function linkedIssues({ repository }: Look, change: View<PullRequest>): readonly number[] {
  const linked = new Set([...closingIssues(change.body, repository.name), ...change.issues]);
  return repository.issues
    .filter(({ number, state }) => linked.has(number) && (state === "open" || change.merged !== null))
    .map(({ number }) => number);
}

/** Branches as they are, and for a merged pull request as they were before the merge. */
interface Branches {
  readonly base: CommitSha | undefined;
  readonly tip: (branch: string) => CommitSha | undefined;
}

function asBefore({ refs, repository }: Look, change: View<PullRequest>): Branches {
  const now = (branch: string) => refs.get(`refs/heads/${branch}`);
  const { merged } = change;
  if (merged === null) return { base: now(change.base), tip: now };
  const at = repository.pushes.findIndex(
    ({ ref, before, after }) =>
      ref === `refs/heads/${change.base}` && before === merged.onto && after === merged.commit,
  );
  const earlier = repository.pushes.slice(0, Math.max(at, 0));
  const tip = (branch: string) => earlier.findLast(({ ref }) => ref === `refs/heads/${branch}`)?.after ?? undefined;
  return { base: merged.onto, tip };
}

/** Against every commit that the two last had in common: where there are several, Git would look at one. */
async function changedPaths(look: Look, change: View<PullRequest>, { base }: Branches): Promise<readonly string[]> {
  const common = base === undefined ? [] : await mergeBases(look.network, base, change.headCommit);
  const from = common.length === 0 && base !== undefined ? [base] : common;
  const changed = await Promise.all(from.map((commit) => look.network.changedPaths(commit, change.headCommit)));
  return [...new Set(changed.flat())].sort();
}

/** Protected single branches that hold a commit which the head has, and neither the base nor what its class is cut from. */
async function carriesOf(
  { network, repository }: Look,
  flow: Flow,
  change: View<PullRequest>,
  { base, tip }: Branches,
): Promise<readonly string[]> {
  const cutFrom = branchClassOf(flow, change.head.branch)?.cutFrom;
  const start = flow.branches.find(({ name }) => name === cutFrom);
  const from = start === undefined ? undefined : onlyBranchOf(start);
  const known = [base, from === undefined ? undefined : tip(from)].filter((commit) => commit !== undefined);
  const own = await commitsBetween(network, known, change.headCommit);
  const carried: string[] = [];
  for (const branch of flow.branches) {
    const name = branch.protected ? onlyBranchOf(branch) : undefined;
    const at = name === undefined || name === change.base || name === from ? undefined : tip(name);
    if (name === undefined || at === undefined || own.length === 0) continue;
    const there = await reachableFrom(network, [at]);
    // What a protected branch brings of its own is what it is there for.
    const isHead = change.head.branch === name && change.head.repository === repository.name;
    if (!isHead && own.some(({ sha }) => there.has(sha))) carried.push(name);
  }
  return carried;
}

async function isBaseAhead({ network }: Look, change: View<PullRequest>, { base }: Branches): Promise<boolean> {
  if (base === undefined || (await isAncestor(network, base, change.headCommit))) return false;
  const merged = await network.mergeTree(base, change.headCommit);
  return "conflicts" in merged || merged.tree !== (await network.commit(change.headCommit))?.tree;
}

/**
 * The merged pull requests that hold a commit, oldest first: the one it was written in, and those that carried it on
 * from branch to branch. A squash or rebase holds what it became as well as what it was made of.
 */
export async function pullRequestsOf(look: Look, commit: CommitSha): Promise<readonly View<PullRequest>[]> {
  const holding: View<PullRequest>[] = [];
  for (const change of look.repository.pullRequests) {
    if (change.merged === null) continue;
    const made = look.repository.made.some((entry) => entry.commit === commit && entry.pullRequest === change.number);
    if (made || (await commitsOf(look, change)).some(({ sha }) => sha === commit)) holding.push(change);
  }
  return holding.sort((left, right) => (left.merged?.at ?? 0) - (right.merged?.at ?? 0));
}

/** `main`, `tag:v1.0.0`, or in full. Without a prefix a branch comes before a tag, since that is how the domain names branches. */
export async function refFacts(look: Look, flow: Flow, name: string): Promise<RefFacts | undefined> {
  for (const ref of candidates(name)) {
    const at = look.refs.get(ref);
    const commit = at === undefined ? undefined : parseCommitSha((await look.network.peel(at)) ?? "");
    if (commit === undefined) continue;
    if (ref.startsWith("refs/heads/")) return { ref: ref.slice("refs/heads/".length), commit, release: null };
    const tag = ref.slice("refs/tags/".length);
    return { ref: `tag:${tag}`, commit, release: await releaseFacts(look, flow, { tag, commit }) };
  }
  return undefined;
}

function candidates(name: string): readonly string[] {
  if (name.startsWith("refs/heads/") || name.startsWith("refs/tags/")) return [name];
  if (name.startsWith("tag:")) return [`refs/tags/${name.slice("tag:".length)}`];
  return [`refs/heads/${name}`, `refs/tags/${name}`];
}

async function releaseFacts(
  look: Look,
  flow: Flow,
  { tag, commit }: { readonly tag: string; readonly commit: CommitSha },
): Promise<RefFacts["release"]> {
  const release = look.repository.releases.find((made) => made.tag === tag && !made.deleted);
  if (release === undefined) return null;
  const from = flow.branches.find((branch) => branch.name === releaseClassOf(flow, tag)?.from);
  const branch = (from && onlyBranchOf(from)) ?? look.repository.defaultBranch;
  const tip = look.refs.get(`refs/heads/${branch}`);
  return {
    moved: commit !== release.commit,
    onBranch: tip !== undefined && (await isAncestor(look.network, commit, tip)),
  };
}

/** The highest version of the project that was released. */
export function latestReleaseOf({ repository }: Look, flow: Flow): string | null {
  const kind = flow.releases.find(({ of }) => of === "project")?.id;
  const versions = repository.releases.flatMap(({ tag, deleted }) => {
    const found = deleted ? undefined : releaseClassOf(flow, tag);
    return found !== undefined && found.id === kind ? [found.version] : [];
  });
  return versions.sort(compareVersions).at(-1) ?? null;
}

function compareVersions(left: string, right: string): number {
  const [ours, theirs] = [left, right].map((version) => (version.split("-")[0] ?? "").split(".").map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (ours?.[index] ?? 0) - (theirs?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(right.includes("-")) - Number(left.includes("-"));
}
