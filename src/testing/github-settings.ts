import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Record<string, unknown>;

/** What the server keeps, in GitHub's own shapes; tests may look into it and meddle with it. */
export interface GitHubSettings {
  repository: Json;
  /** By the end of their path: `permissions`, `permissions/workflow`, `oidc/customization/sub` and so on. Absent: not found. */
  actions: Map<string, Json>;
  immutableReleases: boolean;
  rulesets: Json[];
  environments: Json[];
  policies: Map<string, Json[]>;
  labels: Json[];
  keys: Json[];
  secrets: Json[];
  variables: Json[];
  environmentSecrets: Map<string, Json[]>;
  codeownersErrors: Json[];
  files: Map<string, string>;
  apps: Map<string, number>;
  users: Map<string, number>;
  teams: Map<string, number>;
}

/** One answer that the server gives instead of its own. */
export interface Instead {
  /** `GET /rulesets`: the method, and how the path below the repository begins. */
  readonly on: string;
  readonly status: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often; always when left out. */
  times?: number;
}

export interface SettingsServer {
  readonly url: string;
  readonly kept: GitHubSettings;
  readonly instead: Instead[];
  /** `METHOD path` of every request, oldest first. */
  readonly requests: readonly string[];
  /** Requests that no endpoint is known for; a test that leaves any has asked for something that GitHub may not have. */
  readonly unknown: readonly string[];
  close(): Promise<void>;
}

