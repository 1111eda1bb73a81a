import type { Event } from "../../domain/event.ts";
import type { Login } from "../../domain/names.ts";
import { changeAgainstBase } from "./against-base.ts";
import { type Commit, commitsBetween } from "./git.ts";
import type { Setting } from "./setting.ts";
import { putPullRequest } from "./step-pull-request.ts";
import type { ModelWorld, PullRequest } from "./world.ts";

/** A pull request as it is once it is merged, seen from the world right before that. */
export function mergedAs(
  setting: Setting,
  world: ModelWorld,
  change: PullRequest,
  about: {
    /** The commits that the base gets, oldest first. */
    readonly made: readonly Commit[];
    /** Its own commits come to the base, and not others in their place. */
    readonly kept: boolean;
    readonly last: Commit;
  },
): PullRequest {
  const { made, kept, last } = about;
  const base = world.branches[change.base] ?? null;
  const commits = commitsBetween(base, change.head);
  const brought = [...made.filter((commit) => commit !== base), ...(kept ? commits : [])];
  const asMerged = changeAgainstBase(setting, world, change);
  const merged = { commits, commit: last.sha, brought: brought.map(({ sha }) => sha), asMerged };
  return { ...change, state: "merged", merged };
}

/** A branch that moves on. */
export interface Moved {
  readonly key: string;
  readonly commit: Commit;
  readonly by: Login;
}

/**
 * Open pull requests into a branch whose head comes there without their being merged, by a push or with another one: the
 * forge calls them merged by that.
 */
export function mergedBeside(
  setting: Setting,
  world: ModelWorld,
  { key, commit, by }: Moved,
): { readonly world: ModelWorld; readonly events: readonly Event[] } {
  const brought = new Set(commitsBetween(world.branches[key] ?? null, commit));
  const beside = world.pullRequests.filter(
    ({ state, base, head }) => state === "open" && base === key && brought.has(head),
  );
  return {
    world: beside.reduce(
      (next, change) => putPullRequest(next, mergedAs(setting, world, change, { made: [], kept: true, last: commit })),
      world,
    ),
    events: beside.map(({ number }) => ({ kind: "merge", pullRequest: number, branch: key, commit: commit.sha, by })),
  };
}
