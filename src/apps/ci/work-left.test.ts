import { describe, expect, it } from "vitest";
import { openRecordBranch } from "../../adapters/record-branch/index.ts";
import type { Store } from "../../delivery/ports.ts";
import type { NewLedgerEntry } from "../../domain/ledger.ts";
import type { RunId, StackName } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { aRun } from "../../testing/builders.ts";
import { memoryBranch, memoryRemote } from "../../testing/memory-branch.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import { bodyOf, isBorneOut, isForOthers, readWorkLeft, takeWork, type WorkLeft, workLeftOf } from "./work-left.ts";

const clock = { now: () => 1_000 };
const by = { run: 7, attempt: 1, job: "apply test" };
const nothing = { plans: [], applies: [], events: [], later: [], states: [] };

const leave = (store: Store, left: Partial<WorkLeft> | object) =>
  store.write({ ledger: [entryOf("work-left", { ...by, ...nothing, ...left })] });
const entryOf = (kind: NewLedgerEntry["kind"], body: object): NewLedgerEntry => ({
  at: 1_000,
  kind,
  body: bodyOf(body as WorkLeft),
});

async function storeWith(run: Run, leased = false): Promise<Store> {
  const store = memoryStore({ clock });
  await store.write({ createRuns: [run], ledger: [] });
  const holder = { host: "github.example/acme/infra", pid: 7, startedAt: "1" };
  if (leased) await store.write({ takeLease: { stack: run.stack, run: run.id, holder, since: 1_000 }, ledger: [] });
  return store;
}

describe("work that a job leaves", () => {
  it("is read back by those after it, until somebody takes it up", async () => {
    const store = memoryStore({ clock });
    const event = { kind: "apply-ready", run: aRun("test/app").id } as const;
    await leave(store, { events: [event] });
    const [left, ...others] = await readWorkLeft(store);
    expect(others).toEqual([]);
    expect(left).toMatchObject({ ...by, events: [event] });
    await store.write({ ledger: [entryOf("work-taken", { left: left?.seq })] });
    expect(await readWorkLeft(store)).toEqual([]);
  });

  it.each([
    { why: "an event that no job leaves", body: { events: [{ kind: "merge", pullRequest: 1 }] } },
    { why: "an event of a person", body: { events: [{ kind: "local-apply", run: aRun("test/app").id, by: "eve" }] } },
    { why: "a run that is named as none can be", body: { plans: [{ run: "../x", speculative: null }] } },
    { why: "no workflow run", body: { run: -1 } },
  ])("is nothing when it holds $why", async ({ body }) => {
    const store = memoryStore({ clock });
    await leave(store, body);
    expect(await readWorkLeft(store)).toEqual([]);
  });

  it("names nobody: an answer, and whoever is gone, are looked at anew", () => {
    const run = aRun("test/app").id;
    const answer = { kind: "answer", by: "ann", pullRequest: null, environment: "test" } as const;
    const events = [answer, { kind: "run-lost", run }, { kind: "apply-ready", run }] as never;
    const [left, ...others] = workLeftOf({ left: { ...nothing, events }, later: [], by });
    expect(left?.events).toEqual([{ kind: "apply-ready", run }, { kind: "tick" }]);
    expect(others).toEqual([]);
  });
});

describe("what is left to whom", () => {
  const stack = "test/app" as StackName;
  const states = [{ stack, state: { lineage: "l", serial: 3 } }];
  const plan = { run: aRun(stack).id, order: {} as never, speculative: null };

  it("is an entry for the jobs behind, and one for another workflow run", () => {
    const more = { ...plan, run: "run-0mhx3k2p0a1b2c3d4" as RunId };
    const left = { ...nothing, plans: [plan, more], states, events: [{ kind: "tick" }] as const };
    const [behind, elsewhere, ...others] = workLeftOf({ left, later: [more], by });
    expect(others).toEqual([]);
    expect(behind).toEqual({ ...by, ...nothing, plans: [{ run: plan.run, speculative: null }], later: [], states });
    expect(elsewhere).toMatchObject({ plans: [], applies: [], events: [{ kind: "tick" }], states });
    expect(elsewhere?.later.map(({ run }) => run)).toEqual([more.run]);
    expect([behind, elsewhere].map((one) => one !== undefined && isForOthers(one))).toEqual([false, true]);
  });

  it("is nothing where there is nothing to do but states that were looked at", () => {
    expect(workLeftOf({ left: { ...nothing, states }, later: [], by })).toEqual([]);
  });
});

