import { createHash, createHmac, hash } from "node:crypto";

declare const brand: unique symbol;

/** SHA-256 of some bytes, written `sha256:<64 hex digits>`. Made here only. */
export type Digest = string & { readonly [brand]: "Digest" };

/** HMAC-SHA-256 of some bytes under a key of the store, written `hmac:<64 hex digits>`. Two are comparable only under one key. */
export type KeyedDigest = string & { readonly [brand]: "KeyedDigest" };

/** The SHA-256 of bytes, or of a text's UTF-8. */
export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${hash("sha256", content)}` as Digest;
}

/** The digest of a JSON value that does not depend on the order of its keys. */
export function digestOfJson(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}

/**
 * A digest that tells whether a secret changed and cannot be guessed back without the key.
 * A plain hash of a short secret can be found by trying.
 */
export function keyedDigestOf(key: Uint8Array, content: Uint8Array | string): KeyedDigest {
  return `hmac:${createHmac("sha256", key).update(content).digest("hex")}` as KeyedDigest;
}

/** A running SHA-256, for content that should not be held in one piece. */
export function startDigest(): { update(content: Uint8Array | string): void; end(): Digest } {
  const hash = createHash("sha256");
  return {
    update: (content) => void hash.update(content),
    end: () => `sha256:${hash.digest("hex")}` as Digest,
  };
}

/** Reads a digest that came from outside; `undefined` when it is not one. */
export function parseDigest(text: string): Digest | undefined {
  return /^sha256:[0-9a-f]{64}$/.test(text) ? (text as Digest) : undefined;
}

/** The first twelve hex digits: for people to compare by eye, never for the machine. */
export function shortDigest(digest: Digest): string {
  return digest.slice("sha256:".length, "sha256:".length + 12);
}

/**
 * JSON with the keys of every object in code unit order and no white space: one text per value, so it can be
 * hashed and signed. Members that are `undefined` are left out, as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const key of Object.keys(members).sort()) {
    if (members[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(members[key])}`);
  }
  return `{${parts.join(",")}}`;
}
