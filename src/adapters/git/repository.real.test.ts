import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realGit } from "../../../test/contract/real-git.ts";
import { repositoryContract } from "../../../test/contract/repository.ts";
import type { CommitSha, TreeSha } from "../../domain/names.ts";
import { openRepository } from "./index.ts";

repositoryContract("worktree", (work) => openRepository(work));
repositoryContract("Git's own folder", (work) => openRepository(join(work, ".git")));

describe("a repository opened", () => {
  let folder: string;
  let work: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "plangate-git-"));
    work = join(folder, "work");
    realGit(work, ["init", "-q", "-b", "main"]);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const commit = (path: string) => {
    writeFileSync(join(work, path), path);
    realGit(work, ["add", "-A"]);
    realGit(work, ["commit", "-q", "-m", path]);
    return realGit(work, ["rev-parse", "HEAD"]) as CommitSha;
  };

  it("sees what is written after it was opened, packed or not", async () => {
    const first = commit("a");
    const repository = openRepository(work);
    expect(await repository.resolve("main")).toBe(first);
    const second = commit("b");
    expect(await repository.resolve("main")).toBe(second);
    realGit(work, ["gc", "-q", "--prune=now"]);
    const third = commit("c");
    realGit(work, ["repack", "-a", "-d", "-q"]);
    expect(await repository.resolve("main")).toBe(third);
    expect(await repository.listTree(third)).toHaveLength(3);
    repository.close();
    expect(await repository.resolve("main~2")).toBe(first);
    repository.close();
  });

  it("answers many questions at once, in order", async () => {
    const first = commit("a");
    const repository = openRepository(work);
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => (index % 2 ? repository.resolve("main") : repository.treeOf(first))),
    );
    const tree = realGit(work, ["rev-parse", "HEAD^{tree}"]);
    expect(new Set(answers)).toEqual(new Set([first, tree]));
    expect(answers[1]).toBe(first);
    repository.close();
  });

  it("works in a bare repository, a linked worktree, and one with SHA-256", async () => {
    const head = commit("a");
    realGit(folder, ["clone", "-q", "--bare", work, "bare.git"]);
    realGit(work, ["worktree", "add", "-q", "-b", "linked", join(folder, "linked")]);
    realGit(folder, ["init", "-q", "--object-format=sha256", "-b", "main", "long"]);
    realGit(join(folder, "long"), ["commit", "-q", "--allow-empty", "-m", "x"]);
    for (const [name, ref] of [
      ["bare.git", "main"],
      ["linked", "linked"],
    ] as const) {
      const repository = openRepository(join(folder, name));
      expect(await repository.resolve(ref)).toBe(head);
      expect((await repository.listTree(head)).map(({ path }) => path)).toEqual(["a"]);
      repository.close();
    }
    const long = openRepository(join(folder, "long"));
    const id = await long.resolve("main");
    expect(id).toHaveLength(64);
    expect(await long.listTree(id as CommitSha)).toEqual([]);
    long.close();
  });

  it("tells a shallow clone's oldest commit as the maker of all it holds", async () => {
    commit("a");
    commit("b");
    const head = commit("c");
    realGit(folder, ["clone", "-q", "--depth=2", `file://${work}`, "shallow"]);
    const repository = openRepository(join(folder, "shallow"));
    const commits = await repository.commitsBetween(null, head);
    expect(commits.map(({ paths, parents }) => [paths, parents.length])).toEqual([
      [["c"], 1],
      [["a", "b"], 0],
    ]);
    expect(await repository.isAncestor(commits[1]?.sha as CommitSha, head)).toBe(true);
    repository.close();
  });

  it("takes no notice of replaced objects, nor of Git variables around it", async () => {
    const first = commit("a");
    const second = commit("b");
    realGit(work, ["replace", second, first]);
    const env = { ...process.env, GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere", GIT_OBJECT_DIRECTORY: "/nowhere" };
    const repository = openRepository(work, env);
    expect(await repository.listTree(second)).toHaveLength(2);
    expect(await repository.mergeTree(first, second)).toEqual({ tree: await repository.treeOf(second) });
    repository.close();
  });

  it("tells the paths that differ between two trees", async () => {
    const [first, second] = [commit("a"), commit("b")];
    const repository = openRepository(work);
    expect(await repository.changedPaths(first, second)).toEqual(["b"]);
    expect(await repository.changedPaths(await repository.treeOf(second), first)).toEqual(["b"]);
    repository.close();
  });

  it("does not stumble into a bare repository that lies in a checkout", async () => {
    commit("a");
    realGit(folder, ["clone", "-q", "--bare", work, join(work, "hidden")]);
    mkdirSync(join(work, "hidden", "refs", "below"), { recursive: true });
    const repository = openRepository(join(work, "hidden", "refs", "below"));
    await expect(repository.resolve("main")).rejects.toMatchObject({ code: "not-a-repository" });
  });

  it("takes a checkout for one, also when its files look like a bare repository", async () => {
    realGit(folder, ["clone", "-q", "--bare", work, "hidden"]);
    cpSync(join(folder, "hidden"), work, { recursive: true });
    const head = commit("a");
    const repository = openRepository(work);
    expect(await repository.resolve("main")).toBe(head);
    repository.close();
  });

  it("opens a folder by a relative path", async () => {
    const head = commit("a");
    realGit(folder, ["clone", "-q", "--bare", work, "bare.git"]);
    for (const name of ["work", "bare.git"]) {
      const repository = openRepository(relative(process.cwd(), join(folder, name)));
      expect(await repository.resolve("main")).toBe(head);
      repository.close();
    }
  });

  it("says what is wrong with the folder", async () => {
    mkdirSync(join(folder, "plain"));
    for (const name of ["plain", "missing"]) {
      const repository = openRepository(join(folder, name));
      await expect(repository.resolve("main")).rejects.toMatchObject({ code: "not-a-repository", reaction: "stop" });
      await expect(
        repository.isAncestor("1".repeat(40) as CommitSha, "2".repeat(40) as CommitSha),
      ).rejects.toMatchObject({ code: "not-a-repository" });
    }
  });

  it("asks for a newer Git, or for Git at all", async () => {
    const head = commit("a");
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const none = openRepository(work, { PATH: bin });
    await expect(none.resolve("main")).rejects.toMatchObject({ code: "git-missing" });
    await expect(none.mergeTree(head, head)).rejects.toMatchObject({ code: "git-missing" });
    writeFileSync(
      join(bin, "git"),
      '#!/bin/sh\ncase "$*" in *--version) echo git version 2.37.1;; *) echo usage: git >&2; exit 129;; esac\n',
    );
    chmodSync(join(bin, "git"), 0o755);
    const old = openRepository(work, { PATH: `${bin}:/usr/bin:/bin` });
    for (const call of [() => old.resolve("main"), () => old.mergeTree(head, head)]) {
      await expect(call()).rejects.toMatchObject({
        code: "git-too-old",
        hint: expect.stringContaining("2.38"),
        message: expect.stringContaining("2.37.1"),
      });
    }
  });

  it("checks out thousands of files through one process", async () => {
    for (let index = 0; index < 1_000; index++) {
      const path = join(work, `d${index % 50}`, `f${index}`);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, `${index}`);
    }
    const head = commit("a");
    const repository = openRepository(work);
    await repository.checkout((await repository.treeOf(head)) as TreeSha, join(folder, "out"));
    expect(realGit(work, ["diff", "--no-index", "--stat", "--", join(folder, "out", "d1"), join(work, "d1")])).toBe("");
    repository.close();
  });
});