describe("taking work up", () => {
  const holder = (pid: number) => ({ host: "github.example/acme/infra", pid, startedAt: "1" });
  const about = (pid: number) => ({ by: holder(pid), at: 1_000 });

  it("is done by one of two jobs on the record's branch that looked at the same moment", async () => {
    const remote = memoryRemote();
    const job = () => openRecordBranch({ branch: memoryBranch(remote), clock, pause: async () => undefined });
    const before = await job();
    for (const pid of [7, 8]) await leave(before, { run: pid, events: [{ kind: "tick" }] });
    await before.close();
    const jobs = [await job(), await job()];
    const found = await Promise.all(jobs.map((store) => readWorkLeft(store)));
    expect(found.map((entries) => entries.length)).toEqual([2, 2]);
    const [first, second] = found[0] ?? [];
    for (const left of [first, second]) {
      if (left === undefined) throw new Error("nothing was left");
      const taken = await Promise.all(jobs.map((store, index) => takeWork(store, left, about(20 + index))));
      expect(taken.filter((has) => has)).toHaveLength(1);
    }
    for (const store of [...jobs, await job()]) expect(await readWorkLeft(store)).toEqual([]);
  });

  it("is not done again by whoever comes later, the same workflow run neither", async () => {
    const store = memoryStore({ clock });
    await leave(store, { events: [{ kind: "tick" }] });
    const [left] = await readWorkLeft(store);
    if (left === undefined) throw new Error("nothing was left");
    expect(await takeWork(store, left, about(20))).toBe(true);
    expect(await takeWork(store, left, about(20))).toBe(false);
    expect(await takeWork(store, left, about(21))).toBe(false);
  });
});

describe("an event that was left", () => {
  const stack = "test/app" as StackName;

  it.each([
    { event: "run-verified", outcome: "verified", state: "applied", is: false },
    { event: "run-verified", outcome: "verified", state: "verified", is: true },
    { event: "run-verified", outcome: "failed", state: "verified", is: false },
    { event: "run-applied", outcome: "applied", state: "applying", is: false },
    { event: "run-applied", outcome: "applied", state: "approved", is: false },
    { event: "run-applied", outcome: "applied", state: "verify-failed", is: true },
    { event: "run-applied", outcome: "failed", state: "applied", is: false },
  ] as const)("$event $outcome of a run that is $state is borne out: $is", async ({ event, outcome, state, is }) => {
    const run = aRun(stack, { state });
    const store = await storeWith(run);
    expect(await isBorneOut({ kind: event, run: run.id, outcome } as never, store)).toBe(is);
  });

  it("that asks for an apply needs a run that is approved and holds its stack", async () => {
    const waiting = aRun(stack, { state: "waiting" });
    expect(await isBorneOut({ kind: "apply-ready", run: waiting.id }, await storeWith(waiting, true))).toBe(false);
    const approved = aRun(stack, { state: "approved" });
    expect(await isBorneOut({ kind: "apply-ready", run: approved.id }, await storeWith(approved))).toBe(false);
    expect(await isBorneOut({ kind: "apply-ready", run: approved.id }, await storeWith(approved, true))).toBe(true);
  });

  it("of a run or lease that the record does not show is none", async () => {
    const store = memoryStore({ clock });
    const unknown = "run-0mhx3k2p0a1b2c3d4" as RunId;
    expect(await isBorneOut({ kind: "run-verified", run: unknown, outcome: "verified" }, store)).toBe(false);
    const approved = aRun(stack, { state: "approved" });
    expect(await isBorneOut({ kind: "lease-ended", stack }, await storeWith(approved, true))).toBe(false);
  });
});
