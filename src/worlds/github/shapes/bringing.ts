import type { CommitSha } from "../../../domain/names.ts";
import { commitsBetween, type Look, type PullRequest, type View } from "../../real/forge/index.ts";

/** Pull requests that brought a commit, or would: as it was written, or as what the merge made of it. */
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
  return found;
}
