import { beforeEach, describe, expect, it } from "vitest";
import { ann, aPlan, aRun, holder, network, runId, start } from "../../../test/contract/store-samples.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { checkLedger } from "../../domain/ledger.ts";
import type { StackName } from "../../domain/names.ts";
import { filesAt, type MemoryRemote, memoryBranch, memoryRemote } from "../../testing/memory-branch.ts";
import { openRecordBranch, type RecordBranchOptions, type RecordStore } from "./index.ts";

let remote: MemoryRemote;
let now: number;
beforeEach(() => {
  remote = memoryRemote();
  now = start;
});

function opened(about: Partial<RecordBranchOptions> = {}): Promise<RecordStore> {
  return openRecordBranch({
    branch: memoryBranch(remote),
    clock: { now: () => now },
    pause: async () => undefined,
    ...about,
  });
}

const said = (text: string) => ({ at: start, kind: "decided", body: { text } }) as const;
const leaseFor = (name: string) => ({ stack: network, run: runId(name), holder, since: start });

/** A record with the run 1 in it. */
async function begun(): Promise<RecordStore> {
  const store = await opened();
  await store.write({ createRuns: [aRun("1")], ledger: [said("begun")] });
  await store.flush();
  return store;
}

describe("what is pushed", () => {
  it("keeps what can be made anew until it is asked to push", async () => {
    const store = await opened();
    await store.write({ createRuns: [aRun("1")], ledger: [said("a")] });
    await store.write({ updateRuns: [aRun("1", { state: "waiting" })], ledger: [said("b")] });
    expect(remote.counts.pushes).toBe(0);
    expect(await (await opened()).runs({})).toEqual([]);
    await store.flush();
    expect(remote.counts.pushes).toBe(1);
    expect(await (await opened()).run(runId("1"))).toMatchObject({ state: "waiting", revision: 2 });
    await store.flush();
    expect(remote.counts.pushes).toBe(1);
  });

  it.each([
    { name: "a lease that is taken", change: { takeLease: leaseFor("1"), ledger: [] } },
    { name: "a lease that is ended", change: { endLease: { stack: network, run: runId("1") }, ledger: [] } },
    { name: "a run that is approved", change: { updateRuns: [aRun("1", { state: "approved" })], ledger: [] } },
    { name: "a run that was applied", change: { updateRuns: [aRun("1", { state: "applied" })], ledger: [] } },
    { name: "an apply that starts", change: { ledger: [{ ...said("x"), kind: "apply-started" }] } },
    { name: "a stack let go", change: { endHold: { stack: network, branch: "dev" }, ledger: [] } },
  ] as const)("pushes $name before it is told, with what was kept", async ({ change }) => {
    const store = await begun();
    await store.write({ ledger: [said("kept")] });
    const { pushes } = remote.counts;
    expect(await store.write({ ...change, ledger: [...change.ledger, said("now")] })).toMatchObject({ ok: true });
    expect(remote.counts.pushes).toBe(pushes + 1);
    const texts = (await Array.fromAsync((await opened()).ledger())).map(({ body }) => body.text);
    expect(texts).toContain("kept");
    expect(texts.at(-1)).toBe("now");
  });

  it("pushes at once what is asked for in one moment, and tells of each what came of it", async () => {
    const store = await opened();
    const stacks = ["prod/a", "prod/b", "prod/c"] as StackName[];
    await store.write({
      createRuns: stacks.map((stack, index) => aRun(`${index}`, { stack })),
      ledger: [said("begun")],
    });
    await store.flush();
    const lease = (index: number, run = index) =>
      ({ stack: stacks[index] as StackName, run: runId(`${run}`), holder, since: start }) as const;
    const taking = (index: number, run = index) =>
      store.write({ takeLease: lease(index, run), ledger: [said("taken")] });
    const { pushes } = remote.counts;
    const taken = await Promise.all([taking(0), store.write({ ledger: [said("kept")] }), taking(1)]);
    expect(taken).toMatchObject([
      { ok: true, lease: { stack: "prod/a" } },
      { ok: true },
      { ok: true, lease: { stack: "prod/b" } },
    ]);
    expect(remote.counts.pushes).toBe(pushes + 1);
    // Somebody else was faster with one of two.
    await (await opened()).write({ takeLease: lease(2), ledger: [said("faster")] });
    expect(
      await Promise.all([
        taking(2, 0),
        store.write({ endLease: { stack: "prod/a" as StackName, run: runId("0") }, ledger: [said("ended")] }),
      ]),
    ).toMatchObject([{ ok: false, conflict: "lease", lease: { run: runId("2") } }, { ok: true }]);
    expect((await (await opened()).leases()).map(({ stack }) => stack)).toEqual(["prod/b", "prod/c"]);
    const ledger = await Array.fromAsync((await opened()).ledger());
    expect(checkLedger(ledger)).toMatchObject({ brokenAt: null });
    expect(ledger.flatMap(({ body }) => body.text ?? [])).toEqual([
      "begun",
      "taken",
      "taken",
      "faster",
      "kept",
      "ended",
    ]);
  });

  it("pushes what was kept when it is closed, and nothing when nothing was", async () => {
    const store = await begun();
    await store.write({ ledger: [said("last")] });
    await store.close();
    const { pushes } = remote.counts;
    await (await opened()).close();
    expect(remote.counts.pushes).toBe(pushes);
    expect((await Array.fromAsync((await opened()).ledger())).at(-1)?.body).toEqual({ text: "last" });
  });

  it("has pushed the head that it names, so that whoever saw it can ask for it", async () => {
    const store = await begun();
    await store.write({ ledger: [said("a")] });
    const head = await store.ledgerHead();
    const other = await opened({ expectHead: head });
    expect(await other.ledgerHead()).toEqual(head);
  });

  it("keeps files of up to 500 entries, and reads from where it is asked", async () => {
    const store = await opened();
    await store.write({ ledger: Array.from({ length: 1_250 }, (_, index) => said(`${index}`)) });
    await store.flush();
    await store.write({ ledger: [said("later")] });
    await store.flush();
    const files = Object.entries(filesAt(remote)).filter(([path]) => path.startsWith("ledger/"));
    expect(files.map(([path, text]) => [path, text.split("\n").length - 1])).toEqual([
      ["ledger/000001.jsonl", 500],
      ["ledger/000002.jsonl", 500],
      ["ledger/000003.jsonl", 252],
    ]);
    const other = await opened();
    const before = remote.counts.blobs;
    expect((await Array.fromAsync(other.ledger(1_000))).map(({ seq }) => seq)[0]).toBe(1_001);
    expect(remote.counts.blobs).toBe(before);
    expect(checkLedger(await Array.fromAsync(other.ledger()))).toMatchObject({ entries: 1_252, brokenAt: null });
  });

  it("tells which artifact a plan's bundle is in, whoever writes that plan later", async () => {
    const [run, plan] = [aRun("1"), aPlan(aRun("1"))];
    const store = await opened({ artifact: "plangate-bundles-7-1-decide" });
    await store.write({ createRuns: [run], plans: [plan], ledger: [] });
    await store.flush();
    const other = await opened({ artifact: "plangate-bundles-8-1-present" });
    await other.write({ plans: [{ ...plan, shown: [{ digest: plan.digest, at: start, until: null }] }], ledger: [] });
    await other.flush();
    expect(await (await opened()).bundleOf(plan.digest)).toBe("plangate-bundles-7-1-decide");
  });
});

