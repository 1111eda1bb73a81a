import type { CommitSha, Instant } from "../../domain/names.ts";
import type { Body } from "./body.ts";
import type { Permissions } from "./permissions.ts";

/** What GitHub keeps of a repository that the forge, which knows Git and its rules only, does not. */
export interface Kept {
  readonly labels: KeptLabel[];
  readonly issueLabels: {
    readonly number: number;
    readonly label: string;
    readonly by: string;
    readonly at: Instant;
  }[];
  readonly reactions: KeptReaction[];
  /** Conversations of reviews: which pull request each is on, and whether somebody has resolved it. */
  readonly reviewThreads: { readonly id: number; readonly pullRequest: number; resolved: boolean }[];
  /** Issues and pull requests whose conversation is locked, by their numbers. */
  readonly locked: Set<number>;
  readonly statuses: KeptStatus[];
  readonly checks: KeptCheck[];
  readonly releases: KeptRelease[];
  /** Whether base and head (`BASE HEAD`) go together, once GitHub has worked it out. */
  readonly mergeable: Map<string, boolean>;
  readonly reviewersAsked: Map<number, { readonly users: readonly string[]; readonly teams: readonly string[] }>;
  readonly deployments: KeptDeployment[];
  readonly runs: KeptRun[];
  readonly artifacts: KeptArtifact[];
  readonly workflows: KeptWorkflow[];
  readonly rulesets: KeptRuleset[];
  readonly ruleSuites: KeptRuleSuite[];
  readonly environments: Map<string, KeptEnvironment>;
  readonly variables: Map<string, KeptVariable>;
  readonly secrets: Map<string, { readonly createdAt: Instant; readonly updatedAt: Instant }>;
  readonly hooks: KeptHook[];
  settings: KeptSettings;
}

export interface KeptLabel {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface KeptReaction {
  readonly id: number;
  readonly comment: number;
  readonly by: string;
  readonly content: string;
  readonly at: Instant;
}

export interface KeptStatus {
  readonly id: number;
  readonly commit: CommitSha;
  readonly context: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly by: string;
  readonly at: Instant;
}

export interface KeptCheck {
  readonly id: number;
  readonly commit: CommitSha;
  readonly name: string;
  /** The app that made it: every `GITHUB_TOKEN` is one and the same app. */
  readonly app: string;
  status: string;
  conclusion: string | null;
  startedAt: Instant;
  completedAt: Instant | null;
  externalId: string | null;
  detailsUrl: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  annotations: Body[];
}

export interface KeptRelease {
  readonly id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  /** The forge knows nothing of one that is not published. */
  draft: boolean;
  prerelease: boolean;
  readonly by: string;
  readonly createdAt: Instant;
  publishedAt: Instant | null;
}

export interface KeptDeployment {
  readonly id: number;
  readonly commit: CommitSha;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly by: string;
  readonly at: Instant;
  readonly transient: boolean;
  readonly production: boolean;
  readonly statuses: KeptDeploymentStatus[];
}

export interface KeptDeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
  readonly environment: string;
  readonly by: string;
  readonly at: Instant;
}

export interface KeptWorkflow {
  readonly id: number;
  /** From the repository's top: `.github/workflows/plangate.yml`. */
  readonly path: string;
}

export type RunStatus = "queued" | "in_progress" | "waiting" | "completed";

export interface KeptRun {
  readonly id: number;
  readonly number: number;
  readonly workflow: KeptWorkflow;
  readonly name: string;
  readonly title: string;
  readonly event: string;
  /** In full. */
  readonly ref: string;
  readonly commit: CommitSha;
  /** What its checks are about: for a pull request the head that it had then, and not what would come of merging it. */
  readonly head: CommitSha;
  readonly by: string;
  /** Who started its present attempt. */
  triggeredBy: string;
  attempt: number;
  status: RunStatus;
  conclusion: string | null;
  readonly createdAt: Instant;
  updatedAt: Instant;
  readonly jobs: KeptJob[];
}

export interface KeptJob {
  readonly id: number;
  readonly name: string;
  readonly attempt: number;
  readonly permissions: Permissions;
  readonly environment: string | null;
  /** The file that its steps stand in, when another one called it: `acme/infra/.github/workflows/x.yml@refs/heads/main`. */
  readonly workflowRef: string | null;
  /** The forge's deployment that it asked for, and GitHub's record of it. */
  readonly gate: number | null;
  readonly deployment: KeptDeployment | null;
  status: RunStatus;
  conclusion: string | null;
  readonly startedAt: Instant;
  completedAt: Instant | null;
}

