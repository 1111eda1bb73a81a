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

/** Collects chains, one commit after the other; each commit is looked at once per branch. */
export interface ChainTracer {
  /** Leads a commit of the branch back. Without a branch nobody asks for a delivery, and every pull request counts. */
  trace(commit: TracedCommit, branch: string | null): Promise<void>;
  readonly found: Chain;
}

/**
 * Leads commits back to the pull requests that brought them: into the branch that is delivered, and where one came from
 * another protected branch, into that one, and so on. A squash hides commits, and with them people; a pull request into
 * another branch proves nothing about this one. `matters` says whether a commit touches what is delivered.
 */
export function openTracer(delivery: Delivery, matters: (paths: readonly string[]) => boolean): ChainTracer {
  const { flow, forge, repository } = delivery;
  const changes = new Map<number, PullRequestFacts>();
  const pushed = new Map<string, { branch: string; commit: CommitSha }>();
  const writers = new Set<Login>();
  const traced = new Set<string>();
  const isProtected = (branch: string) => branchClassOf(flow, branch)?.protected === true;

  const trace = async (commit: TracedCommit, branch: string | null): Promise<void> => {
    const key = `${commit.sha} ${branch ?? ""}`;
    if (traced.has(key)) return;
    traced.add(key);
    const holding = await forge.pullRequestsOf(commit.sha);
    for (const login of holding.flatMap((change) => change.writers)) writers.add(login);
    if (holding.length === 0) for (const email of commit.emails) writers.add(await forge.loginOf(email));
    if (branch !== null && !isProtected(branch)) return;
    const brought = branch === null ? holding : holding.filter(({ base }) => base === branch);
    if (brought.length === 0 && branch !== null) pushed.set(key, { branch, commit: commit.sha });
    for (const change of brought) {
      changes.set(change.number, change);
      if (branch !== null && !change.fork && isProtected(change.headBranch)) await traceHead(commit, change);
    }
  };

  /** A squash is no commit of the branch that it came from: what it was made of is. */
  const traceHead = async (commit: TracedCommit, { head, headBranch }: PullRequestFacts): Promise<void> => {
    if (await repository.isAncestor(commit.sha, head)) return trace(commit, headBranch);
    const parent = (await repository.resolve(`${commit.sha}^1`)) ?? null;
    for (const inner of await repository.commitsBetween(parent, head)) {
      if (matters(inner.paths)) await trace(inner, headBranch);
    }
  };

  return {
    trace,
    get found() {
      return { changes, pushed: [...pushed.values()], writers };
    },
  };
}
