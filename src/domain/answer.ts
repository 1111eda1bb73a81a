import type { Digest } from "./digest.ts";
import type { CommitSha, Instant, Login, StackName } from "./names.ts";

/**
 * Something a person said about what they were shown. Kept in the order it was said; the last word of each person
 * counts, and only for plans that were in front of them when they said it.
 */
export interface PersonalAnswer {
  readonly by: Login;
  readonly at: Instant;
  readonly via: "review" | "gate" | "command";
  /**
   * `take-back` undoes one's own approval or request, `reject` closes a gate. A dismissed review is taken back.
   * `accept` says yes to a commit that reached its branch past the reviews, `acknowledge` to what a plan deletes,
   * `forget` to a stack whose code is gone while its objects stay.
   */
  readonly says:
    | "approve"
    | "request-changes"
    | "take-back"
    | "reject"
    | "hold"
    | "release-hold"
    | "accept"
    | "acknowledge"
    | "forget";
  /** The pull request it was said on. */
  readonly pullRequest: number | null;
  /** The gate that was answered: one of the flow's `gates`, or an environment, whose `approvals` are its gate. */
  readonly environment: string | null;
  /** Named in a command; without one, all that is shown there. */
  readonly stack: StackName | null;
  /** Named in a command, or what the gate asked about; binds to this plan alone. */
  readonly plan: Digest | null;
  /** The commit that an `accept` is about. */
  readonly commit: CommitSha | null;
}
