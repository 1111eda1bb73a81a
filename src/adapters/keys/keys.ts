import { randomBytes } from "node:crypto";
import type { Opener, Sealer, SignatureCheck, Signer } from "../../delivery/ports.ts";
import { placeKeys } from "./files.ts";
import { makeSealingKeys, readOneLine, readOpener, readRecipient, sealerFor } from "./seal.ts";
import { makeSigningKeys, readSignatures, readSigner } from "./sign.ts";

export interface PresentKeys {
  /** Closes for whoever presents, and for others besides. */
  readonly sealerWith: (others: readonly string[]) => Sealer;
  readonly opener: Opener;
  readonly signer: Signer;
}

export interface ApplyKeys {
  readonly opener: Opener;
  readonly signatures: SignatureCheck;
}

/** Makes a key for digests of secret values (`keyedDigestOf`). */
export function makeDigestKey(): { readonly secret: string } {
  return { secret: randomBytes(32).toString("hex") };
}

/** Makes a store's keys on first use, in a folder for this user alone. Keys that are there are never replaced. */
export async function ensureKeys(dir: string): Promise<void> {
  await placeKeys(dir, async () => ({
    ...(await makeSealingKeys()),
    ...makeSigningKeys(),
    ...makeDigestKey(),
  }));
}

/** What plan gets: it can close and not open, and reads no secret file. */
export async function planKeys(dir: string): Promise<Sealer> {
  return sealerFor([await readRecipient(dir)]);
}

/** What present gets: it alone can sign. */
export async function presentKeys(dir: string): Promise<PresentKeys> {
  const [recipient, opener, signer] = await Promise.all([readRecipient(dir), readOpener(dir), readSigner(dir)]);
  return { sealerWith: (others) => sealerFor([recipient, ...others]), opener, signer };
}

/** What apply gets: it can open and check, and neither close nor sign. */
export async function applyKeys(dir: string): Promise<ApplyKeys> {
  const [opener, signatures] = await Promise.all([readOpener(dir), readSignatures(dir)]);
  return { opener, signatures };
}

/** The store's key for digests of secret values (`keyedDigestOf`). Whoever compares inputs needs it; it opens and signs nothing. */
export async function secretKey(dir: string): Promise<Uint8Array> {
  return Buffer.from(await readOneLine(dir, "secret", /^[0-9a-f]{64}$/), "hex");
}
