import * as z from "zod";
import type { ActionsSettings, RulesetRule, SettingValue } from "../../../domain/forge-settings.ts";
import { publicKeysFile } from "../../../domain/public-keys.ts";
import type {
  Seen,
  SeenEnvironment,
  SeenRepository,
  SeenRuleset,
  SeenSettings,
} from "../../../domain/seen-settings.ts";
import { type Asker, ask, askAll, type Connection, doing, see } from "./connection.ts";
import { readFileAt, readWorkflows } from "./contents.ts";
import * as shape from "./schema.ts";

/** The numbers of apps by the names in their addresses; an app that this GitHub does not know is absent. */
export type Apps = ReadonlyMap<string, number>;

/** Everything that an audit looks at, read once. `apps` and `declared`: apps and environments whose names are declared. */
export async function readSettings(to: Connection, apps: Apps, declared: readonly string[]): Promise<SeenSettings> {
  const about = await ask(to, shape.repository, {
    route: "GET /repos/{owner}/{repo}",
    doing: doing(to, "the repository", "Metadata (read)"),
  });
  const asker = { admin: about.permissions?.admin === true };
  const [actions, rulesets, environments, rest, plan] = await Promise.all([
    readActions(to, asker, about.private),
    readRulesets(to, asker, apps),
    readEnvironments(to, asker),
    readRest(to, asker, about.default_branch),
    about.private ? planOf(to, about.owner) : null,
  ]);
  const keys = await readKeys(to, asker, { declared, live: environments, branch: about.default_branch });
  const seenAbout: SeenRepository = {
    owner: about.owner.login,
    name: about.name,
    id: about.id,
    owner_id: about.owner.id,
    visibility: about.visibility ?? (about.private ? "private" : "public"),
    default_branch: about.default_branch,
    plan,
  };
  const { settings, longest } = actions;
  return {
    about: seenAbout,
    repository: mergeButtons(about),
    actions: settings,
    longestRetention: longest,
    rulesets,
    environments,
    keys,
    ...rest,
  };
}

/** GitHub tells the merge buttons to whoever may push. */
function mergeButtons(about: z.infer<typeof shape.repository>): SeenSettings["repository"] {
  const { allow_merge_commit, allow_squash_merge, allow_rebase_merge, delete_branch_on_merge } = about;
  if (
    allow_merge_commit === undefined ||
    allow_squash_merge === undefined ||
    allow_rebase_merge === undefined ||
    delete_branch_on_merge === undefined
  )
    return { kind: "hidden", why: "Administration (read), or a token of somebody who may push" };
  return {
    kind: "seen",
    value: { allow_merge_commit, allow_squash_merge, allow_rebase_merge, delete_branch_on_merge },
  };
}

/** Where each part of Actions' settings is kept. */
export const actionsRoutes: Readonly<Record<keyof ActionsSettings, string>> = {
  permissions: "/repos/{owner}/{repo}/actions/permissions",
  workflow: "/repos/{owner}/{repo}/actions/permissions/workflow",
  fork_pr_contributor_approval: "/repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval",
  fork_pr_workflows_private_repos: "/repos/{owner}/{repo}/actions/permissions/fork-pr-workflows-private-repos",
  artifact_and_log_retention: "/repos/{owner}/{repo}/actions/permissions/artifact-and-log-retention",
  oidc_customization_sub: "/repos/{owner}/{repo}/actions/oidc/customization/sub",
};

async function readActions(to: Connection, asker: Asker, isPrivate: boolean) {
  const about = doing(to, "the settings of Actions", "Administration (read)");
  const part = <T>(name: keyof ActionsSettings, schema: z.ZodType<T>) =>
    see(asker, about, () => ask(to, schema, { route: `GET ${actionsRoutes[name]}`, doing: about }));
  const { actions } = shape;
  const [permissions, workflow, forks, privateForks, retention, subject] = await Promise.all([
    part("permissions", actions.permissions),
    part("workflow", actions.workflow),
    isPrivate ? notHere("private") : part("fork_pr_contributor_approval", actions.fork_pr_contributor_approval),
    isPrivate ? part("fork_pr_workflows_private_repos", actions.fork_pr_workflows_private_repos) : notHere("public"),
    part("artifact_and_log_retention", actions.artifact_and_log_retention),
    part("oidc_customization_sub", actions.oidc_customization_sub),
  ]);
  const settings = {
    permissions: known(permissions),
    workflow,
    fork_pr_contributor_approval: forks,
    fork_pr_workflows_private_repos: privateForks,
    artifact_and_log_retention: known(retention),
    oidc_customization_sub: known(subject),
  };
  return { settings, longest: retention.kind === "seen" ? (retention.value.maximum_allowed_days ?? null) : null };
}

