import { createLocalJWKSet, type JSONWebKeySet, type JWK, jwtVerify } from "jose";
import { federate, mayActAs } from "../../src/domain/trust/google-trust.ts";
import { mayAssume } from "../../src/domain/trust/may-assume.ts";
import type { AwsRole, Claims, TrustDocuments } from "../../src/domain/trust/trust.ts";

/** For tests: the token exchange of AWS and of Google, by the documents that say who is trusted. */
export interface TokenExchange {
  /** Answers one request to either cloud, by the path alone; what it does not know is a 404 that says so. */
  answer(request: Request): Promise<Response>;
  /** Whose credentials these are: an ARN or an address; null when nobody was given them, or they have ended. */
  holderOf(credentials: string): string | null;
  /** Who was given whose credentials, oldest first. */
  readonly given: readonly Given[];
  /** Who was not; `claims` are null where the token was none that counts. */
  readonly refused: readonly Refused[];
}

export interface Given {
  /** An ARN or an address. */
  readonly holder: string;
  readonly claims: Claims;
  /** In seconds. */
  readonly at: number;
  readonly until: number;
}

export interface Refused {
  /** What was asked for: an ARN, an address, or a provider of a pool. */
  readonly wanted: string;
  readonly claims: Claims | null;
  readonly at: number;
}

export interface ExchangeAbout {
  readonly documents: CloudDocuments;
  readonly issuer: {
    readonly url: string;
    readonly keys: () => readonly JWK[] | Promise<readonly JWK[]>;
  };
  /** In seconds. */
  readonly now: () => number;
}

/** The documents, and what else the clouds know of whom they are about. */
export interface CloudDocuments extends TrustDocuments {
  readonly roles: readonly TakenRole[];
}

export interface TakenRole extends AwsRole {
  /** In seconds; an hour when left out, as in AWS. */
  readonly longestSession?: number;
}

interface Federation {
  readonly provider: string;
  readonly claims: Claims;
}

const hour = 3600;

/**
 * Verifies the signature, the issuer and the time of a token by the issuer's keys, and then asks the analyser. Who is
 * refused gets no reason, as from the clouds.
 */
export function tokenExchange({ documents, issuer, now }: ExchangeAbout): TokenExchange {
  const holders = new Map<string, Given>();
  const given: Given[] = [];
  const refused: Refused[] = [];
  const federations = new Map<string, Federation>();
  let count = 0;
  const give = (holder: string, claims: Claims, seconds: number) => {
    const credentials = `credentials-${++count}`;
    const one = { holder, claims, at: now(), until: now() + seconds };
    holders.set(credentials, one);
    given.push(one);
    return credentials;
  };
  const refuse = (wanted: string, claims: Claims | null) => void refused.push({ wanted, claims, at: now() });
  const verify = async (token: string): Promise<Claims | null> => {
    const all = await issuer.keys();
    try {
      const keys = createLocalJWKSet({ keys: [...all] } as JSONWebKeySet);
      const { payload } = await jwtVerify(token, keys, {
        issuer: issuer.url,
        algorithms: ["RS256"],
        currentDate: new Date(now() * 1000),
        requiredClaims: ["sub", "aud", "exp", "iat"],
      });
      // Clouds take issuers by https alone, so documents name none by the plain HTTP of a machine's own.
      return { ...payload, iss: issuer.url.replace(/^http:/, "https:") };
    } catch {
      return null;
    }
  };

  const takeRole = async (form: URLSearchParams) => {
    const [role, token] = [form.get("RoleArn") ?? "", form.get("WebIdentityToken") ?? ""];
    const claims = await verify(token);
    const may = claims === null ? [] : mayAssume({ ...documents, providers: [], accounts: [] }, claims);
    // What the documents leave open is not given here.
    if (claims === null || !may.some(({ identity, certain }) => identity === role && certain)) {
      refuse(role, claims);
      const [status, code] = claims === null ? [400, "InvalidIdentityToken"] : [403, "AccessDenied"];
      return aws(status, `<Error><Code>${code}</Code></Error>`);
    }
    const seconds = Number(form.get("DurationSeconds") ?? hour);
    const longest = documents.roles.find(({ arn }) => arn === role)?.longestSession ?? hour;
    if (!Number.isInteger(seconds) || seconds < 900 || seconds > longest) {
      refuse(role, claims);
      return aws(400, "<Error><Code>ValidationError</Code></Error>");
    }
    const key = give(role, claims, seconds);
    return aws(
      200,
      `<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret-of-${key}</SecretAccessKey><SessionToken>${key}</SessionToken></Credentials></AssumeRoleWithWebIdentityResult>`,
    );
  };

  const federated = async ({ audience, token }: { readonly audience: string; readonly token: string }) => {
    const provider = documents.providers.find(({ name }) => audience === `//iam.googleapis.com/${name}`);
    const claims = await verify(token);
    if (provider === undefined || claims === null || federate(provider, claims)?.taken !== "yes") {
      refuse(audience, claims);
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    }
    const access = `federated-${++count}`;
    federations.set(access, { provider: provider.name, claims });
    return Response.json({ access_token: access, token_type: "Bearer" });
  };

  const actAs = (email: string, bearer: string) => {
    const known = federations.get(bearer);
    // What was given for a token ends with it.
    const { provider: name, claims } =
      known !== undefined && now() < Number(known.claims.exp) ? known : { provider: null, claims: {} };
    const provider = documents.providers.find((one) => one.name === name);
    const account = documents.accounts.find((one) => one.email === email);
    const holder = provider === undefined ? null : federate(provider, claims);
    if (account === undefined || holder === null || mayActAs(account, holder) !== "yes") {
      refuse(email, provider === undefined ? null : claims);
      return Response.json({ error: { code: 403, status: "PERMISSION_DENIED" } }, { status: 403 });
    }
    return Response.json({ accessToken: give(email, claims, hour) });
  };

  return {
    given,
    refused,
    holderOf(credentials) {
      const one = holders.get(credentials);
      return one === undefined || now() >= one.until ? null : one.holder;
    },
    async answer(request) {
      const { pathname } = new URL(request.url);
      const impersonated = /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/.exec(pathname)?.[1];
      if (request.method !== "POST") return notKnown(request);
      if (pathname === "/v1/token") return federated(askedOf(await request.text()));
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

/** The action asks in JSON, and libraries that read its file ask by a form, each in words of its own. */
function askedOf(body: string): { readonly audience: string; readonly token: string } {
  if (!body.startsWith("{")) {
    const form = new URLSearchParams(body);
    return { audience: form.get("audience") ?? "", token: form.get("subject_token") ?? "" };
  }
  const { audience, subjectToken } = JSON.parse(body) as Readonly<Record<string, unknown>>;
  return { audience: String(audience), token: String(subjectToken) };
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
