import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { workflowsOf } from "../compile/flow-under-test.ts";
import { documentsOf, trusting } from "../compile/trust-documents.ts";
import { applyFile } from "../compile/trust-table.ts";
import { at, owner, repo } from "../github/small-github.ts";
import { type Clouds, openClouds } from "../runner/clouds.ts";
import { openSmallRunner, type SmallRunner } from "../runner/small-runner.ts";

/**
 * Whoever may push a branch edits a workflow there, and asks for what applies to prod. The steps are those that are
 * compiled, run by a runner; the clouds judge by the documents that are compiled.
 */

const clock = { now: Date.now };
let here: SmallRunner;
let clouds: Clouds;
let documents: ReturnType<typeof documentsOf>;
let steps: readonly object[];
let planSteps: readonly object[];

const of = (what: "role" | "provider" | "account", name: string): string =>
  ({
    role: documents.roles.find(({ arn }) => arn.endsWith(`-${name}`))?.arn,
    provider: documents.providers.find((one) => one.name.includes(`/pg-${name}-`))?.name,
    account: documents.accounts.find(({ email }) => email.startsWith(`pg-${name}-`))?.email,
  })[what] ?? "";

const variables = (name: string) => ({
  PLANGATE_AWS_ROLE: of("role", name),
  PLANGATE_AWS_REGION: "eu-west-1",
  PLANGATE_GCP_PROVIDER: of("provider", name),
  PLANGATE_GCP_SERVICE_ACCOUNT: of("account", name),
});

/** The compiled steps, with what an environment would tell them written into them. */
const stolen = (name: string): readonly object[] =>
  JSON.parse(
    Object.entries(variables(name)).reduce(
      (text, [variable, value]) => text.replaceAll(new RegExp(`\\$\\{\\{ vars\\.${variable} \\}\\}`, "g"), value),
      JSON.stringify(steps.map((step) => ({ ...step, if: "always()" }))),
    ),
  ) as readonly object[];

const job = (about: object) => ({ "runs-on": "ubuntu-24.04", permissions: { "id-token": "write" }, ...about });
const applying = (own: readonly object[]) =>
  stringify({
    name: "plangate apply",
    on: { workflow_call: { inputs: { environment: { type: "string", required: true } } } },
    permissions: {},
    jobs: {
      apply: job({
        environment: "${" + "{ inputs.environment }}",
        steps: [...own, { if: "always()", run: 'test -z "$AWS_ACCESS_KEY_ID" || echo "holds $AWS_ACCESS_KEY_ID"' }],
      }),
    },
  });
const calls = (environment: string, uses = `./${applyFile}`) => ({
  permissions: { "id-token": "write" },
  uses,
  with: { environment },
});
const workflow = (on: object, jobs: object) => stringify({ name: "ci", on, permissions: {}, jobs });

