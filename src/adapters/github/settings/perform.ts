import { DeliveryError } from "../../../domain/errors.ts";
import type {
  BypassActor,
  EnvironmentReviewer,
  ForgeEnvironment,
  Ruleset,
  RulesetRule,
} from "../../../domain/forge-settings.ts";
import type { SettingsStep } from "../../../domain/seen-settings.ts";
import { answerOf } from "../failure.ts";
import { ask, type Connection, tell } from "./connection.ts";
import { type Apps, actionsRoutes, readPolicies } from "./read.ts";
import * as shape from "./schema.ts";

/** Makes one change. Doing it again changes nothing more, but for a label or ruleset that is there by then. */
export async function performStep(to: Connection, apps: Apps, step: SettingsStep): Promise<void> {
  const at = "/repos/{owner}/{repo}";
  const administration = (what: string) => ({
    doing: { what: `${what} of ${to.owner}/${to.repo}`, right: "Administration (write)" },
  });
  switch (step.kind) {
    case "merge-buttons":
      return tell(to, { route: `PATCH ${at}`, with: step.set, ...administration("setting the merge buttons") });
    case "actions": {
      const set = step.part === "permissions" ? { ...(await allowedActions(to)), ...step.set } : step.set;
      const route = `PUT ${actionsRoutes[step.part]}`;
      return tell(to, { route, with: { ...set }, ...administration("setting Actions") });
    }
    case "immutable-releases":
      return tell(to, { route: `PUT ${at}/immutable-releases`, ...administration("making releases immutable") });
    case "ruleset": {
      const { id, ruleset } = step;
      const body = { ...rulesetBody(ruleset, apps), ...(id === null ? {} : { ruleset_id: id }) };
      const route = id === null ? `POST ${at}/rulesets` : `PUT ${at}/rulesets/{ruleset_id}`;
      return tell(to, { route, with: body, ...administration(`setting the ruleset "${ruleset.name}"`) });
    }
    case "remove-ruleset": {
      const about = administration(`removing the ruleset "${step.name}"`);
      return tell(to, { route: `DELETE ${at}/rulesets/{ruleset_id}`, with: { ruleset_id: step.id }, ...about });
    }
    case "environment":
      return setEnvironment(to, step.environment);
    case "add-branch-policy": {
      const { environment, policy } = step;
      const route = `POST ${at}/environments/{environment_name}/deployment-branch-policies`;
      const about = administration(`letting ${policy.name} use the environment "${environment}"`);
      return tell(to, { route, with: { environment_name: environment, ...policy }, ...about });
    }
    case "remove-branch-policy": {
      const { environment, policy } = step;
      const live = await readPolicies(to, environment);
      const route = `DELETE ${at}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}`;
      const about = administration(`keeping ${policy.name} from the environment "${environment}"`);
      for (const { id } of live.filter(({ name, type }) => name === policy.name && type === policy.type))
        await tell(to, { route, with: { environment_name: environment, branch_policy_id: id }, ...about });
      return;
    }
    case "label": {
      const about = {
        what: `making the label "${step.label.name}" in ${to.owner}/${to.repo}`,
        right: "Issues (write)",
      };
      return tell(to, { route: `POST ${at}/labels`, with: { ...step.label }, doing: about });
    }
  }
}

/** Which actions may run is not ours to say; GitHub wants it told again with what is. */
async function allowedActions(to: Connection): Promise<{ readonly allowed_actions?: string }> {
  const doing = { what: `reading the settings of Actions of ${to.owner}/${to.repo}`, right: "Administration (read)" };
  const { allowed_actions } = await ask(to, shape.actions.permissions, {
    route: `GET ${actionsRoutes.permissions}`,
    doing,
  });
  return allowed_actions === undefined ? {} : { allowed_actions };
}

function rulesetBody({ bypass_actors, rules, ...rest }: Ruleset, apps: Apps): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    bypass_actors: bypass_actors.map((actor) => bypassBody(actor, apps)),
    rules: rules.map((rule) => ruleBody(rule, apps)),
  };
}

function bypassBody({ actor_type, actor, bypass_mode }: BypassActor, apps: Apps) {
  const actor_id = actor_type === "Integration" ? appId(actor, apps) : Number(actor);
  return { actor_type, actor_id, bypass_mode };
}

function ruleBody({ type, parameters }: RulesetRule, apps: Apps): Readonly<Record<string, unknown>> {
  const checks = parameters?.required_status_checks;
  if (!Array.isArray(checks)) return parameters === undefined ? { type } : { type, parameters };
  const withIds = checks.map(({ integration, ...check }: Readonly<Record<string, unknown>>) => ({
    ...check,
    ...(typeof integration === "string" ? { integration_id: appId(integration, apps) } : {}),
  }));
  return { type, parameters: { ...parameters, required_status_checks: withIds } };
}

/** The app's number. A name that nobody has must not become a rule that everybody passes or nobody does. */
function appId(name: string, apps: Apps): number {
  const id = apps.get(name) ?? (/^\d+$/.test(name) ? Number(name) : undefined);
  if (id !== undefined) return id;
  throw new DeliveryError({
    code: "app-unknown",
    message: `GitHub knows no app "${name}", or does not show it to this token`,
    reaction: "stop",
    hint: "It is called as in its address, github.com/apps/NAME. A private app is shown to its owner alone.",
  });
}

async function setEnvironment(to: Connection, environment: ForgeEnvironment): Promise<void> {
  const { name, wait_timer, prevent_self_review, can_admins_bypass, deployment_branch_policy } = environment;
  const doing = {
    what: `setting the environment "${name}" of ${to.owner}/${to.repo}`,
    right: "Administration (write)",
  };
  const reviewers = await Promise.all(environment.reviewers.map((one) => reviewerId(to, one)));
  const put = (body: Readonly<Record<string, unknown>>) =>
    tell(to, {
      route: "PUT /repos/{owner}/{repo}/environments/{environment_name}",
      with: { environment_name: name, deployment_branch_policy, ...body },
      doing,
    });
  if (reviewers.length > 0) return put({ wait_timer, reviewers, prevent_self_review, can_admins_bypass });
  try {
    await put({ wait_timer, reviewers: null });
  } catch (error) {
    // A private repository whose plan has nobody to ask refuses these two also where they ask for nothing.
    if (!(error instanceof DeliveryError) || answerOf(error.cause)?.status !== 422) throw error;
    await put({});
  }
}

async function reviewerId(to: Connection, { type, reviewer }: EnvironmentReviewer) {
  const [org, slug] = reviewer.split("/");
  const doing = { what: `looking ${reviewer} up, who is asked`, right: "Members (read)" };
  const { id } = await (type === "Team"
    ? ask(to, shape.named, { route: "GET /orgs/{org}/teams/{team_slug}", with: { org, team_slug: slug }, doing })
    : ask(to, shape.named, { route: "GET /users/{username}", with: { username: reviewer }, doing }));
  return { type, id };
}