describe("others who write meanwhile", () => {
  it("leave their writes and ours in one chain", async () => {
    const [one, other] = [await begun(), await opened()];
    await one.write({ createRuns: [aRun("2")], takeLease: leaseFor("2"), ledger: [said("one")] });
    await other.write({ createRuns: [aRun("3")], ledger: [said("kept by the other")] });
    await other.write({ updateRuns: [aRun("1", { state: "approved" })], ledger: [said("other")] });
    const third = await opened();
    expect((await third.runs({})).map(({ id }) => id)).toEqual([runId("3"), runId("2"), runId("1")]);
    const entries = await Array.fromAsync(third.ledger());
    expect(entries.map(({ body }) => body.text)).toEqual([undefined, "begun", "one", "kept by the other", "other"]);
    expect(checkLedger(entries).brokenAt).toBeNull();
  });

  it("get the lease or do not, and are told who has it", async () => {
    const stores = [await begun(), await opened(), await opened()];
    const asked = await Promise.all(stores.map((store) => store.write({ takeLease: leaseFor("1"), ledger: [] })));
    expect(asked.filter(({ ok }) => ok)).toHaveLength(1);
    for (const written of asked.filter(({ ok }) => !ok))
      expect(written).toMatchObject({ conflict: "lease", lease: { run: runId("1"), fence: 1 } });
  });

  it("are looked at again before a conflict is told: they may have made way", async () => {
    const one = await begun();
    await one.write({ takeLease: leaseFor("1"), ledger: [] });
    const other = await opened();
    await one.write({ endLease: { stack: network, run: runId("1") }, ledger: [] });
    expect(await other.write({ takeLease: leaseFor("1"), ledger: [] })).toMatchObject({
      ok: true,
      lease: { fence: 2 },
    });
  });

  it("make what was kept impossible: none of it is written, and the next try starts from what is there", async () => {
    const [one, other] = [await begun(), await opened()];
    await other.write({ ledger: [said("lost")] });
    await other.write({ updateRuns: [aRun("1", { state: "waiting" })], ledger: [said("lost too")] });
    await one.write({ updateRuns: [aRun("1", { state: "discarded" })], ledger: [] });
    await one.flush();
    await expect(other.flush()).rejects.toMatchObject({ code: "store-conflict", reaction: "retry" });
    expect(await other.run(runId("1"))).toMatchObject({ state: "discarded" });
    await other.write({ ledger: [said("again")] });
    await other.close();
    expect((await Array.fromAsync((await opened()).ledger())).map(({ body }) => body.text)).toEqual([
      undefined,
      "begun",
      "again",
    ]);
  });

  it("do not keep from being written what has happened, whatever becomes of what was kept", async () => {
    const one = await begun();
    await one.write({ createRuns: [aRun("2")], ledger: [] });
    await one.flush();
    const other = await opened();
    await other.write({ updateRuns: [aRun("2", { state: "waiting" })], ledger: [said("lost")] });
    await one.write({ updateRuns: [aRun("2", { state: "discarded" })], ledger: [] });
    await one.flush();
    const applied = { updateRuns: [aRun("1", { state: "applied" })], ledger: [said("applied")] } as const;
    expect(await other.write(applied)).toMatchObject({ ok: true });
    expect(await (await opened()).run(runId("1"))).toMatchObject({ state: "applied" });
    await expect(other.flush()).rejects.toMatchObject({ code: "store-conflict" });
    await other.close();
    expect((await Array.fromAsync((await opened()).ledger())).map(({ body }) => body.text)).not.toContain("lost");
  });

  it("take away what a change builds on: that is told as what it is", async () => {
    const [one, other] = [await begun(), await opened()];
    await other.write({ updateRuns: [aRun("1", { state: "waiting" })], ledger: [] });
    await one.write({ updateRuns: [aRun("1", { state: "discarded" })], ledger: [] });
    await one.flush();
    const approved = { updateRuns: [aRun("1", { state: "approved", revision: 2 })], ledger: [said("approved")] };
    await expect(other.write({ ...approved, takeLease: leaseFor("1") })).rejects.toMatchObject({
      code: "store-conflict",
    });
    expect(await (await opened()).leases()).toEqual([]);
  });

  it("may have taken a stack for their branch: it is not taken from them by who saw it free", async () => {
    const [one, other] = [await begun(), await opened()];
    const hold = (branch: string) => ({ stack: network, branch, by: ann, since: start });
    expect(await other.hold(network)).toBeUndefined();
    await one.write({ takeHold: hold("dev/one"), ledger: [] });
    const taking = { takeHold: hold("dev/two"), ledger: [said("taken")] };
    expect(await other.write(taking)).toEqual({ ok: false, conflict: "run", lease: null });
    expect(await other.hold(network)).toEqual(hold("dev/one"));
    expect(await other.write(taking)).toMatchObject({ ok: true });
    expect(await (await opened()).hold(network)).toEqual(hold("dev/two"));
  });

  it("are seen by reads when the last look is older than ten seconds, or when asked for", async () => {
    const [one, other] = [await begun(), await opened()];
    const write = async (name: string) => {
      await one.write({ createRuns: [aRun(name)], ledger: [] });
      await one.flush();
    };
    await write("2");
    expect(await other.runs({})).toHaveLength(1);
    now += 11_000;
    expect(await other.runs({})).toHaveLength(2);
    await write("3");
    await other.refresh();
    expect(await other.runs({})).toHaveLength(3);
  });
});

