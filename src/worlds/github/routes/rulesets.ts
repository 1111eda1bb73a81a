import { parseGlob } from "../../../flow/glob.ts";
import { hasRole } from "../../real/forge/index.ts";
import { created, invalid, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { type Body, object, objects, optionalText, text, texts } from "../body.ts";
import type { KeptRuleSuite, KeptRuleset } from "../kept.ts";
import { asWritten, protectionsFrom, rulesetsOf } from "../ruleset-rules.ts";
import { accountId, nodeId, time } from "../shapes/people.ts";
import { repositoryId, repositoryUrl } from "../shapes/repository.ts";

/** Rulesets: what holds for which branches, who may go past it, and who did. */
export const rulesetRoutes = [
  onRepository("GET /rulesets", { metadata: "read" }, (ask) => {
    checkPlan(ask);
    return list(ask.kept.rulesets.map((ruleset) => summary(ask, ruleset)));
  }),
  onRepository("POST /rulesets", { administration: "write" }, async (ask) => {
    checkPlan(ask);
    ask.needRole("admin");
    const { hub, kept, body } = ask;
    const now = hub.clock.now();
    const about = readRuleset(ask, body, null);
    if (kept.rulesets.some(({ name }) => name === about.name))
      throw new Refusal(422, "Validation Failed: Name must be unique");
    const made: KeptRuleset = { id: hub.nextId(), createdAt: now, updatedAt: now, versions: [], ...about };
    await enforce(ask, null, made);
    kept.rulesets.push(made);
    noteVersion(ask, made);
    return created(whole(ask, made));
  }),
  onRepository("GET /rulesets/{ruleset_id}", { metadata: "read" }, (ask) => ok(whole(ask, rulesetIn(ask)))),
  onRepository("PUT /rulesets/{ruleset_id}", { administration: "write" }, async (ask) => {
    const found = rulesetIn(ask);
    ask.needRole("admin");
    const before = { ...found };
    const after = { ...found, ...readRuleset(ask, ask.body, found) };
    await enforce(ask, before, after);
    Object.assign(found, after, { updatedAt: ask.hub.clock.now() });
    noteVersion(ask, found);
    return ok(whole(ask, found));
  }),
  onRepository("DELETE /rulesets/{ruleset_id}", { administration: "write" }, async (ask) => {
    const found = rulesetIn(ask);
    ask.needRole("admin");
    await enforce(ask, found, null);
    ask.kept.rulesets.splice(ask.kept.rulesets.indexOf(found), 1);
    return noContent;
  }),
  onRepository("GET /rulesets/{ruleset_id}/history", { administration: "read" }, (ask) => {
    const { versions } = rulesetIn(ask);
    return list(versions.toReversed().map((version) => versionObject(ask, version)));
  }),
  onRepository("GET /rulesets/{ruleset_id}/history/{version_id}", { administration: "read" }, (ask) => {
    const version = rulesetIn(ask).versions.find(({ id }) => String(id) === ask.params.version_id);
    if (version === undefined) throw notFound();
    return ok({ ...versionObject(ask, version), state: version.state });
  }),
  onRepository("GET /rules/branches/{branch}", { metadata: "read" }, (ask) => {
    const { hub, repository, params } = ask;
    const active = rulesetsOf(hub, repository, `refs/heads/${params.branch}`).filter(
      ({ enforcement }) => enforcement === "active",
    );
    return list(
      active.flatMap((ruleset) =>
        ruleset.rules.map((rule) => ({
          ...rule,
          ruleset_source_type: "Repository",
          ruleset_source: repository.name,
          ruleset_id: ruleset.id,
        })),
      ),
    );
  }),
  onRepository("GET /rulesets/rule-suites", { administration: "read" }, (ask) => {
    const { kept, query } = ask;
    const [ref, result, actor] = [query.get("ref"), query.get("rule_suite_result") ?? "all", query.get("actor_name")];
    const found = kept.ruleSuites.filter(
      (suite) =>
        (ref === null || suite.ref === ref || suite.ref === `refs/heads/${ref}`) &&
        (result === "all" || suite.result === result) &&
        (actor === null || suite.by === actor),
    );
    return list(found.toReversed().map((suite) => suiteObject(ask, suite)));
  }),
  onRepository("GET /rulesets/rule-suites/{rule_suite_id}", { administration: "read" }, (ask) => {
    const suite = ask.kept.ruleSuites.find(({ id }) => String(id) === ask.params.rule_suite_id);
    if (suite === undefined) throw notFound();
    return ok({
      ...suiteObject(ask, suite),
      rule_evaluations: suite.told.map(({ ruleset, type, result }) => ({
        rule_source: { type: "ruleset", id: ruleset.id, name: ruleset.name },
        enforcement: ruleset.enforcement === "evaluate" ? "evaluate" : "active",
        result,
        rule_type: type,
        details: null,
      })),
    });
  }),
];

function checkPlan({ hub, repository }: RepositoryAsk): void {
  if (repository.private && hub.plan === "free")
    throw new Refusal(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.");
}

function rulesetIn({ kept, params }: RepositoryAsk): KeptRuleset {
  const found = kept.rulesets.find(({ id }) => String(id) === params.ruleset_id);
  if (found === undefined) throw notFound();
  return found;
}

type Written = Pick<KeptRuleset, "name" | "target" | "enforcement" | "bypassActors" | "include" | "exclude" | "rules">;

/** The ruleset that a body describes; what a change does not name stays as it was. */
function readRuleset(ask: RepositoryAsk, body: Body, before: KeptRuleset | null): Written {
  const target = optionalText(body, "target") ?? before?.target ?? "branch";
  if (target !== "branch" && target !== "tag" && target !== "push") throw invalid("RepositoryRuleset", "target");
  const enforcement = optionalText(body, "enforcement") ?? before?.enforcement ?? "";
  if (enforcement !== "active" && enforcement !== "disabled" && enforcement !== "evaluate")
    throw invalid("RepositoryRuleset", "enforcement");
  if (enforcement === "evaluate" && ask.hub.plan !== "enterprise")
    throw new Refusal(422, "Invalid request.\n\nEnforcement evaluate option is not supported on this plan.");
  const names = object(object(body, "conditions") ?? {}, "ref_name");
  const rules = objects(body, "rules")?.map((rule) => {
    const parameters = object(rule, "parameters");
    return { type: text(rule, "type"), ...(parameters === undefined ? {} : { parameters }) };
  });
  const bypassActors = objects(body, "bypass_actors")?.map((actor) => checkActor(ask, actor));
  const patterns = names === undefined ? [] : [...(texts(names, "include") ?? []), ...(texts(names, "exclude") ?? [])];
  for (const pattern of patterns) {
    if ("why" in parseGlob(asWritten(pattern)))
      throw new Refusal(422, `Validation Failed: Invalid target patterns: '${pattern}'`);
  }
  return {
    name: before === null ? text(body, "name") : (optionalText(body, "name") ?? before.name),
    target,
    enforcement,
    bypassActors: bypassActors ?? before?.bypassActors ?? [],
    include: (names === undefined ? undefined : texts(names, "include")) ?? before?.include ?? [],
    exclude: (names === undefined ? undefined : texts(names, "exclude")) ?? before?.exclude ?? [],
    rules: rules ?? before?.rules ?? [],
  };
}

function checkActor({ hub, repository, site }: RepositoryAsk, actor: Body): Body {
  const id = Number(actor.actor_id ?? 0);
  const known = {
    // The app behind every `GITHUB_TOKEN` is none that a ruleset takes.
    Integration: id === hub.app.id,
    Team: hub.forge.state.teams[id - 3000]?.slug.startsWith(`${repository.name.split("/")[0]}/`) === true,
    User: hub.forge.state.users.some(({ login }) => accountId(site, login) === id),
    RepositoryRole: [2, 4, 5].includes(id),
    OrganizationAdmin: true,
    DeployKey: true,
  };
  const type = text(actor, "actor_type");
  if (!(type in known) || !known[type as keyof typeof known])
    throw new Refusal(
      422,
      `Validation Failed: Actor ${type} ${id} must be part of the ruleset source or owner organization`,
    );
  return {
    actor_id: actor.actor_id ?? null,
    actor_type: type,
    bypass_mode: optionalText(actor, "bypass_mode") ?? "always",
  };
}

/** The forge judges by what a ruleset says from the moment it is there. */
async function enforce(ask: RepositoryAsk, before: KeptRuleset | null, after: KeptRuleset | null): Promise<void> {
  const { hub, repository, act } = ask;
  const next = after === null ? [] : protectionsFrom(hub, repository, after);
  for (const { pattern, ruleset = "" } of before === null ? [] : protectionsFrom(hub, repository, before)) {
    if (!next.some((rules) => rules.pattern === pattern)) await act("unprotect", { pattern, ruleset });
  }
  for (const rules of next) await act("protect", rules);
}

function noteVersion(ask: RepositoryAsk, ruleset: KeptRuleset): void {
  const { hub, who } = ask;
  const { _links, node_id, current_user_can_bypass, ...state } = whole(ask, ruleset);
  (ruleset.versions as KeptRuleset["versions"][number][]).push({
    id: hub.nextId(),
    by: who.login,
    at: hub.clock.now(),
    state: structuredClone(state),
  });
}

function versionObject({ site }: RepositoryAsk, { id, by, at }: KeptRuleset["versions"][number]) {
  return { version_id: id, actor: { id: accountId(site, by), type: "User" }, updated_at: time(at) };
}

/** As lists tell it: whom it is for, and not what it says. */
function summary({ site, repository }: RepositoryAsk, ruleset: KeptRuleset) {
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: "Repository",
    source: repository.name,
    enforcement: ruleset.enforcement,
    node_id: nodeId("RRS", ruleset.id),
    _links: {
      self: { href: `${repositoryUrl(site, repository)}/rulesets/${ruleset.id}` },
      html: { href: `${site.web}/${repository.name}/rules/${ruleset.id}` },
    },
    created_at: time(ruleset.createdAt),
    updated_at: time(ruleset.updatedAt),
  };
}

/** Who may go past it is told to those only who may change it. */
function whole(ask: RepositoryAsk, ruleset: KeptRuleset) {
  const { repository, who } = ask;
  const mayChange =
    hasRole(repository, who.login, "admin") && (who.permissions === null || who.permissions.administration === "write");
  return {
    ...summary(ask, ruleset),
    conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: ruleset.rules,
    ...(mayChange ? { bypass_actors: ruleset.bypassActors } : {}),
    current_user_can_bypass: "never",
  };
}

function suiteObject({ site, repository }: RepositoryAsk, suite: KeptRuleSuite) {
  const zeros = "0".repeat(40);
  return {
    id: suite.id,
    actor_id: accountId(site, suite.by),
    actor_name: suite.by,
    before_sha: suite.before ?? zeros,
    after_sha: suite.after ?? zeros,
    ref: suite.ref,
    repository_id: repositoryId(site, repository.name),
    repository_name: repository.name.split("/")[1] ?? "",
    pushed_at: time(suite.at),
    result: suite.result,
  };
}
