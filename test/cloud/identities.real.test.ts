import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settingsOf } from "../../src/compile/settings/index.ts";
import type { Flow } from "../../src/flow/index.ts";
import { presetNames } from "../../src/flow/index.ts";
import { tokenClaims } from "../../src/testing/actions-token.ts";
import type { RunJob } from "../../src/worlds/github/index.ts";
import { about } from "../compile/flow-under-test.ts";
import { documentsOf, trusting, type Written } from "../compile/trust-documents.ts";
import { applyFile, held, mainRef, short } from "../compile/trust-table.ts";
import { at, infra, owner, repo, type SmallGitHub, smallGitHub } from "../github/small-github.ts";
import { type Clouds, openClouds } from "../runner/clouds.ts";
import { becomes, claimsIn, idToken } from "./become.ts";
import type { CloudDocuments } from "./token-exchange.ts";

/**
 * The tokens here are those of the look-alike GitHub, for jobs that it started, taken over HTTP. What an environment's own
 * rules let in is tried apart: identities have to be safe without them, since whoever names an environment makes it.
 */

const plangateFile = ".github/workflows/plangate.yml";
const apply = `${infra}/${applyFile}@${mainRef}`;
const fork = "mallory/infra";
const pull = "refs/pull/1/merge";
const other = "acme/other";

const clock = { now: () => Date.UTC(2026, 0, 6, 10) };
let small: SmallGitHub;
const open: Clouds[] = [];

beforeAll(async () => {
  small = await smallGitHub({ clock });
  const { forge } = small.github;
  forge.addUser({ login: "mallory", name: "M", emails: ["mallory@elsewhere.example"] });
  await forge.createRepository("mallory", { name: fork, private: false });
  await forge.createRepository("root", { name: other, private: true });
  for (const [repository, by] of [
    [fork, "mallory"],
    [other, "root"],
  ] as const) {
    const after = await forge.commit({ repository, parent: null, files: { a: "1" }, message: "One", author: by });
    await forge.act("push", { by, repository, ref: mainRef, after });
  }
  await small.pushed("ann", "develop", { a: "1" });
  await small.pushed("ann", "feature/x", { a: "2" });
  const head = (await small.tip("refs/heads/feature/x")) ?? null;
  for (const ref of ["refs/tags/main", "refs/tags/v1.0.0", "refs/heads/Main"])
    await small.did("push", "ann", { ref, after: head });
  await small.did("open", "ann", { head: "feature/x", base: "main", title: "T" });
  await small.did("test-merge", "ann", { number: 1 });
});

afterAll(async () => {
  for (const clouds of open) await clouds.close();
  await small.close();
});

/** Puts our repository into a flow, with other numbers or another name where that is asked. */
const named = (repository: Readonly<Record<string, unknown>>) => (written: Written) => {
  written.repository = { ...repository };
};

/** What GitHub calls our repository; who made the identities asked it, too. */
async function numbers() {
  const { data } = await (await small.as("root")).rest.repos.get(at);
  return { owner, name: repo, ownerId: data.owner.id, id: data.id };
}