const notHere = (visibility: string) => ({ kind: "not-offered", why: `The repository is ${visibility}.` }) as const;

/** Without what this GitHub did not tell. */
function known<T extends object>(part: Seen<T>): Seen<{ [Key in keyof T]: Exclude<T[Key], undefined> }> {
  if (part.kind !== "seen") return part;
  const told = Object.entries(part.value).filter(([, value]) => value !== undefined);
  return { kind: "seen", value: Object.fromEntries(told) as { [Key in keyof T]: Exclude<T[Key], undefined> } };
}

async function readRulesets(to: Connection, asker: Asker, apps: Apps): Promise<Seen<readonly SeenRuleset[]>> {
  const about = doing(to, "the rulesets", "Administration (read)");
  const names = new Map([...apps].map(([name, id]) => [id, name]));
  return see(asker, about, async () => {
    const heads = await askAll(to, shape.rulesetHead, {
      route: "GET /repos/{owner}/{repo}/rulesets",
      with: { includes_parents: false },
      doing: about,
    });
    return Promise.all(
      heads.map(async ({ id }) => {
        const route = "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}";
        return rulesetOf(await ask(to, shape.ruleset, { route, with: { ruleset_id: id }, doing: about }), names);
      }),
    );
  });
}

function rulesetOf(live: z.infer<typeof shape.ruleset>, names: ReadonlyMap<number, string>): SeenRuleset {
  const { id, name, source_type, target, enforcement, conditions, bypass_actors, rules } = live;
  const bypass = bypass_actors?.map(({ actor_type, actor_id, bypass_mode }) => ({
    actor_type,
    actor: (actor_type === "Integration" && names.get(actor_id ?? 0)) || String(actor_id ?? ""),
    bypass_mode,
  }));
  return {
    id,
    name,
    source_type,
    target,
    enforcement,
    conditions: { ref_name: conditions?.ref_name ?? { include: [], exclude: [] } },
    bypass_actors: bypass ?? null,
    rules: rules.map((rule) => ruleOf(rule, names)),
  };
}

/** A rule with the names of apps instead of their numbers. */
function ruleOf(
  { type, parameters }: z.infer<typeof shape.ruleset>["rules"][number],
  names: ReadonlyMap<number, string>,
): RulesetRule {
  if (parameters === undefined) return { type };
  const plain = parameters as Readonly<Record<string, SettingValue>>;
  const checks = shape.statusChecks.safeParse(plain.required_status_checks);
  if (!checks.success) return { type, parameters: plain };
  const named = checks.data.map(({ context, integration_id: id }) => ({
    context,
    ...(id === null || id === undefined ? {} : { integration: names.get(id) ?? String(id) }),
  }));
  return { type, parameters: { ...plain, required_status_checks: named } };
}

/** Environments with the rules of each. */
export async function readEnvironments(to: Connection, asker: Asker): Promise<Seen<readonly SeenEnvironment[]>> {
  const about = doing(to, "the environments", "Actions (read)");
  return see(asker, about, async () => {
    const all = await askAll(to, shape.environment, {
      route: "GET /repos/{owner}/{repo}/environments",
      doing: about,
    });
    return Promise.all(all.map(async (live) => environmentOf(to, live, await policiesOf(to, live))));
  });
}

async function policiesOf(to: Connection, live: z.infer<typeof shape.environment>) {
  if (live.deployment_branch_policy?.custom_branch_policies !== true) return [];
  return (await readPolicies(to, live.name)).map(({ name, type }) => ({ name, type }));
}

/** Patterns of refs that may use an environment, with their numbers. */
export async function readPolicies(to: Connection, environment: string) {
  return askAll(to, shape.branchPolicy, {
    route: "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
    with: { environment_name: environment },
    doing: doing(to, `the branches of environment ${environment}`, "Actions (read)"),
  });
}

/** Variables, the names of secrets, which is all that GitHub tells of those, and what holds jobs to the variables. */
async function readKeys(
  to: Connection,
  asker: Asker,
  about: {
    readonly declared: readonly string[];
    readonly live: Seen<readonly SeenEnvironment[]>;
    readonly branch: string;
  },
): Promise<SeenSettings["keys"]> {
  if (about.live.kind !== "seen") return about.live;
  const names = new Set(about.declared.map((name) => name.toLowerCase()));
  const there = about.live.value.map(({ name }) => name).filter((name) => names.has(name.toLowerCase()));
  const asked = doing(to, "the names of variables and secrets", "Variables, Environments, Contents (read)");
  const list = <T>(path: string, shaped: z.ZodType<T>, more: Readonly<Record<string, string>> = {}) =>
    askAll(to, shaped, { route: `GET /repos/{owner}/{repo}/${path}`, with: more, doing: asked });
  const secretsOf = async (environment: string) => {
    const path = "environments/{environment_name}/secrets";
    return (await list(path, shape.secret, { environment_name: environment })).map(({ name }) => name.toUpperCase());
  };
  return see(asker, asked, async () => ({
    variables: Object.fromEntries(
      (await list("actions/variables", shape.variable)).map(({ name, value }) => [name.toUpperCase(), value]),
    ),
    environments: await Promise.all(there.map(async (name) => ({ name, secrets: await secretsOf(name) }))),
    publicKeys: (await readFileAt(to, publicKeysFile, about.branch)) ?? null,
  }));
}

