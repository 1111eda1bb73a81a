import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TokenAbout } from "../../src/worlds/github/index.ts";
import { at, infra, type SmallGitHub, smallGitHub } from "./small-github.ts";

const run = promisify(execFile);
let small: SmallGitHub;
let work: string;

beforeEach(async () => {
  small = await smallGitHub();
  work = mkdtempSync(join(small.dir, "work-"));
});

afterEach(() => small.close());

const env = {
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "ann",
  GIT_AUTHOR_EMAIL: "ann@acme.example",
  GIT_COMMITTER_NAME: "ann",
  GIT_COMMITTER_EMAIL: "ann@acme.example",
};

/** Git as somebody runs it; what it printed, or why it failed. */
async function git(...args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run("git", args, { cwd: work, env });
    return stdout + stderr;
  } catch (error) {
    throw new Error((error as { stderr?: string }).stderr ?? String(error), { cause: error });
  }
}

async function remoteFor(who: TokenAbout | null): Promise<string> {
  const url = new URL(`${small.github.url}/${infra}.git`);
  if (who !== null) {
    url.username = "x-access-token";
    url.password = await small.github.tokenFor(who);
  }
  return url.href;
}

/** A clone by whoever holds the token, with one commit on a branch that is not pushed yet. */
async function cloned(who: TokenAbout, branch: string, path = "new.txt"): Promise<void> {
  await git("clone", "-q", await remoteFor(who), ".");
  await git("switch", "-q", "-c", branch, "origin/main");
  await run("mkdir", ["-p", join(work, path, "..")]);
  writeFileSync(join(work, path), "new\n");
  await git("add", ".");
  await git("commit", "-q", "-m", "New");
}

describe("Git over HTTP", () => {
  it("clones, lists refs and fetches a pull request's merge for whoever may read", async () => {
    await git("clone", "-q", await remoteFor({ person: "ann" }), ".");
    expect(await git("log", "--format=%an %s")).toBe("ROOT Change stacks/network/main.tf, README.md\n");
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await small.did("test-merge", "ann", { number: 1 });
    expect(await git("ls-remote", "origin", "refs/pull/1/head")).toBe(`${head}\trefs/pull/1/head\n`);
    await git("fetch", "-q", "origin", "refs/pull/1/merge");
    expect(await git("log", "-1", "--format=%P", "FETCH_HEAD")).toContain(head);
    await git("fetch", "-q", "--depth=1", "--filter=blob:none", "origin", head);
  });

  it("shows a private repository to nobody who may not see it, and does not say that it is there", async () => {
    await expect(git("ls-remote", await remoteFor(null))).rejects.toThrow(
      /could not read Username|Authentication failed/,
    );
    await expect(git("ls-remote", await remoteFor({ person: "sam" }))).rejects.toThrow("not found");
    await expect(git("ls-remote", await remoteFor({ job: { issues: "write" }, repository: infra }))).rejects.toThrow(
      "403",
    );
    expect(await git("ls-remote", await remoteFor({ job: { contents: "read" }, repository: infra }), "main")).toContain(
      "main",
    );
  });

  it("takes a push, tells the forge who pushed, and moves a pull request along", async () => {
    await cloned({ person: "ann" }, "dev/x");
    await git("push", "-q", "origin", "dev/x");
    const ann = await small.as("ann");
    const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" })).data;
    writeFileSync(join(work, "new.txt"), "newer\n");
    await git("commit", "-q", "-am", "Newer");
    await git("push", "-q", "origin", "dev/x");
    const head = (await git("rev-parse", "HEAD")).trim();
    expect((await ann.rest.pulls.get({ ...at, pull_number: number })).data).toMatchObject({
      head: { sha: head },
      commits: 2,
    });
    expect(small.github.forge.state.events.slice(-2)).toMatchObject([
      { kind: "push", by: "ann", ref: "refs/heads/dev/x", after: head },
      { kind: "pull_request", action: "synchronize" },
    ]);
    await git("tag", "v1");
    await git("push", "-q", "origin", "v1");
    await git("push", "-q", "origin", "--delete", "v1");
  });

  it("takes a push of many files, and one that only names a commit which is there", async () => {
    await cloned({ person: "ann" }, "dev/x");
    for (let index = 0; index < 150; index++) writeFileSync(join(work, `file-${index}`), `${index}\n`);
    await git("add", ".");
    await git("commit", "-q", "-m", "Many");
    await git("push", "-q", "origin", "dev/x", "dev/x:refs/heads/dev/y");
    expect(await small.tip("refs/heads/dev/y")).toBe((await git("rev-parse", "HEAD")).trim());
  });

  it("refuses a push without the right to write, by the token or by the person", async () => {
    await small.did("role", "root", { login: "sam", role: "read" });
    await cloned({ person: "sam" }, "dev/x");
    await expect(git("push", "origin", "dev/x")).rejects.toThrow("403");
    const reading = await remoteFor({ job: { contents: "read" }, repository: infra });
    await expect(git("push", reading, "dev/x")).rejects.toThrow("403");
    expect(await small.tip("refs/heads/dev/x")).toBeUndefined();
  });

  it("refuses what the branch's rules refuse, ref by ref, and what somebody moved meanwhile", async () => {
    await small.did("protect", "root", { pattern: "main", pullRequest: true });
    await cloned({ person: "ann" }, "dev/x");
    await expect(git("push", "origin", "dev/x:main", "dev/x")).rejects.toThrow(
      /remote: error: Repository rule violations found for refs\/heads\/main: Changes must be made through a pull request/,
    );
    expect(await small.tip("refs/heads/dev/x")).toBeDefined();
    await small.pushed("bob", "dev/x", { b: "2" });
    writeFileSync(join(work, "new.txt"), "newer\n");
    await git("commit", "-q", "-am", "Newer");
    await expect(git("push", "origin", "dev/x")).rejects.toThrow(/fetch first|non-fast-forward/);
    await git("push", "-q", "--force", "origin", "dev/x");
    await expect(git("push", "origin", "HEAD:refs/pull/1/head")).rejects.toThrow("refs/pull/1/head");
  });

  it("fails as it is told to, and is there again", async () => {
    const remote = await remoteFor({ person: "ann" });
    small.github.failNext({ how: "bad-gateway", path: "/info/refs" });
    await expect(git("ls-remote", remote)).rejects.toThrow("502");
    small.github.failNext({ how: "reset", path: "/info/refs" });
    await expect(git("ls-remote", remote)).rejects.toThrow();
    expect(await git("ls-remote", remote, "main")).toContain("refs/heads/main");
  });

  it("refuses a workflow from an app or a job, whatever else they may write", async () => {
    const job = { job: { contents: "write" }, repository: infra } as const;
    await cloned(job, "dev/x", ".github/workflows/evil.yml");
    await expect(git("push", "origin", "dev/x")).rejects.toThrow(
      /refusing to allow a GitHub App to create or update workflow `.github\/workflows\/evil.yml` without `workflows` permission/,
    );
    await git("push", "-q", await remoteFor({ person: "ann" }), "dev/x");
    await git("push", "-q", "origin", "dev/x:dev/y");
  });
});
