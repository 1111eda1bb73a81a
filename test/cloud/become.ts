import type { TrustDocuments } from "../../src/domain/trust/trust.ts";
import type { RunJob } from "../../src/worlds/github/index.ts";
import type { Clouds } from "../runner/clouds.ts";

/** For tests: what a job does that wants to be somebody, with the token that GitHub gives it and nothing else. */

export async function idToken(job: RunJob, audience: string): Promise<string> {
  const { url, token } = await job.identity();
  const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`GitHub gives no token: ${answer.status}`);
  return ((await answer.json()) as { readonly value: string }).value;
}

/** What the token says, unchecked. */
export function claimsIn(token: string): Readonly<Record<string, unknown>> {
  const [, claims = ""] = token.split(".");
  return JSON.parse(Buffer.from(claims, "base64url").toString()) as Readonly<Record<string, unknown>>;
}

/** Tries every role of AWS, and by every pool of Google every account: whom the credentials it is given are of. */
export async function becomes(job: RunJob, clouds: Clouds, documents: TrustDocuments): Promise<readonly string[]> {
  const forAws = await idToken(job, "sts.amazonaws.com");
  const roles = await Promise.all(documents.roles.map(({ arn }) => takeRole(clouds, arn, forAws)));
  const accounts = await Promise.all(
    documents.providers.map(async ({ name }) => {
      const access = await federated(clouds, name, await idToken(job, `https://iam.googleapis.com/${name}`));
      if (access === null) return [];
      return Promise.all(documents.accounts.map(({ email }) => actAs(clouds, email, access)));
    }),
  );
  return [...roles, ...accounts.flat()].filter((one) => one !== null);
}

async function takeRole({ aws, holderOf }: Clouds, arn: string, token: string): Promise<string | null> {
  const body = new URLSearchParams({ Action: "AssumeRoleWithWebIdentity", RoleArn: arn, WebIdentityToken: token });
  const answer = await fetch(aws, { method: "POST", body });
  const key = /<AccessKeyId>([^<]+)</.exec(await answer.text())?.[1];
  return key === undefined ? null : holderOf(key);
}

async function federated({ google }: Clouds, provider: string, subjectToken: string): Promise<string | null> {
  const body = JSON.stringify({ audience: `//iam.googleapis.com/${provider}`, subjectToken });
  const answer = await fetch(`${google}/v1/token`, { method: "POST", body });
  return answer.ok ? ((await answer.json()) as { readonly access_token: string }).access_token : null;
}

async function actAs({ google, holderOf }: Clouds, account: string, access: string): Promise<string | null> {
  const answer = await fetch(`${google}/v1/projects/-/serviceAccounts/${account}:generateAccessToken`, {
    method: "POST",
    headers: { authorization: `Bearer ${access}` },
  });
  return answer.ok ? holderOf(((await answer.json()) as { readonly accessToken: string }).accessToken) : null;
}
