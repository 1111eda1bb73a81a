import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunJob } from "../../src/worlds/github/index.ts";
import { at, infra } from "./small-github.ts";
import { type SmallRuns, smallRuns, workflow } from "./small-runs.ts";

let small: SmallRuns;

beforeEach(async () => {
  small = await smallRuns();
});

afterEach(() => small.close());

describe("a job's identity", () => {
  async function claimsOf(job: RunJob, audience = "sts.amazonaws.com"): Promise<Readonly<Record<string, unknown>>> {
    const { url, token } = await job.identity();
    const answer = await fetch(`${url}&audience=${audience}`, { headers: { authorization: `Bearer ${token}` } });
    const { value } = (await answer.json()) as { readonly value: string };
    const [head = "", claims = "", signature = ""] = value.split(".");
    const issuer = `${small.github.url}/_services/token`;
    const { jwks_uri } = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: JsonWebKey[] };
    const key = createPublicKey({ key: keys[0] as JsonWebKey, format: "jwk" });
    expect(verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
    return JSON.parse(Buffer.from(claims, "base64url").toString()) as Readonly<Record<string, unknown>>;
  }

  const permissions = { id_token: "write" } as const;

  it("names the environment before all else, the pull request, or the ref; and the workflow that its steps stand in", async () => {
    const { request } = await small.as("root");
    const prefix = (await request("GET /repos/{owner}/{repo}/actions/oidc/customization/sub", at)).data
      .sub_claim_prefix;
    const apply = `${infra}/.github/workflows/plangate-apply.yml@refs/heads/main`;
    const inProd = await (await small.start()).job("apply", {
      permissions,
      environment: "prod:eu",
      workflowRef: apply,
    });
    expect(await claimsOf(inProd)).toMatchObject({
      sub: `${prefix}:environment:prod%3Aeu`,
      aud: "sts.amazonaws.com",
      iss: `${small.github.url}/_services/token`,
      environment: "prod:eu",
      job_workflow_ref: apply,
      workflow_ref: `${infra}/${workflow}@refs/heads/main`,
      event_name: "workflow_dispatch",
      ref: "refs/heads/main",
      repository: infra,
      actor: "ann",
    });
    expect(await claimsOf(await (await small.start()).job("decide", { permissions }))).toMatchObject({
      sub: `${prefix}:ref:refs/heads/main`,
    });
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await small.did("test-merge", "ann", { number: 1 });
    const ofChange = await small.start({ event: "pull_request", ref: "refs/pull/1/merge" });
    expect(await claimsOf(await ofChange.job("plan", { permissions }))).toMatchObject({
      sub: `${prefix}:pull_request`,
      head_ref: "dev/x",
      base_ref: "main",
    });
    await request("PUT /repos/{owner}/{repo}/actions/oidc/customization/sub", {
      ...at,
      use_default: false,
      include_claim_keys: ["repo", "context", "job_workflow_ref"],
      use_immutable_subject: false,
    });
    const custom = await (await small.start()).job("apply", { permissions, workflowRef: apply });
    expect((await claimsOf(custom)).sub).toBe(`repo:${infra}:ref:refs/heads/main:job_workflow_ref:${apply}`);
  });

  it("is for the job alone that has a right to one, and of its own run", async () => {
    const job = await (await small.start()).job("plan", { permissions: { contents: "read" } });
    await expect(job.identity()).rejects.toThrow("no right to an identity");
    const [mine, theirs] = [
      await (await small.start()).job("plan", { permissions }),
      await (await small.start()).job("plan", { permissions }),
    ];
    const { token } = await mine.identity();
    const { url } = await theirs.identity();
    expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
    const plain = await small.github.tokenFor({ job: { contents: "write" }, repository: infra });
    expect((await fetch(url, { headers: { authorization: `Bearer ${plain}` } })).status).toBe(401);
  });
});
