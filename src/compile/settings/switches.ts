import type { ActionsSettings, ForgeLabel, ForgeSettings, MergeButtons } from "../../domain/forge-settings.ts";
import { type Flow, onlyBranchOf } from "../../flow/index.ts";
import { retentionDays } from "../retention.ts";
import { type Button, buttonsOf } from "./rulesets.ts";
import type { Wanted } from "./wanted.ts";

/** The buttons that some branch merges by; GitHub wants one at least. A branch's own ruleset narrows them. */
export function mergeButtonsOf(wanted: Wanted): MergeButtons {
  const used = new Set<Button>(
    wanted.flow.branches.filter(({ accepts }) => accepts.length > 0).flatMap((branch) => buttonsOf(branch, wanted)),
  );
  return {
    allow_merge_commit: used.has("merge") || used.size === 0,
    allow_squash_merge: used.has("squash"),
    allow_rebase_merge: used.has("rebase"),
    delete_branch_on_merge: !wanted.flow.branches.some((branch) => staysAfterMerge(branch, wanted.flow)),
  };
}

/** A branch that is merged again and again, and that no rule keeps from being deleted. */
function staysAfterMerge(branch: Flow["branches"][number], { branches }: Flow): boolean {
  const merged = branches.some(({ accepts }) => accepts.includes(branch.name));
  return merged && !branch.protected && onlyBranchOf(branch) !== undefined;
}

export function actionsOf(flow: Flow): ActionsSettings {
  return {
    permissions: { enabled: true, sha_pinning_required: true },
    workflow: { default_workflow_permissions: "read", can_approve_pull_request_reviews: false },
    fork_pr_contributor_approval: { approval_policy: "all_external_contributors" },
    fork_pr_workflows_private_repos: {
      run_workflows_from_fork_pull_requests: false,
      send_write_tokens_to_workflows: false,
      send_secrets_and_variables: false,
      require_approval_for_fork_pr_workflows: true,
    },
    artifact_and_log_retention: { days: retentionDays(flow) },
    oidc_customization_sub: { use_default: true, use_immutable_subject: true },
  };
}

/** A release that nobody can alter, where anything is released. */
export function immutableReleasesOf({ releases }: Flow): ForgeSettings["immutable_releases"] {
  return releases.length === 0 ? null : { enabled: true };
}

/** Labels that the flow gives a meaning, so that people find them and no second spelling comes to be. */
export function labelsOf({ environments }: Flow): readonly ForgeLabel[] {
  const waived = new Map<string, string[]>();
  for (const { name, emergency } of environments) {
    if (emergency === null) continue;
    waived.set(emergency.label, [...(waived.get(emergency.label) ?? []), name]);
  }
  return [...waived].map(([name, where]) => ({
    name,
    color: "b60205",
    // GitHub takes 100 characters.
    description: `Waives windows and freezes of ${where.join(", ")}; never a person.`.slice(0, 100),
  }));
}