export interface KeptArtifact {
  readonly id: number;
  readonly run: number;
  readonly name: string;
  /** Null when it was deleted. */
  zip: Buffer | null;
  readonly digest: string;
  readonly createdAt: Instant;
  expiresAt: Instant;
}

export interface KeptRuleset {
  readonly id: number;
  readonly createdAt: Instant;
  updatedAt: Instant;
  name: string;
  target: "branch" | "tag" | "push";
  enforcement: "disabled" | "active" | "evaluate";
  bypassActors: readonly Body[];
  include: readonly string[];
  exclude: readonly string[];
  rules: readonly { readonly type: string; readonly parameters?: Body }[];
  readonly versions: { readonly id: number; readonly by: string; readonly at: Instant; readonly state: unknown }[];
}

export interface KeptRuleSuite {
  readonly id: number;
  readonly by: string;
  readonly ref: string;
  readonly before: CommitSha | null;
  readonly after: CommitSha | null;
  readonly result: "pass" | "fail" | "bypass";
  readonly at: Instant;
  readonly told: readonly { readonly ruleset: KeptRuleset; readonly type: string; readonly result: "pass" | "fail" }[];
}

export interface KeptEnvironment {
  readonly id: number;
  readonly createdAt: Instant;
  updatedAt: Instant;
  waitTimer: number;
  /** Null: every ref; else as the environment was set. */
  branchPolicy: { readonly protected_branches: boolean; readonly custom_branch_policies: boolean } | null;
  readonly policies: { readonly id: number; name: string; readonly type: "branch" | "tag" }[];
  readonly variables: Map<string, KeptVariable>;
  /** Their names only: nobody reads one back. */
  readonly secrets: Map<string, { readonly createdAt: Instant; readonly updatedAt: Instant }>;
  readonly rules: { readonly id: number; readonly app: string }[];
}

export interface KeptVariable {
  readonly name: string;
  readonly value: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface KeptHook {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
  active: boolean;
  readonly createdAt: Instant;
}

export interface KeptSettings {
  readonly allowAutoMerge: boolean;
  readonly allowUpdateBranch: boolean;
  readonly actionsEnabled: boolean;
  readonly allowedActions: "all" | "local_only" | "selected";
  readonly shaPinning: boolean;
  readonly selectedActions: {
    readonly github: boolean;
    readonly verified: boolean;
    readonly patterns: readonly string[];
  };
  readonly tokenDefault: "read" | "write";
  readonly tokenMayApprove: boolean;
  readonly forkApproval: string;
  /** What forks of a private repository may. */
  readonly privateForks: {
    readonly run: boolean;
    readonly writeTokens: boolean;
    readonly secrets: boolean;
    readonly approval: boolean;
  };
  readonly deployKeys: readonly { readonly title: string; readonly readOnly: boolean }[];
  readonly retentionDays: number;
  readonly immutableReleases: boolean;
  readonly subject: { readonly useDefault: boolean; readonly claims: readonly string[]; readonly immutable: boolean };
}

export function emptyKept(): Kept {
  return {
    labels: [],
    issueLabels: [],
    locked: new Set(),
    reactions: [],
    reviewThreads: [],
    statuses: [],
    checks: [],
    releases: [],
    mergeable: new Map(),
    reviewersAsked: new Map(),
    deployments: [],
    runs: [],
    artifacts: [],
    workflows: [],
    rulesets: [],
    ruleSuites: [],
    environments: new Map(),
    variables: new Map(),
    secrets: new Map(),
    hooks: [],
    settings: {
      allowAutoMerge: false,
      allowUpdateBranch: false,
      actionsEnabled: true,
      allowedActions: "all",
      shaPinning: false,
      selectedActions: { github: true, verified: false, patterns: [] },
      tokenDefault: "read",
      tokenMayApprove: false,
      forkApproval: "first_time_contributors",
      privateForks: { run: false, writeTokens: false, secrets: false, approval: true },
      deployKeys: [],
      retentionDays: 90,
      immutableReleases: false,
      subject: { useDefault: true, claims: [], immutable: true },
    },
  };
}
