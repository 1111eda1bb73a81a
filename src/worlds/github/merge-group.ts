import { InternalError } from "../../domain/errors.ts";
import type { CommitSha } from "../../domain/names.ts";
import type { Hub } from "./hub.ts";

const queueBot = "github-merge-queue[bot]";

/**
 * A merge queue has come to a pull request: what its base would become lies on a branch of the queue's own, and whoever checks
 * is asked whether it may. The queue would merge when the required checks of that commit are green; here nobody merges.
 */
export async function askMergeGroup(hub: Hub, repository: string, number: number): Promise<CommitSha> {
  const { forge } = hub;
  const change = forge.state.repositories
    .find(({ name }) => name === repository)
    ?.pullRequests.find((one) => one.number === number);
  if (change === undefined) throw new InternalError(`${repository} has no pull request ${number}`);
  if (!forge.state.users.some(({ login }) => login === queueBot)) forge.addUser({ login: queueBot, bot: true });
  const tried = await forge.act("test-merge", { by: change.opener, repository, number });
  const commit = tried.ok ? tried.value.commit : null;
  const baseRef = `refs/heads/${change.base}`;
  const base = await forge.look(repository, async ({ refs }) => refs.get(baseRef));
  if (commit === null || base === undefined) throw new InternalError(`pull request ${number} does not go together`);
  const ref = `refs/heads/gh-readonly-queue/${change.base}/pr-${number}-${base}`;
  const pushed = await forge.act("push", { by: change.opener, repository, ref, after: commit });
  if (!pushed.ok) throw new InternalError(pushed.blocked.message);
  hub.tell({
    kind: "merge_group",
    repository,
    by: queueBot,
    base: { ref: baseRef, commit: base },
    head: { ref, commit },
  });
  return commit;
}
