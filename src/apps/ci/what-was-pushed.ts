import type { Forge, Repository, Store } from "../../delivery/ports.ts";
import type { Event } from "../../domain/event.ts";
import type { PullRequestFacts } from "../../domain/facts.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import { isFastForwarded } from "../../flow/merges.ts";
import { askedToMove } from "./asked-merge.ts";

type Push = Event & { readonly kind: "push" };
type Merge = Event & { readonly kind: "merge" };

export interface PushedAbout {
  readonly flow: Flow;
  readonly forge: Pick<Forge, "pullRequestsOf">;
  readonly repository: Pick<Repository, "resolve" | "commitsBetween">;
  readonly store: Pick<Store, "ledger" | "ledgerHead">;
}

/** More than anybody brings to a branch at once: each commit costs requests, and what lies deeper is not looked at. */
const mostCommits = 250;

/**
 * A push as what it brought, since GitHub tells merges by pushes, and the default branch hears of nothing else. Each pull
 * request that came to the branch by it is a merge, the oldest first, at the newest commit there that brought it. The push
 * itself comes behind them where part of it is in no pull request. `since` is where the branch stood before; where nobody
 * knows that, the head is looked at alone.
 */
export async function whatWasPushed(
  push: Push,
  about: PushedAbout,
  since: CommitSha | null = push.before,
): Promise<readonly Event[]> {
  const { branch, commit } = push;
  if (commit === null) return [push];
  const merges = new Map<number, Merge>();
  let isBare = false;
  for (const { sha, second } of await firstParents(since, commit, about)) {
    const held = await mergedInto(branch, sha, about);
    isBare ||= held.length === 0;
    // Somebody merged it by hand: the merge is theirs, and the pull request has what was merged.
    const brought = held.length > 0 || second === undefined ? held : await mergedInto(branch, second, about);
    for (const change of brought.toReversed()) {
      if (merges.has(change.number)) continue;
      const by = sha === commit ? await whoMerged(push, change, about) : push.by;
      merges.set(change.number, { kind: "merge", pullRequest: change.number, branch, commit: sha, by });
    }
  }
  const oldestFirst = [...merges.values()].reverse();
  return isBare ? [...oldestFirst, push] : oldestFirst;
}

interface Came {
  readonly sha: CommitSha;
  /** What was merged by it, where it is a merge of two. */
  readonly second: CommitSha | undefined;
}

/** The commits that the branch stood at one after the other, newest first. */
async function firstParents(
  since: CommitSha | null,
  commit: CommitSha,
  { repository }: PushedAbout,
): Promise<readonly Came[]> {
  const alone = [{ sha: commit, second: undefined }];
  if (since === null) return alone;
  // Where a branch was rewritten, Git may have neither any more.
  for (const one of [since, commit]) if ((await repository.resolve(one)) === undefined) return alone;
  const parents = new Map((await repository.commitsBetween(since, commit)).map((one) => [one.sha, one.parents]));
  if (parents.size === 0) return alone;
  const found: Came[] = [];
  let at: CommitSha | undefined = commit;
  while (at !== undefined && found.length < mostCommits) {
    const own: readonly CommitSha[] | undefined = parents.get(at);
    if (own === undefined) break;
    found.push({ sha: at, second: own[1] });
    at = own[0];
  }
  return found;
}

async function mergedInto(
  branch: string,
  commit: CommitSha,
  { forge }: PushedAbout,
): Promise<readonly PullRequestFacts[]> {
  return (await forge.pullRequestsOf(commit)).filter(({ base, state }) => base === branch && state === "merged");
}

/** Who asked the app to move the branch, where it did. */
async function whoMerged(push: Push, { headBranch }: PullRequestFacts, { flow, store }: PushedAbout): Promise<Login> {
  const mayBeAsked = flow.identity === "app" && isFastForwarded(flow, headBranch, push.branch);
  return (mayBeAsked ? await askedToMove(store, push) : null) ?? push.by;
}
