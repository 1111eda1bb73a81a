import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRemoteBranch } from "../../src/adapters/git/index.ts";
import { openRecordBranch } from "../../src/adapters/record-branch/index.ts";
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

  it("verifies what was fetched, against the head that a witness saw, and exports it", async () => {
    git(repository.top, "fetch", "--quiet", "origin");
    const verified = await run(repository.top, ["ledger", "verify", "--branch", "origin", "--head", head, "--json"]);
    expect(validDocumentOf(verified)).toMatchObject({ entries: 701, head });
    const other = ["ledger", "verify", "--branch", "origin", "--head", `sha256:${"0".repeat(64)}`];
    expect((await run(repository.top, other)).code).toBe(3);
    const { stdout } = await run(repository.top, ["ledger", "export", "--branch", "origin"]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(701);
    const listed = validDocumentOf(
      await run(repository.top, ["ledger", "list", "--branch", "origin", "--limit", "2", "--json"]),
    );
    expect(listed.entries).toMatchObject([{ seq: 700 }, { seq: 701 }]);
  });

  it("finds what somebody altered", async () => {
    const work = join(repository.around, "work");
    git(repository.around, "clone", "--quiet", "--branch", "plangate/record", remote, work);
    execFileSync("sed", ["-i", 's/"n":7}/"n":8}/', "ledger/000001.jsonl"], { cwd: work });
    git(work, "-c", "user.name=eve", "-c", "user.email=eve@example.com", "commit", "--quiet", "-am", "x");
    git(work, "push", "--quiet", "origin", "HEAD");
    git(repository.top, "fetch", "--quiet", "origin");
    const verified = await run(repository.top, ["ledger", "verify", "--branch", "origin", "--json"]);
    expect(verified.code).toBe(3);
    expect(validDocumentOf(verified)).toMatchObject({ brokenAt: { seq: 9 } });
  });
});