/** The settings endpoints of one repository, `acme/delivery`, as GitHub answers them to an administrator. For tests. */
export async function startSettingsServer(): Promise<SettingsServer> {
  const kept = emptySettings();
  const instead: Instead[] = [];
  const requests: string[] = [];
  const unknown: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://github");
    const asked = `${request.method} ${url.pathname.replace(/^\/repos\/acme\/delivery/, "") || "/"}`;
    requests.push(asked);
    const body = await bodyOf(request);
    const send = (status: number, data?: unknown, headers: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(data === undefined ? "" : JSON.stringify(data));
    };
    if (request.headers.authorization !== "token secret-token") return send(401, { message: "Bad credentials" });
    const other = instead.find(({ on, times }) => asked.startsWith(on) && times !== 0);
    if (other !== undefined) {
      if (other.times !== undefined) other.times--;
      return send(other.status, { message: other.message ?? "failed on demand" }, other.headers);
    }
    const answer = answerTo(kept, { asked, body, url });
    if (answer === undefined) {
      unknown.push(asked);
      return send(404, { message: "Not Found" });
    }
    const { page, link } = paged(answer.data, url);
    return send(answer.status, page, link === undefined ? {} : { link });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kept,
    instead,
    requests,
    unknown,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

/** A repository as GitHub makes it: nothing is set, everything is open. */
function emptySettings(): GitHubSettings {
  return {
    repository: {
      id: 815_000,
      name: "delivery",
      owner: { login: "acme", id: 4711, type: "Organization" },
      private: false,
      visibility: "public",
      default_branch: "main",
      permissions: { admin: true, push: true, pull: true },
      allow_merge_commit: true,
      allow_squash_merge: true,
      allow_rebase_merge: true,
      delete_branch_on_merge: false,
    },
    actions: new Map<string, Json>([
      ["permissions", { enabled: true, allowed_actions: "selected", sha_pinning_required: false }],
      ["permissions/workflow", { default_workflow_permissions: "write", can_approve_pull_request_reviews: true }],
      ["permissions/fork-pr-contributor-approval", { approval_policy: "first_time_contributors" }],
      ["permissions/artifact-and-log-retention", { days: 5, maximum_allowed_days: 90 }],
      ["oidc/customization/sub", { use_default: true, use_immutable_subject: false }],
    ]),
    immutableReleases: false,
    rulesets: [],
    environments: [],
    policies: new Map(),
    labels: [],
    keys: [],
    secrets: [],
    variables: [],
    environmentSecrets: new Map(),
    codeownersErrors: [],
    files: new Map(),
    apps: new Map([
      ["github-actions", 15_368],
      ["acme-plangate", 4242],
    ]),
    users: new Map([...["ann", "bob", "cem"].entries()].map(([index, login]) => [login, index + 1])),
    teams: new Map([["acme/devops", 77]]),
  };
}

interface Asked {
  readonly asked: string;
  readonly body: Json;
  readonly url: URL;
}

type Answer = { readonly status: number; readonly data?: unknown } | undefined;

const ok = (data: unknown): Answer => ({ status: 200, data });
const none: Answer = { status: 204 };
const missing: Answer = { status: 404, data: { message: "Not Found" } };
const refused = (message: string): Answer => ({ status: 422, data: { message } });

function answerTo(kept: GitHubSettings, about: Asked): Answer {
  const { asked, body, url } = about;
  const [, method = "", path = ""] = /^(\S+) (.*)$/.exec(asked) ?? [];
  const found = <T>(all: ReadonlyMap<string, T>, name: string) => {
    const id = all.get(name);
    return id === undefined ? missing : ok({ id });
  };
  if (method === "GET" && path.startsWith("/apps/")) return found(kept.apps, path.slice("/apps/".length));
  if (method === "GET" && path.startsWith("/users/")) return found(kept.users, path.slice("/users/".length));
  const team = /^\/orgs\/([^/]+)\/teams\/([^/]+)$/.exec(path);
  if (method === "GET" && team !== null) return found(kept.teams, `${team[1]}/${team[2]}`);
  if (path === "/orgs/acme" && method === "GET") return ok({ login: "acme", plan: { name: "team" } });
  if (path === "/" && method === "GET") return ok(kept.repository);
  if (path === "/" && method === "PATCH") {
    Object.assign(kept.repository, body);
    return ok(kept.repository);
  }
  if (path === "/actions/secrets" && method === "GET")
    return ok({ total_count: kept.secrets.length, secrets: kept.secrets });
  if (path === "/actions/variables" && method === "GET")
    return ok({ total_count: kept.variables.length, variables: kept.variables });
  const ofEnvironment = /^\/environments\/([^/]+)\/secrets$/.exec(path)?.[1];
  if (ofEnvironment !== undefined && method === "GET") {
    const secrets = kept.environmentSecrets.get(decodeURIComponent(ofEnvironment)) ?? [];
    return ok({ total_count: secrets.length, secrets });
  }
  if (path.startsWith("/actions/")) return actionsAnswer(kept, method, path.slice("/actions/".length), body);
  if (path === "/immutable-releases") {
    if (method === "PUT") kept.immutableReleases = true;
    if (method === "PUT") return none;
    return kept.immutableReleases ? ok({ enabled: true, enforced_by_owner: false }) : missing;
  }
  if (path.startsWith("/rulesets")) return rulesetAnswer(kept, method, path, body);
  if (path.startsWith("/environments")) return environmentAnswer(kept, method, path, body);
  if (path === "/labels" && method === "POST") {
    kept.labels.push(body);
    return { status: 201, data: body };
  }
  if (method !== "GET") return undefined;
  if (path === "/labels") return ok(kept.labels);
  if (path === "/keys") return ok(kept.keys);
  if (path === "/codeowners/errors" && url.searchParams.has("ref")) return ok({ errors: kept.codeownersErrors });
  if (path.startsWith("/contents/")) return contentAnswer(kept, decodeURIComponent(path.slice("/contents/".length)));
  return undefined;
}

function actionsAnswer({ actions }: GitHubSettings, method: string, part: string, body: Json): Answer {
  const is = actions.get(part);
  if (is === undefined) return missing;
  if (method === "GET") return ok(is);
  if (method !== "PUT") return undefined;
  const unknown = Object.keys(body).find((key) => !(key in is));
  if (unknown !== undefined) return refused(`"${unknown}" is not a permitted key.`);
  if (part === "permissions" && body.allowed_actions === undefined) body.allowed_actions = "all";
  actions.set(part, { ...is, ...body });
  return none;
}

function rulesetAnswer({ rulesets, apps }: GitHubSettings, method: string, path: string, body: Json): Answer {
  const id = Number(/^\/rulesets\/(\d+)$/.exec(path)?.[1]);
  const at = rulesets.findIndex((one) => one.id === id);
  if (path === "/rulesets" && method === "GET")
    return ok(rulesets.map(({ rules: _, conditions: __, bypass_actors: ___, ...head }) => head));
  if (path === "/rulesets" && method === "POST") {
    if (rulesets.some(({ name }) => name === body.name)) return refused("Name must be unique");
    return unlessWrong(body, apps, () => {
      const made = {
        ...body,
        id: Math.max(100, ...rulesets.map((one) => Number(one.id))) + 1,
        source_type: "Repository",
        source: "acme/delivery",
      };
      rulesets.push(made);
      return { status: 201, data: made };
    });
  }
  const is = rulesets[at];
  if (is === undefined) return missing;
  if (method === "GET") return ok(is);
  if (method === "PUT") return unlessWrong(body, apps, () => ok(Object.assign(is, body)));
  if (method !== "DELETE") return undefined;
  rulesets.splice(at, 1);
  return none;
}

/** What GitHub refuses in a ruleset, as far as names could get lost on the way. */
function unlessWrong(body: Json, apps: ReadonlyMap<string, number>, then: () => Answer): Answer {
  const known = new Set(apps.values());
  const actors = body.bypass_actors as readonly Json[];
  const wrong = actors.find((one) => one.actor_type === "Integration" && !known.has(one.actor_id as number));
  if (wrong !== undefined) return refused("Actor integration must be part of the ruleset source or owner organization");
  const text = JSON.stringify(body);
  if (/"integration":|"actor":/.test(text)) return refused("Invalid property");
  return then();
}

function environmentAnswer(kept: GitHubSettings, method: string, path: string, body: Json): Answer {
  if (path === "/environments")
    return method === "GET"
      ? ok({ total_count: kept.environments.length, environments: kept.environments })
      : undefined;
  const [, , encoded = "", rest, id] = path.split("/");
  const name = decodeURIComponent(encoded);
  const policies = kept.policies.get(name) ?? [];
  if (rest === "deployment-branch-policies") {
    if (method === "GET") return ok({ total_count: policies.length, branch_policies: policies });
    if (method === "POST") {
      const is = kept.environments.find((one) => one.name === name)?.deployment_branch_policy as Json | undefined;
      if (is?.custom_branch_policies !== true) return missing;
      const ids = [...kept.policies.values()].flat().map((one) => Number(one.id));
      const made = { id: Math.max(1000, ...ids) + 1, ...body };
      kept.policies.set(name, [...policies, made]);
      return ok(made);
    }
    if (method !== "DELETE") return undefined;
    kept.policies.set(
      name,
      policies.filter((one) => String(one.id) !== id),
    );
    return none;
  }
  if (method !== "PUT" || rest !== undefined) return undefined;
  const made = environmentMade(kept, name, body);
  const at = kept.environments.findIndex((one) => String(one.name).toLowerCase() === name.toLowerCase());
  if (at === -1) kept.environments.push(made);
  else kept.environments[at] = made;
  const branches = made.deployment_branch_policy as Json | null;
  if (branches?.custom_branch_policies !== true) kept.policies.delete(name);
  return ok(made);
}

function environmentMade({ users, teams }: GitHubSettings, name: string, body: Json): Json {
  const asked = (body.reviewers ?? []) as readonly { readonly type: string; readonly id: number }[];
  const nameOf = (all: ReadonlyMap<string, number>, id: number) => [...all].find(([, one]) => one === id)?.[0] ?? "";
  const reviewers = asked.map(({ type, id }) => ({
    type,
    reviewer: type === "Team" ? { id, slug: nameOf(teams, id).split("/")[1] } : { id, login: nameOf(users, id) },
  }));
  const { prevent_self_review = false, can_admins_bypass = true, wait_timer = 0 } = body;
  return {
    name,
    can_admins_bypass,
    deployment_branch_policy: body.deployment_branch_policy ?? null,
    protection_rules: [
      ...(wait_timer === 0 ? [] : [{ id: 1, type: "wait_timer", wait_timer }]),
      ...(reviewers.length === 0 ? [] : [{ id: 2, type: "required_reviewers", prevent_self_review, reviewers }]),
    ],
  };
}

function contentAnswer({ files }: GitHubSettings, path: string): Answer {
  const text = files.get(path);
  if (text !== undefined)
    return ok({ type: "file", path, encoding: "base64", content: Buffer.from(text).toString("base64") });
  const inside = [...files.keys()].filter((file) => file.startsWith(`${path}/`));
  return inside.length === 0 ? missing : ok(inside.map((file) => ({ type: "file", path: file })));
}

/** Lists come in pages, as `per_page` and `page` ask, with a link to the next. */
function paged(data: unknown, url: URL): { readonly page: unknown; readonly link?: string } {
  const size = Number(url.searchParams.get("per_page") ?? 30);
  const at = Number(url.searchParams.get("page") ?? 1);
  const [key, list] = Array.isArray(data)
    ? ["", data]
    : (Object.entries((data ?? {}) as Json).find(([, value]) => Array.isArray(value)) ?? ["", undefined]);
  if (!Array.isArray(list) || !(url.searchParams.has("per_page") || list.length > size)) return { page: data };
  const part = list.slice((at - 1) * size, at * size);
  const next = new URL(url);
  next.searchParams.set("page", String(at + 1));
  const page = key === "" ? part : { ...(data as Json), [key]: part };
  if (at * size >= list.length) return { page };
  return { page, link: `<${next.pathname}${next.search}>; rel="next"` };
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as Json);
}
