import type { SignatureCheck, Signer } from "../../delivery/ports.ts";
import { canonicalJson, type Digest, keyedDigestOf } from "../../domain/digest.ts";
import type { SignedManifest } from "../../domain/plan.ts";
import { corruptRecord, forgedRecord, newerRecord } from "./record-error.ts";
import { type Head, headShape, signedShape } from "./schema.ts";

/** Keys of whoever reads and writes the record. Each is checked, or made use of, when it is there. */
export interface RecordKeys {
  /** Signs heads; jobs that apply have none, and leave the last signed one standing. */
  readonly signer?: Signer;
  /** Demands a signed head. */
  readonly signatures?: SignatureCheck;
  /** What every job that writes the record has, and nobody else; demands that the last write was made with it. */
  readonly key?: Uint8Array;
}

/** The newest head that was signed, as it was signed. */
export interface SignedHead extends SignedManifest {
  readonly keyId: string;
}

export interface WrittenHead extends Head {
  readonly signed: SignedHead | null;
}

/** What a signature says was an entry of the ledger. */
export interface Witnessed {
  readonly seq: number;
  readonly hash: Digest;
}

/** The text of `head.json`. Without a key that signs, what was signed before stays. */
export async function headText(head: Head, before: SignedHead | null, keys: RecordKeys): Promise<WrittenHeadText> {
  const { seq, hash, state } = head;
  const signed =
    keys.signer === undefined
      ? before
      : { ...(await keys.signer.sign(canonicalJson({ seq, hash, state }))), keyId: keys.signer.keyId };
  const plain = { version: 1, seq, hash, state, signed };
  const keyed = keys.key === undefined ? null : keyedDigestOf(keys.key, canonicalJson(plain));
  return { text: `${canonicalJson({ ...plain, keyed })}\n`, signed };
}

export interface WrittenHeadText {
  readonly text: string;
  readonly signed: SignedHead | null;
}

/** Reads `head.json` and checks whatever there are keys for. `witnessed` is still to be found in the ledger. */
export async function readHead(
  name: string,
  text: string,
  keys: RecordKeys,
): Promise<WrittenHead & { readonly witnessed: Witnessed | null }> {
  const value = parseJson(text);
  const version = (value as { readonly version?: unknown } | null)?.version;
  if (typeof version === "number" && version > 1) throw newerRecord(name, version);
  const read = headShape.safeParse(value);
  if (!read.success) throw corruptRecord(name, "head.json is not what it has to be");
  const { keyed, ...plain } = read.data;
  if (keys.key !== undefined && keyed !== keyedDigestOf(keys.key, canonicalJson(plain)))
    throw forgedRecord(name, "its last write was made by somebody who has none of the keys");
  const { seq, hash, state, signed } = plain;
  return { seq, hash, state, signed, witnessed: await witnessedBy(name, signed, keys) };
}

async function witnessedBy(
  name: string,
  signed: SignedHead | null,
  { signatures }: RecordKeys,
): Promise<Witnessed | null> {
  if (signatures === undefined) return null;
  if (signed === null) throw forgedRecord(name, "no head of it was ever signed");
  if (!(await signatures.verify(signed, signed.keyId)))
    throw forgedRecord(name, "the signature of its head is not of a key that is trusted");
  const said = signedShape.safeParse(parseJson(signed.text));
  if (!said.success) throw forgedRecord(name, "what was signed is no head");
  return said.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
