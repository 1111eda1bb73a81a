import { type Forge, isAbout, type Protection, type RepositoryState, type View } from "../real/forge/index.ts";
import type { Body } from "./body.ts";
import type { Hub } from "./hub.ts";
import type { KeptRuleset } from "./kept.ts";
import { accountId } from "./shapes/people.ts";

/** A ruleset's rules as the forge holds them: one of its protections for each pattern that the ruleset includes. */
export function protectionsFrom(
  hub: Hub,
  repository: View<RepositoryState>,
  ruleset: KeptRuleset,
): readonly (Partial<Protection> & { readonly pattern: string })[] {
  if (ruleset.enforcement !== "active" || ruleset.target !== "branch") return [];
  const about = { ...rulesOf(ruleset), ...bypassOf(hub, repository, ruleset), ruleset: String(ruleset.id) };
  const except = ruleset.exclude.map((pattern) => patternOf(repository, pattern));
  return ruleset.include.map((pattern) => ({ ...about, except, pattern: patternOf(repository, pattern) }));
}

/** `refs/heads/…`, or one of GitHub's two words. */
function patternOf({ defaultBranch }: View<RepositoryState>, written: string): string {
  if (written === "~DEFAULT_BRANCH") return defaultBranch;
  if (written === "~ALL") return "**";
  return written.replace(/^refs\/heads\//, "");
}

function rulesOf({ rules }: KeptRuleset): Partial<Protection> {
  const parameters = (type: string): Body | undefined => rules.find((rule) => rule.type === type)?.parameters;
  const has = (type: string) => rules.some((rule) => rule.type === type);
  const change = parameters("pull_request");
  const checks = parameters("required_status_checks");
  return {
    creation: !has("creation"),
    update: !has("update"),
    deletion: !has("deletion"),
    forcePush: !has("non_fast_forward"),
    linear: has("required_linear_history"),
    pullRequest: has("pull_request"),
    approvals: Number(change?.required_approving_review_count ?? 0),
    dismissStale: change?.dismiss_stale_reviews_on_push === true,
    lastPushApproval: change?.require_last_push_approval === true,
    mergeMethods: (change?.allowed_merge_methods as Protection["mergeMethods"] | undefined) ?? null,
    checks: ((checks?.required_status_checks ?? []) as readonly { readonly context: string }[]).map(
      ({ context }) => context,
    ),
    upToDate: checks?.strict_required_status_checks_policy === true,
  };
}

/** GitHub numbers a repository's own roles so. */
const roles: Readonly<Record<number, "write" | "maintain" | "admin">> = { 2: "maintain", 4: "write", 5: "admin" };

function bypassOf(
  hub: Hub,
  repository: View<RepositoryState>,
  { bypassActors }: KeptRuleset,
): Pick<Protection, "adminBypass" | "bypass" | "bypassMerging"> {
  const named = bypassActors.map((actor) => ({ actor, logins: loginsOf(hub, repository, actor) }));
  const of = (merging: boolean) =>
    named.flatMap(({ actor, logins }) => ((actor.bypass_mode === "pull_request") === merging ? logins : []));
  return { adminBypass: false, bypass: of(false), bypassMerging: of(true) };
}

function loginsOf(hub: Hub, repository: View<RepositoryState>, actor: Body): readonly string[] {
  const { state } = hub.forge;
  const id = Number(actor.actor_id ?? 0);
  const site = { hub, api: hub.url(), web: hub.url() };
  switch (actor.actor_type) {
    case "Integration":
      return id === hub.app.id ? [hub.app.login] : [];
    case "Team":
      return teamsById(hub.forge, id);
    case "User":
      return state.users.filter(({ login }) => accountId(site, login) === id).map(({ login }) => login);
    case "RepositoryRole":
      return repository.roles.filter(({ role }) => role === roles[id]).map(({ login }) => login);
    case "OrganizationAdmin":
      return repository.roles.filter(({ role }) => role === "admin").map(({ login }) => login);
    default:
      return [];
  }
}

function teamsById({ state }: Forge, id: number): readonly string[] {
  const team = state.teams[id - 3000];
  return team === undefined ? [] : [team.slug];
}

/** The rulesets that hold for a branch, whether or not they are enforced. */
export function rulesetsOf(hub: Hub, repository: View<RepositoryState>, branch: string): readonly KeptRuleset[] {
  return hub
    .kept(repository.name)
    .rulesets.filter(
      (ruleset) =>
        ruleset.target === "branch" &&
        ruleset.enforcement !== "disabled" &&
        protectionsFrom(hub, repository, { ...ruleset, enforcement: "active" }).some((rules) =>
          isAbout({ pattern: rules.pattern, except: rules.except ?? [] }, branch),
        ),
    );
}
