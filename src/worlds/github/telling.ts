import type { CommitSha, Instant } from "../../domain/names.ts";

/** What the forge knows nothing of. */
export type HubEvent =
  | {
      readonly kind: "repository_dispatch";
      readonly repository: string;
      readonly by: string;
      readonly action: string;
      readonly payload: Readonly<Record<string, unknown>>;
    }
  /** A merge queue asks whether its base may become this. */
  | {
      readonly kind: "merge_group";
      readonly repository: string;
      readonly by: string;
      readonly base: { readonly ref: string; readonly commit: CommitSha };
      readonly head: { readonly ref: string; readonly commit: CommitSha };
    };

/** Something that happened, as GitHub tells it: to webhooks, and as what starts workflows. */
export interface Delivery {
  /** As in `X-GitHub-Delivery`; the same when it is sent again. */
  readonly id: string;
  readonly number: number;
  readonly event: string;
  readonly action: string | null;
  readonly repository: string;
  readonly by: string;
  readonly at: Instant;
  /** The bytes that were signed. */
  readonly body: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** `GITHUB_REF` and `GITHUB_SHA` of a workflow that it starts. */
  readonly ref: string;
  readonly commit: CommitSha | null;
  /** What was done with a `GITHUB_TOKEN` starts none, but for the two that are made to. */
  readonly startsWorkflows: boolean;
  /** It starts none by itself, and makes runs that wait until somebody approves them. */
  readonly awaitsApproval: boolean;
  readonly attempts: readonly Attempt[];
}

export interface Attempt {
  readonly hook: number;
  readonly at: Instant;
  /** 0: nobody answered. */
  readonly status: number;
}

export interface Webhooks {
  /** Everything that was told so far, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Waits until everything that has happened is told and every hook has answered or not. */
  settled(): Promise<void>;
  /** Called with each, in their order; what it returns is waited for. */
  listen(listener: (delivery: Delivery) => void | Promise<void>): () => void;
  /** Sends one again to a hook, as people do by hand: GitHub itself never tries twice. */
  redeliver(id: string, hook: number): Promise<void>;
}
