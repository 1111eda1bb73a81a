import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock, Store } from "../../src/delivery/ports.ts";
import type { PersonalAnswer } from "../../src/domain/answer.ts";
import { InternalError } from "../../src/domain/errors.ts";
import { checkLedger, type LedgerEntry, type NewLedgerEntry } from "../../src/domain/ledger.ts";
import type { CommitSha, StackName } from "../../src/domain/names.ts";
import { ann, aPlan, aRun, holder, network, runId, start } from "./store-samples.ts";

const received = (n: number): NewLedgerEntry => ({
  at: start + n,
  kind: "decided",
  body: { n, text: 'é "\n\u2028\ud800', deep: [{ b: 1, a: null }] },
});

async function allOf(store: Store, after?: number): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for await (const entry of store.ledger(after)) entries.push(entry);
  return entries;
}

/** What every store promises. `open` gives a new, empty one. */
export function storeContract(name: string, open: (clock: Clock) => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open({ now: () => start });
    });
    afterEach(() => store.close());

    const answer: PersonalAnswer = {
      by: ann,
      at: start,
      via: "review",
      says: "approve",
      pullRequest: 12,
      environment: null,
      stack: null,
      plan: null,
      commit: null,
    };
    const leaseFor = (name: string) => ({ stack: network, run: runId(name), holder, since: start });

    it("starts its ledger with its own creation", async () => {
      const entries = await allOf(store);
      expect(entries).toMatchObject([{ seq: 1, kind: "store-created", at: start, body: { version: 2 } }]);
      expect(await store.ledgerHead()).toEqual({ seq: 1, hash: entries[0]?.hash });
    });

    it("gives back what was written, as a value of its own", async () => {
      const run = aRun("1", {
        due: { kind: "merge", at: start, by: ann, ref: "main", commit: aPlan(aRun("1")).manifest.commit, job: null },
        mode: "destroy",
        holder,
      });
      const written = await store.write({ createRuns: [run], ledger: [received(1), received(2)] });
      expect(written).toMatchObject({ ok: true, lease: null, entries: [{ seq: 2 }, { seq: 3 }] });
      expect(await store.run(run.id)).toEqual(run);
      expect(await store.run(runId("2"))).toBeUndefined();
      const entries = await allOf(store);
      expect(entries.slice(1)).toEqual(written.ok && written.entries);
      expect(entries[1]?.body).toEqual(received(1).body);
      expect(checkLedger(entries)).toMatchObject({ entries: 3, brokenAt: null });
      expect(await allOf(store, 2)).toEqual(entries.slice(2));
      expect(await store.ledgerHead()).toEqual({ seq: 3, hash: entries[2]?.hash });
    });

    it("counts a run's revision up with each write", async () => {
      const run = aRun("1");
      await store.write({ createRuns: [run], ledger: [] });
      await store.write({ updateRuns: [{ ...run, state: "planning", updatedAt: start + 1 }], ledger: [received(1)] });
      expect(await store.run(run.id)).toEqual({ ...run, state: "planning", updatedAt: start + 1, revision: 2 });
    });

    it("writes nothing when somebody wrote the run meanwhile", async () => {
      const run = aRun("1");
      await store.write({ createRuns: [run], ledger: [] });
      await store.write({ updateRuns: [{ ...run, state: "planning" }], ledger: [] });
      const head = await store.ledgerHead();
      const late = await store.write({
        createRuns: [aRun("2")],
        updateRuns: [{ ...run, state: "discarded" }],
        answers: [answer],
        ledger: [received(1)],
      });
      expect(late).toEqual({ ok: false, conflict: "run", lease: null });
      expect(await store.run(run.id)).toMatchObject({ state: "planning" });
      expect(await store.run(runId("2"))).toBeUndefined();
      expect(await store.answers({})).toEqual([]);
      expect(await store.ledgerHead()).toEqual(head);
    });

    it("sees a conflict in a run that is made twice or was never made", async () => {
      await store.write({ createRuns: [aRun("1")], ledger: [] });
      expect(await store.write({ createRuns: [aRun("1")], ledger: [received(1)] })).toMatchObject({ conflict: "run" });
      expect(await store.write({ updateRuns: [aRun("2")], ledger: [received(1)] })).toMatchObject({ conflict: "run" });
    });

    it("writes nothing when a part of the change cannot be", async () => {
      const head = await store.ledgerHead();
      const lost = aPlan(aRun("9"));
      await expect(store.write({ createRuns: [aRun("1"), aRun("1")], ledger: [] })).rejects.toThrow(InternalError);
      await expect(store.write({ plans: [lost], ledger: [received(1)] })).rejects.toThrow(InternalError);
      await expect(store.write({ createRuns: [aRun("1", { plan: lost.digest })], ledger: [] })).rejects.toThrow(
        InternalError,
      );
      await expect(store.write({ createRuns: [aRun("1")], takeLease: leaseFor("2"), ledger: [] })).rejects.toThrow(
        InternalError,
      );
      expect(await store.runs({})).toEqual([]);
      expect(await store.plan(lost.digest)).toBeUndefined();
      expect(await store.leases()).toEqual([]);
      expect(await store.ledgerHead()).toEqual(head);
    });

    it("finds runs by stack, state, mode, pull request and plan, newest first", async () => {
      const other = "prod/dns" as StackName;
      const planned = aRun("3", { createdAt: start + 2, state: "waiting" });
      const plan = aPlan(planned);
      const onMain = { kind: "merge", pullRequest: 13, branch: "main", commit: plan.manifest.commit } as const;
      const runs = [
        aRun("1", { createdAt: start + 3 }),
        aRun("2", { createdAt: start + 1, stack: other, source: onMain }),
        { ...planned, plan: plan.digest },
        aRun("4", {
          createdAt: start + 2,
          mode: "destroy",
          source: { kind: "local", by: ann, commit: plan.manifest.commit, tree: null },
        }),
      ];
      await store.write({ createRuns: runs, plans: [plan], ledger: [] });
      const found = async (filter: Parameters<Store["runs"]>[0]) =>
        (await store.runs(filter)).map(({ id }) => Number(id.slice(4)));
      expect(await found({})).toEqual([1, 4, 3, 2]);
      expect(await found({ limit: 2 })).toEqual([1, 4]);
      expect(await found({ stack: network })).toEqual([1, 4, 3]);
      expect(await found({ states: ["waiting", "applied"] })).toEqual([3]);
      expect(await found({ states: [] })).toEqual([]);
      expect(await found({ modes: ["destroy", "refresh-only"] })).toEqual([4]);
      expect(await found({ modes: ["normal"], stack: network })).toEqual([1, 3]);
      expect(await found({ pullRequest: 12 })).toEqual([1, 3]);
      expect(await found({ pullRequest: 13, stack: other })).toEqual([2]);
      expect(await found({ plan: plan.digest })).toEqual([3]);
    });

    it("lets a stored plan be shown and carried, and nothing else of it change", async () => {
      const run = aRun("1");
      const first = aPlan(run);
      const second = { ...aPlan(run, { createdAt: start + 1 }), carriedFrom: first.digest };
      await store.write({ createRuns: [run], plans: [second, first], ledger: [] });
      const shown = { ...first, shown: [{ digest: first.digest, at: start, until: null }] };
      await store.write({ plans: [shown], ledger: [] });
      expect(await store.plan(first.digest)).toEqual(shown);
      expect(await store.plan(second.digest)).toEqual(second);
      const forged = { ...first, manifest: { ...first.manifest, inputs: second.manifest.meaning } };
      await expect(store.write({ plans: [forged], ledger: [] })).rejects.toThrow(InternalError);
      await expect(store.write({ plans: [{ ...first, speculative: "fork" }], ledger: [] })).rejects.toThrow(
        InternalError,
      );
      expect(await store.plan(first.digest)).toEqual(shown);
    });

    it("keeps an answer once, however often it is read from the forge", async () => {
      const gate: PersonalAnswer = { ...answer, via: "gate", pullRequest: null, environment: "prod", at: start - 1 };
      await store.write({ answers: [answer, { ...answer, says: "hold" }, answer], ledger: [] });
      await store.write({ answers: [answer, gate], ledger: [] });
      expect(await store.answers({})).toEqual([gate, answer, { ...answer, says: "hold" }]);
      expect(await store.answers({ pullRequest: 12 })).toHaveLength(2);
      expect(await store.answers({ environment: "prod" })).toEqual([gate]);
      expect(await store.answers({ pullRequest: 99 })).toEqual([]);
    });

    it("keeps what is said about two commits as two answers", async () => {
      const accept = (letter: string): PersonalAnswer => ({
        ...answer,
        says: "accept",
        commit: letter.repeat(40) as CommitSha,
      });
      await store.write({ answers: [accept("a"), accept("b"), accept("a")], ledger: [] });
      expect(await store.answers({})).toEqual([accept("a"), accept("b")]);
    });

    it("names every stack that there was a run of, once and in order", async () => {
      const app = "ephemeral-12/app" as StackName;
      await store.write({ createRuns: [aRun("1"), aRun("2", { stack: app }), aRun("3")], ledger: [] });
      expect(await store.stacks()).toEqual([app, network]);
    });

    describe("stacks that a branch holds", () => {
      const hold = { stack: network, branch: "dev/one", by: ann, since: start };

      it("are held by the branch that took them last, whoever held them before", async () => {
        expect(await store.hold(network)).toBeUndefined();
        await store.write({ takeHold: hold, ledger: [] });
        await store.write({ takeHold: { ...hold, branch: "dev/two", since: start + 1 }, ledger: [received(1)] });
        expect(await store.hold(network)).toEqual({ ...hold, branch: "dev/two", since: start + 1 });
        expect(await store.holds({ branch: "dev/one" })).toEqual([]);
      });

      it("are let go by the branch that holds them, and by no other", async () => {
        await store.write({ takeHold: hold, ledger: [] });
        await store.write({ endHold: { stack: network, branch: "dev/two" }, ledger: [] });
        expect(await store.hold(network)).toEqual(hold);
        await store.write({ endHold: { stack: network, branch: "dev/one" }, ledger: [] });
        expect(await store.hold(network)).toBeUndefined();
        expect(await store.write({ endHold: { stack: network, branch: "dev/one" }, ledger: [] })).toMatchObject({
          ok: true,
        });
      });

      it("go from one branch to the other in one write", async () => {
        await store.write({ takeHold: hold, ledger: [] });
        const next = { ...hold, branch: "dev/two" };
        await store.write({ endHold: { stack: network, branch: "dev/one" }, takeHold: next, ledger: [] });
        expect(await store.hold(network)).toEqual(next);
      });

      it("are told in order of their names", async () => {
        const app = { ...hold, stack: "dev/app" as StackName, branch: "dev/two" };
        await store.write({ takeHold: hold, ledger: [] });
        await store.write({ takeHold: app, ledger: [] });
        expect(await store.holds({})).toEqual([app, hold]);
        expect(await store.holds({ branch: "dev/two" })).toEqual([app]);
      });

      it("stay as they are when the write is none", async () => {
        await store.write({ createRuns: [aRun("1")], ledger: [] });
        const stale = { ...aRun("1"), revision: 7 };
        expect(await store.write({ updateRuns: [stale], takeHold: hold, ledger: [] })).toMatchObject({ ok: false });
        expect(await store.hold(network)).toBeUndefined();
      });
    });

    describe("leases", () => {
      beforeEach(async () => {
        await store.write({ createRuns: [aRun("1"), aRun("2")], ledger: [] });
      });

      it("gives a stack to one run, whoever asks", async () => {
        const taken = await store.write({ takeLease: leaseFor("1"), ledger: [received(1)] });
        const lease = { ...leaseFor("1"), fence: 1 };
        expect(taken).toMatchObject({ ok: true, lease });
        const head = await store.ledgerHead();
        for (const name of ["1", "2"]) {
          expect(await store.write({ takeLease: leaseFor(name), ledger: [received(2)] })).toEqual({
            ok: false,
            conflict: "lease",
            lease,
          });
        }
        expect(await store.lease(network)).toEqual(lease);
        expect(await store.leases()).toEqual([lease]);
        expect(await store.ledgerHead()).toEqual(head);
      });

      it("is ended by its run only, and ending it again does no harm", async () => {
        await store.write({ takeLease: leaseFor("1"), ledger: [] });
        expect(await store.write({ endLease: { stack: network, run: runId("2") }, ledger: [] })).toMatchObject({
          conflict: "lease",
        });
        expect(await store.write({ endLease: { stack: network, run: runId("1") }, ledger: [] })).toMatchObject({
          ok: true,
          lease: null,
        });
        expect(await store.lease(network)).toBeUndefined();
        expect(await store.leases()).toEqual([]);
        expect(await store.write({ endLease: { stack: network, run: runId("1") }, ledger: [] })).toMatchObject({
          ok: true,
        });
      });

      it("counts the fence up past the end of a lease", async () => {
        for (const fence of [1, 2, 3]) {
          expect(await store.write({ takeLease: leaseFor("1"), ledger: [] })).toMatchObject({ lease: { fence } });
          await store.write({ endLease: { stack: network, run: runId("1") }, ledger: [] });
        }
        await store.write({ takeLease: leaseFor("1"), ledger: [] });
        const handed = await store.write({
          endLease: { stack: network, run: runId("1") },
          takeLease: leaseFor("2"),
          ledger: [],
        });
        expect(handed).toMatchObject({ ok: true, lease: { run: runId("2"), fence: 5 } });
      });
    });

    it("hands out a long ledger whole and in order", async () => {
      const many = Array.from({ length: 1_203 }, (_, index) => received(index));
      await store.write({ ledger: many });
      const entries = await allOf(store);
      expect(entries).toHaveLength(1_204);
      expect(checkLedger(entries, (await store.ledgerHead()).hash)).toMatchObject({ entries: 1_204, brokenAt: null });
    });

    it("lets many writers in one process wait for each other", async () => {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          store.write({ createRuns: [aRun(`${index}`)], ledger: [received(index)] }),
        ),
      );
      expect(await store.runs({})).toHaveLength(50);
      expect(checkLedger(await allOf(store))).toMatchObject({ entries: 51, brokenAt: null });
    });
  });
}
