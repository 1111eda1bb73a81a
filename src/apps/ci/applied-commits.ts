import type { Store } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { CommitSha, StackName } from "../../domain/names.ts";
import type { Run, RunState } from "../../domain/run.ts";
import type { Ci, OpenJob } from "./open-job.ts";

const settled: readonly RunState[] = ["applied", "verifying", "verified", "verify-failed", "no-changes"];

/**
 * Fetches the commits that stacks were last applied from, which history is counted from: of a branch that was squashed and
 * deleted since, no checkout has them. One that GitHub no longer has is told, and whatever needs it fails by itself.
 */
export async function bringApplied(ci: Ci, opened: OpenJob, store: Store): Promise<void> {
  await bringCommits(ci, opened, { commits: await appliedCommits(store), why: "something was applied from" });
}

/** Fetches what runs were planned from: no checkout has the head of a fork. */
export async function bringPlanned(ci: Ci, opened: OpenJob, runs: readonly (Run | undefined)[]): Promise<void> {
  const commits = runs.flatMap((run) => {
    if (run === undefined) return [];
    return run.source.kind === "pull-request" ? [run.source.head, run.source.base] : [run.source.commit];
  });
  await bringCommits(ci, opened, { commits: new Set(commits), why: "something was planned from" });
}

async function bringCommits(
  { outside, progress }: Ci,
  { dir, repository }: OpenJob,
  { commits, why }: { readonly commits: ReadonlySet<CommitSha>; readonly why: string },
): Promise<void> {
  const missing: CommitSha[] = [];
  for (const commit of commits) if ((await repository.resolve(commit)) === undefined) missing.push(commit);
  for (const commit of missing) {
    try {
      await outside.bring(dir, [commit]);
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      progress(`commit ${commit.slice(0, 12)}, which ${why}, is not to be had: ${error.message}`);
    }
  }
}

async function appliedCommits(store: Store): Promise<ReadonlySet<CommitSha>> {
  const found = new Set<CommitSha>();
  for (const stack of await store.stacks()) for (const commit of await lastOf(store, stack)) found.add(commit);
  return found;
}

/** Of the newest apply, and of plans since then that had nothing to do. */
async function lastOf(store: Store, stack: StackName): Promise<readonly CommitSha[]> {
  const runs = await store.runs({ stack, states: settled, modes: ["normal"], limit: 50 });
  const at = runs.findIndex(({ state }) => state !== "no-changes");
  return (at < 0 ? runs : runs.slice(0, at + 1)).flatMap(({ due, source }) => [
    ...(due === null ? [] : [due.commit]),
    ...("commit" in source ? [source.commit] : []),
  ]);
}
