import type { Digest } from "../../domain/digest.ts";
import { checkLedger, genesis, type LedgerEntry, ledgerLine, parseLedgerLine } from "../../domain/ledger.ts";
import { corruptRecord } from "./record-error.ts";

/** A file of the ledger takes no more entries than that, and begins no new one above that many bytes. */
export const mostEntries = 500;
export const mostSegmentBytes = 8 * 1024 * 1024;

/** The newest file of the ledger, which entries are appended to. */
export interface Tail {
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
  readonly entries: readonly LedgerEntry[];
}

export function segmentPath(number: number): string {
  return `ledger/${segmentName(number)}`;
}

export function segmentName(number: number): string {
  return `${String(number).padStart(6, "0")}.jsonl`;
}

/** Appends entries; gives the files that changed by it, and the new tail. */
export function appendToTail(
  tail: Tail | null,
  news: readonly LedgerEntry[],
): { readonly tail: Tail | null; readonly files: Readonly<Record<string, string>> } {
  const files: Record<string, string> = {};
  let current = tail;
  let lines: string[] = [];
  let entries: LedgerEntry[] = [];
  let bytes = tail?.text.length ?? 0;
  const settle = () => {
    if (entries.length === 0 && current === tail) return;
    const number = current?.number ?? 1;
    current = {
      number,
      text: (current?.text ?? "") + lines.join(""),
      entries: [...(current?.entries ?? []), ...entries],
    };
    files[segmentPath(number)] = current.text;
    [lines, entries] = [[], []];
  };
  for (const entry of news) {
    const count = (current?.entries.length ?? 0) + entries.length;
    if (count >= mostEntries || (count > 0 && bytes >= mostSegmentBytes)) {
      settle();
      current = { number: (current?.number ?? 0) + 1, text: "", entries: [] };
      bytes = 0;
    }
    const line = `${ledgerLine(entry)}\n`;
    lines.push(line);
    entries.push(entry);
    bytes += line.length;
  }
  settle();
  return { tail: current, files };
}

/** The entries of one file. A line that is none is told; whether they follow one another is judged by the caller. */
export function parseSegment(name: string, path: string, text: string): readonly LedgerEntry[] {
  if (text !== "" && !text.endsWith("\n")) throw corruptRecord(name, `${path} ends in the middle of a line`);
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line, index) => {
    const entry = parseLedgerLine(line);
    if (entry === undefined) throw corruptRecord(name, `line ${index + 1} of ${path} is no ledger entry`);
    return entry;
  });
}

/** Why the newest file does not lead to the head; `undefined` when it does. Files before it are checked when they are read. */
export function whyNotLeadingTo(
  head: { readonly seq: number; readonly hash: Digest },
  { number, entries }: Tail,
): string | undefined {
  const [first] = entries;
  if (first === undefined) return `${segmentPath(number)} is empty`;
  if (entries.length > mostEntries) return `${segmentPath(number)} has more than ${mostEntries} entries`;
  if ((number === 1) !== (first.seq === 1)) return `${segmentPath(number)} begins with entry ${first.seq}`;
  const broken = checkChain(entries);
  if (broken !== undefined) return broken;
  const last = entries.at(-1) as LedgerEntry;
  if (last.seq === head.seq && last.hash === head.hash) return undefined;
  return `its ledger ends with entry ${last.seq} ${last.hash}, and its head says ${head.seq} ${head.hash}`;
}

/** Whether entries that lie somewhere in the ledger follow one another. */
function checkChain(entries: readonly LedgerEntry[]): string | undefined {
  const first = entries[0] as LedgerEntry;
  const before = { seq: first.seq - 1, hash: first.prev };
  if (first.seq === 1 && first.prev !== genesis) return "the first entry of the ledger names one before it";
  return checkLedger(entries, undefined, before).brokenAt?.why;
}

/** Reads all entries out of the files of a ledger, given in their order. */
export function readLedgerFiles(
  name: string,
  files: readonly { readonly path: string; readonly text: string }[],
): readonly LedgerEntry[] {
  return files.flatMap(({ path, text }) => parseSegment(name, path, text));
}
