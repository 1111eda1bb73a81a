import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aPlan, aRun, start } from "../../../test/contract/store-samples.ts";
import { canonicalJson, digestOf, keyedDigestOf } from "../../domain/digest.ts";
import { chainEntry, genesis, type LedgerEntry, ledgerLine } from "../../domain/ledger.ts";
import type { Run } from "../../domain/run.ts";
import { filesAt, type MemoryRemote, memoryBranch, memoryRemote, putCommit } from "../../testing/memory-branch.ts";
import { applyKeys, ensureKeys, presentKeys } from "../keys/index.ts";
import { openRecordBranch, type RecordBranchOptions, type RecordStore } from "./index.ts";

let remote: MemoryRemote;
beforeEach(() => {
  remote = memoryRemote();
});

function opened(about: Partial<RecordBranchOptions> = {}): Promise<RecordStore> {
  return openRecordBranch({
    branch: memoryBranch(remote),
    clock: { now: () => start },
    pause: async () => undefined,
    ...about,
  });
}

const said = (text: string) => ({ at: start, kind: "decided", body: { text } }) as const;

async function write(store: RecordStore, text: string): Promise<void> {
  await store.write({ ledger: [said(text)] });
  await store.flush();
}

/** A record with the run 1 and its plan. */
async function begun(about: Partial<RecordBranchOptions> = {}): Promise<RecordStore> {
  const store = await opened(about);
  const run = aRun("1");
  await store.write({ createRuns: [run], plans: [aPlan(run)], ledger: [said("begun")] });
  await store.flush();
  return store;
}

/** Puts a commit on the branch as somebody does who may push to it. */
function push(files: Readonly<Record<string, string>>): void {
  remote.tip = putCommit(remote, remote.tip, files);
}

/** The same record with another `state.json`, and a head that says so. */
function pushState(alter: (state: Record<string, unknown[]>) => unknown): void {
  const state = JSON.parse(filesAt(remote)["state.json"] as string);
  const text = JSON.stringify(alter(state) ?? state);
  const head = JSON.parse(filesAt(remote)["head.json"] as string);
  push({ "state.json": text, "head.json": canonicalJson({ ...head, state: digestOf(text) }) });
}

describe("a branch whose history was rewritten", () => {
  const rewritten = { code: "record-rewritten", reaction: "stop" };

  it.each([
    { name: "goes back to what was there before", to: (first: string | null) => first },
    { name: "goes on from what was there before", to: () => "other" },
    { name: "is gone", to: () => null },
  ])("is found when it $name", async ({ to }) => {
    const store = await begun();
    const first = remote.tip;
    await write(store, "second");
    const place = to(first);
    remote.tip = place === "other" ? putCommit(remote, first, { "state.json": "{}" }) : (place as typeof remote.tip);
    await expect(store.refresh()).rejects.toMatchObject(rewritten);
    const started = { updateRuns: [aRun("1", { state: "approved" })], ledger: [said("more")] } as const;
    await expect(store.write(started)).rejects.toMatchObject(rewritten);
    await expect(store.run(aRun("1").id)).resolves.toMatchObject({ state: "queued" });
  });

  it("is found by the next process on the same machine", async () => {
    const branch = memoryBranch(remote);
    const store = await begun({ branch });
    const first = remote.tip;
    await write(store, "second");
    await store.close();
    remote.tip = first;
    await expect(opened({ branch })).rejects.toMatchObject(rewritten);
    remote.tip = null;
    await expect(opened({ branch })).rejects.toMatchObject(rewritten);
  });

  it("is found by anybody who knows a head that was shown", async () => {
    const store = await begun();
    const first = remote.tip;
    await write(store, "second");
    const expectHead = await store.ledgerHead();
    await opened({ expectHead });
    remote.tip = first;
    await expect(opened({ expectHead })).rejects.toMatchObject(rewritten);
    await write(await opened(), "another second");
    await expect(opened({ expectHead })).rejects.toMatchObject(rewritten);
    remote.tip = null;
    await expect(opened({ expectHead })).rejects.toMatchObject(rewritten);
  });

  it("is looked for in files of the ledger that are not the newest", async () => {
    const store = await begun();
    const expectHead = await store.ledgerHead();
    await store.write({ ledger: Array.from({ length: 1_100 }, (_, index) => said(`${index}`)) });
    await store.flush();
    await opened({ expectHead });
    await expect(opened({ expectHead: { ...expectHead, hash: genesis } })).rejects.toMatchObject(rewritten);
  });

  it.each([
    { name: "an entry of which was altered", alter: (text: string) => text.replace("begun", "begin") },
    {
      name: "whose last entry is missing",
      alter: (text: string) => text.split("\n").slice(0, 1).join("\n").concat("\n"),
    },
    { name: "whose first entry is missing", alter: (text: string) => text.split("\n").slice(1).join("\n") },
    { name: "which is empty", alter: () => "" },
  ])("is found by a ledger $name", async ({ alter }) => {
    await begun();
    push({ "ledger/000001.jsonl": alter(filesAt(remote)["ledger/000001.jsonl"] as string) });
    await expect(opened()).rejects.toMatchObject(rewritten);
  });
});

