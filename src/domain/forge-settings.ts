/**
 * The settings of a repository on GitHub that delivery relies on, in GitHub's own words and shapes, so that whoever
 * reads them finds each on the settings pages and in the REST API. One thing differs: where GitHub keeps a number for a
 * person, a team or an app, the name stands here, since nobody can review a number.
 */
export interface ForgeSettings {
  readonly repository: MergeButtons;
  readonly actions: ActionsSettings;
  /** Null: nothing is said of them, since nothing is released. */
  readonly immutable_releases: { readonly enabled: boolean } | null;
  readonly rulesets: readonly Ruleset[];
  readonly environments: readonly ForgeEnvironment[];
  readonly labels: readonly ForgeLabel[];
}

export interface MergeButtons {
  readonly allow_merge_commit: boolean;
  readonly allow_squash_merge: boolean;
  readonly allow_rebase_merge: boolean;
  readonly delete_branch_on_merge: boolean;
}

export interface ActionsSettings {
  readonly permissions: { readonly enabled: boolean; readonly sha_pinning_required: boolean };
  readonly workflow: {
    readonly default_workflow_permissions: "read" | "write";
    readonly can_approve_pull_request_reviews: boolean;
  };
  /** Who of those who send pull requests from forks needs a person's yes before their workflows run; public repositories only. */
  readonly fork_pr_contributor_approval: { readonly approval_policy: string };
  /** The same for private repositories, where forks are of people with read access. */
  readonly fork_pr_workflows_private_repos: {
    readonly run_workflows_from_fork_pull_requests: boolean;
    readonly send_write_tokens_to_workflows: boolean;
    readonly send_secrets_and_variables: boolean;
    readonly require_approval_for_fork_pr_workflows: boolean;
  };
  readonly artifact_and_log_retention: { readonly days: number };
  readonly oidc_customization_sub: { readonly use_default: boolean; readonly use_immutable_subject: boolean };
}

export interface Ruleset {
  readonly name: string;
  readonly target: "branch" | "tag";
  readonly enforcement: "active" | "evaluate" | "disabled";
  readonly bypass_actors: readonly BypassActor[];
  readonly conditions: {
    readonly ref_name: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  };
  /** One of each type at most. */
  readonly rules: readonly RulesetRule[];
}

export interface BypassActor {
  readonly actor_type: string;
  /** The app's name in its address, the team's, the login; GitHub's number where it has no name. */
  readonly actor: string;
  readonly bypass_mode: string;
}

/** A rule as GitHub keeps it; in the parameters of status checks `integration` is the app's name. */
export interface RulesetRule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, SettingValue>>;
}

/** A plain JSON value. */
export type SettingValue =
  | null
  | boolean
  | number
  | string
  | readonly SettingValue[]
  | { readonly [key: string]: SettingValue };

export interface ForgeEnvironment {
  readonly name: string;
  readonly wait_timer: number;
  readonly prevent_self_review: boolean;
  readonly can_admins_bypass: boolean;
  readonly reviewers: readonly EnvironmentReviewer[];
  /** Null: any ref may use it. */
  readonly deployment_branch_policy: {
    readonly protected_branches: boolean;
    readonly custom_branch_policies: boolean;
  } | null;
  readonly branch_policies: readonly BranchPolicy[];
}

export interface EnvironmentReviewer {
  readonly type: "User" | "Team";
  /** The login, or `organisation/team`. In lower case. */
  readonly reviewer: string;
}

export interface BranchPolicy {
  readonly name: string;
  readonly type: "branch" | "tag";
}

export interface ForgeLabel {
  readonly name: string;
  readonly color: string;
  readonly description: string;
}
