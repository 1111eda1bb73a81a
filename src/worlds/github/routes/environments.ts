import type { Environment, View } from "../../real/forge/index.ts";
import { type Answer, invalid, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { object, objects, optionalFlag, optionalNumber, optionalText, text } from "../body.ts";
import { environmentKept, refsOf } from "../environments.ts";
import type { KeptEnvironment } from "../kept.ts";
import { account, accountId, nodeId, time } from "../shapes/people.ts";
import { repositoryUrl } from "../shapes/repository.ts";
import { wholeTeam } from "../shapes/team.ts";

const one = "/environments/{environment_name}";

/** Environments: who opens them, and from which refs. */
export const environmentRoutes = [
  onRepository("GET /environments", { actions: "read" }, (ask) =>
    list(
      ask.repository.environments.map((environment) => environmentObject(ask, environment)),
      "environments",
    ),
  ),
  onRepository(`GET ${one}`, { actions: "read" }, (ask) => ok(environmentObject(ask, environmentIn(ask)))),
  onRepository(`PUT ${one}`, { administration: "write" }, (ask) => putEnvironment(ask)),
  onRepository(`DELETE ${one}`, { administration: "write" }, async (ask) => {
    const { name } = environmentIn(ask);
    await ask.act("delete-environment", { name });
    ask.kept.environments.delete(name.toLowerCase());
    return noContent;
  }),
  onRepository(`GET ${one}/deployment-branch-policies`, { actions: "read" }, (ask) => {
    const { policies } = keptIn(ask);
    return list(policies.map(policyObject), "branch_policies");
  }),
  onRepository(`POST ${one}/deployment-branch-policies`, { administration: "write" }, async (ask) => {
    const kept = keptIn(ask);
    if (kept.branchPolicy?.custom_branch_policies !== true) throw notFound();
    const name = text(ask.body, "name");
    const type = optionalText(ask.body, "type") === "tag" ? "tag" : "branch";
    // The same one again leads to the one that is there.
    if (kept.policies.some((known) => known.name === name && known.type === type)) return { status: 303 };
    const made = { id: ask.hub.nextId(), name, type } as const;
    kept.policies.push(made);
    await syncRefs(ask, kept);
    return ok(policyObject(made));
  }),
  onRepository(`PUT ${one}/deployment-branch-policies/{branch_policy_id}`, { administration: "write" }, async (ask) => {
    const kept = keptIn(ask);
    const policy = kept.policies.find(({ id }) => String(id) === ask.params.branch_policy_id);
    if (policy === undefined) throw notFound();
    policy.name = text(ask.body, "name");
    await syncRefs(ask, kept);
    return ok(policyObject(policy));
  }),
  onRepository(
    `DELETE ${one}/deployment-branch-policies/{branch_policy_id}`,
    { administration: "write" },
    async (ask) => {
      const kept = keptIn(ask);
      const index = kept.policies.findIndex(({ id }) => String(id) === ask.params.branch_policy_id);
      if (index < 0) throw notFound();
      kept.policies.splice(index, 1);
      await syncRefs(ask, kept);
      return noContent;
    },
  ),
  onRepository(`GET ${one}/deployment_protection_rules`, { actions: "read" }, (ask) => {
    const { rules } = keptIn(ask);
    return ok({
      total_count: rules.length,
      custom_deployment_protection_rules: rules.map((rule) => ruleObject(ask, rule)),
    });
  }),
  onRepository(`POST ${one}/deployment_protection_rules`, { administration: "write" }, (ask) => {
    const id = optionalNumber(ask.body, "integration_id");
    if (id !== ask.hub.app.id) throw invalid("DeploymentProtectionRule", "integration_id");
    const made = { id: ask.hub.nextId(), app: ask.hub.app.slug };
    (keptIn(ask).rules as KeptEnvironment["rules"][number][]).push(made);
    return { status: 201, body: ruleObject(ask, made) };
  }),
];

function environmentIn({ repository, params }: RepositoryAsk): View<Environment> {
  const name = params.environment_name?.toLowerCase();
  const found = repository.environments.find((environment) => environment.name.toLowerCase() === name);
  if (found === undefined) throw notFound();
  return found;
}

function keptIn(ask: RepositoryAsk): KeptEnvironment {
  return environmentKept(ask.hub, ask.repository, environmentIn(ask).name);
}

async function syncRefs(ask: RepositoryAsk, kept: KeptEnvironment): Promise<void> {
  await ask.act("environment", { name: environmentIn(ask).name, refs: refsOf(kept) });
}

/** What is not named is off afterwards, as with every PUT. */
async function putEnvironment(ask: RepositoryAsk): Promise<Answer> {
  const { body, hub, repository, params, act } = ask;
  const name = params.environment_name ?? "";
  if (name === "" || name.length > 255) throw invalid("Environment", "name");
  const reviewers = (objects(body, "reviewers") ?? []).map((reviewer) => reviewerNamed(ask, reviewer));
  const waitTimer = optionalNumber(body, "wait_timer") ?? 0;
  if (waitTimer < 0 || waitTimer > 43_200) throw invalid("Environment", "wait_timer");
  const policy = object(body, "deployment_branch_policy");
  const branchPolicy =
    policy === undefined
      ? null
      : {
          protected_branches: optionalFlag(policy, "protected_branches") === true,
          custom_branch_policies: optionalFlag(policy, "custom_branch_policies") === true,
        };
  if (branchPolicy !== null && branchPolicy.protected_branches === branchPolicy.custom_branch_policies)
    throw new Refusal(
      422,
      "Validation Failed: protected_branches and custom_branch_policies cannot have the same value",
    );
  checkPlan(ask, { reviewers: reviewers.length > 0, timer: waitTimer > 0, branches: branchPolicy !== null });
  const bypass = optionalFlag(body, "can_admins_bypass");
  await act("environment", {
    name,
    reviewers,
    preventSelfReview: optionalFlag(body, "prevent_self_review") === true,
    ...(bypass === undefined ? {} : { adminBypass: bypass }),
  });
  const kept = environmentKept(hub, repository, name);
  Object.assign(kept, { waitTimer, branchPolicy, updatedAt: hub.clock.now() });
  if (branchPolicy?.custom_branch_policies !== true) kept.policies.splice(0);
  await act("environment", { name, refs: refsOf(kept) });
  return ok(environmentObject(ask, environmentIn(ask)));
}

/** What a private repository of this plan cannot have is refused, each in GitHub's one sentence. */
function checkPlan(
  { hub, repository }: RepositoryAsk,
  asks: { readonly reviewers: boolean; readonly timer: boolean; readonly branches: boolean },
): void {
  if (!repository.private || hub.plan === "enterprise") return;
  const refuse = (rule: string) =>
    new Refusal(
      422,
      `Failed to create the environment protection rule. Please ensure the billing plan supports the ${rule} protection rule.`,
    );
  if (asks.reviewers) throw refuse("required reviewers");
  if (asks.timer) throw refuse("wait timer");
  if (asks.branches && hub.plan === "free") throw refuse("branch policy");
}

function reviewerNamed({ hub, site, repository }: RepositoryAsk, reviewer: Readonly<Record<string, unknown>>): string {
  const id = Number(reviewer.id);
  if (reviewer.type === "Team") {
    const team = hub.forge.state.teams[id - 3000];
    if (team?.slug.startsWith(`${repository.name.split("/")[0]}/`) === true) return team.slug;
  }
  if (reviewer.type === "User") {
    const user = repository.roles.find(({ login }) => accountId(site, login) === id);
    if (user !== undefined) return user.login;
  }
  throw new Refusal(422, `Validation Failed: reviewer ${String(reviewer.type)} ${id} has no access to the repository`);
}

export function reviewerObjects({ site, hub }: Pick<RepositoryAsk, "site" | "hub">, reviewers: readonly string[]) {
  return reviewers.map((name) =>
    hub.forge.state.teams.some(({ slug }) => slug === name)
      ? { type: "Team", reviewer: wholeTeam(site, name) }
      : { type: "User", reviewer: account(site, name) },
  );
}

function environmentObject(ask: RepositoryAsk, environment: View<Environment>) {
  const { site, repository, hub } = ask;
  const kept = environmentKept(hub, repository, environment.name);
  const name = encodeURIComponent(environment.name);
  const rule = (offset: number, type: string) => {
    const id = kept.id * 10 + offset;
    return { id, node_id: nodeId("GA", id), type };
  };
  return {
    id: kept.id,
    node_id: nodeId("EN", kept.id),
    name: environment.name,
    url: `${repositoryUrl(site, repository)}/environments/${name}`,
    html_url: `${site.web}/${repository.name}/deployments/activity_log?environments_filter=${name}`,
    created_at: time(kept.createdAt),
    updated_at: time(kept.updatedAt),
    can_admins_bypass: environment.adminBypass,
    protection_rules: [
      ...(kept.waitTimer > 0 ? [{ ...rule(1, "wait_timer"), wait_timer: kept.waitTimer }] : []),
      ...(environment.reviewers.length > 0
        ? [
            {
              ...rule(2, "required_reviewers"),
              prevent_self_review: environment.preventSelfReview,
              reviewers: reviewerObjects(ask, environment.reviewers),
            },
          ]
        : []),
      ...(kept.branchPolicy === null ? [] : [rule(3, "branch_policy")]),
    ],
    deployment_branch_policy: kept.branchPolicy,
  };
}

function policyObject({ id, name, type }: KeptEnvironment["policies"][number]) {
  return { id, node_id: nodeId("EBP", id), name, type };
}

function ruleObject({ site, hub }: RepositoryAsk, { id, app }: KeptEnvironment["rules"][number]) {
  return {
    id,
    node_id: nodeId("DPR", id),
    enabled: true,
    app: { id: hub.app.id, slug: app, integration_url: `${site.api}/apps/${app}`, node_id: nodeId("A", hub.app.id) },
  };
}
