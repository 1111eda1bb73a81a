import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { audit, changesOf } from "../../../audit/index.ts";
import { rulesetPrefix, settingsOf } from "../../../compile/settings/index.ts";
import { DeliveryError } from "../../../domain/errors.ts";
import { parseFlow, presetNames, renderPreset } from "../../../flow/index.ts";
import { fullFlow } from "../../../testing/full-flow.ts";
import { type SettingsServer, startSettingsServer } from "../../../testing/github-settings.ts";
import { openSettings } from "./index.ts";

function declaredIn(text: string) {
  const { value, diagnostics } = parseFlow(text, { file: "f" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return settingsOf(value, { flowFile: "f", defaultBranch: "main" }).settings;
}

const full = declaredIn(fullFlow.replace("host: server", "host: actions"));
const apps = ["github-actions", "acme-plangate"];

let server: SettingsServer;
let said: string[];
beforeEach(async () => {
  server = await startSettingsServer();
  said = [];
});
afterEach(async () => {
  expect(server.unknown).toEqual([]);
  await server.close();
});

function open(more: Partial<Parameters<typeof openSettings>[0]> = {}) {
  return openSettings({
    apiUrl: server.url,
    token: "secret-token",
    owner: "acme",
    repo: "delivery",
    apps,
    progress: (line) => void said.push(line),
    signal: new AbortController().signal,
    patience: { second: 5, spaced: false },
    ...more,
  });
}

const about = {
  rulesetPrefix,
  asksPeople: true,
  compiled: [],
  environmentSecrets: [],
  keys: { variables: [], environments: [], closedFor: [] },
  repository: { owner: "acme", name: "delivery", id: null, ownerId: null },
};
const look = async (declared = full) => audit(declared, await open().read(), about);

/** Does what `--fix` does. */
async function fix(declared = full): Promise<number> {
  const live = open();
  const changes = changesOf(audit(declared, await live.read(), about).findings);
  for (const { step } of changes) await live.perform(step);
  return changes.length;
}

async function thrown(work: Promise<unknown>): Promise<DeliveryError> {
  const error = await work.catch((caught: unknown) => caught);
  if (!(error instanceof DeliveryError)) throw new Error(`not a DeliveryError: ${String(error)}`);
  return error;
}

describe("a repository as GitHub makes it", () => {
  it.each([
    ...presetNames.map((name) => [name, declaredIn(renderPreset(name))] as const),
    ["everything", full] as const,
  ])("is set for %s, and then nothing is found and nothing is left to change", async (_, declared) => {
    expect((await look(declared)).findings.length).toBeGreaterThan(8);
    expect(await fix(declared)).toBeGreaterThan(8);
    expect((await look(declared)).findings).toEqual([]);
    expect(await fix(declared)).toBe(0);
  });

  it("gets numbers for names, and keeps what is not ours to say", async () => {
    await fix();
    const text = JSON.stringify(server.kept.rulesets);
    expect(text).toContain('"actor_id":4242');
    expect(text).toContain('"integration_id":15368');
    expect(server.kept.actions.get("permissions")).toMatchObject({ allowed_actions: "selected" });
    expect(server.kept.environments.find(({ name }) => name === "stage")).toBeDefined();
  });
});

describe("what is set again after somebody loosened it", () => {
  const loosened: readonly (readonly [string, (kept: SettingsServer["kept"]) => unknown])[] = [
    ["a ruleset taken away", ({ rulesets }) => void rulesets.shift()],
    ["a ruleset that only evaluates", ({ rulesets }) => Object.assign(rulesets[0] ?? {}, { enforcement: "evaluate" })],
    [
      "somebody who passes",
      ({ rulesets }) =>
        Object.assign(rulesets[0] ?? {}, {
          bypass_actors: [{ actor_type: "RepositoryRole", actor_id: 5, bypass_mode: "always" }],
        }),
    ],
    ["a rule taken away", ({ rulesets }) => Object.assign(rulesets[0] ?? {}, { rules: [] })],
    ["an environment taken away", ({ environments }) => void environments.pop()],
    [
      "an environment for every ref",
      ({ environments }) => Object.assign(environments[0] ?? {}, { deployment_branch_policy: null }),
    ],
    [
      "one more ref",
      ({ policies, environments }) =>
        void policies.get(String(environments[0]?.name))?.push({ id: 9, name: "evil/**", type: "branch" }),
    ],
    [
      "administrators who pass",
      ({ environments }) => environments.map((one) => Object.assign(one, { can_admins_bypass: true })),
    ],
    [
      "tokens that write",
      ({ actions }) =>
        Object.assign(actions.get("permissions/workflow") ?? {}, { default_workflow_permissions: "write" }),
    ],
    [
      "a merge button",
      ({ repository }) => Object.assign(repository, { allow_merge_commit: !repository.allow_merge_commit }),
    ],
    ["a label", ({ labels }) => void labels.pop()],
  ];

  it.each(loosened)("%s", async (_, loosen) => {
    await fix();
    loosen(server.kept);
    expect((await look()).findings).not.toEqual([]);
    expect(await fix()).toBeGreaterThan(0);
    expect((await look()).findings).toEqual([]);
  });
});

describe("what is live", () => {
  it("is read through every page", async () => {
    server.kept.environments.push(
      ...Array.from({ length: 205 }, (_, index) => ({
        name: `e${index}`,
        protection_rules: [],
        deployment_branch_policy: null,
      })),
    );
    const { environments } = await open().read();
    expect(environments.kind === "seen" && environments.value).toHaveLength(205);
    expect(server.requests.filter((one) => one === "GET /environments")).toHaveLength(3);
  });

  it("tells what the plan lacks apart from what the token may not see", async () => {
    server.instead.push(
      {
        on: "GET /rulesets",
        status: 403,
        message: "Upgrade to GitHub Pro or make this repository public to enable this feature.",
      },
      {
        on: "GET /keys",
        status: 403,
        message: "Resource not accessible by personal access token",
        headers: { "x-accepted-github-permissions": "administration=read" },
      },
      { on: "GET /actions/permissions/workflow", status: 403, message: "Must have admin rights to Repository." },
    );
    const seen = await open().read();
    expect(seen.rulesets).toMatchObject({ kind: "not-offered" });
    expect(seen.deployKeys).toEqual({ kind: "hidden", why: "administration: read" });
    expect(seen.actions.workflow).toEqual({ kind: "hidden", why: "Administration (read)" });
  });

  it("takes a switch that an older server lacks for absent, to somebody who would see it", async () => {
    server.kept.actions.delete("oidc/customization/sub");
    expect((await open().read()).actions.oidc_customization_sub).toMatchObject({ kind: "not-offered" });
  });

  it("asks about forks as the repository's visibility has it", async () => {
    const forks = "permissions/fork-pr-workflows-private-repos";
    server.kept.actions.set(forks, {
      run_workflows_from_fork_pull_requests: true,
      send_write_tokens_to_workflows: false,
      send_secrets_and_variables: false,
      require_approval_for_fork_pr_workflows: true,
    });
    expect((await open().read()).actions).toMatchObject({
      fork_pr_contributor_approval: { kind: "seen" },
      fork_pr_workflows_private_repos: { kind: "not-offered" },
    });
    Object.assign(server.kept.repository, { private: true, visibility: "private" });
    expect((await look()).findings.map(({ code }) => code)).toContain("forks-run-unasked");
    await fix();
    expect(server.kept.actions.get(forks)).toMatchObject({ run_workflows_from_fork_pull_requests: false });
  });

  it("takes nothing for absent that only an administrator would see", async () => {
    Object.assign(server.kept.repository, { permissions: { admin: false } });
    server.kept.actions.delete("oidc/customization/sub");
    server.kept.repository.allow_merge_commit = undefined;
    const seen = await open().read();
    expect(seen.actions.oidc_customization_sub).toMatchObject({ kind: "hidden" });
    expect(seen.repository).toMatchObject({ kind: "hidden" });
    expect(seen.immutable_releases).toMatchObject({ kind: "hidden" });
  });

  it("knows the plan of a private repository's owner", async () => {
    Object.assign(server.kept.repository, { private: true, visibility: "private" });
    expect((await open().read()).about).toMatchObject({ visibility: "private", plan: "team" });
  });

  it("holds the workflows of the default branch", async () => {
    server.kept.files.set(".github/workflows/own.yml", "jobs: {}\n").set(".github/workflows/readme.md", "x");
    const { workflows } = await open().read();
    expect(workflows).toEqual({ kind: "seen", value: [{ path: ".github/workflows/own.yml", text: "jobs: {}\n" }] });
  });
});

describe("what fails on the way", () => {
  it("is tried again, with a line that says so", async () => {
    server.instead.push({ on: "GET /rulesets", status: 502, times: 2 });
    expect((await open().read()).rulesets).toMatchObject({ kind: "seen" });
    expect(said).toEqual(Array(2).fill("GitHub answered 502 to GET /repos/acme/delivery/rulesets"));
  });

  it("is told when it goes on failing", async () => {
    server.instead.push({ on: "GET /rulesets", status: 503 });
    expect(await thrown(open().read())).toMatchObject({ code: "github-unavailable", reaction: "retry" });
  });

  it("makes nothing twice", async () => {
    server.instead.push({ on: "POST /rulesets", status: 502, times: 1 });
    const live = open();
    const [first] = full.rulesets;
    if (first === undefined) throw new Error("no ruleset");
    const error = await thrown(live.perform({ kind: "ruleset", id: null, ruleset: first }));
    expect(error).toMatchObject({ code: "github-unavailable" });
    expect(server.requests.filter((one) => one === "POST /rulesets")).toHaveLength(1);
  });

  it("waits a rate limit out, with a line that says so", async () => {
    const headers = { "retry-after": "2" };
    const message = "You have exceeded a secondary rate limit.";
    server.instead.push({ on: "GET /labels", status: 403, message, headers, times: 1 });
    const seen = await open({ patience: { second: 5, spaced: true } }).read();
    expect(seen.labels).toMatchObject({ kind: "seen" });
    expect(said).toEqual(["GitHub's secondary rate limit is reached: waiting 2 seconds"]);
  });

  it("does not wait for an hour", async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 3600);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    server.instead.push({ on: "GET /labels", status: 403, message: "API rate limit exceeded", headers });
    const error = await thrown(open({ patience: { second: 5, spaced: true } }).read());
    expect(error).toMatchObject({ code: "rate-limited", reaction: "wait" });
  });

  it("names the right that a change takes", async () => {
    server.instead.push({
      on: "PUT /actions/permissions/workflow",
      status: 403,
      message: "Resource not accessible by personal access token",
      headers: { "x-accepted-github-permissions": "administration=write" },
    });
    const error = await thrown(open().perform({ kind: "actions", part: "workflow", set: full.actions.workflow }));
    expect(error).toMatchObject({ code: "right-missing" });
    expect(`${error.message} ${error.hint}`).toContain("administration: write");
    expect(error.message).toContain("acme/delivery");
  });

  it("names an app and a person whom nobody knows, and sets nothing", async () => {
    server.kept.apps.delete("acme-plangate");
    expect(await thrown(fix())).toMatchObject({ code: "app-unknown" });
    const stage = full.environments.find(({ name }) => name === "try");
    if (stage === undefined) throw new Error("no environment");
    const asked = { ...stage, reviewers: [{ type: "User", reviewer: "mal" } as const] };
    const error = await thrown(open().perform({ kind: "environment", environment: asked }));
    expect(error.message).toContain("mal");
    expect(server.kept.environments.filter(({ name }) => name === "try")).toEqual([]);
  });

  it("sets refs alone where the plan has nobody to ask", async () => {
    server.instead.push({ on: "PUT /environments/plangate", status: 422, message: "billing plan", times: 1 });
    const [environment] = full.environments;
    if (environment === undefined) throw new Error("no environment");
    await open().perform({ kind: "environment", environment });
    expect(server.kept.environments).toMatchObject([
      { name: "plangate", deployment_branch_policy: { custom_branch_policies: true } },
    ]);
  });

  it("says that the plan has no such setting where GitHub does", async () => {
    const message = "Please ensure the billing plan supports the branch policy protection rule.";
    server.instead.push({ on: "PUT /environments/plangate", status: 422, message, times: 2 });
    const [environment] = full.environments;
    if (environment === undefined) throw new Error("no environment");
    const error = await thrown(open().perform({ kind: "environment", environment }));
    expect(error).toMatchObject({ code: "github-refused", hint: expect.stringMatching(/^The plan that is paid for/) });
  });

  it("never shows the token", async () => {
    const error = await thrown(open({ token: "ghp_very-secret" }).read());
    expect(error).toMatchObject({ code: "token-refused" });
    expect(`${error.message}${error.hint}${error.detail}${said.join("")}`).not.toContain("very-secret");
  });

  it.each(["http://github.example.com", "ftp://x", "not a url", "https://user:pass@github.example.com"])(
    "sends no token to %s",
    (apiUrl) => {
      expect(() => open({ apiUrl })).toThrow(/no https address/);
    },
  );

  it("tells an answer of another shape", async () => {
    server.kept.labels.push({ nonsense: true });
    expect(await thrown(open().read())).toMatchObject({ code: "answer-unexpected" });
  });
});
