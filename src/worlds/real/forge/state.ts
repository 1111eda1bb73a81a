import type { CommitSha, Instant } from "../../../domain/names.ts";
import type { CheckState, ForgeEvent } from "./events.ts";

/**
 * Everything that a forge knows besides Git's objects and refs. Plain data, so that it can be written down; lists
 * instead of objects by name, since names come from people. Only the forge's acts change it.
 */
export interface ForgeState {
  /** Where it would be reached: its people's no-reply addresses end in it. */
  readonly host: string;
  lastId: number;
  readonly users: User[];
  readonly teams: Team[];
  readonly repositories: RepositoryState[];
  readonly events: ForgeEvent[];
}

export interface User {
  /** As its owner writes it; compared without regard to case. */
  readonly login: string;
  readonly name: string;
  /** Verified addresses, the first one the primary one. */
  readonly emails: readonly string[];
  readonly bot: boolean;
}

export interface Team {
  /** `acme/devops-engineers` */
  readonly slug: string;
  readonly members: readonly string[];
}

export type Role = "read" | "write" | "maintain" | "admin";
export type MergeMethod = "merge" | "squash" | "rebase" | "fast-forward";

export type Numbering = "shared" | "apart";

export interface RepositoryState {
  /** `owner/name` */
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  /** `shared`: issues and pull requests count together, as on GitHub; `apart`: each from 1, as on GitLab. */
  readonly numbering: Numbering;
  /** What it was forked from. All forks of one repository share their objects. */
  readonly parent: string | null;
  settings: RepositorySettings;
  readonly roles: { readonly login: string; role: Role }[];
  readonly issues: Issue[];
  readonly pullRequests: PullRequest[];
  readonly comments: Comment[];
  readonly reviews: Review[];
  readonly protections: Protection[];
  readonly environments: Environment[];
  readonly deployments: Deployment[];
  readonly releases: Release[];
  readonly statuses: CommitStatus[];
  readonly pushes: Push[];
  /** Commits that the forge itself made while merging, and for which pull request. */
  readonly made: { readonly commit: CommitSha; readonly pullRequest: number }[];
}

export interface RepositorySettings {
  readonly mergeMethods: readonly MergeMethod[];
  readonly deleteBranchOnMerge: boolean;
}

/** One ref, moved by one person. Whoever pushes may push what others wrote. */
export interface Push {
  readonly at: Instant;
  readonly by: string;
  readonly ref: string;
  readonly before: CommitSha | null;
  readonly after: CommitSha | null;
  /** What came to the ref by it. */
  readonly commits: readonly CommitSha[];
  /** Those of them that no branch of the repository or of its forks had. */
  readonly fresh: readonly CommitSha[];
  /** Set when it was the merge of this pull request: who merges brings what others wrote, and pushes nothing of their own. */
  readonly merging: number | null;
}

export interface Issue {
  readonly number: number;
  title: string;
  body: string;
  readonly opener: string;
  state: "open" | "closed";
}

export interface PullRequest {
  readonly number: number;
  title: string;
  body: string;
  readonly opener: string;
  state: "open" | "closed";
  draft: boolean;
  labels: readonly Label[];
  /** Issues linked by hand, besides those that its text closes. */
  readonly issues: readonly number[];
  base: string;
  /** When it got its present base, if that was after it was opened. */
  retargetedAt: Instant | null;
  readonly head: { readonly repository: string; readonly branch: string };
  headCommit: CommitSha;
  /** When its head branch got the head commit. */
  headSince: Instant;
  readonly createdAt: Instant;
  /** What happened to the head branch while it was closed, which stands against opening it again. */
  headGone: "deleted" | "rewritten" | null;
  merged: Merged | null;
}

/** Whoever has write access may set one; who did is on the timeline. */
export interface Label {
  readonly name: string;
  readonly by: string;
}

export interface Merged {
  readonly at: Instant;
  readonly by: string;
  /** Null: a push brought its commits to the base. */
  readonly method: MergeMethod | null;
  /** What is on the base for it. */
  readonly commit: CommitSha;
  /** Where the base was before. */
  readonly onto: CommitSha;
}

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";

