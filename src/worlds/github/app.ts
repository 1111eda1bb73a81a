import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { Refusal } from "./answer.ts";
import type { Permissions } from "./permissions.ts";

/** The GitHub App that plangate can run as: its identity, what it was granted, and the key that it proves itself with. */
export interface GitHubApp {
  readonly id: number;
  readonly slug: string;
  /** It acts as this login. */
  readonly login: string;
  readonly clientId: string;
  readonly installation: number;
  readonly permissions: Permissions;
  /** In PEM, as GitHub hands it out once. */
  readonly privateKey: string;
  /** The app's own word is a token of RFC 7519, signed by it, good for ten minutes at most. */
  checkJwt(token: string, now: number): void;
}

export function openApp(permissions: Permissions): GitHubApp {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const key = createPublicKey(pair.publicKey);
  const [id, clientId] = [4711, "Iv23liPlangateLooksAlike"];
  return {
    id,
    slug: "plangate",
    login: "plangate[bot]",
    clientId,
    installation: 815,
    permissions,
    privateKey: pair.privateKey,
    checkJwt: (token, now) => checkJwt(token, { key, issuers: [String(id), clientId], now }),
  };
}

interface JwtAbout {
  readonly key: KeyObject;
  readonly issuers: readonly string[];
  readonly now: number;
}

function checkJwt(token: string, { key, issuers, now }: JwtAbout): void {
  const [head = "", claims = "", signature = "", ...more] = token.split(".");
  const parsed = more.length === 0 ? [readPart(head), readPart(claims)] : [];
  const [{ alg } = {}, { iss, iat, exp } = {}] = parsed;
  if (alg !== "RS256") throw new Refusal(401, "A JSON web token could not be decoded");
  const signed = verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"));
  if (!signed) throw new Refusal(401, "A JSON web token could not be decoded");
  if (!issuers.includes(String(iss)))
    throw new Refusal(401, "'Issuer' claim ('iss') must be an Integer or the client id of the app");
  const seconds = now / 1000;
  // A minute for clocks that differ.
  if (typeof iat !== "number" || iat > seconds + 60)
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  if (typeof exp !== "number" || exp <= seconds - 60)
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp - iat > 660) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
}

function readPart(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
