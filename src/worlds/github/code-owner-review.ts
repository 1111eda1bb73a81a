import { hasRole, type Look, mergeBases, type PullRequest, type View } from "../real/forge/index.ts";
import { codeOwnersOf } from "../real/forge-code-owners.ts";
import type { Hub } from "./hub.ts";
import { mayPass, rulesetsOf } from "./ruleset-rules.ts";
import { isSameLogin } from "./shapes/people.ts";

/**
 * Whether a merge waits for owners of code that the pull request changes: rulesets ask for it, and the forge knows
 * nothing of owners. One yes for each set of owners is enough; nobody's own pull request is approved by them. Who may not
 * write owns nothing, whatever the file says, and a path that such people alone own waits for nobody.
 */
export async function waitsForOwners(
  hub: Hub,
  place: Look,
  { change, by }: { readonly change: View<PullRequest>; readonly by: string },
): Promise<boolean> {
  const { repository, refs, network } = place;
  const asks = rulesetsOf(hub, repository, `refs/heads/${change.base}`).some(
    (ruleset) =>
      ruleset.enforcement === "active" &&
      !mayPass(hub, repository, ruleset, { login: by, merging: true }) &&
      ruleset.rules.some(({ parameters }) => parameters?.require_code_owner_review === true),
  );
  const base = refs.get(`refs/heads/${change.base}`);
  if (!asks || base === undefined) return false;
  const [common = base] = await mergeBases(network, base, change.headCommit);
  const owners = await codeOwnersOf(place, base, await network.changedPaths(common, change.headCommit));
  const owning = owners.map((group) => group.filter((login) => hasRole(repository, login, "write")));
  return owning.some((group) => group.length > 0 && !group.some((login) => hasApproved(place, change, login)));
}

function hasApproved({ repository }: Look, change: View<PullRequest>, login: string): boolean {
  const last = repository.reviews.findLast(
    (review) => review.pullRequest === change.number && review.state !== "COMMENTED" && isSameLogin(review.by, login),
  );
  return last?.state === "APPROVED";
}