beforeAll(async () => {
  const urls = { aws: "", google: "" };
  here = await openSmallRunner({ clouds: urls, clock });
  const { small } = here;
  const { rest } = await small.as("root");
  const { data } = await rest.repos.get(at);
  const flow = trusting("gitflow", (written) => {
    written.repository = { owner, name: repo, ownerId: data.owner.id, id: data.id };
  });
  const issuerUrl = `${small.github.url}/_services/token`;
  documents = documentsOf(flow, { github_issuer: issuerUrl.replace(/^http:\/\//, "") });
  clouds = await openClouds({ documents, issuerUrl, clock });
  Object.assign(urls, { aws: clouds.aws, google: clouds.google });
  const compiled = workflowsOf(flow);
  const identitySteps = (path: string, id: string) =>
    (compiled[path]?.jobs[id]?.steps ?? []).filter(({ uses = "" }) =>
      /^(aws-actions|google-github-actions)\//.test(uses),
    );
  steps = identitySteps(applyFile, "apply");
  planSteps = identitySteps(".github/workflows/plangate-change.yml", "plan-prod");
  expect([steps.length, planSteps.length]).toEqual([2, 2]);
  for (const [name, kind] of [
    ["prod", "prod-apply"],
    ["prod-plan", "prod-plan"],
  ] as const) {
    const refs = name === "prod" ? ["main"] : ["main", "refs/pull/*/merge"];
    await here.environment(name, { reviewers: [], refs, secrets: {} });
    for (const [variable, value] of Object.entries(variables(kind)))
      await rest.actions.createEnvironmentVariable({ ...at, environment_name: name, name: variable, value });
  }
  await small.pushed("root", "main", { [applyFile]: applying(steps) });
  await here.runner.settled();
});

afterAll(async () => {
  try {
    await here.close();
  } finally {
    await clouds.close();
  }
});

/** Who was given what since, and what was refused to whom. */
async function since(act: () => Promise<unknown>) {
  const [given, refused] = [clouds.given.length, clouds.refused.length];
  await act();
  await here.runner.settled();
  return {
    given: clouds.given.slice(given),
    refused: clouds.refused.slice(refused).map(({ wanted, claims }) => [wanted, claims === null ? null : claims.ref]),
  };
}

const push = (branch: string, files: Readonly<Record<string, string>>) => here.small.pushed("eve", branch, files);

it("is prod for the reviewed workflow on the default branch, for as long as it may take, and hides the keys", async () => {
  const { given, refused } = await since(() =>
    push("main", { ".github/workflows/ci.yml": workflow({ push: { branches: ["main"] } }, { apply: calls("prod") }) }),
  );
  expect(Object.values(here.jobs())).toEqual(["success"]);
  expect(given.map(({ holder, at: from, until }) => [holder, until - from])).toEqual([
    [of("role", "prod-apply"), 6 * 3600],
  ]);
  expect(refused).toEqual([]);
  expect(here.runner.runs.at(-1)?.jobs[0]?.log).toContain("holds ***");
});

it("is nobody in a job of one's own on the default branch, whatever the environment lets in", async () => {
  const jobs = {
    own: job({ environment: "prod", steps: stolen("prod-apply") }),
    bare: job({ steps: stolen("prod-apply") }),
  };
  const { given, refused } = await since(() =>
    push("main", { ".github/workflows/ci.yml": workflow({ push: { branches: ["main"] } }, jobs) }),
  );
  expect(here.jobs()).toEqual({ own: "failure", bare: "failure" });
  expect(given).toEqual([]);
  expect(new Set(refused.map(([wanted]) => wanted))).toEqual(
    new Set([of("role", "prod-apply"), `//iam.googleapis.com/${of("provider", "prod-apply")}`]),
  );
});

it("is nobody on a branch whose workflows are edited: not by the environment, one made up, or the reviewed workflow", async () => {
  const jobs = {
    own: job({ environment: "prod", steps: stolen("prod-apply") }),
    made: job({ environment: "prod-made-up", steps: stolen("prod-apply") }),
    edited: calls("prod-made-up"),
    reviewed: calls("prod", `${owner}/${repo}/${applyFile}@main`),
    beside: calls("prod-made-up", `${owner}/${repo}/${applyFile}@main`),
  };
  const { given, refused } = await since(() =>
    push("feature/evil", {
      [applyFile]: applying(stolen("prod-apply")),
      ".github/workflows/ci.yml": workflow({ push: { branches: ["feature/**"] } }, jobs),
    }),
  );
  expect(here.jobs()).toEqual({
    own: "failure",
    made: "failure",
    "edited / apply": "failure",
    "reviewed / apply": "failure",
    // No variable of that environment names an identity, so it asks for none.
    "beside / apply": "success",
  });
  expect(given).toEqual([]);
  expect(refused.length).toBeGreaterThan(2);
  expect(new Set(refused.map(([, ref]) => ref))).toEqual(new Set(["refs/heads/feature/evil"]));
});

it("is what plans for a pull request, and what applies for none that edits its workflow", async () => {
  const jobs = {
    plan: job({ environment: "prod-plan", steps: planSteps }),
    apply: job({ environment: "prod-plan", steps: stolen("prod-apply") }),
    gate: job({ environment: "prod", steps }),
  };
  const { given } = await since(async () => {
    await push("feature/pull", { ".github/workflows/ci.yml": workflow({ pull_request: null }, jobs) });
    const { rest } = await here.small.as("eve");
    await rest.pulls.create({ ...at, head: "feature/pull", base: "main", title: "T" });
  });
  expect(here.jobs()).toMatchObject({ apply: "failure", gate: "failure" });
  // The documents of gitflow let changes plan for prod.
  expect(given.map(({ holder, at: from, until }) => [holder, until - from])).toEqual([
    [of("role", "prod-plan"), 2 * 3600],
  ]);
});
