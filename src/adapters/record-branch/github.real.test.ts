import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aRun, holder, network, runId, start } from "../../../test/contract/store-samples.ts";
import { infra, type SmallGitHub, smallGitHub } from "../../../test/github/small-github.ts";
import type { RemoteBranch } from "../../delivery/ports/remote-branch.ts";
import type { CommitSha } from "../../domain/names.ts";
import type { TokenAbout } from "../../worlds/github/index.ts";
import { openRemoteBranch } from "../git/index.ts";
import { openRecordBranch, type RecordStore } from "./index.ts";

const author = { name: "plangate", email: "plangate@example.com" };
const writing = { job: { contents: "write" }, repository: infra } as const;
const clock = { now: () => start };
let small: SmallGitHub;
let closing: { close(): void }[];
let clones: number;

beforeEach(async () => {
  [closing, clones] = [[], 0];
  small = await smallGitHub();
});

afterEach(async () => {
  for (const one of closing) one.close();
  await small.close();
});

function folder(): string {
  return join(small.dir, `record-${clones}`);
}

async function branchAs(who: TokenAbout | null): Promise<RemoteBranch> {
  clones++;
  const token = who === null ? undefined : await small.github.tokenFor(who);
  const authorization = async () => `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const branch = await openRemoteBranch({
    dir: folder(),
    url: `${small.github.url}/${infra}.git`,
    branch: "plangate/record",
    env: { PATH: process.env.PATH, HOME: small.dir, GIT_TRACE: "1", GIT_SSH_COMMAND: "false" },
    author,
    ...(token === undefined ? {} : { authorization }),
  });
  closing.push(branch);
  return branch;
}

async function recordAs(who: TokenAbout | null): Promise<RecordStore> {
  return openRecordBranch({ branch: await branchAs(who), clock, pause: async () => undefined });
}

const said = (text: string) => ({ at: start, kind: "decided", body: { text } }) as const;
const leaseFor = (name: string) => ({ stack: network, run: runId(name), holder, since: start });

describe("the record on GitHub", () => {
  it("is written and read by jobs with the right to, and by nobody else", async () => {
    const store = await recordAs(writing);
    await store.write({ createRuns: [aRun("1")], takeLease: leaseFor("1"), ledger: [said("taken")] });
    const reading = await recordAs({ job: { contents: "read" }, repository: infra });
    expect(await reading.leases()).toMatchObject([{ run: runId("1") }]);
    await expect(reading.write({ endLease: { stack: network, run: runId("1") }, ledger: [] })).rejects.toMatchObject({
      code: "record-forbidden",
      reaction: "stop",
      hint: expect.stringContaining("contents: write"),
    });
    for (const who of [null, { person: "sam" }, { job: { issues: "write" }, repository: infra }] as const)
      await expect(recordAs(who)).rejects.toMatchObject({
        code: "record-unreadable",
        hint: expect.stringContaining("contents: read"),
      });
  });

  it("tells a rule of the repository from a right that is missing", async () => {
    await small.did("protect", "root", { pattern: "plangate/*", pullRequest: true });
    const store = await recordAs(writing);
    await expect(store.write({ createRuns: [aRun("1")], takeLease: leaseFor("1"), ledger: [] })).rejects.toMatchObject({
      code: "record-forbidden",
      hint: expect.stringContaining("ruleset"),
    });
  });

  it("is found to be rewritten when somebody pushed by force, and to be gone", async () => {
    const store = await recordAs(writing);
    await store.write({ createRuns: [aRun("1")], takeLease: leaseFor("1"), ledger: [said("first")] });
    const first = await small.tip("refs/heads/plangate/record");
    await store.write({ endLease: { stack: network, run: runId("1") }, ledger: [said("second")] });
    const reset = (after: CommitSha | undefined) =>
      small.did("push", "root", {
        ref: "refs/heads/plangate/record",
        after: after ?? null,
        rewrite: true,
        force: true,
      });
    await reset(first);
    await expect(store.refresh()).rejects.toMatchObject({ code: "record-rewritten" });
    const lease = { takeLease: leaseFor("1"), ledger: [] };
    await expect(store.write(lease)).rejects.toMatchObject({ code: "record-rewritten" });
    expect(await small.tip("refs/heads/plangate/record")).toBe(first);
    await reset(await small.tip("refs/heads/main"));
    await expect(store.refresh()).rejects.toMatchObject({ code: "record-rewritten" });
    await reset(undefined);
    await expect(store.refresh()).rejects.toMatchObject({
      code: "record-rewritten",
      message: expect.stringContaining("gone"),
    });
    await expect(store.write(lease)).rejects.toMatchObject({ code: "record-rewritten" });
  });

  it("is tried again where the network fails, and takes a push whose answer was lost for one", async () => {
    const store = await recordAs(writing);
    await store.write({ createRuns: [aRun("1")], ledger: [said("first")] });
    small.github.failNext({ path: /git-receive-pack/, times: 2, how: "bad-gateway" });
    small.github.failNext({ path: /git-upload-pack/, how: "bad-gateway" });
    expect(await store.write({ takeLease: leaseFor("1"), ledger: [said("taken")] })).toMatchObject({ ok: true });
    const other = await recordAs(writing);
    expect(await other.leases()).toHaveLength(1);
    small.github.failNext({ method: "POST", path: /git-receive-pack/, how: "late" });
    const ended = { endLease: { stack: network, run: runId("1") }, ledger: [said("ended")] };
    expect(await store.write(ended)).toMatchObject({ ok: true });
    const entries = await Array.fromAsync((await recordAs(writing)).ledger());
    expect(entries.map(({ body }) => body.text)).toEqual([undefined, "first", "taken", "ended"]);
  });

  it("is written by a job that fetched its newest commit alone, without looking again", async () => {
    const first = await recordAs(writing);
    await first.write({ createRuns: [aRun("1")], takeLease: leaseFor("1"), ledger: [said("first")] });
    const later = await recordAs(writing);
    const before = small.github.exchanges.length;
    await later.write({ endLease: { stack: network, run: runId("1") }, ledger: [said("second")] });
    const asked = small.github.exchanges.slice(before).map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);
    expect(asked).toEqual([expect.stringMatching(/^GET refs/), "POST git-receive-pack"]);
  });

  it("leaves no token on the disk, and takes nothing from a user's or a machine's settings", async () => {
    execFileSync("git", [
      "config",
      "--file",
      join(small.dir, ".gitconfig"),
      "url./nowhere.insteadOf",
      small.github.url,
    ]);
    const store = await recordAs(writing);
    await store.write({ createRuns: [aRun("1")], takeLease: leaseFor("1"), ledger: [said("taken")] });
    const texts = filesBelow(folder()).map((path) => readFileSync(path, "latin1"));
    expect(texts.some((text) => text.includes(small.github.url))).toBe(true);
    for (const text of texts) expect(text).not.toMatch(/authorization|x-access-token|basic /i);
  });

  it("fetches the newest state alone, and older entries when they are asked for", async () => {
    const store = await recordAs(writing);
    await store.write({ ledger: Array.from({ length: 1_100 }, (_, index) => said(`${index}`)) });
    await store.flush();
    const other = await recordAs(writing);
    const objects = () =>
      execFileSync("git", ["cat-file", "--batch-check", "--batch-all-objects", "--unordered"], {
        cwd: folder(),
        env: { PATH: process.env.PATH, GIT_NO_LAZY_FETCH: "1" },
      })
        .toString()
        .split("\n")
        .filter((line) => line.includes(" blob ")).length;
    expect(objects()).toBe(3);
    await other.write({ ledger: [said("written by somebody who has not read all of it")] });
    await other.flush();
    expect(objects()).toBe(5);
    expect(await Array.fromAsync(other.ledger())).toHaveLength(1_102);
    expect(objects()).toBe(7);
  });
});

function filesBelow(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile());
}
