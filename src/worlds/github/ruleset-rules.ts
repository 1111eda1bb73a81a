import {
  branchOf,
  type Forge,
  isAbout,
  isAmong,
  type Protection,
  type RepositoryState,
  tagOf,
  type View,
} from "../real/forge/index.ts";
import { actionsBot } from "./bearer.ts";
import type { Body } from "./body.ts";
import type { Hub } from "./hub.ts";
import type { KeptRuleset } from "./kept.ts";
import { accountId, actionsApp } from "./shapes/people.ts";

/** A ruleset's rules as the forge holds them: one of its protections for each pattern that the ruleset includes. */
export function protectionsFrom(
  hub: Hub,
  repository: View<RepositoryState>,
  ruleset: KeptRuleset,
): readonly (Partial<Protection> & { readonly pattern: string })[] {
  if (ruleset.enforcement !== "active" || ruleset.target !== "branch") return [];
  const about = { ...rulesOf(hub, ruleset), ...bypassOf(hub, repository, ruleset), ruleset: String(ruleset.id) };
  const except = ruleset.exclude.map((pattern) => patternOf(repository, pattern));
  return ruleset.include.map((pattern) => ({ ...about, except, pattern: patternOf(repository, pattern) }));
}

/** `refs/heads/…`, or one of GitHub's two words. */
function patternOf({ defaultBranch }: View<RepositoryState>, written: string): string {
  if (written === "~DEFAULT_BRANCH") return defaultBranch;
  if (written === "~ALL") return "**";
  return asWritten(written.replace(/^refs\/(heads|tags)\//, ""));
}

/** To GitHub `**` crosses folders only as a folder of its own; anywhere else it is `*`. */
export function asWritten(pattern: string): string {
  return pattern.replaceAll(/\*\*(?!\/)|(?<!^|\/)\*\*(?=\/)/g, "*");
}

/** Whether the ruleset is for a ref, whatever it says of it. */
function covers(repository: View<RepositoryState>, { target, include, exclude }: KeptRuleset, ref: string): boolean {
  const name = target === "branch" ? branchOf(ref) : target === "tag" ? tagOf(ref) : undefined;
  const named = (patterns: readonly string[]) => patterns.map((pattern) => patternOf(repository, pattern));
  if (name === undefined) return false;
  return named(include).some((pattern) => isAbout({ pattern, except: named(exclude) }, name));
}

export interface RequiredCheck {
  readonly context: string;
  /** The app whose word it has to be. */
  readonly integration_id?: number | null;
}

export function loginOfApp({ app }: Hub, id: number): string {
  if (id === app.id) return app.login;
  return id === actionsApp.id ? actionsBot : `an app ${id}`;
}

function rulesOf(hub: Hub, { rules }: KeptRuleset): Partial<Protection> {
  const parameters = (type: string): Body | undefined => rules.find((rule) => rule.type === type)?.parameters;
  const has = (type: string) => rules.some((rule) => rule.type === type);
  const change = parameters("pull_request");
  const checks = parameters("required_status_checks");
  const required = (checks?.required_status_checks ?? []) as readonly RequiredCheck[];
  return {
    creation: !has("creation"),
    update: !has("update"),
    deletion: !has("deletion"),
    forcePush: !has("non_fast_forward"),
    linear: has("required_linear_history"),
    pullRequest: has("pull_request"),
    // A ruleset lets a branch be made by a push; what comes to it afterwards takes a pull request.
    pullRequestOnCreate: false,
    approvals: Number(change?.required_approving_review_count ?? 0),
    dismissStale: change?.dismiss_stale_reviews_on_push === true,
    lastPushApproval: change?.require_last_push_approval === true,
    mergeMethods: (change?.allowed_merge_methods as Protection["mergeMethods"] | undefined) ?? null,
    checks: required.map(({ context }) => context),
    checksBy: required.flatMap(({ context, integration_id: app }) =>
      app === undefined || app === null ? [] : [{ name: context, by: loginOfApp(hub, app) }],
    ),
    checksOnCreate: checks?.do_not_enforce_on_create !== true,
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

/** The rulesets that hold for a ref, whether or not they are enforced. */
export function rulesetsOf(hub: Hub, repository: View<RepositoryState>, ref: string): readonly KeptRuleset[] {
  const { rulesets } = hub.kept(repository.name);
  return rulesets.filter((one) => one.enforcement !== "disabled" && covers(repository, one, ref));
}

/** Whether somebody may go past a ruleset, by a push or by merging a pull request. */
export function mayPass(
  hub: Hub,
  repository: View<RepositoryState>,
  ruleset: KeptRuleset,
  { login, merging }: { readonly login: string; readonly merging: boolean },
): boolean {
  const { bypass, bypassMerging } = bypassOf(hub, repository, ruleset);
  return isAmong(hub.forge.state, login, merging ? [...bypass, ...bypassMerging] : bypass);
}
