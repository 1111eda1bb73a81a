import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { federate, mayActAs } from "../../src/domain/trust/google-trust.ts";
import { mayAssume } from "../../src/domain/trust/may-assume.ts";
import type { TrustDocuments } from "../../src/domain/trust/trust.ts";
import type { TokenIssuer } from "./token-issuer.ts";

/** For tests: the token exchange of AWS and of Google, by the documents that say who is trusted. */
export interface TokenExchange {
  /** Answers one request to either cloud, by the path alone; what it does not know is a 404 that says so. */
  answer(request: Request): Promise<Response>;
  /** Whose credentials these are: an ARN or an address; null when nobody was given them. */
  holderOf(credentials: string): string | null;
}

export interface ExchangeAbout {
  readonly documents: TrustDocuments;
  readonly issuer: Pick<TokenIssuer, "url" | "keys">;
  /** In seconds. */
  readonly now: () => number;
}

interface Federation {
  readonly provider: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Verifies the signature, the issuer and the time of a token by the issuer's keys, and then asks the analyser. Who is
 * refused gets no reason, as from the clouds.
 */
export function tokenExchange({ documents, issuer, now }: ExchangeAbout): TokenExchange {
  const given = new Map<string, string>();
  const federations = new Map<string, Federation>();
  let count = 0;
  const give = (holder: string) => {
    const credentials = `credentials-${++count}`;
    given.set(credentials, holder);
    return credentials;
  };
  const verify = async (token: string) => {
    try {
      const keys = createLocalJWKSet({ keys: [...issuer.keys()] } as JSONWebKeySet);
      const { payload } = await jwtVerify(token, keys, {
        issuer: issuer.url,
        algorithms: ["RS256"],
        currentDate: new Date(now() * 1000),
        requiredClaims: ["sub", "aud", "exp", "iat"],
      });
      return payload;
    } catch {
      return null;
    }
  };

  const takeRole = async (form: URLSearchParams) => {
    const [role, token] = [form.get("RoleArn") ?? "", form.get("WebIdentityToken") ?? ""];
    const claims = await verify(token);
    if (claims === null) return aws(400, "<Error><Code>InvalidIdentityToken</Code></Error>");
    const may = mayAssume({ ...documents, providers: [], accounts: [] }, claims);
    // What the documents leave open is not given here.
    if (!may.some(({ identity, certain }) => identity === role && certain))
      return aws(403, "<Error><Code>AccessDenied</Code></Error>");
    const key = give(role);
    return aws(
      200,
      `<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>${key}</SessionToken></Credentials></AssumeRoleWithWebIdentityResult>`,
    );
  };

  const federated = async (body: Readonly<Record<string, unknown>>) => {
    const provider = documents.providers.find(({ name }) => body.audience === `//iam.googleapis.com/${name}`);
    const claims = typeof body.subjectToken === "string" ? await verify(body.subjectToken) : null;
    if (provider === undefined || claims === null || federate(provider, claims)?.taken !== "yes")
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    const access = `federated-${++count}`;
    federations.set(access, { provider: provider.name, claims });
    return Response.json({ access_token: access, token_type: "Bearer" });
  };

  const actAs = (email: string, bearer: string) => {
    const { provider: name, claims } = federations.get(bearer) ?? { provider: null, claims: {} };
    const provider = documents.providers.find((one) => one.name === name);
    const account = documents.accounts.find((one) => one.email === email);
    const holder = provider === undefined ? null : federate(provider, claims);
    if (account === undefined || holder === null || mayActAs(account, holder) !== "yes")
      return Response.json({ error: { code: 403, status: "PERMISSION_DENIED" } }, { status: 403 });
    return Response.json({ accessToken: give(email) });
  };

  return {
    holderOf: (credentials) => given.get(credentials) ?? null,
    async answer(request) {
      const { pathname } = new URL(request.url);
      const impersonated = /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/.exec(pathname)?.[1];
      if (request.method !== "POST") return notKnown(request);
      if (pathname === "/v1/token") return federated((await request.json()) as Readonly<Record<string, unknown>>);
      if (impersonated !== undefined)
        return actAs(
          decodeURIComponent(impersonated),
          (request.headers.get("authorization") ?? "").replace(/^Bearer /, ""),
        );
      const form = pathname === "/" ? new URLSearchParams(await request.text()) : null;
      return form?.get("Action") === "AssumeRoleWithWebIdentity" ? takeRole(form) : notKnown(request);
    },
  };
}

function aws(status: number, inside: string): Response {
  return new Response(`<AssumeRoleWithWebIdentityResponse>${inside}</AssumeRoleWithWebIdentityResponse>`, {
    status,
    headers: { "content-type": "text/xml" },
  });
}

function notKnown({ method, url }: Request): Response {
  return new Response(`no cloud here answers ${method} ${new URL(url).pathname}`, { status: 404 });
}
