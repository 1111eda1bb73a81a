import type { RemoteBranch } from "../../delivery/ports/remote-branch.ts";
import type { Change, Clock, Written } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import type { Duration, Instant, RunId } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { type Draft, draftOf, filesToWrite, withChange } from "./draft.ts";
import type { RecordKeys, Witnessed } from "./head.ts";
import { type Loaded, loadRecord, unwritten } from "./load.ts";
import { busyRecord, lostChanges, rewrittenRecord } from "./record-error.ts";

export interface SessionOptions extends RecordKeys {
  readonly branch: RemoteBranch;
  readonly clock: Clock;
  /** An entry that a deployment, a comment or a person saw: the ledger holds it, or its history was rewritten. */
  readonly expectHead?: Witnessed;
  /** The artifact as which this job's bundles are uploaded: it is kept beside the plans that this job writes. */
  readonly artifact?: string;
  readonly pause?: (duration: Duration) => Promise<void>;
}

const mostAttempts = 40;
const mostFailures = 8;

/**
 * What one process has of the record: what it read last, what it keeps on top of that, and what both make together. Its
 * calls are not to overlap.
 */
export class RecordSession {
  /** What was read last. */
  base: Loaded = unwritten;
  draft: Draft;
  readAt: Instant = Number.NEGATIVE_INFINITY;
  private kept: readonly Change[] = [];
  private seen: Loaded["commit"] = null;
  /** What was said of the last push that did not succeed. */
  private said: string | undefined;
  /** What was kept and cannot be written any more: told to whoever looks again or pushes what is kept, and to no change that tells what has happened. */
  private lost: DeliveryError | undefined;
  /**
   * Runs of which a kept change was lost. What others wrote may count as the very revision that a caller got from us, so
   * such a run is written again only once it was read again.
   */
  private readonly stale = new Set<RunId>();
  private readonly options: SessionOptions;

  constructor(options: SessionOptions) {
    this.options = options;
    this.draft = draftOf(unwritten, options.clock.now());
  }

  private get name(): string {
    return this.options.branch.name;
  }

  /** Reads what is there now, and puts what was kept on top of it. */
  async lookAgain(): Promise<void> {
    await this.takeUpTip();
    this.tellLost();
  }

  /** Keeps a change for the next push. */
  async keep(change: Change): Promise<Written> {
    const changed = await this.tried(change);
    if (!changed.ok) return changed;
    this.kept = [...this.kept, change];
    this.draft = changed.draft;
    return { ok: true, entries: changed.entries, lease: changed.lease };
  }

