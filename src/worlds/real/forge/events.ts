import type { CommitSha, Instant } from "../../../domain/names.ts";

interface Everywhere {
  /** Counts up over the whole forge; a webhook's delivery id follows from it. */
  readonly id: number;
  readonly at: Instant;
  readonly repository: string;
  /** Whose act it was, as the login is written. */
  readonly by: string;
}

/** What a webhook would tell, by GitHub's names, with as much of it as tells one event from another. */
export type ForgeEvent = Everywhere & ForgeEventBody;

export type ForgeEventBody =
  | {
      readonly kind: "push";
      /** In full: `refs/heads/main`. */
      readonly ref: string;
      /** Null where the ref was not there. */
      readonly before: CommitSha | null;
      readonly after: CommitSha | null;
      /** History that was there is no longer. */
      readonly forced: boolean;
      /** What came to the ref, oldest first. */
      readonly commits: readonly CommitSha[];
    }
  | {
      readonly kind: "pull_request";
      readonly action:
        | "opened"
        | "synchronize"
        | "reopened"
        | "edited"
        | "ready_for_review"
        | "converted_to_draft"
        | "labeled"
        | "unlabeled"
        | "closed";
      readonly number: number;
      readonly merged: boolean;
      readonly label: string | null;
      /** Set when it was moved to another base. */
      readonly baseWas: string | null;
      /** Nobody moved it there: its base was merged, and is gone. */
      readonly automatic: boolean;
    }
  | {
      readonly kind: "pull_request_review";
      readonly action: "submitted" | "dismissed";
      readonly number: number;
      readonly review: number;
    }
  | {
      readonly kind: "issue_comment";
      readonly action: "created" | "edited" | "deleted";
      readonly number: number;
      readonly comment: number;
    }
  | { readonly kind: "commit_comment"; readonly commit: CommitSha; readonly comment: number }
  | {
      readonly kind: "issues";
      readonly action: "opened" | "edited" | "closed" | "reopened";
      readonly number: number;
    }
  | {
      readonly kind: "deployment_review";
      readonly action: "requested" | "approved" | "rejected";
      readonly environment: string;
      readonly deployment: number;
    }
  | { readonly kind: "status"; readonly commit: CommitSha; readonly name: string; readonly state: CheckState }
  | {
      readonly kind: "workflow_dispatch";
      readonly workflow: string;
      readonly ref: string;
      readonly inputs: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "release";
      readonly action: "published" | "deleted";
      readonly tag: string;
      readonly commit: CommitSha;
    };

export type CheckState = "pending" | "success" | "failure";