describe("a branch that holds something else", () => {
  const corrupt = { code: "record-corrupt", reaction: "stop" };
  const asRun = (change: object) => (state: Record<string, unknown[]>) => {
    state.runs = [{ ...(state.runs?.[0] as Run), ...change }];
  };

  it.each([
    { name: "a file of somebody's", files: { "README.md": "hello" } },
    { name: "a workflow", files: { ".github/workflows/x.yml": "on: push" } },
    { name: "a file in the ledger's folder", files: { "ledger/notes.txt": "x" } },
    { name: "a gap between the ledger's files", files: { "ledger/000003.jsonl": "" } },
    { name: "a folder in the ledger's", files: { "ledger/000002.jsonl/x": "" } },
    { name: "a state that is no JSON", files: { "state.json": "{" } },
    { name: "a head that is no JSON", files: { "head.json": "[" } },
    { name: "a head that is something else", files: { "head.json": '{"version":1}' } },
    { name: "a state that its head does not know", files: { "state.json": "{}" } },
    { name: "a ledger that ends in the middle of a line", files: { "ledger/000001.jsonl": "{}" } },
    { name: "a ledger of other lines", files: { "ledger/000001.jsonl": "{}\n" } },
  ])("is refused: $name", async ({ files }) => {
    await begun();
    push(files as unknown as Readonly<Record<string, string>>);
    await expect(opened()).rejects.toMatchObject(corrupt);
  });

  it.each([
    { name: "a list", alter: () => [] },
    { name: "no version", alter: (state: object) => ({ ...state, version: undefined }) },
    { name: "another part", alter: (state: object) => ({ ...state, secrets: [] }) },
    { name: "no runs", alter: (state: object) => ({ ...state, runs: undefined }) },
    { name: "a run whose name leads elsewhere", alter: asRun({ id: "run-../../../etc/x" }) },
    { name: "a run of a stack that is no name", alter: asRun({ stack: "../x" }) },
    { name: "a run in a state that there is not", alter: asRun({ state: "allowed" }) },
    { name: "a run with more to it", alter: asRun({ __proto: 1 }) },
    { name: "a run with a plan that is not there", alter: asRun({ plan: digestOf("x") }) },
    {
      name: "a run twice",
      alter: (state: Record<string, unknown[]>) => void state.runs?.push(state.runs[0] as unknown),
    },
    {
      name: "a plan that was altered",
      alter: (state: Record<string, unknown[]>) => {
        const [plan] = state.plans as { manifest: object }[];
        state.plans = [{ ...plan, manifest: { ...plan?.manifest, environment: "dev" } }];
      },
    },
    {
      name: "a lease of a run that is not there",
      alter: (state: Record<string, unknown[]>) => {
        const lease = { stack: "prod/x", run: "run-99999999", fence: 1, since: 1, holder: null };
        state.leases = [{ stack: "prod/x", fence: 1, lease }];
      },
    },
    {
      name: "a bundle in a place that is no name",
      alter: (state: Record<string, unknown[]>) => {
        state.bundles = [{ plan: digestOf("x"), artifact: "../../x" }];
      },
    },
  ])("is refused though its head fits: $name", async ({ alter }) => {
    await begun();
    pushState(alter as never);
    await expect(opened()).rejects.toMatchObject(corrupt);
  });

  it("is left alone when a newer plangate wrote it", async () => {
    await begun();
    pushState((state) => ({ ...state, version: 2 }));
    await expect(opened()).rejects.toMatchObject({ code: "record-newer", reaction: "stop" });
  });

  it("is refused to a process that has read it before, and its push does not hide it", async () => {
    const store = await begun();
    push({ "README.md": "hello" });
    const started = { updateRuns: [aRun("1", { state: "approved" })], ledger: [] };
    await expect(store.write(started)).rejects.toMatchObject(corrupt);
    await expect(store.write(started)).rejects.toMatchObject(corrupt);
    expect(filesAt(remote)["README.md"]).toBe("hello");
  });
});