  /**
   * Pushes a change, with all that was kept. Where that cannot be written any more, the change is pushed without it, as
   * long as it stands by itself: it says what has happened.
   */
  async push(change: Change, heldBy: string | undefined = this.holderOf(change)): Promise<Written> {
    let looked = false;
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      // Who takes a stack over decided so by who held it: when that is another one now, it is to be decided anew.
      if (this.holderOf(change) !== heldBy) return { ok: false, conflict: "run", lease: null };
      const changed = this.lost === undefined ? this.onTop(change) : this.withoutLost(change);
      if (changed.ok) {
        if (await this.pushDraft(changed.draft)) return { ok: true, entries: changed.entries, lease: changed.lease };
        await this.waitForOthers(attempt);
      } else {
        if (looked) return changed;
        // Somebody may have made way meanwhile.
        await this.takeUpTip();
      }
      looked = true;
    }
    throw busyRecord(this.name, mostAttempts, this.said);
  }

  /**
   * The same of changes that were asked for in one moment: pushed at once, each on top of the one before. Where one of them
   * cannot be written so, or somebody else was faster, each goes by itself.
   */
  async pushAll(changes: readonly Change[]): Promise<readonly PromiseSettledResult<Written>[]> {
    const heldBy = changes.map((change) => this.holderOf(change));
    const all = changes.length > 1 ? this.allOnTop(changes) : undefined;
    if (all !== undefined && (await this.pushDraft(all.draft)))
      return all.written.map((value) => ({ status: "fulfilled", value }));
    const results: PromiseSettledResult<Written>[] = [];
    for (const [index, change] of changes.entries())
      results.push(...(await Promise.allSettled([this.push(change, heldBy[index])])));
    return results;
  }

  /** Pushes what was kept, and a record's own beginning. */
  async flush(): Promise<void> {
    this.tellLost();
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      if (this.kept.length === 0 && this.base.commit !== null) return;
      if (await this.pushDraft(this.draft)) return;
      this.tellLost();
      await this.waitForOthers(attempt);
    }
    throw busyRecord(this.name, mostAttempts, this.said);
  }

  /** These runs were handed out as they are now. */
  handedOut(runs: readonly Run[]): void {
    for (const { id } of runs) this.stale.delete(id);
  }

  /** Pushes what is kept, and lets the next process on this machine know what was there last. */
  async end(): Promise<void> {
    if (this.kept.length > 0 || this.lost !== undefined) await this.flush();
    if (this.base.commit !== null && this.base.commit !== this.seen) await this.options.branch.see(this.base.commit);
  }

  private holderOf({ takeHold }: Change): string | undefined {
    return takeHold && this.draft.state.record.holds.get(takeHold.stack)?.branch;
  }

  private onTop(change: Change): ReturnType<typeof withChange> {
    if (this.isStale(change)) return { ok: false, conflict: "run", lease: null };
    return withChange(this.draft, change, this.options.artifact);
  }

  private allOnTop(changes: readonly Change[]) {
    let { draft } = this;
    const written: Written[] = [];
    for (const change of changes) {
      const changed =
        this.lost === undefined && !this.isStale(change) ? putAgain(draft, change, this.options.artifact) : undefined;
      if (changed?.ok !== true) return undefined;
      draft = changed.draft;
      written.push({ ok: true, entries: changed.entries, lease: changed.lease });
    }
    return { draft, written };
  }

  private isStale({ updateRuns = [] }: Change): boolean {
    return updateRuns.some(({ id }) => this.stale.has(id));
  }

  private tellLost(): void {
    const { lost } = this;
    this.lost = undefined;
    if (lost !== undefined) throw lost;
  }

  /** The change on top of the draft; of what is there now, when it conflicts with what was. */
  private async tried(change: Change): Promise<ReturnType<typeof withChange>> {
    const changed = this.onTop(change);
    if (changed.ok) return changed;
    await this.lookAgain();
    return this.onTop(change);
  }

  private withoutLost(change: Change): ReturnType<typeof withChange> & { readonly ok: true } {
    const { lost } = this;
    try {
      const changed = this.onTop(change);
      if (changed.ok) return changed;
    } catch {
      // It names what was lost.
    }
    this.lost = undefined;
    throw lost;
  }

  private async waitForOthers(attempt: number): Promise<void> {
    await this.pause(Math.random() * Math.min(200 * 2 ** attempt, 5_000));
  }

  private pause(duration: Duration): Promise<void> {
    return (this.options.pause ?? pauseFor)(duration);
  }

  private async takeUpTip(): Promise<void> {
    const { branch, clock, expectHead } = this.options;
    const tip = await this.patiently(() => branch.fetch());
    const before = this.base.commit ?? (await branch.seen());
    const readAt = clock.now();
    if (tip === null) {
      if (before !== null) throw rewrittenRecord(this.name, `the branch is gone, which was at ${before.slice(0, 12)}`);
      if (expectHead !== undefined) throw rewrittenRecord(this.name, "the branch is gone, which had entries");
    } else if (tip !== this.base.commit) {
      if (before !== null && !(await branch.leadsTo(before, tip))) {
        const why = `${tip.slice(0, 12)} does not descend from ${before.slice(0, 12)}, which was there before`;
        throw rewrittenRecord(this.name, why);
      }
      const about = { keys: this.options, expected: expectHead === undefined ? [] : [expectHead] };
      const loaded = await this.patiently(() => loadRecord(branch, tip, about));
      if (loaded.head.seq < this.base.head.seq) throw rewrittenRecord(this.name, "its ledger became shorter");
      await branch.see(tip);
      this.seen = tip;
      this.takeUp(loaded);
    }
    this.readAt = readAt;
  }

  /** What was kept is put on top of it whole, or is lost whole. */
  private takeUp(loaded: Loaded): void {
    const { kept } = this;
    this.base = loaded;
    this.kept = [];
    this.draft = draftOf(loaded, this.options.clock.now());
    let draft = this.draft;
    for (const change of kept) {
      const changed = putAgain(draft, change, this.options.artifact);
      if (!changed.ok) {
        this.lost = lostChanges(this.name, kept.length, changed.conflict);
        for (const { createRuns = [], updateRuns = [] } of kept)
          for (const { id } of [...createRuns, ...updateRuns]) this.stale.add(id);
        return;
      }
      draft = changed.draft;
    }
    this.kept = kept;
    this.draft = draft;
  }

  /** Whether it is there; where somebody else was faster, what they wrote was taken up. */
  private async pushDraft(draft: Draft): Promise<boolean> {
    const { branch, clock } = this.options;
    const { files, loaded } = await filesToWrite(this.name, this.base, draft, { keys: this.options, now: clock.now() });
    const about = { parent: this.base.commit, files, message: messageOf(draft.news), at: clock.now() };
    const { pushed, commit, said } = await branch.push(about);
    this.said = said;
    // An answer that was lost on the way says nothing: what is there now does.
    const isThere = pushed || (await this.isIn(commit));
    if (isThere) {
      this.kept = [];
      this.takeUp({ ...loaded, commit });
      this.readAt = clock.now();
    }
    if (!pushed) await this.takeUpTip();
    return isThere;
  }

  private async isIn(commit: NonNullable<Loaded["commit"]>): Promise<boolean> {
    const { branch } = this.options;
    const tip = await this.patiently(() => branch.fetch());
    return tip !== null && branch.leadsTo(commit, tip);
  }

  /** Tries again what failed on the way there and back, a few times. */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        return await work();
      } catch (error) {
        const passes = error instanceof DeliveryError && error.code === "record-unreachable";
        if (!passes || failures >= mostFailures) throw error;
        await this.pause(Math.random() * Math.min(500 * 2 ** failures, 8_000));
      }
    }
  }
}

/** A change that stood before; what it contradicts now, others wrote. */
function putAgain(draft: Draft, change: Change, artifact: string | undefined): ReturnType<typeof withChange> {
  try {
    return withChange(draft, change, artifact);
  } catch {
    return { ok: false, conflict: "run", lease: null };
  }
}

function messageOf(news: readonly LedgerEntry[]): string {
  const kinds = [...new Set(news.map(({ kind }) => kind))];
  return kinds.length === 0 ? "Write the record" : `Record ${kinds.join(", ")}`;
}

function pauseFor(duration: Duration): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}