export interface Review {
  readonly id: number;
  readonly pullRequest: number;
  readonly by: string;
  state: ReviewState;
  readonly body: string;
  readonly commit: CommitSha;
  /** The commit it is about was the head when it was given. */
  readonly onHead: boolean;
  /** In whole seconds, as all times that the forge tells. */
  readonly submittedAt: Instant;
  /** `was`: what it said until then. */
  dismissed: { readonly by: string; readonly at: Instant; readonly was: ReviewState } | null;
}

/** An issue or a pull request by its number, or a commit. */
export type CommentSubject = { readonly number: number } | { readonly commit: CommitSha };

export interface Comment {
  readonly id: number;
  readonly on: CommentSubject;
  readonly by: string;
  body: string;
  readonly createdAt: Instant;
  updatedAt: Instant;
  /** What it said before, oldest first. */
  readonly earlier: { readonly body: string; readonly until: Instant; readonly by: string }[];
}

/** What holds for the branches that a pattern names; as rulesets and classic protection say it together. */
export interface Protection {
  /** As GitHub's: `*` stops at `/`, `**` does not. */
  readonly pattern: string;
  /** Branches that the pattern names and that these rules are not for. */
  readonly except: readonly string[];
  /** Which set of rules it belongs to; empty for rules of their own. One set has each pattern once. */
  readonly ruleset: string;
  readonly pullRequest: boolean;
  /** Whether a branch cannot be made but through a pull request either. */
  readonly pullRequestOnCreate: boolean;
  readonly approvals: number;
  /** Logins and teams whose approvals count; null: everybody's with write access. */
  readonly approvers: readonly string[] | null;
  /** Logins and teams that may push and merge here; null: everybody with write access. */
  readonly pushers: readonly string[] | null;
  readonly dismissStale: boolean;
  readonly lastPushApproval: boolean;
  /** Null: those of the repository. */
  readonly mergeMethods: readonly MergeMethod[] | null;
  readonly linear: boolean;
  readonly forcePush: boolean;
  /** Whether anybody may make, move and remove such a branch, whoever may push besides. */
  readonly creation: boolean;
  readonly update: boolean;
  readonly deletion: boolean;
  readonly checks: readonly string[];
  /** Checks that count only when this login said so; the others count whoever did. */
  readonly checksBy: readonly { readonly name: string; readonly by: string }[];
  /** A branch may be made before its checks are there. */
  readonly checksOnCreate: boolean;
  /** The head must have the base's last commit. */
  readonly upToDate: boolean;
  /** Whether an administrator may go past it. */
  readonly adminBypass: boolean;
  /** Who else may, such as an app. */
  readonly bypass: readonly string[];
  /** Who may by merging a pull request, and not by a push. */
  readonly bypassMerging: readonly string[];
}

export interface Environment {
  readonly name: string;
  /** Logins and teams (`owner/team`), any one of whom opens it; empty: nothing ever waits. */
  readonly reviewers: readonly string[];
  readonly preventSelfReview: boolean;
  readonly adminBypass: boolean;
  /** Patterns of branches and tags (`tag:v*`) that may deploy there; empty: all. */
  readonly refs: readonly string[];
}

export interface Deployment {
  readonly id: number;
  readonly environment: string;
  readonly ref: string;
  readonly commit: CommitSha;
  /** Who set it off. */
  readonly by: string;
  readonly createdAt: Instant;
  state: "waiting" | "approved" | "rejected" | "ended";
  /** What its reviewers see. */
  summary: string;
  readonly reviews: {
    readonly by: string;
    readonly says: "approved" | "rejected";
    readonly comment: string;
    readonly at: Instant;
  }[];
}

export interface Release {
  readonly tag: string;
  readonly body: string;
  /** Where the tag pointed when the release was made. */
  readonly commit: CommitSha;
  readonly by: string;
  readonly at: Instant;
  /** Its tag stays where it is, and the name of it stays taken when the release is gone. */
  readonly immutable: boolean;
  /** Of an immutable one: of any other nothing is left. */
  deleted: boolean;
}

/** What somebody last said of a commit under a name; others may say something else under the same. */
export interface CommitStatus {
  readonly commit: CommitSha;
  readonly name: string;
  readonly state: CheckState;
  readonly by: string;
}

/** The same, to look at. */
export type View<T> = T extends readonly (infer Item)[]
  ? readonly View<Item>[]
  : T extends string | number | boolean | null | undefined
    ? T
    : { readonly [Key in keyof T]: View<T[Key]> };