describe("a branch that somebody wrote who has none of the keys", () => {
  const forged = { code: "record-forged", reaction: "stop" };
  const key = new Uint8Array(32).fill(7);
  let dir: string;
  let present: Awaited<ReturnType<typeof presentKeys>>;
  let apply: Awaited<ReturnType<typeof applyKeys>>;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "plangate-keys-"));
    await ensureKeys(dir);
    [present, apply] = [await presentKeys(dir), await applyKeys(dir)];
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  /** Appends an entry and writes the head anew, as anybody can. */
  function pushEntry(text: string, head: (plain: object) => object = (plain) => plain): void {
    const lines = (filesAt(remote)["ledger/000001.jsonl"] as string).split("\n");
    const before = JSON.parse(lines.at(-2) as string) as LedgerEntry;
    const entry = chainEntry(before, said(text));
    const { keyed: _, ...plain } = JSON.parse(filesAt(remote)["head.json"] as string);
    push({
      "ledger/000001.jsonl": [...lines.slice(0, -1), ledgerLine(entry), ""].join("\n"),
      "head.json": canonicalJson({ keyed: null, ...head({ ...plain, seq: entry.seq, hash: entry.hash }) }),
    });
  }

  it("is read by those who ask for a signature when a job that can sign wrote it, and jobs that cannot went on", async () => {
    await (await begun({ signer: present.signer, key })).close();
    const applying = await opened({ signatures: apply.signatures, key });
    await write(applying, "applied");
    await write(applying, "verified");
    expect(await (await opened({ signatures: apply.signatures, key })).ledgerHead()).toMatchObject({ seq: 4 });
  });

  it("is refused when nobody signed it, or somebody who is not trusted", async () => {
    await begun();
    await expect(opened({ signatures: apply.signatures })).rejects.toMatchObject(forged);
    remote = memoryRemote();
    const signer = { keyId: "ed25519-other", sign: async (text: string) => ({ text, signature: "c2ln" }) };
    await begun({ signer });
    await expect(opened({ signatures: apply.signatures })).rejects.toMatchObject(forged);
  });

  it("is found where entries were signed that are no longer there", async () => {
    const store = await begun({ signer: present.signer });
    const { signed } = JSON.parse(filesAt(remote)["head.json"] as string);
    await write(store, "second");
    remote = memoryRemote();
    await begun();
    pushEntry("something else", (plain) => ({ ...plain, signed }));
    await opened({ signatures: apply.signatures });
    const { signed: later } = JSON.parse(await headAfter("third"));
    pushEntry("and on", (plain) => ({ ...plain, signed: later }));
    await expect(opened({ signatures: apply.signatures })).rejects.toMatchObject({ code: "record-rewritten" });
  });

  /** The head of a record that went another way, signed. */
  async function headAfter(text: string): Promise<string> {
    const mine = remote;
    remote = memoryRemote();
    await write(await begun({ signer: present.signer }), text);
    const head = filesAt(remote)["head.json"] as string;
    remote = mine;
    return head;
  }

  it("is refused when its last write lacks the key that every job has", async () => {
    await begun({ key });
    await opened({ key });
    pushEntry("forged");
    await expect(opened({ key })).rejects.toMatchObject(forged);
    pushEntry("forged again", (plain) => ({
      ...plain,
      keyed: keyedDigestOf(new Uint8Array(32), canonicalJson(plain)),
    }));
    await expect(opened({ key })).rejects.toMatchObject(forged);
    await expect(opened()).resolves.toBeDefined();
  });
});
