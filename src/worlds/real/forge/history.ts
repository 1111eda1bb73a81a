import type { CommitSha } from "../../../domain/names.ts";
import type { Commit, Network } from "./git.ts";

/**
 * Questions about the graph of commits, answered from commits that are read once. Asking Git each time would start a
 * process each time.
 */

/** Every commit that can be reached from these, themselves among them. */
export async function reachableFrom(network: Network, tips: Iterable<CommitSha>): Promise<ReadonlySet<CommitSha>> {
  const seen = new Set<CommitSha>();
  const open = [...tips];
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    if (seen.has(sha)) continue;
    seen.add(sha);
    open.push(...((await network.commit(sha))?.parents ?? []));
  }
  return seen;
}

/** What `to` has and none of `from` has: parents before their children, the first parent's side first. */
export async function commitsBetween(
  network: Network,
  from: Iterable<CommitSha>,
  to: CommitSha,
): Promise<readonly Commit[]> {
  const without = await reachableFrom(network, from);
  const found: Commit[] = [];
  const seen = new Set<CommitSha>();
  const open: { readonly sha: CommitSha; readonly entered?: Commit }[] = [{ sha: to }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.entered !== undefined) {
      found.push(next.entered);
      continue;
    }
    if (seen.has(next.sha) || without.has(next.sha)) continue;
    seen.add(next.sha);
    const commit = await network.commit(next.sha);
    if (commit === undefined) continue;
    open.push({ sha: commit.sha, entered: commit }, ...commit.parents.toReversed().map((sha) => ({ sha })));
  }
  return found;
}

export async function isAncestor(network: Network, ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
  return (await reachableFrom(network, [descendant])).has(ancestor);
}

/** The newest commits that both have. More than one where two branches were merged into each other. */
export async function mergeBases(network: Network, left: CommitSha, right: CommitSha): Promise<readonly CommitSha[]> {
  const ofLeft = await reachableFrom(network, [left]);
  const shared: CommitSha[] = [];
  const seen = new Set<CommitSha>();
  const open = [right];
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    if (seen.has(sha)) continue;
    seen.add(sha);
    if (ofLeft.has(sha)) shared.push(sha);
    else open.push(...((await network.commit(sha))?.parents ?? []));
  }
  const best: CommitSha[] = [];
  for (const candidate of shared) {
    const others = shared.filter((other) => other !== candidate);
    if (!(await reachableFrom(network, others)).has(candidate)) best.push(candidate);
  }
  return best;
}
