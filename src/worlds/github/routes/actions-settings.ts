import { invalid, noContent, ok } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { optionalFlag, optionalNumber, optionalText, text, texts } from "../body.ts";
import type { KeptSettings } from "../kept.ts";
import { repositoryUrl } from "../shapes/repository.ts";
import { subjectPrefix } from "../subject.ts";

const reads = { administration: "read" } as const;
const writes = { administration: "write" } as const;
const approvals = ["first_time_contributors_new_to_github", "first_time_contributors", "all_external_contributors"];

/** What workflows may do in a repository, and how their identities are named. */
export const actionsSettingRoutes = [
  onRepository("GET /actions/permissions", reads, ({ kept: { settings }, site, repository }) =>
    ok({
      enabled: settings.actionsEnabled,
      allowed_actions: settings.allowedActions,
      ...(settings.allowedActions === "selected"
        ? { selected_actions_url: `${repositoryUrl(site, repository)}/actions/permissions/selected-actions` }
        : {}),
      sha_pinning_required: settings.shaPinning,
    }),
  ),
  onRepository("PUT /actions/permissions", writes, (ask) => {
    const { body, kept } = ask;
    const allowed = optionalText(body, "allowed_actions") ?? kept.settings.allowedActions;
    if (allowed !== "all" && allowed !== "local_only" && allowed !== "selected")
      throw invalid("Actions", "allowed_actions");
    const enabled = optionalFlag(body, "enabled");
    if (enabled === undefined) throw invalid("Actions", "enabled", "missing_field");
    change(ask, {
      actionsEnabled: enabled,
      allowedActions: allowed,
      shaPinning: optionalFlag(body, "sha_pinning_required") ?? kept.settings.shaPinning,
    });
    return noContent;
  }),
  onRepository("GET /actions/permissions/selected-actions", reads, ({ kept }) => {
    const { github, verified, patterns } = kept.settings.selectedActions;
    return ok({ github_owned_allowed: github, verified_allowed: verified, patterns_allowed: patterns });
  }),
  onRepository("PUT /actions/permissions/selected-actions", writes, (ask) => {
    const { selectedActions: before } = ask.kept.settings;
    change(ask, {
      selectedActions: {
        github: optionalFlag(ask.body, "github_owned_allowed") ?? before.github,
        verified: optionalFlag(ask.body, "verified_allowed") ?? before.verified,
        patterns: texts(ask.body, "patterns_allowed") ?? before.patterns,
      },
    });
    return noContent;
  }),
  onRepository("GET /actions/permissions/workflow", reads, ({ kept: { settings } }) =>
    ok({
      default_workflow_permissions: settings.tokenDefault,
      can_approve_pull_request_reviews: settings.tokenMayApprove,
    }),
  ),
  onRepository("PUT /actions/permissions/workflow", writes, (ask) => {
    const { settings } = ask.kept;
    const level = optionalText(ask.body, "default_workflow_permissions") ?? settings.tokenDefault;
    if (level !== "read" && level !== "write") throw invalid("Actions", "default_workflow_permissions");
    const tokenMayApprove = optionalFlag(ask.body, "can_approve_pull_request_reviews") ?? settings.tokenMayApprove;
    change(ask, { tokenDefault: level, tokenMayApprove });
    return noContent;
  }),
  onRepository("GET /actions/permissions/fork-pr-contributor-approval", reads, ({ kept }) =>
    ok({ approval_policy: kept.settings.forkApproval }),
  ),
  onRepository("PUT /actions/permissions/fork-pr-contributor-approval", writes, (ask) => {
    const forkApproval = text(ask.body, "approval_policy");
    if (!approvals.includes(forkApproval)) throw invalid("Actions", "approval_policy");
    change(ask, { forkApproval });
    return noContent;
  }),
  onRepository("GET /actions/permissions/artifact-and-log-retention", reads, ({ kept, repository }) =>
    ok({ days: kept.settings.retentionDays, maximum_allowed_days: longestRetention(repository.private) }),
  ),
  onRepository("PUT /actions/permissions/artifact-and-log-retention", writes, (ask) => {
    const retentionDays = optionalNumber(ask.body, "days");
    if (retentionDays === undefined || retentionDays < 1 || retentionDays > longestRetention(ask.repository.private))
      throw invalid("Actions", "days");
    change(ask, { retentionDays });
    return noContent;
  }),
  onRepository("GET /actions/oidc/customization/sub", { actions: "read" }, (ask) => {
    const { useDefault, claims, immutable } = ask.kept.settings.subject;
    return ok({
      use_default: useDefault,
      ...(useDefault ? {} : { include_claim_keys: claims }),
      use_immutable_subject: immutable,
      sub_claim_prefix: subjectPrefix(ask.site, ask.repository),
    });
  }),
  onRepository("PUT /actions/oidc/customization/sub", { actions: "write" }, (ask) => {
    const useDefault = optionalFlag(ask.body, "use_default");
    if (useDefault === undefined) throw invalid("Oidc", "use_default", "missing_field");
    const claims = texts(ask.body, "include_claim_keys") ?? [];
    if (!claims.every((claim) => /^\w+$/.test(claim))) throw invalid("Oidc", "include_claim_keys");
    const immutable = optionalFlag(ask.body, "use_immutable_subject") ?? ask.kept.settings.subject.immutable;
    change(ask, { subject: { useDefault, claims, immutable } });
    return { status: 201, body: {} };
  }),
  onRepository("GET /immutable-releases", reads, ({ kept }) =>
    ok({ enabled: kept.settings.immutableReleases, enforced_by_owner: false }),
  ),
  onRepository("PUT /immutable-releases", writes, (ask) => {
    change(ask, { immutableReleases: true });
    return noContent;
  }),
  onRepository("DELETE /immutable-releases", writes, (ask) => {
    change(ask, { immutableReleases: false });
    return noContent;
  }),
];

/** Only who administers the repository changes these, with whatever token. */
function change(ask: RepositoryAsk, settings: Partial<KeptSettings>): void {
  ask.needRole("admin");
  ask.kept.settings = { ...ask.kept.settings, ...settings };
}

function longestRetention(isPrivate: boolean): number {
  return isPrivate ? 400 : 90;
}
