import { canonicalJson, type Digest, digestOf } from "./digest.ts";
import { type Instant, instantText, parseInstant } from "./names.ts";

/** What can stand in the ledger. One kind per thing that happened. */
export type LedgerKind =
  | "store-created"
  | "decided"
  | "run-created"
  | "run-advanced"
  | "checked"
  | "plan-stored"
  | "plan-shown"
  | "approval-carried"
  | "lease-taken"
  | "lease-ended"
  | "lease-broken"
  | "state-lock-released"
  | "apply-started"
  | "apply-spawned"
  | "apply-ended"
  | "verified"
  | "interrupted"
  | "released"
  | "drift-looked-at"
  | "stack-held"
  | "stack-handed-over"
  | "flagged"
  | "pull-request-opened"
  /** A branch is about to be moved on to the head of a pull request, for somebody who asked; or the forge did not let it. */
  | "fast-forwarding"
  | "fast-forward-refused"
  | "break-glass"
  /** A job could not do all that follows, and leaves it to others. */
  | "work-left"
  | "work-taken"
  /** What is applied was told on the forge's page, or how that ended. */
  | "deployment-told"
  /** How runs ended was told in the comment of their pull request. */
  | "outcome-told"
  /** Somebody asked for something in a comment, and was told what is done and what is not. */
  | "command-answered"
  /** Whoever opened a pull request from a fork was told that nothing is planned for it by itself. */
  | "fork-told"
  /** Where the branches are that the flow delivers from, and which of them nobody delivered. */
  | "branches-looked-at";

/** JSON without surprises: what a ledger entry may hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface NewLedgerEntry {
  readonly at: Instant;
  readonly kind: LedgerKind;
  readonly body: { readonly [key: string]: Json };
}

/** An entry as it stands: `hash` covers everything before it through `prev`. */
export interface LedgerEntry extends NewLedgerEntry {
  /** Counts from 1 without gaps. */
  readonly seq: number;
  /** The hash of the entry before; `genesis` for the first. */
  readonly prev: Digest;
  readonly hash: Digest;
}

/** What the first entry names as its predecessor. */
export const genesis: Digest = digestOf("plangate ledger");

/** Puts an entry behind the one whose `seq` and `hash` are given. */
export function chainEntry(
  before: { readonly seq: number; readonly hash: Digest },
  entry: NewLedgerEntry,
): LedgerEntry {
  const seq = before.seq + 1;
  return {
    seq,
    at: entry.at,
    kind: entry.kind,
    body: entry.body,
    prev: before.hash,
    hash: entryHash({ seq, prev: before.hash, ...entry }),
  };
}

function entryHash(entry: Omit<LedgerEntry, "hash">): Digest {
  const { seq, at, kind, body, prev } = entry;
  return digestOf(canonicalJson({ seq, at: instantText(at), kind, body, prev }));
}

export interface LedgerCheck {
  readonly entries: number;
  /** The last entry's hash: what witnesses outside are compared with. */
  readonly head: Digest;
  readonly brokenAt: { readonly seq: number; readonly why: string } | null;
}

/**
 * Recomputes the chain. With `head`, also that it ends where a deployment, a comment or a person says it ended: a
 * chain cut short is whole in itself, and only a witness shows it. `before` is what stands before the first entry, when
 * they are the end of a ledger and not all of it.
 */
export function checkLedger(
  entries: Iterable<LedgerEntry>,
  head?: Digest,
  before: { readonly seq: number; readonly hash: Digest } = { seq: 0, hash: genesis },
): LedgerCheck {
  let last = before;
  let seen = head === undefined || head === before.hash;
  for (const entry of entries) {
    const why = whyBroken(last, entry);
    if (why !== undefined) return { entries: last.seq, head: last.hash, brokenAt: { seq: entry.seq, why } };
    last = entry;
    seen ||= entry.hash === head;
  }
  if (!seen) {
    return {
      entries: last.seq,
      head: last.hash,
      brokenAt: { seq: last.seq, why: `no entry has the hash ${head}, which a witness saw` },
    };
  }
  return { entries: last.seq, head: last.hash, brokenAt: null };
}

function whyBroken(last: { seq: number; hash: Digest }, entry: LedgerEntry): string | undefined {
  if (entry.seq !== last.seq + 1) return `entry ${last.seq + 1} is missing; the next one there is ${entry.seq}`;
  if (entry.prev !== last.hash) return `entry ${entry.seq} names another predecessor than entry ${last.seq}`;
  if (entry.hash !== entryHash(entry))
    return `entry ${entry.seq} (${entry.kind}) was altered: its hash is not that of its content`;
  return undefined;
}

/** An entry as one line of an export. */
export function ledgerLine(entry: LedgerEntry): string {
  return canonicalJson({ ...entry, at: instantText(entry.at) });
}

/** Reads a line of an export; `undefined` when it is none. What it says is judged by `checkLedger`. */
export function parseLedgerLine(line: string): LedgerEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { seq, at, kind, body, prev, hash } = value as Record<string, unknown>;
  const time = typeof at === "string" ? parseInstant(at) : undefined;
  if (
    typeof seq !== "number" ||
    time === undefined ||
    typeof kind !== "string" ||
    typeof body !== "object" ||
    body === null
  )
    return undefined;
  if (typeof prev !== "string" || typeof hash !== "string") return undefined;
  return {
    seq,
    at: time,
    kind: kind as LedgerKind,
    body: body as LedgerEntry["body"],
    prev: prev as Digest,
    hash: hash as Digest,
  };
}
