import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRemoteBranch } from "../../src/adapters/git/index.ts";
import { openRecordBranch } from "../../src/adapters/record-branch/index.ts";
import { digestOf } from "../../src/domain/digest.ts";
import { aRun } from "../../src/testing/builders.ts";
import { run } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { flowText, makeRepository, type TestRepository } from "./support/repository.ts";

let repository: TestRepository;
let remote: string;
let head: string;

const git = (dir: string, ...args: readonly string[]) =>
  execFileSync("git", args, { cwd: dir, stdio: "pipe" }).toString();

beforeAll(async () => {
  repository = makeRepository({ "plangate.yaml": flowText });
  remote = join(repository.around, "remote.git");
  git(repository.around, "init", "--quiet", "--bare", "remote.git");
  git(repository.top, "remote", "add", "origin", remote);
  const branch = await openRemoteBranch({
    dir: join(repository.around, "record"),
    url: remote,
    branch: "plangate/record",
    env: process.env,
    author: { name: "plangate", email: "plangate@example.com" },
  });
  const store = await openRecordBranch({ branch, clock: { now: () => Date.UTC(2026, 0, 2) } });
  const entries = Array.from({ length: 700 }, (_, n) => ({ at: n, kind: "decided", body: { n } }) as const);
  await store.write({ ledger: entries });
  const created = { at: 700, kind: "run-created", body: { run: "run-00000001" } } as const;
  await store.write({ createRuns: [aRun("test/app", { state: "planning" })], ledger: [created] });
  head = (await store.ledgerHead()).hash;
  await store.close();
  branch.close();
});
afterAll(() => repository.remove());

describe("plangate ledger --branch", () => {
  it("says how to fetch the record where the clone has none", async () => {
    await expectFailure(repository.top, ["ledger", "verify", "--branch", "origin"], {
      exit: 2,
      code: "no-such-branch",
      summary: /plangate\/record/,
      hint: /git fetch origin plangate\/record/,
    });
  });

  it("is what `runs` names on a machine that planned nothing", async () => {
    const { stdout } = await run(repository.top, ["runs"]);
    expect(stdout).toMatch(/^No runs on this machine yet\..*`plangate ledger list --branch origin`/);
  });

  it("verifies what was fetched, against the head that a witness saw, and exports it", async () => {
    git(repository.top, "fetch", "--quiet", "origin");
    const verified = await run(repository.top, ["ledger", "verify", "--branch", "origin", "--head", head, "--json"]);
    expect(validDocumentOf(verified)).toEqual(expect.objectContaining({ entries: 702, head }));
    expect(validDocumentOf(verified)).not.toHaveProperty("differing");
    const other = ["ledger", "verify", "--branch", "origin", "--head", `sha256:${"0".repeat(64)}`];
    expect((await run(repository.top, other)).code).toBe(3);
    const { stdout } = await run(repository.top, ["ledger", "export", "--branch", "origin"]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(702);
    const listed = validDocumentOf(
      await run(repository.top, ["ledger", "list", "--branch", "origin", "--limit", "2", "--json"]),
    );
    expect(listed.entries).toMatchObject([{ seq: 701 }, { seq: 702 }]);
  });

  it("finds what somebody altered", async () => {
    const work = join(repository.around, "work");
    git(repository.around, "clone", "--quiet", "--branch", "plangate/record", remote, work);
    const altered = async (alter: () => void) => {
      git(work, "reset", "--quiet", "--hard", "origin/plangate/record");
      alter();
      git(work, "add", "--all");
      git(work, "-c", "user.name=eve", "-c", "user.email=eve@example.com", "commit", "--quiet", "-m", "x");
      git(work, "push", "--quiet", "--force", remote, "HEAD:refs/heads/altered");
      git(repository.top, "fetch", "--quiet", "--force", "origin", "altered:refs/remotes/origin/plangate/record");
      const verified = await run(repository.top, ["ledger", "verify", "--branch", "origin", "--json"]);
      expect(verified.code).toBe(3);
      return validDocumentOf(verified);
    };
    const sed = (expression: string, file: string) => () =>
      void execFileSync("sed", ["-i", expression, file], { cwd: work });
    expect(await altered(sed('s/"n":7}/"n":8}/', "ledger/000001.jsonl"))).toMatchObject({
      brokenAt: { seq: 9 },
      differing: expect.arrayContaining([{ file: "ledger/000001.jsonl", why: expect.stringMatching(/^entry 9 /) }]),
    });
    const approved = sed('s/"state":"planning"/"state":"approved"/', "state.json");
    const beside = {
      file: "state.json",
      why: expect.stringMatching(/^head\.json was written beside one whose digest/),
    };
    const notLed = { file: "state.json", why: "run-00000001 is approved, and the ledger led it to planning" };
    expect((await altered(approved)).differing).toEqual([beside, notLed]);
    const both = await altered(() => {
      approved();
      const digest = digestOf(readFileSync(join(work, "state.json"), "utf8"));
      sed(`s/"state":"sha256:[0-9a-f]*"/"state":"${digest}"/`, "head.json")();
    });
    expect(both.differing).toEqual([notLed]);
    expect((await altered(sed('s/"seq":702/"seq":701/', "head.json"))).differing).toMatchObject([
      { file: "head.json" },
    ]);
    const stranger = await altered(() => writeFileSync(join(work, "plan.json"), "{}"));
    expect(stranger.differing).toEqual([{ file: "plan.json", why: "it is no file of a record" }]);
  });
});
