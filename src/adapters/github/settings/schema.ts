import * as z from "zod";

/** Answers of GitHub, as far as they are used here. What it may leave out for want of a right or a plan is optional. */
export const repository = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ login: z.string(), id: z.int(), type: z.string() }),
  private: z.boolean(),
  visibility: z.enum(["public", "private", "internal"]).optional(),
  default_branch: z.string(),
  permissions: z.object({ admin: z.boolean() }).optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
  delete_branch_on_merge: z.boolean().optional(),
});

export const rulesetHead = z.object({ id: z.int(), name: z.string(), source_type: z.string().default("Repository") });

const refs = z.array(z.string()).default([]);

export const ruleset = z.object({
  ...rulesetHead.shape,
  target: z.string().default("branch"),
  enforcement: z.enum(["active", "evaluate", "disabled"]),
  bypass_actors: z
    .array(
      z.object({
        actor_id: z.number().nullish(),
        actor_type: z.string(),
        bypass_mode: z.string().default("always"),
      }),
    )
    .optional(),
  conditions: z.object({ ref_name: z.object({ include: refs, exclude: refs }).optional() }).nullish(),
  rules: z.array(z.object({ type: z.string(), parameters: z.record(z.string(), z.json()).optional() })).default([]),
});

export const statusChecks = z.array(z.object({ context: z.string(), integration_id: z.number().nullish() }));

const reviewer = z.object({
  type: z.enum(["User", "Team"]),
  reviewer: z.object({ login: z.string().optional(), slug: z.string().optional() }),
});

export const environment = z.object({
  name: z.string(),
  can_admins_bypass: z.boolean().nullish(),
  protection_rules: z
    .array(
      z.object({
        type: z.string(),
        wait_timer: z.number().optional(),
        prevent_self_review: z.boolean().optional(),
        reviewers: z.array(reviewer).optional(),
      }),
    )
    .default([]),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullish(),
});

export const branchPolicy = z.object({
  id: z.int(),
  name: z.string(),
  type: z.enum(["branch", "tag"]).default("branch"),
});

/** Switches of Actions by their part; one that this GitHub does not have is left out. */
export const actions = {
  permissions: z.object({
    enabled: z.boolean(),
    allowed_actions: z.string().optional(),
    sha_pinning_required: z.boolean().optional(),
  }),
  workflow: z.object({
    default_workflow_permissions: z.enum(["read", "write"]),
    can_approve_pull_request_reviews: z.boolean(),
  }),
  fork_pr_contributor_approval: z.object({ approval_policy: z.string() }),
  fork_pr_workflows_private_repos: z.object({
    run_workflows_from_fork_pull_requests: z.boolean(),
    send_write_tokens_to_workflows: z.boolean(),
    send_secrets_and_variables: z.boolean(),
    require_approval_for_fork_pr_workflows: z.boolean(),
  }),
  artifact_and_log_retention: z.object({ days: z.number(), maximum_allowed_days: z.number().optional() }),
  oidc_customization_sub: z.object({ use_default: z.boolean(), use_immutable_subject: z.boolean().optional() }),
} as const;

export const immutableReleases = z.object({ enabled: z.boolean() });
export const label = z.object({ name: z.string(), color: z.string(), description: z.string().nullish() });
export const deployKey = z.object({ title: z.string(), read_only: z.boolean() });
export const secret = z.object({ name: z.string() });
export const variable = z.object({ name: z.string(), value: z.string() });
export const codeownersErrors = z.object({
  errors: z.array(z.object({ path: z.string(), line: z.number(), message: z.string() })),
});
export const folder = z.array(z.object({ path: z.string(), type: z.string() }));
export const file = z.object({ type: z.string(), content: z.string().optional(), encoding: z.string().optional() });
export const named = z.object({ id: z.int() });
export const plan = z.object({ plan: z.object({ name: z.string() }).optional() });
