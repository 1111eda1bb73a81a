import { type Look, type PullRequest, type View, whyNotMerged } from "../real/forge/index.ts";
import { waitsForOwners } from "./code-owner-review.ts";
import type { Hub } from "./hub.ts";

export interface MergeStateAbout {
  readonly change: View<PullRequest>;
  /** Null: GitHub has not worked out yet whether it goes together with its base. */
  readonly mergeable: boolean | null;
  /** The head has the base's last commit. */
  readonly upToDate: boolean;
}

/**
 * GitHub's one word for what a merge would come to, whoever may go past the rules: `behind` only where a rule asks for a head
 * that is up to date and nothing else is missing, `unstable` where a check is not green that nobody requires.
 */
export async function mergeStateOf(hub: Hub, place: Look, about: MergeStateAbout): Promise<string> {
  const { change, mergeable, upToDate } = about;
  const { state, repository } = place;
  if (change.state === "closed" || mergeable === null) return "unknown";
  if (!mergeable) return "dirty";
  if (change.draft) return "draft";
  const nobody = { state, repository, by: { login: "" } };
  // Which button is pressed is not asked here: one that may be is enough.
  const refused = (current: boolean) =>
    (["merge", "squash", "rebase"] as const).every(
      (method) => whyNotMerged(nobody, change, { method, force: false, upToDate: current }) !== null,
    );
  if (refused(true) || (await waitsForOwners(hub, place, { change, by: "" }))) return "blocked";
  if (refused(upToDate)) return "behind";
  const green = repository.statuses.every((one) => one.commit !== change.headCommit || one.state === "success");
  return green ? "clean" : "unstable";
}
