/** Where a top-level member's value stands, and what reading it takes. */
export interface Slice extends Piece {
  /** A long list in pieces of whole elements, so that no huge text is made of it. Empty when it is read in one. */
  readonly cuts: readonly Cut[];
}

/** A stretch of bytes, end excluded. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** How many `key: value` pairs are written in it, at any depth. */
  readonly members: number;
  /** It has numbers that a double may not hold. */
  readonly inexact: boolean;
}

/** A piece of a list; `opens` and `closes` say whether the list's own brackets are in it. */
export interface Cut extends Piece {
  readonly opens: boolean;
  readonly closes: boolean;
}

/** What a text turned out to be. */
export type Outline =
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, Slice> }
  | { readonly kind: "cut-off" }
  | { readonly kind: "too-deep" }
  | { readonly kind: "other"; readonly why: string };

/** Lists longer than this are read in pieces. */
const pieceBytes = 8 * 1024 * 1024;

const sign = {
  quote: 0x22,
  backslash: 0x5c,
  comma: 0x2c,
  colon: 0x3a,
  open: 0x7b,
  close: 0x7d,
  openList: 0x5b,
  closeList: 0x5d,
} as const;

/**
 * Finds the top-level members of a JSON object in one pass over the bytes, without making values of them: those
 * that nobody needs are stepped over at a fraction of the cost. Says too how deep it nests and whether it is whole.
 *
 * It does not judge what stands inside a member: reading the member does.
 */
export function outlineJson(bytes: Uint8Array, deepest: number): Outline {
  const length = bytes.length;
  const members = new Map<string, Slice>();
  let at = skipSpace(bytes, bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
  if (at >= length) return { kind: "other", why: "it is empty" };
  if (bytes[at] !== sign.open) return { kind: "other", why: "it does not begin with an object" };
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === sign.close) return ended(bytes, at, members);
  for (;;) {
    if (at >= length) return { kind: "cut-off" };
    if (bytes[at] !== sign.quote) return { kind: "other", why: "a member has no name" };
    const keyEnd = stringEnd(bytes, at);
    if (keyEnd > length) return { kind: "cut-off" };
    const key = keyOf(bytes, at, keyEnd);
    if (key === undefined) return { kind: "other", why: "a member's name is not JSON" };
    if (members.has(key)) return { kind: "other", why: "a top-level member stands twice" };
    at = skipSpace(bytes, keyEnd);
    if (at >= length) return { kind: "cut-off" };
    if (bytes[at] !== sign.colon) return { kind: "other", why: "a member has no value" };
    const value = valueSlice(bytes, skipSpace(bytes, at + 1), deepest);
    if (value === "cut-off" || value === "too-deep") return { kind: value };
    members.set(key, value);
    at = value.end;
    if (bytes[at] === sign.close) return ended(bytes, at, members);
    if (bytes[at] !== sign.comma) return { kind: "other", why: "its brackets do not match" };
    at = skipSpace(bytes, at + 1);
  }
}

function ended(bytes: Uint8Array, at: number, members: ReadonlyMap<string, Slice>): Outline {
  if (skipSpace(bytes, at + 1) < bytes.length) return { kind: "other", why: "something follows after its end" };
  return { kind: "object", members };
}

function keyOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end))) as string;
  } catch {
    return undefined;
  }
}

/** The value that begins at `start`, up to the comma or bracket that ends it. The hot loop: every byte of a plan passes here. */
function valueSlice(bytes: Uint8Array, start: number, deepest: number): Slice | "cut-off" | "too-deep" {
  const length = bytes.length;
  const cuts: Cut[] = [];
  const isList = bytes[start] === sign.openList;
  let depth = 0;
  let members = 0;
  let inexact = false;
  let pieceStart = start;
  let pieceMembers = 0;
  let pieceInexact = false;
  let at = start;
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte === sign.quote) {
      at++;
      for (;;) {
        if (at >= length) return "cut-off";
        const inner = bytes[at] as number;
        if (inner === sign.quote) break;
        at += inner === sign.backslash ? 2 : 1;
      }
      at++;
    } else if (byte === sign.colon) {
      members++;
      at++;
    } else if (byte === sign.comma) {
      if (depth === 0) break;
      if (isList && depth === 1 && at - pieceStart > pieceBytes) {
        cuts.push({
          start: pieceStart,
          end: at,
          members: members - pieceMembers,
          inexact: pieceInexact,
          opens: pieceStart === start,
          closes: false,
        });
        pieceStart = at + 1;
        pieceMembers = members;
        pieceInexact = false;
      }
      at++;
    } else if (byte === sign.open || byte === sign.openList) {
      depth++;
      if (depth >= deepest) return "too-deep";
      at++;
    } else if (byte === sign.close || byte === sign.closeList) {
      if (depth === 0) break;
      depth--;
      at++;
    } else if (byte >= 0x30 && byte <= 0x39) {
      let digits = 0;
      let exponent = false;
      while (at < length) {
        const next = bytes[at] as number;
        if (next >= 0x30 && next <= 0x39) digits++;
        else if (next === 0x65 || next === 0x45) exponent = true;
        else if (next !== 0x2e && next !== 0x2b && next !== 0x2d) break;
        at++;
      }
      if (digits > 15 || exponent) {
        inexact = true;
        pieceInexact = true;
      }
    } else {
      at++;
    }
  }
  if (at >= length) return "cut-off";
  if (cuts.length > 0) {
    cuts.push({
      start: pieceStart,
      end: at,
      members: members - pieceMembers,
      inexact: pieceInexact,
      opens: false,
      closes: true,
    });
  }
  return { start, end: at, members, inexact, cuts };
}

/** One past the closing quote of the string that begins at `start`; past the end when there is none. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== sign.quote) at += bytes[at] === sign.backslash ? 2 : 1;
  return at + 1;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}
