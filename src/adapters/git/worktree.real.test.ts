import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realGit } from "../../../test/contract/real-git.ts";
import { findWorktree, openRepository, readStatus, readUserEmail, worktreeTree } from "./index.ts";

let folder: string;
let work: string;
const git = (...args: string[]) => realGit(work, args);
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "plangate-git-")));
  work = join(folder, "my work");
  git("init", "-q", "-b", "main");
  mkdirSync(join(work, "stacks", "network"), { recursive: true });
  writeFileSync(join(work, "stacks", "network", "main.tf"), "one\n");
  writeFileSync(join(work, ".gitignore"), "ignored\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

function commitAll(): string {
  git("add", "-A");
  git("commit", "-q", "-m", "all");
  return git("rev-parse", "HEAD");
}

describe("findWorktree", () => {
  it("finds the top from anywhere below it", async () => {
    const found = { top: work, mainTop: work, gitDir: join(work, ".git"), commonDir: join(work, ".git") };
    expect(await findWorktree(work)).toEqual(found);
    expect(await findWorktree(join(work, "stacks", "network"))).toEqual(found);
  });

  it("finds the main worktree from a linked one", async () => {
    commitAll();
    const linked = join(folder, "linked");
    git("worktree", "add", "-q", "-b", "other", linked);
    expect(await findWorktree(linked)).toEqual({
      top: linked,
      mainTop: work,
      commonDir: join(work, ".git"),
      gitDir: join(work, ".git", "worktrees", "linked"),
    });
  });

  it("takes a submodule for a repository of its own", async () => {
    commitAll();
    realGit(join(folder, "super"), ["init", "-q"]);
    realGit(join(folder, "super"), ["submodule", "add", "-q", work, "sub"]);
    const top = join(folder, "super", "sub");
    expect(await findWorktree(top)).toMatchObject({ top, mainTop: top });
  });

  it("says what to do where nothing is checked out", async () => {
    mkdirSync(join(folder, "plain"));
    for (const path of ["plain", "missing"]) {
      await expect(findWorktree(join(folder, path))).rejects.toMatchObject({
        code: "not-a-repository",
        hint: expect.stringContaining("git init"),
      });
    }
    realGit(folder, ["init", "-q", "--bare", "bare.git"]);
    for (const path of ["bare.git", "bare.git/refs", "my work/.git", "my work/.git/refs"]) {
      await expect(findWorktree(join(folder, path))).rejects.toMatchObject({ code: "bare-repository" });
    }
  });
});

describe("readStatus", () => {
  const status = async () => readStatus(await findWorktree(work));

  it("tells head, branch and whether anything differs", async () => {
    expect(await status()).toMatchObject({ head: null, branch: "main", isDirty: true });
    const head = commitAll();
    expect(await status()).toEqual({ head, branch: "main", isDirty: false, changed: [] });
    writeFileSync(join(work, "ignored"), "x");
    expect(await status()).toMatchObject({ isDirty: false });
    writeFileSync(join(work, "new one"), "x");
    expect(await status()).toMatchObject({ isDirty: true, changed: ["new one"] });
    rmSync(join(work, "new one"));
    appendFileSync(join(work, "stacks/network/main.tf"), "two\n");
    expect(await status()).toMatchObject({ isDirty: true, changed: ["stacks/network/main.tf"] });
    git("checkout", "-q", ".");
    git("checkout", "-q", "--detach");
    expect(await status()).toEqual({ head, branch: null, isDirty: false, changed: [] });
  });

  it("is not kept from seeing new files by the user's settings", async () => {
    commitAll();
    git("config", "status.showUntrackedFiles", "no");
    writeFileSync(join(work, "new"), "x");
    expect(await status()).toMatchObject({ isDirty: true });
  });

  it("starts no hook and no monitor that the repository names", async () => {
    commitAll();
    const trap = `touch '${join(folder, "trapped")}'`;
    git("config", "core.fsmonitor", trap);
    writeFileSync(join(work, ".git", "hooks", "post-index-change"), `#!/bin/sh\n${trap}\n`, { mode: 0o755 });
    writeFileSync(join(work, "new"), "x");
    await status();
    await worktreeTree(await findWorktree(work));
    expect(() => statSync(join(folder, "trapped"))).toThrow("ENOENT");
  });
});

describe("worktreeTree", () => {
  const tree = async () => worktreeTree(await findWorktree(join(work, "stacks")));

  it("is the head's tree when nothing differs", async () => {
    commitAll();
    expect(await tree()).toBe(git("rev-parse", "HEAD^{tree}"));
  });

  it("holds what is on disk: changed, new, removed, not ignored; staged or not", async () => {
    writeFileSync(join(work, "removed"), "x");
    commitAll();
    rmSync(join(work, "removed"));
    appendFileSync(join(work, "stacks/network/main.tf"), "two\n");
    writeFileSync(join(work, "new file"), "x");
    writeFileSync(join(work, "staged"), "staged");
    git("add", "staged");
    writeFileSync(join(work, "staged"), "and changed since");
    writeFileSync(join(work, "ignored"), "secret");
    const repository = openRepository(work);
    const entries = await repository.listTree(await tree());
    expect(entries.map(({ path }) => path)).toEqual([".gitignore", "new file", "stacks/network/main.tf", "staged"]);
    const contents = await repository.readBlobs(entries.slice(2).map(({ blob }) => blob));
    expect(contents.map((content) => Buffer.from(content).toString())).toEqual(["one\ntwo\n", "and changed since"]);
    repository.close();
  });

  it("leaves the user's index and stash as they are", async () => {
    commitAll();
    writeFileSync(join(work, "new"), "x");
    const index = () => readFileSync(join(work, ".git", "index")).toString("hex");
    const before = [index(), git("status", "--porcelain"), git("stash", "list")];
    await tree();
    expect([index(), git("status", "--porcelain"), git("stash", "list")]).toEqual(before);
  });

  it("works before the first commit, and in a linked worktree", async () => {
    expect(await openRepository(work).listTree(await tree())).toHaveLength(2);
    commitAll();
    const linked = join(folder, "linked");
    git("worktree", "add", "-q", linked);
    writeFileSync(join(linked, "new"), "x");
    const found = await worktreeTree(await findWorktree(linked));
    expect(realGit(work, ["ls-tree", "--name-only", found]).split("\n")).toEqual([".gitignore", "new", "stacks"]);
  });

  it("sees a file that was changed, with its size and time kept, in the second in which the index was written", async () => {
    commitAll();
    const path = join(work, "stacks/network/main.tf");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "two\n");
    utimesSync(path, atime, mtime);
    expect(await tree()).not.toBe(git("rev-parse", "HEAD^{tree}"));
  });
});

describe("readUserEmail", () => {
  it("is the one that the user has set, in lower case", async () => {
    const env = { PATH: process.env.PATH, HOME: folder };
    const worktree = await findWorktree(work);
    expect(await readUserEmail(worktree, env)).toBeNull();
    git("config", "user.email", "Ann@Example.com");
    expect(await readUserEmail(worktree, env)).toBe("ann@example.com");
  });
});
