import { generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { tokenClaims } from "../../src/testing/actions-token.ts";
import { documentsOf, issuer, repository, trusting } from "../compile/trust-documents.ts";
import { tokenExchange } from "./token-exchange.ts";
import { tokenIssuer } from "./token-issuer.ts";

const url = `https://${issuer}`;
let seconds = 1_800_000_000;
const now = () => seconds;
const signer = await tokenIssuer(url, now);
const documents = documentsOf(trusting("trunk-demo"));
const cloud = tokenExchange({ documents, issuer: signer, now });

const main = "refs/heads/main";
const claimsOf = (audience: string, more: { environment?: string | null; ref?: string; called?: string | null } = {}) =>
  tokenClaims({
    job: {
      repository,
      event: "push",
      ref: main,
      environment: "prod",
      workflow: ".github/workflows/plangate.yml",
      called: `acme/delivery/.github/workflows/plangate-apply.yml@${main}`,
      ...more,
    },
    issuer: url,
    audience,
    immutable: true,
  });
const role = documents.roles.find(({ arn }) => arn.endsWith("delivery-prod-apply"))?.arn ?? "";
const takeRole = async (token: string, arn = role, asked: Readonly<Record<string, string>> = {}) => {
  const about = { Action: "AssumeRoleWithWebIdentity", RoleArn: arn, WebIdentityToken: token, ...asked };
  const body = new URLSearchParams(about);
  const response = await cloud.answer(new Request("https://sts.example.org/", { method: "POST", body }));
  const key = /<AccessKeyId>([^<]+)</.exec(await response.text())?.[1];
  return key === undefined ? response.status : cloud.holderOf(key);
};

describe("the token exchange of AWS", () => {
  it("gives a job its role", async () => {
    expect(await takeRole(await signer.sign(claimsOf("sts.amazonaws.com")))).toBe(role);
  });

  it.each([{ environment: "demo-test" }, { environment: null }, { ref: "refs/heads/x" }, { called: null }])(
    "refuses a job with %j",
    async (more) => {
      expect(await takeRole(await signer.sign(claimsOf("sts.amazonaws.com", more)))).toBe(403);
    },
  );

  it("gives it for as long as the role allows, and no longer", async () => {
    const token = await signer.sign(claimsOf("sts.amazonaws.com"));
    expect(await takeRole(token, role, { DurationSeconds: "21600" })).toBe(role);
    const { at, until } = cloud.given.at(-1) ?? { at: 0, until: 0 };
    expect(until - at).toBe(6 * 3600);
    for (const asked of ["21601", "899", "x"])
      expect(await takeRole(token, role, { DurationSeconds: asked })).toBe(400);
    expect(cloud.holderOf("credentials-1")).toBe(role);
    seconds += 3600;
    expect(cloud.holderOf("credentials-1")).toBeNull();
  });

  it("refuses a role that is not there, and an audience of another", async () => {
    expect(await takeRole(await signer.sign(claimsOf("sts.amazonaws.com")), `${role}-2`)).toBe(403);
    expect(await takeRole(await signer.sign(claimsOf("https://elsewhere.example.org")))).toBe(403);
  });

  it("refuses what the issuer did not sign, what ended, and what has not begun", async () => {
    const claims = claimsOf("sts.amazonaws.com");
    const { privateKey } = await generateKeyPair("RS256");
    const forged = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 300)
      .sign(privateKey);
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ ...claims, iat: seconds, exp: seconds + 300 }))}.`;
    const [head, , signature] = (await signer.sign(claims)).split(".");
    const altered = `${head}.${btoa(JSON.stringify({ ...claims, iat: seconds, exp: seconds + 300 }))}.${signature}`;
    const wrong = [forged, unsigned, altered, await signer.sign(claims, { from: 60 }), "", "a.b.c"];
    for (const token of wrong) expect(await takeRole(token)).toBe(400);
    const token = await signer.sign(claims);
    seconds += 301;
    expect(await takeRole(token)).toBe(400);
  });

  it("refuses another issuer, though it signs with a key of the same name", async () => {
    const other = await tokenIssuer("https://token.evil.example.org", now);
    expect(await takeRole(await other.sign(claimsOf("sts.amazonaws.com")))).toBe(400);
  });
});

describe("the token exchange of Google", () => {
  const of = (name: string) => documents.providers.find((one) => one.name.includes(`/pg-${name}-`))?.name ?? "";
  const email = (name: string) => documents.accounts.find((one) => one.email.startsWith(`pg-${name}-`))?.email ?? "";
  const federate = async (provider: string, more: Parameters<typeof claimsOf>[1] = {}) => {
    const subjectToken = await signer.sign(claimsOf(`https://iam.googleapis.com/${provider}`, more));
    const body = JSON.stringify({ audience: `//iam.googleapis.com/${provider}`, subjectToken });
    const response = await cloud.answer(new Request("https://sts.example.org/v1/token", { method: "POST", body }));
    return response.ok ? ((await response.json()) as { access_token: string }).access_token : response.status;
  };
  const actAs = async (account: string, bearer: string) => {
    const response = await cloud.answer(
      new Request(`https://iam.example.org/v1/projects/-/serviceAccounts/${account}:generateAccessToken`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}` },
      }),
    );
    return response.ok
      ? cloud.holderOf(((await response.json()) as { accessToken: string }).accessToken)
      : response.status;
  };

  it("gives a job its service account, and no other", async () => {
    const access = await federate(of("prod-apply"));
    expect(await actAs(email("prod-apply"), String(access))).toBe(email("prod-apply"));
    expect(await actAs(email("test-apply"), String(access))).toBe(403);
    expect(await actAs(email("prod-plan"), String(access))).toBe(403);
    expect(await actAs(email("prod-apply"), "federated-0")).toBe(403);
    seconds += 301;
    expect(await actAs(email("prod-apply"), String(access))).toBe(403);
  });

  it.each([{ environment: "demo-test" }, { environment: "prod-plan" }, { ref: "refs/tags/main" }, { called: null }])(
    "takes no token of a job with %j into the pool",
    async (more) => {
      expect(await federate(of("prod-apply"), more)).toBe(400);
    },
  );

  it("says what it does not know", async () => {
    const response = await cloud.answer(new Request("https://sts.example.org/v2/other", { method: "POST", body: "" }));
    expect([response.status, await response.text()]).toEqual([404, "no cloud here answers POST /v2/other"]);
  });
});