describe("a push that does not come through", () => {
  it("counts once when only its answer was lost", async () => {
    const store = await begun();
    remote.faults.push("unanswered");
    expect(await store.write({ takeLease: leaseFor("1"), ledger: [said("taken")] })).toMatchObject({ ok: true });
    expect((await Array.fromAsync((await opened()).ledger())).filter(({ body }) => body.text === "taken")).toHaveLength(
      1,
    );
    expect(await store.write({ takeLease: leaseFor("1"), ledger: [] })).toMatchObject({
      ok: false,
      lease: { fence: 1 },
    });
  });

  it("is tried again, and not for ever", async () => {
    const store = await begun();
    remote.faults.push("lost", "lost", "lost");
    expect(await store.write({ takeLease: leaseFor("1"), ledger: [] })).toMatchObject({ ok: true });
    remote.faults.push(...Array.from({ length: 100 }, () => "lost" as const));
    await expect(store.write({ endLease: { stack: network, run: runId("1") }, ledger: [] })).rejects.toMatchObject({
      code: "record-busy",
      reaction: "retry",
    });
    remote.faults.length = 0;
    expect(await store.leases()).toHaveLength(1);
  });

  it("is told as what it is when there is no right to push, and leaves what was kept as it was", async () => {
    const store = await begun();
    await store.write({ ledger: [said("kept")] });
    remote.faults.push(new DeliveryError({ code: "record-forbidden", message: "no", reaction: "stop" }));
    await expect(store.write({ takeLease: leaseFor("1"), ledger: [] })).rejects.toMatchObject({
      code: "record-forbidden",
    });
    expect(await store.leases()).toEqual([]);
    await store.flush();
    expect((await Array.fromAsync((await opened()).ledger())).at(-1)?.body).toEqual({ text: "kept" });
  });
});
