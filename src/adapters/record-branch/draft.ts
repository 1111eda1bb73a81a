import type { Change, Written } from "../../delivery/ports.ts";
import { type Digest, digestOf } from "../../domain/digest.ts";
import { chainEntry, type LedgerEntry, type NewLedgerEntry } from "../../domain/ledger.ts";
import type { Instant } from "../../domain/names.ts";
import { changeRecord } from "../../domain/record.ts";
import type { StackLease } from "../../domain/run.ts";
import { forgetOld } from "./forget.ts";
import { headText, type RecordKeys } from "./head.ts";
import { appendToTail } from "./ledger-files.ts";
import { type Loaded, mostFileBytes } from "./load.ts";
import { tooLargeRecord } from "./record-error.ts";
import { type BranchState, stateText } from "./state-text.ts";

/** The record as this process sees it: what was read, and what came on top of it and is not pushed. */
export interface Draft {
  readonly state: BranchState;
  readonly head: { readonly seq: number; readonly hash: Digest };
  /** Entries that are not in the branch yet. */
  readonly news: readonly LedgerEntry[];
}

/** The draft of what was read, with nothing on top; a record that was never written begins with its own creation. */
export function draftOf({ commit, state, head }: Loaded, now: Instant): Draft {
  const empty: Draft = { state, head, news: [] };
  return commit === null ? withEntries(empty, [{ at: now, kind: "store-created", body: { version: 2 } }]).draft : empty;
}

/** The draft with a change on top. The bundles of plans that it brings are uploaded as `artifact`, when that is known. */
export function withChange(
  draft: Draft,
  change: Change,
  artifact: string | undefined,
):
  | {
      readonly ok: true;
      readonly draft: Draft;
      readonly entries: readonly LedgerEntry[];
      readonly lease: StackLease | null;
    }
  | (Written & { readonly ok: false }) {
  const changed = changeRecord(draft.state.record, change);
  if (!changed.ok) return changed;
  const bundles = placed(draft.state, change, artifact);
  const { draft: next, entries } = withEntries({ ...draft, state: { record: changed.record, bundles } }, change.ledger);
  return { ok: true, draft: next, entries, lease: changed.lease };
}

/** Whoever writes a plan first has its bundle; what is written of it later does not move that. */
function placed(
  { record, bundles }: BranchState,
  { plans = [] }: Change,
  artifact: string | undefined,
): BranchState["bundles"] {
  if (artifact === undefined) return bundles;
  const fresh = plans.filter(({ digest }) => !record.plans.has(digest));
  return new Map([...bundles, ...fresh.map(({ digest }) => [digest, { plan: digest, artifact }] as const)]);
}

function withEntries(draft: Draft, news: readonly NewLedgerEntry[]): { draft: Draft; entries: readonly LedgerEntry[] } {
  let { head } = draft;
  const entries = news.map((entry) => {
    const chained = chainEntry(head, entry);
    head = { seq: chained.seq, hash: chained.hash };
    return chained;
  });
  return { draft: { ...draft, head, news: [...draft.news, ...entries] }, entries };
}

/** The files that differ from what was read, and how the record stands once they are pushed; its commit is not known yet. */
export async function filesToWrite(
  name: string,
  { tail: before, signed: signedBefore }: Loaded,
  { state: whole, head, news }: Draft,
  { keys, now }: { readonly keys: RecordKeys; readonly now: Instant },
): Promise<{ readonly files: Readonly<Record<string, string>>; readonly loaded: Omit<Loaded, "commit"> }> {
  const { tail, files } = appendToTail(before, news);
  const state = forgetOld(whole, now);
  const text = stateText(state);
  const { text: headFile, signed } = await headText({ ...head, state: digestOf(text) }, signedBefore, keys);
  const all = { ...files, "state.json": text, "head.json": headFile };
  for (const [path, content] of Object.entries(all))
    if (Buffer.byteLength(content) > mostFileBytes) throw tooLargeRecord(name, path, mostFileBytes);
  return { files: all, loaded: { state, head, signed, tail } };
}
