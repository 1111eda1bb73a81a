import type { CommitSha } from "../../../domain/names.ts";
import { commitsBetween, isAncestor, type Look, type PullRequest, type View } from "../../real/forge/index.ts";

/**
 * The pull request that brought a commit to the repository, as it was written or as what the merge made of it, and those
 * that would. Of others that carried it on from branch to branch GitHub tells nothing, and of open ones only while the
 * default branch has not got it.
 */
export async function bringing(
  { repository, network, refs }: Look,
  sha: CommitSha,
): Promise<readonly View<PullRequest>[]> {
  const found: View<PullRequest>[] = [];
  for (const change of repository.pullRequests) {
    const made = repository.made.some((one) => one.commit === sha && one.pullRequest === change.number);
    const base = change.merged?.onto ?? refs.get(`refs/heads/${change.base}`);
    const brings = async () =>
      (await commitsBetween(network, base === undefined ? [] : [base], change.headCommit)).some(
        (one) => one.sha === sha,
      );
    if (made || (await brings())) found.push(change);
  }
  const [introduced] = found
    .filter(({ merged }) => merged !== null)
    .sort((one, other) => (one.merged?.at ?? 0) - (other.merged?.at ?? 0));
  const tip = refs.get(`refs/heads/${repository.defaultBranch}`);
  const isThere = tip !== undefined && (await isAncestor(network, sha, tip));
  return found.filter((change) => change === introduced || (change.merged === null && !isThere));
}
