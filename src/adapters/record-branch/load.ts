import type { RemoteBranch } from "../../delivery/ports/remote-branch.ts";
import type { TreeEntry } from "../../delivery/ports.ts";
import { type Digest, digestOf } from "../../domain/digest.ts";
import { genesis, type LedgerEntry } from "../../domain/ledger.ts";
import type { CommitSha } from "../../domain/names.ts";
import { emptyRecord } from "../../domain/record.ts";
import { type RecordKeys, readHead, type SignedHead, type Witnessed } from "./head.ts";
import { mostEntries, parseSegment, segmentName, segmentPath, type Tail, whyNotLeadingTo } from "./ledger-files.ts";
import { corruptRecord, rewrittenRecord } from "./record-error.ts";
import { type BranchState, parseState } from "./state-text.ts";

/** No file of a record is larger; forges take none above a hundred. */
export const mostFileBytes = 90 * 1024 * 1024;

/** The record as it stands in a commit; without a commit, one that was never written. */
export interface Loaded {
  readonly commit: CommitSha | null;
  readonly state: BranchState;
  readonly head: { readonly seq: number; readonly hash: Digest };
  readonly signed: SignedHead | null;
  readonly tail: Tail | null;
}

export const unwritten: Loaded = {
  commit: null,
  state: { record: emptyRecord, bundles: new Map() },
  head: { seq: 0, hash: genesis },
  signed: null,
  tail: null,
};

/** Reads and checks the record of a commit: nothing else lies in the branch, and its parts agree. */
export async function loadRecord(
  branch: RemoteBranch,
  commit: CommitSha,
  { keys, expected }: { readonly keys: RecordKeys; readonly expected: readonly Witnessed[] },
): Promise<Loaded> {
  const { name } = branch;
  const files = await filesOf(branch, commit);
  const [head, state, newest] = await textsOf(branch, [files.head, files.state, files.segments.at(-1) as string]);
  const number = files.segments.length;
  const text = newest as string;
  const tail: Tail = { number, text, entries: parseSegment(name, segmentPath(number), text) };
  const { witnessed, ...written } = await readHead(name, head as string, keys);
  if (digestOf(state as string) !== written.state)
    throw corruptRecord(name, "head.json was made beside another state.json");
  const why = whyNotLeadingTo(written, tail);
  if (why !== undefined) throw rewrittenRecord(name, why);
  for (const witness of witnessed === null ? expected : [...expected, witnessed])
    await checkWitness(branch, files.segments, tail, witness);
  const { seq, hash, signed } = written;
  return { commit, state: parseState(name, state as string), head: { seq, hash }, signed, tail };
}

async function checkWitness(
  branch: RemoteBranch,
  segments: readonly string[],
  tail: Tail,
  { seq, hash }: Witnessed,
): Promise<void> {
  for await (const entry of entriesFrom(branch, segments, tail, seq)) {
    if (entry.seq < seq) continue;
    if (entry.seq === seq && entry.hash === hash) return;
    break;
  }
  throw rewrittenRecord(branch.name, `since entry ${seq} was seen to have the hash ${hash}, which no entry has now`);
}

/** Entries of a ledger from the file on that can hold the entry of that number. */
export async function* entriesFrom(
  branch: RemoteBranch,
  segments: readonly string[],
  tail: Tail,
  seq: number,
): AsyncIterable<LedgerEntry> {
  const older = segments.slice(0, -1);
  const first = Math.max(Math.ceil(seq / mostEntries) - 1, 0);
  for (let from = first; from < older.length; from += mostAtOnce) {
    const texts = await textsOf(branch, older.slice(from, from + mostAtOnce));
    for (const [index, text] of texts.entries()) yield* parseSegment(branch.name, segmentPath(from + index + 1), text);
  }
  yield* tail.entries;
}

/** So many files of the ledger are fetched and held at once. */
const mostAtOnce = 20;

export interface RecordFiles {
  readonly head: string;
  readonly state: string;
  /** The ledger's files, in their order; there is one at least. */
  readonly segments: readonly string[];
}

/** The blobs of the record's files. A branch with anything else in it is not plangate's alone, and is not read. */
export async function filesOf(branch: RemoteBranch, commit: CommitSha): Promise<RecordFiles> {
  const { name } = branch;
  const top = new Map((await branch.entries(commit)).map((entry) => [entry.path, entry]));
  const [head, state, ledger] = [top.get("head.json"), top.get("state.json"), top.get("ledger")];
  const other = [...top.keys()].find((path) => !["head.json", "state.json", "ledger"].includes(path));
  if (other !== undefined)
    throw corruptRecord(name, `there is a file ${JSON.stringify(other.slice(0, 100))} that is not of the record`);
  if (!isFile(head) || !isFile(state) || ledger?.mode !== "40000")
    throw corruptRecord(name, "state.json, head.json or the ledger is missing, or is not a file");
  const entries = await branch.entries(ledger.blob);
  for (const [index, entry] of entries.entries())
    if (!isFile(entry) || entry.path !== segmentName(index + 1))
      throw corruptRecord(
        name,
        `the ledger's file ${index + 1} is ${JSON.stringify(entry.path.slice(0, 100))}, not ${segmentName(index + 1)}`,
      );
  if (entries.length === 0) throw corruptRecord(name, "the ledger has no file");
  return { head: head.blob, state: state.blob, segments: entries.map(({ blob }) => blob) };
}

function isFile(entry: TreeEntry | undefined): entry is TreeEntry {
  return entry?.mode === "100644";
}

async function textsOf(branch: RemoteBranch, blobs: readonly string[]): Promise<readonly string[]> {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return (await branch.read(blobs, mostFileBytes)).map((content) => {
    try {
      return utf8.decode(content);
    } catch {
      throw corruptRecord(branch.name, "a file of it is no text");
    }
  });
}
