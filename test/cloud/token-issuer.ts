import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** For tests: who signs the tokens of jobs, as GitHub does, with keys that anybody can ask for. */
export interface TokenIssuer {
  /** With `https://`. */
  readonly url: string;
  readonly keys: () => readonly JWK[];
  /** A token with these claims; what is made at another time, or ends, is said in seconds from now. */
  sign(claims: Readonly<Record<string, unknown>>, about?: SignAbout): Promise<string>;
}

export interface SignAbout {
  readonly from?: number;
  readonly until?: number;
}

/** `now` is in seconds, and the only clock. */
export async function tokenIssuer(url: string, now: () => number): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const key = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };
  return {
    url,
    keys: () => [key],
    sign: (claims, { from = 0, until = 300 } = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: "RS256", kid: "one", typ: "JWT" })
        .setIssuer(url)
        .setIssuedAt(now() + from)
        .setNotBefore(now() + from)
        .setExpirationTime(now() + until)
        .sign(privateKey),
  };
}
