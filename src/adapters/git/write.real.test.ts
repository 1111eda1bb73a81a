import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realGit } from "../../../test/contract/real-git.ts";
import type { CommitSha } from "../../domain/names.ts";
import { initBare, openRepository, openWriter } from "./index.ts";

const about = {
  author: { name: "Ann <x>\nevil", email: "ann@example.com" },
  committer: { name: "Forge", email: "forge@example.com" },
  message: "One\n\nwith data 5 and a line\nfrom nobody\n",
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
};

describe("a repository's writer", () => {
  let dir: string;
  beforeEach(async () => {
    dir = join(mkdtempSync(join(tmpdir(), "plangate-git-")), "deep", "repo.git");
    await initBare(dir);
  });
  afterEach(() => rmSync(join(dir, "..", ".."), { recursive: true }));

  const refs = () => realGit(dir, ["for-each-ref", "--format=%(refname)"]);

  it("commits files without a checkout, and moves no ref", async () => {
    const writer = openWriter(dir);
    const odd = { 'say "hi"\\n': "1", "line\nbreak": "2", "d/ünï ✓": Uint8Array.of(0, 255, 10), empty: "", gone: "x" };
    const first = await writer.writeFiles(null, odd, about);
    const second = await writer.writeFiles(first, { gone: null, "d/more": "3" }, { ...about, message: "two" });
    const repository = openRepository(dir);
    const entries = await repository.listTree(second);
    expect(entries.map(({ path }) => path).sort()).toEqual(
      ["d/more", "d/ünï ✓", "empty", "line\nbreak", 'say "hi"\\n'].sort(),
    );
    const bytes = entries.find(({ path }) => path === "d/ünï ✓")?.blob ?? "";
    expect([...((await repository.readBlobs([bytes]))[0] ?? [])]).toEqual([0, 255, 10]);
    expect(await repository.commitsBetween(null, second)).toMatchObject([
      { sha: second, parents: [first], message: "two", paths: ["d/more", "gone"] },
      { sha: first, emails: ["ann@example.com", "forge@example.com"], message: about.message },
    ]);
    expect(realGit(dir, ["show", "-s", "--format=%an|%cn|%aI", first])).toBe(
      "Ann xevil|Forge|2026-01-02T03:04:05+00:00",
    );
    expect(refs()).toBe("");
    realGit(dir, ["fsck", "--strict"]);
    repository.close();
  });

  it("makes the same commit of the same content", async () => {
    const writer = openWriter(dir);
    expect(await writer.writeFiles(null, { a: "1" }, about)).toBe(await writer.writeFiles(null, { a: "1" }, about));
  });

  it("commits a merged tree with its parents", async () => {
    const writer = openWriter(dir);
    const repository = openRepository(dir);
    const base = await writer.writeFiles(null, { a: "1" }, about);
    const [left, right] = await Promise.all([
      writer.writeFiles(base, { b: "1" }, about),
      writer.writeFiles(base, { c: "1" }, about),
    ]);
    const merged = await repository.mergeTree(left, right);
    if (!("tree" in merged)) throw new Error("conflict");
    const merge = await writer.commitTree(merged.tree, [left, right], about);
    expect(await repository.commitsBetween(left, merge)).toMatchObject([
      { parents: [left, right], message: about.message },
      { sha: right },
    ]);
    expect((await repository.listTree(merge)).map(({ path }) => path)).toEqual(["a", "b", "c"]);
    repository.close();
  });

  it("moves a ref only from where it was said to be", async () => {
    const writer = openWriter(dir);
    const one = await writer.writeFiles(null, { a: "1" }, about);
    const two = await writer.writeFiles(one, { a: "2" }, about);
    const ref = "refs/heads/main";
    expect(await writer.updateRef(ref, { from: one, to: two })).toBe(false);
    expect(await writer.updateRef(ref, { from: null, to: one })).toBe(true);
    expect(await writer.updateRef(ref, { from: null, to: two })).toBe(false);
    expect(await writer.updateRef(ref, { from: one, to: two })).toBe(true);
    expect(await writer.updateRef(ref, { from: one, to: two })).toBe(false);
    expect(await writer.updateRef(ref, { from: one, to: null })).toBe(false);
    expect(await writer.updateRef(ref, { from: two, to: null })).toBe(true);
    expect(refs()).toBe("");
    await expect(writer.updateRef(ref, { from: null, to: "1".repeat(40) as CommitSha })).rejects.toMatchObject({
      code: "git-failed",
    });
    await expect(writer.updateRef("HEAD", { from: null, to: one })).rejects.toThrow("no full ref name");
    await expect(writer.updateRef("refs/heads/a..b", { from: null, to: one })).rejects.toMatchObject({
      code: "git-failed",
    });
  });

  it("lets one of many win that move a ref at the same time", async () => {
    const writer = openWriter(dir);
    const one = await writer.writeFiles(null, { a: "1" }, about);
    const others = await Promise.all(
      Array.from({ length: 6 }, (_, index) => writer.writeFiles(one, { a: `${index + 2}` }, about)),
    );
    await writer.updateRef("refs/heads/main", { from: null, to: one });
    const moved = await Promise.all(others.map((to) => writer.updateRef("refs/heads/main", { from: one, to })));
    expect(moved.filter(Boolean)).toHaveLength(1);
    expect(realGit(dir, ["rev-parse", "refs/heads/main"])).toBe(others[moved.indexOf(true)]);
  });

  it("refuses what cannot be written, and leaves the repository whole", async () => {
    const writer = openWriter(dir);
    for (const path of ["../out", ".git/config", "/abs", "a//b"]) {
      await expect(writer.writeFiles(null, { [path]: "x" }, about)).rejects.toThrow("cannot be a path");
    }
    await expect(writer.writeFiles("1".repeat(40) as CommitSha, { a: "x" }, about)).rejects.toMatchObject({
      code: expect.stringMatching(/git-failed|object-missing/),
    });
    expect(refs()).toBe("");
  });
});