/** The identities of a flow, and the clouds that go by them. */
async function cloudsFor(flow: Flow, without?: string) {
  const issuerUrl = `${small.github.url}/_services/token`;
  const compiled = documentsOf(flow, { github_issuer: issuerUrl.replace(/^http:\/\//, "") });
  const documents = without === undefined ? compiled : lacking(compiled, without);
  const clouds = await openClouds({ documents, issuerUrl, clock });
  open.push(clouds);
  const become = async (job: RunJob) => (await becomes(job, clouds, documents)).map(short).sort();
  return { clouds, documents, become };
}

/** The same documents, which ask nothing of one claim. */
function lacking(documents: CloudDocuments, claim: string): CloudDocuments {
  const aws = JSON.stringify(documents.roles).replaceAll(new RegExp(`,"[^"]+:${claim}":\\["[^"]+"\\]`, "g"), "");
  const google = JSON.stringify(documents.providers).replaceAll(
    new RegExp(` && assertion\\.${claim} == '[^']+'`, "g"),
    "",
  );
  return { ...documents, roles: JSON.parse(aws), providers: JSON.parse(google) } as CloudDocuments;
}

interface Tried {
  readonly repository?: string;
  readonly event?: string;
  readonly ref?: string;
  readonly environment?: string | null;
  readonly called?: string | null;
  readonly workflow?: string;
  readonly by?: string;
  readonly name?: string;
}

async function jobFor({ environment = null, called = null, name = "apply-prod", ...run }: Tried): Promise<RunJob> {
  const started = await small.github.runs.start({
    repository: infra,
    workflow: plangateFile,
    event: "push",
    ref: mainRef,
    by: "ann",
    ...run,
  });
  return started.job(name, {
    permissions: { id_token: "write" },
    ...(environment === null ? {} : { environment }),
    ...(called === null ? {} : { workflowRef: called }),
  });
}

/** Who the job is meant to become: what applies by the reviewed file on the default branch alone, what plans by its environment. */
function meant(preset: (typeof presetNames)[number], tried: Tried): readonly string[] {
  const { repository = infra, ref = mainRef, environment, called = null } = tried;
  const [of, kind, where] = held[preset][environment ?? ""]?.split(" ") ?? [];
  if (repository !== infra || of === undefined) return [];
  if ((kind === "apply" || where === "main") && ref !== mainRef) return [];
  return kind === "apply" && called !== apply ? [] : [`aws ${of} ${kind}`, `gcp ${of} ${kind}`];
}

/** Jobs by how somebody would come by them. */
const ways: Readonly<Record<string, readonly Tried[]>> = {
  "from the default branch, by the workflow that applies": [{ called: apply }, { called: apply, event: "schedule" }],
  "from the default branch, in a job of their own": [
    {},
    { event: "issue_comment", by: "sam" },
    { event: "workflow_dispatch", by: "eve" },
    { event: "pull_request_target", by: "mallory" },
    { workflow: ".github/workflows/evil.yml", name: "Apply to prod / apply" },
  ],
  "by a pull request that edits the workflow": [
    { event: "pull_request", ref: pull },
    { event: "pull_request", ref: pull, by: "mallory" },
    { event: "pull_request", ref: pull, called: apply },
    { event: "pull_request", ref: pull, called: `${infra}/${applyFile}@${pull}` },
  ],
  "from a branch whose workflow is another": [
    { ref: "refs/heads/feature/x" },
    { ref: "refs/heads/feature/x", called: apply },
    { ref: "refs/heads/feature/x", called: `${infra}/${applyFile}@refs/heads/feature/x` },
    { ref: "refs/heads/develop", event: "workflow_dispatch", called: apply },
    { ref: "refs/heads/Main", called: apply },
  ],
  "from a tag that is called like the branch": [
    { ref: "refs/tags/main" },
    { ref: "refs/tags/main", called: apply },
    { ref: "refs/tags/main", called: `${infra}/${applyFile}@refs/tags/main` },
    { ref: "refs/tags/v1.0.0", event: "release", called: apply },
  ],
  "by a reusable workflow of another ref, name or repository": [
    { called: `${infra}/${applyFile}@refs/heads/feature/x` },
    { called: `${infra}/${applyFile}@refs/tags/main` },
    { called: `${infra}/.github/workflows/evil.yml@${mainRef}` },
    { called: `${other}/${applyFile}@${mainRef}` },
    { called: `${fork}/${applyFile}@${mainRef}` },
  ],
  "in a fork, or another repository of the owner, that calls the workflow which applies": [
    { repository: fork, by: "mallory", called: apply },
    { repository: fork, by: "mallory", called: `${fork}/${applyFile}@${mainRef}` },
    { repository: other, called: apply },
  ],
};

describe.each(presetNames)("whom a job becomes by %s", (preset) => {
  /** Those that hold identities, and those that somebody would make up to pass for one. */
  const names = Object.keys(held[preset]);
  const made = ["prod:x", "x:environment:prod", "prod:ref:refs/heads/main", "prod%3Ax", "demo-prod", "*", "PROD"];

  it.each(Object.entries(ways))("%s", async (way, jobs) => {
    // Whoever is refused for the ref or the file is so in whatever environment.
    const environments = [null, ...names, ...(way.startsWith("from the default branch") ? ["plangate", ...made] : [])];
    const { clouds, become } = await cloudsFor(trusting(preset, named(await numbers())));
    const wrong: unknown[] = [];
    for (const one of jobs)
      for (const environment of environments) {
        const tried = { ...one, environment };
        const found = await become(await jobFor(tried));
        const wanted = meant(preset, tried);
        if (found.join() !== wanted.join()) wrong.push({ tried, found, wanted });
      }
    expect(wrong).toEqual([]);
    expect(clouds.refused.length).toBeGreaterThan(0);
    expect(clouds.refused.every(({ claims }) => claims !== null)).toBe(true);
  });
});

describe.each([
  ["S3", { s3: { bucket: "acme-plans", region: "eu-central-1", account: "444444444444" } }],
  ["Google Cloud Storage", { gcs: { bucket: "acme-plans", project: "acme-delivery" } }],
])("the identity that keeps bundles in %s", (_kind, bundles) => {
  it("is that of plangate's own environment on the default branch, by whatever way somebody asks", async () => {
    const ours = await numbers();
    const { become } = await cloudsFor(
      trusting("trunk-stored-plan", (written) => Object.assign(written, { repository: { ...ours }, bundles })),
    );
    const [keeper = "", ...more] = await become(await jobFor({ environment: "plangate" }));
    expect([keeper, more]).toEqual([expect.stringContaining("plangate-"), []]);
    const wrong: unknown[] = [];
    for (const one of Object.values(ways).flat())
      for (const environment of ["plangate", "PLANGATE", "plangate:x", "prod"]) {
        const { repository = infra, ref = mainRef } = one;
        const may = environment === "plangate" && repository === infra && ref === mainRef;
        const found = await become(await jobFor({ ...one, environment }));
        if (found.includes(keeper) !== may || (may && found.length > 1)) wrong.push({ ...one, environment, found });
      }
    expect(wrong).toEqual([]);
  });
});

describe("without one claim in the documents", () => {
  it.each<[string, Tried, readonly string[]]>([
    ["job_workflow_ref", { environment: "prod" }, ["aws prod apply", "gcp prod apply"]],
    ["ref", { environment: "prod", ref: "refs/heads/feature/x", called: apply }, ["aws prod apply", "gcp prod apply"]],
  ])("%s somebody is let in whom the table finds", async (claim, tried, found) => {
    const flow = trusting("gitflow", named(await numbers()));
    expect(await (await cloudsFor(flow, claim)).become(await jobFor(tried))).toEqual(found);
    expect(await (await cloudsFor(flow)).become(await jobFor(tried))).toEqual([]);
  });
});

describe("who has the numbers or the subject of another", () => {
  const everywhere = Object.keys(held.gitflow).map((environment) => ({ environment, called: apply }));
  const all = async (flow: Flow) => {
    const { become } = await cloudsFor(flow);
    const found: (readonly string[])[] = [];
    for (const tried of everywhere) found.push(await become(await jobFor(tried)));
    return found.flat();
  };

  it.each<[string, (ours: Awaited<ReturnType<typeof numbers>>) => Readonly<Record<string, unknown>>, boolean]>([
    ["the repository that the flow names", (ours) => ours, true],
    ["one that was deleted and made anew by the same name", (ours) => ({ ...ours, id: ours.id + 1 }), false],
    ["one of another owner by the same name", (ours) => ({ ...ours, ownerId: ours.ownerId + 1 }), false],
    ["one that was renamed since", (ours) => ({ ...ours, name: "delivery" }), false],
  ])("%s", async (_which, of, becomesAnybody) => {
    expect((await all(trusting("gitflow", named(of(await numbers()))))).length > 0).toBe(becomesAnybody);
  });

  it("is nobody when the subject is customised, whatever it then says", async () => {
    const flow = trusting("gitflow", named(await numbers()));
    const { request } = await small.as("root");
    const put = (more: { readonly use_default: boolean; readonly include_claim_keys?: string[] }) =>
      request("PUT /repos/{owner}/{repo}/actions/oidc/customization/sub", { ...at, ...more });
    const asItWas = { use_default: true, use_immutable_subject: true };
    try {
      for (const more of [
        { use_default: true, use_immutable_subject: false },
        { use_default: false, include_claim_keys: ["repo", "context"], use_immutable_subject: false },
        { use_default: false, include_claim_keys: ["repo"], use_immutable_subject: true },
        { use_default: false, include_claim_keys: ["context"], use_immutable_subject: true },
        { use_default: false, include_claim_keys: ["repository_owner"], use_immutable_subject: true },
        { use_default: false, include_claim_keys: ["repo", "context", "actor"], use_immutable_subject: true },
      ]) {
        await put(more);
        expect(await all(flow)).toEqual([]);
      }
    } finally {
      await put(asItWas);
    }
    expect((await all(flow)).length).toBeGreaterThan(0);
  });
});

describe("the tokens of the look-alike and those that tests make up", () => {
  it("claim the same of the same job", async () => {
    const ours = await numbers();
    const jobs = [...Object.values(ways).flat(), { ref: pull, event: "pull_request" }, { event: "release" }];
    for (const one of jobs)
      for (const environment of [null, "prod", "prod:x"]) {
        const {
          repository = infra,
          event = "push",
          ref = mainRef,
          called = null,
          workflow = plangateFile,
        } = one as Tried;
        if (repository !== infra) continue;
        const token = await idToken(await jobFor({ ...one, environment }), "sts.amazonaws.com");
        const job = { repository: ours, event, ref, environment, workflow, called };
        const claims = tokenClaims({
          job,
          issuer: `${small.github.url}/_services/token`,
          audience: "sts.amazonaws.com",
          immutable: true,
        });
        expect(claimsIn(token)).toMatchObject(claims);
        // A claim that only one of them has would be compared by neither.
        expect("environment" in claimsIn(token)).toBe("environment" in claims);
      }
  });
});

describe.each(presetNames)("where the environments of %s have the rules that the settings declare", (preset) => {
  let declared: SmallGitHub;

  beforeAll(async () => {
    declared = await smallGitHub({ clock, private: false });
    const { repos } = (await declared.as("root")).rest;
    const { settings } = settingsOf(trusting(preset), about);
    for (const { name, deployment_branch_policy, branch_policies } of settings.environments) {
      const where = { owner, repo, environment_name: name };
      await repos.createOrUpdateEnvironment({ ...where, deployment_branch_policy });
      for (const policy of branch_policies) await repos.createDeploymentBranchPolicy({ ...where, ...policy });
    }
    await declared.pushed("ann", "feature/x", { a: "2" });
    const after = (await declared.tip("refs/heads/feature/x")) ?? null;
    await declared.did("push", "ann", { ref: "refs/tags/main", after });
    await declared.did("open", "ann", { head: "feature/x", base: "main", title: "T" });
    await declared.did("test-merge", "ann", { number: 1 });
  });

  afterAll(() => declared.close());

  it("no job comes into one that applies from elsewhere than the default branch", async () => {
    for (const [environment, whose] of Object.entries(held[preset]))
      for (const ref of [mainRef, pull, "refs/heads/feature/x", "refs/tags/main"]) {
        const event = ref === pull ? "pull_request" : "push";
        const run = await declared.github.runs.start({
          repository: infra,
          workflow: plangateFile,
          event,
          ref,
          by: "ann",
        });
        const job = await run.job("apply", { environment, permissions: { id_token: "write" } });
        if (ref === mainRef) expect([environment, ref, job.state()]).toEqual([environment, ref, "ready"]);
        else if (!/ plan$/.test(whose)) expect([environment, ref, job.state()]).toEqual([environment, ref, "refused"]);
        if (job.state() === "refused") await expect(job.identity()).rejects.toThrow("no right to an identity");
      }
  });
});
