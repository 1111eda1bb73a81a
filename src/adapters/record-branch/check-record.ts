import { type Digest, digestOf } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { checkLedger, genesis, type LedgerEntry } from "../../domain/ledger.ts";
import type { RecordState } from "../../domain/record.ts";
import { readHead } from "./head.ts";
import { parseSegment, segmentPath } from "./ledger-files.ts";
import { signedShape } from "./schema.ts";
import { parseState } from "./state-text.ts";

/** A file of a record as a commit has it. */
export interface RecordFile {
  readonly path: string;
  readonly mode: string;
  readonly text: string;
}

/** A file that is not what the others say it is. */
export interface Differing {
  readonly file: string;
  readonly why: string;
}

/**
 * Holds the files of a record to one another, all that can be told without a key: the chain of the ledger, that `head.json`
 * names its end and what was signed is an entry of it, that `state.json` is the one that `head.json` was written beside, and
 * that its runs are where the ledger led them. Who has the keys could still have written all of it.
 */
export async function checkRecord(name: string, files: readonly RecordFile[]): Promise<readonly Differing[]> {
  const found: Differing[] = [];
  const at = new Map(files.map((file) => [file.path, file]));
  const segments = files.filter(({ path }) => path.startsWith("ledger/"));
  const known = new Set(["head.json", "state.json", ...segments.map((_, index) => segmentPath(index + 1))]);
  for (const { path, mode } of files)
    if (!known.has(path) || mode !== "100644") found.push({ file: path, why: "it is no file of a record" });
  const entries = ledgerOf(name, segments, found);
  const [head, state] = [at.get("head.json"), at.get("state.json")];
  for (const [file, content] of [["head.json", head] as const, ["state.json", state] as const])
    if (content === undefined) found.push({ file, why: "it is missing" });
  if (head === undefined || state === undefined) return found;
  const digest = digestOf(state.text);
  const written = await readable("head.json", found, () => readHead(name, head.text, {}));
  if (written !== undefined) {
    found.push(...whyNotOf(written, entries));
    if (written.state !== digest) {
      const why = `head.json was written beside one whose digest is ${written.state}, and its own is ${digest}`;
      found.push({ file: "state.json", why });
    }
    found.push(...whyNotSigned(written, { entries, digest }));
  }
  const parsed = await readable("state.json", found, async () => parseState(name, state.text));
  if (parsed !== undefined) found.push(...whyNotLed(parsed.record, entries));
  return found;
}

/** The entries of the ledger's files as far as they can be read; where the chain breaks is told once. */
function ledgerOf(name: string, segments: readonly RecordFile[], found: Differing[]): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  let last = { seq: 0, hash: genesis };
  for (const { path, text } of segments) {
    try {
      const own = parseSegment(name, path, text);
      const { brokenAt, entries: seq, head: hash } = checkLedger(own, undefined, last);
      if (brokenAt !== null) {
        found.push({ file: path, why: brokenAt.why });
        return entries;
      }
      last = { seq, hash };
      entries.push(...own);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      found.push({ file: path, why: error.message });
      return entries;
    }
  }
  return entries;
}

async function readable<Value>(file: string, found: Differing[], read: () => Promise<Value>) {
  try {
    return await read();
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    found.push({ file, why: error.message });
    return undefined;
  }
}

function isCorrupt(error: unknown): error is DeliveryError {
  return error instanceof DeliveryError && error.code === "record-corrupt";
}

type Written = Awaited<ReturnType<typeof readHead>>;

function whyNotOf({ seq, hash }: Written, entries: readonly LedgerEntry[]): readonly Differing[] {
  const last = entries.at(-1);
  if (last?.seq === seq && last.hash === hash) return [];
  const ends = last === undefined ? "has no entry" : `ends with entry ${last.seq} ${last.hash}`;
  return [{ file: "head.json", why: `it says entry ${seq} ${hash}, and the ledger ${ends}` }];
}

/** What was signed last was so at some time: its entry is in the ledger, and beside the newest one its state is this one. */
function whyNotSigned(
  { signed, seq }: Written,
  { entries, digest }: { readonly entries: readonly LedgerEntry[]; readonly digest: Digest },
): readonly Differing[] {
  if (signed === null) return [];
  const said = signedShape.safeParse(parseJson(signed.text)).data;
  if (said === undefined) return [{ file: "head.json", why: "what was signed is no head" }];
  const own = entries.find((entry) => entry.seq === said.seq);
  if (own?.hash !== said.hash)
    return [{ file: "head.json", why: `entry ${said.seq} was signed as ${said.hash}, which is not in the ledger` }];
  if (said.seq !== seq || said.state === digest) return [];
  return [{ file: "state.json", why: `${said.state} was signed beside entry ${seq}, and its digest is ${digest}` }];
}

/** Each run stands where the ledger's last word about it says. */
function whyNotLed({ runs }: RecordState, entries: readonly LedgerEntry[]): readonly Differing[] {
  const led = new Map<unknown, unknown>();
  for (const { kind, body } of entries) {
    if (kind === "run-created") led.set(body.run, "planning");
    if (kind === "run-advanced") led.set(body.run, body.state);
  }
  return [...runs.values()].flatMap(({ id, state }) => {
    const last = led.get(id);
    if (last === state) return [];
    const why = last === undefined ? "the ledger has no such run" : `the ledger led it to ${String(last)}`;
    return [{ file: "state.json", why: `${id} is ${state}, and ${why}` }];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
