import type { ForgeSettings } from "../domain/forge-settings.ts";
import type { SeenSettings } from "../domain/seen-settings.ts";

const seen = <T>(value: T) => ({ kind: "seen", value }) as const;

/** A public repository whose settings are exactly as declared, and in which nothing else is. */
export function seenAsDeclared(declared: ForgeSettings): SeenSettings {
  const { actions } = declared;
  return {
    about: {
      owner: "acme",
      name: "delivery",
      id: 815_000,
      owner_id: 4711,
      visibility: "public",
      default_branch: "main",
      plan: null,
    },
    repository: seen(declared.repository),
    actions: {
      permissions: seen(actions.permissions),
      workflow: seen(actions.workflow),
      fork_pr_contributor_approval: seen(actions.fork_pr_contributor_approval),
      fork_pr_workflows_private_repos: { kind: "not-offered", why: "The repository is public." },
      artifact_and_log_retention: seen(actions.artifact_and_log_retention),
      oidc_customization_sub: seen(actions.oidc_customization_sub),
    },
    longestRetention: 90,
    immutable_releases: seen(declared.immutable_releases ?? { enabled: false }),
    rulesets: seen(declared.rulesets.map((one, index) => ({ ...one, id: index + 1, source_type: "Repository" }))),
    environments: seen(declared.environments),
    labels: seen(declared.labels),
    deployKeys: seen([]),
    repositorySecrets: seen([]),
    keys: seen({ variables: {}, environments: [], publicKeys: null }),
    codeownersErrors: seen([]),
    workflows: seen([]),
  };
}
