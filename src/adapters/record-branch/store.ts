import type { Change, Store, Written } from "../../delivery/ports.ts";
import type { Digest } from "../../domain/digest.ts";
import type { Duration } from "../../domain/names.ts";
import { heldLeases, type RecordState, selectAnswers, selectHolds, selectRuns, stacksOf } from "../../domain/record.ts";
import { isDurable } from "./durable.ts";
import { entriesFrom, filesOf } from "./load.ts";
import { RecordSession, type SessionOptions } from "./session.ts";
import type { BranchState } from "./state-text.ts";

export interface RecordBranchOptions extends SessionOptions {
  /** Reads look at the branch anew when the last look is older; ten seconds unless told otherwise. */
  readonly freshFor?: Duration;
}

export interface RecordStore extends Store {
  /** Pushes what was kept until now. Whoever hands work to another job calls it before. */
  flush(): Promise<void>;
  /** Reads what others wrote since. */
  refresh(): Promise<void>;
  /** The artifact that the plan's bundle was uploaded as; `undefined` when nobody said. */
  bundleOf(plan: Digest): Promise<string | undefined>;
}

/**
 * The store on a branch. A change that somebody may rely on is pushed before `write` returns; one that can be made anew is
 * kept, is seen by this process alone, and goes with the next push, `flush` or `close`. When somebody else was there first,
 * none of what was kept is written, and the next `flush`, `close` or `refresh` fails with `store-conflict`. `ledgerHead` pushes first: what is shown
 * to people as the head has to be there.
 *
 * Fails with `record-rewritten`, `record-corrupt`, `record-forged`, `record-newer`, `record-too-large`, `record-busy`, or as the
 * branch does.
 */
export async function openRecordBranch(options: RecordBranchOptions): Promise<RecordStore> {
  const { branch, clock, freshFor = 10_000 } = options;
  const session = new RecordSession(options);
  let last: Promise<unknown> = Promise.resolve();

  /** One call after the other: each finds what the one before it left. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
  let waiting: { readonly change: Change; readonly settle: (result: PromiseSettledResult<Written>) => void }[] = [];
  /** What is asked for while something else is in turn goes out together. */
  const pushSoon = (change: Change): Promise<Written> =>
    new Promise((done, failed) => {
      const settle = (result: PromiseSettledResult<Written>) =>
        result.status === "fulfilled" ? done(result.value) : failed(result.reason);
      waiting.push({ change, settle });
      if (waiting.length > 1) return;
      void inTurn(async () => {
        const batch = waiting;
        waiting = [];
        const results = await session.pushAll(batch.map((one) => one.change)).catch((reason: unknown) => reason);
        for (const [index, one] of batch.entries())
          one.settle(Array.isArray(results) ? results[index] : { status: "rejected", reason: results });
      });
    });
  const readingState = <T>(work: (state: BranchState) => T): Promise<T> =>
    inTurn(async () => {
      if (clock.now() - session.readAt > freshFor) await session.lookAgain();
      return structuredClone(work(session.draft.state));
    });
  const reading = <T>(work: (record: RecordState) => T): Promise<T> => readingState(({ record }) => work(record));

  await session.lookAgain();
  return {
    write: (given) => {
      const change = structuredClone(given);
      const written = isDurable(change) ? pushSoon(change) : inTurn(() => session.keep(change));
      return written.then((result) => structuredClone(result));
    },
    run: (id) =>
      reading(({ runs }) => {
        const run = runs.get(id);
        session.handedOut(run === undefined ? [] : [run]);
        return run;
      }),
    runs: (filter) =>
      reading((record) => {
        const runs = selectRuns(record, filter);
        session.handedOut(runs);
        return runs;
      }),
    plan: (digest) => reading(({ plans }) => plans.get(digest)),
    lease: (stack) => reading(({ leases }) => leases.get(stack)?.lease ?? undefined),
    leases: () => reading(heldLeases),
    hold: (stack) => reading(({ holds }) => holds.get(stack)),
    holds: ({ branch: of }) => reading((record) => selectHolds(record, of)),
    stacks: () => reading(stacksOf),
    answers: (filter) => reading((record) => selectAnswers(record, filter)),
    ledger: async function* (afterSeq = 0) {
      const { base, news } = await inTurn(async () => ({ base: session.base, news: session.draft.news }));
      if (base.commit !== null && base.tail !== null && base.head.seq > afterSeq) {
        const { segments } = await filesOf(branch, base.commit);
        for await (const entry of entriesFrom(branch, segments, base.tail, afterSeq + 1))
          if (entry.seq > afterSeq) yield structuredClone(entry);
      }
      for (const entry of news) if (entry.seq > afterSeq) yield structuredClone(entry);
    },
    ledgerHead: () =>
      inTurn(async () => {
        await session.flush();
        return { ...session.draft.head };
      }),
    bundleOf: (plan) => readingState(({ bundles }) => bundles.get(plan)?.artifact),
    flush: () => inTurn(() => session.flush()),
    refresh: () => inTurn(() => session.lookAgain()),
    close: () => inTurn(() => session.end()),
  };
}
