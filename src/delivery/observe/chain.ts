import type { PullRequestFacts } from "../../domain/facts.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import { branchClassOf } from "../../flow/match.ts";
import type { Delivery } from "../delivery.ts";
import type { CommitPeople } from "../ports.ts";

/** How commits came to the branch that is delivered, and who is behind them. */
export interface Chain {
  /** The pull requests that brought them, on every protected branch on their way. */
  readonly changes: ReadonlyMap<number, PullRequestFacts>;
  /** Commits that reached a protected branch by none. */
  readonly pushed: readonly { readonly branch: string; readonly commit: CommitSha }[];
  readonly writers: ReadonlySet<Login>;
}

type TracedCommit = Pick<CommitPeople, "sha" | "emails">;

/** Collects chains, one commit after the other; each is led back from a branch once. */
export interface ChainTracer {
  /** Leads a commit of the branch back; without a branch nobody asked for a delivery, and only who wrote it counts. */
  trace(commit: TracedCommit, branch: string | null): Promise<void>;
  readonly found: Chain;
}

/**
 * Leads commits back to the pull requests that brought them: into the branch that is delivered, and where one came from
 * another protected branch, into that one, and so on. A pull request into another branch proves nothing about this one.
 * What the forge made while merging was never on the head branch, and hides who wrote it: the commits that it was made of
 * stand for it.
 *
 * All commits lie behind `from`; `matters` says whether one touches what is delivered.
 */
export function openTracer(
  delivery: Delivery,
  { from, matters }: { readonly from: CommitSha | null; readonly matters: (paths: readonly string[]) => boolean },
): ChainTracer {
  const { flow, forge, repository } = delivery;
  const changes = new Map<number, PullRequestFacts>();
  const pushed = new Map<string, { branch: string; commit: CommitSha }>();
  const writers = new Set<Login>();
  const asked = new Set<CommitSha>();
  const followed = new Set<string>();
  const isProtected = (branch: string) => branchClassOf(flow, branch)?.protected === true;

  const isOf = async (sha: CommitSha, { head }: PullRequestFacts): Promise<boolean> =>
    (await repository.commitsBetween(from, head)).some((commit) => commit.sha === sha);

  /** What a commit that the forge made for a pull request was made of, as far as it matters. */
  const partsOf = async (sha: CommitSha, { head }: PullRequestFacts): Promise<readonly TracedCommit[]> => {
    const parent = (await repository.resolve(`${sha}^1`)) ?? null;
    return (await repository.commitsBetween(parent, head)).filter(({ paths }) => matters(paths));
  };

  const addPeople = async ({ sha, emails }: TracedCommit, branch: string | null): Promise<void> => {
    if (asked.has(sha)) return;
    asked.add(sha);
    const holding = await forge.pullRequestsOf(sha);
    if (holding.length === 0 && branch !== null) addPusher(await forge.pusherOf(branch, sha));
    let isMade = false;
    for (const change of holding) {
      if (await isOf(sha, change)) {
        addPusher(await forge.pusherOf(change.headBranch, sha));
        continue;
      }
      isMade = true;
      writers.add(change.opener);
      // A merge is nobody's push; one that somebody made by hand and pushed is theirs.
      addPusher(await forge.pusherOf(change.base, sha));
      for (const part of await partsOf(sha, change)) await addPeople(part, change.headBranch);
    }
    // What the forge made names whoever pressed the button, who wrote nothing by that.
    if (!isMade) for (const email of emails) writers.add(await forge.loginOf(email));
  };
  const addPusher = (login: Login | null) => {
    if (login !== null) writers.add(login);
  };

  const follow = async (commit: TracedCommit, branch: string): Promise<void> => {
    const key = `${commit.sha} ${branch}`;
    if (followed.has(key) || !isProtected(branch)) return;
    followed.add(key);
    const brought = (await forge.pullRequestsOf(commit.sha)).filter(({ base }) => base === branch);
    if (brought.length === 0) pushed.set(key, { branch, commit: commit.sha });
    for (const change of brought) {
      changes.set(change.number, change);
      writers.add(change.opener);
      if (change.fork || change.headBranch === branch || !isProtected(change.headBranch)) continue;
      const parts = (await isOf(commit.sha, change)) ? [commit] : await partsOf(commit.sha, change);
      for (const part of parts) await follow(part, change.headBranch);
    }
  };

  return {
    async trace(commit, branch) {
      await addPeople(commit, branch);
      if (branch !== null) await follow(commit, branch);
    },
    get found() {
      return { changes, pushed: [...pushed.values()], writers };
    },
  };
}