function environmentOf(
  { owner }: Connection,
  live: z.infer<typeof shape.environment>,
  policies: SeenEnvironment["branch_policies"],
): SeenEnvironment {
  const asks = live.protection_rules.find(({ type }) => type === "required_reviewers");
  return {
    name: live.name,
    wait_timer: live.protection_rules.find(({ type }) => type === "wait_timer")?.wait_timer ?? 0,
    prevent_self_review: asks?.prevent_self_review === true,
    can_admins_bypass: live.can_admins_bypass ?? null,
    reviewers: (asks?.reviewers ?? []).map(({ type, reviewer }) => ({
      type,
      // Only teams of the organisation that owns the repository can be asked.
      reviewer: (type === "Team" ? `${owner}/${reviewer.slug}` : (reviewer.login ?? "")).toLowerCase(),
    })),
    deployment_branch_policy: live.deployment_branch_policy ?? null,
    branch_policies: policies,
  };
}

async function readRest(
  to: Connection,
  asker: Asker,
  branch: string,
): Promise<
  Pick<
    SeenSettings,
    "immutable_releases" | "labels" | "deployKeys" | "repositorySecrets" | "codeownersErrors" | "workflows"
  >
> {
  const list = <T>(path: string, item: z.ZodType<T>, right: string) => {
    const about = doing(to, path, right);
    return see(asker, about, () => askAll(to, item, { route: `GET /repos/{owner}/{repo}/${path}`, doing: about }));
  };
  const owners = doing(to, "the errors of CODEOWNERS", "Contents (read)");
  const [immutable_releases, labels, deployKeys, secrets, codeownersErrors, workflows] = await Promise.all([
    readImmutableReleases(to, asker),
    list("labels", shape.label, "Issues (read)"),
    list("keys", shape.deployKey, "Administration (read)"),
    list("actions/secrets", shape.secret, "Secrets (read)"),
    see(asker, owners, async () => {
      const route = "GET /repos/{owner}/{repo}/codeowners/errors";
      return (await ask(to, shape.codeownersErrors, { route, with: { ref: branch }, doing: owners })).errors;
    }),
    readWorkflows(to, asker, branch),
  ]);
  const described =
    labels.kind === "seen"
      ? { ...labels, value: labels.value.map((one) => ({ ...one, description: one.description ?? "" })) }
      : labels;
  const repositorySecrets =
    secrets.kind === "seen" ? { ...secrets, value: secrets.value.map(({ name }) => name) } : secrets;
  // GitHub answers "not found" where there is no such file; whether there has to be one is not asked here.
  return { immutable_releases, labels: described, deployKeys, repositorySecrets, codeownersErrors, workflows };
}

/** Where releases may be altered, github.com answers "not found"; a server without the feature does so, too. */
async function readImmutableReleases(to: Connection, asker: Asker): Promise<SeenSettings["immutable_releases"]> {
  const about = doing(to, "whether releases are immutable", "Administration (read)");
  const seen = await see(asker, about, () =>
    ask(to, shape.immutableReleases, { route: "GET /repos/{owner}/{repo}/immutable-releases", doing: about }),
  );
  const { hostname } = new URL(to.octokit.request.endpoint.DEFAULTS.baseUrl);
  const onServer = !/(?:^|\.)(?:github\.com|ghe\.com)$/.test(hostname);
  return seen.kind === "not-offered" && !onServer ? { kind: "seen", value: { enabled: false } } : seen;
}

/** What the owner pays for; null where the token may not know. */
async function planOf(
  to: Connection,
  owner: { readonly login: string; readonly type: string },
): Promise<string | null> {
  const about = { what: `reading the plan of ${owner.login}`, right: "Organization administration (read)" };
  const ofUser = z.object({ login: z.string(), ...shape.plan.shape });
  const seen = await see({ admin: false }, about, async () => {
    if (owner.type === "Organization")
      return (await ask(to, shape.plan, { route: "GET /orgs/{org}", with: { org: owner.login }, doing: about })).plan;
    const user = await ask(to, ofUser, { route: "GET /user", doing: about });
    return user.login.toLowerCase() === owner.login.toLowerCase() ? user.plan : undefined;
  });
  return seen.kind === "seen" ? (seen.value?.name ?? null) : null;
}
