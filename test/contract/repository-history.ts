import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CommitSha } from "../../src/domain/names.ts";
import type { RepositoryStage } from "./repository-stage.ts";

/** What every repository tells of commits, and of merges that nobody made yet. */
export function repositoryHistoryContract(stage: RepositoryStage): void {
  const { commit, git, repository, write } = stage;

  describe("mergeTree", () => {
    it("gives the tree that the merge would have", async () => {
      const base = commit("base", { a: "1\n2\n3\n", b: "b" });
      git("checkout", "-q", "-b", "topic");
      const topic = commit("topic", { a: "one\n2\n3\n", new: "n" });
      git("checkout", "-q", "main");
      const main = commit("main", { a: "1\n2\nthree\n" });
      const merged = await repository().mergeTree(main, topic);
      git("merge", "-q", "--no-edit", "topic");
      expect(merged).toEqual({ tree: git("rev-parse", "HEAD^{tree}") });
      const entries = "tree" in merged ? await repository().listTree(merged.tree) : [];
      expect(entries.map(({ path }) => path)).toEqual(["a", "b", "new"]);
      expect(await repository().mergeTree(base, topic)).toEqual({ tree: git("rev-parse", `${topic}^{tree}`) });
    });

    it("names the paths that conflict", async () => {
      commit("base", { a: "1", "odd\nname": "1", c: "c" });
      git("checkout", "-q", "-b", "topic");
      const topic = commit("topic", { a: "2", "odd\nname": "2" });
      git("checkout", "-q", "main");
      const main = commit("main", { a: "3", "odd\nname": "3", c: "d" });
      expect(await repository().mergeTree(main, topic)).toEqual({ conflicts: ["a", "odd\nname"] });
    });

    it("says so when there is no common history", async () => {
      const main = commit("main", { a: "1" });
      git("checkout", "-q", "--orphan", "other");
      const other = commit("other", { b: "1" });
      await expect(repository().mergeTree(main, other)).rejects.toMatchObject({ code: "unrelated-histories" });
    });
  });

  describe("history", () => {
    it("tells ancestors", async () => {
      const first = commit("one");
      const second = commit("two");
      const { isAncestor } = repository();
      expect(await isAncestor(first, second)).toBe(true);
      expect(await isAncestor(second, first)).toBe(false);
      expect(await isAncestor(first, first)).toBe(true);
    });

    it("finds the newest commit that two have", async () => {
      const first = commit("one", { a: "1" });
      git("checkout", "-q", "-b", "topic");
      const topic = commit("topic", { b: "1" });
      git("checkout", "-q", "main");
      const main = commit("main", { c: "1" });
      git("checkout", "-q", "--orphan", "other");
      const other = commit("other", { d: "1" });
      const { mergeBase } = repository();
      expect(await mergeBase(main, topic)).toBe(first);
      expect(await mergeBase(first, topic)).toBe(first);
      expect(await mergeBase(main, other)).toBeUndefined();
    });

    it("counts the files and lines that differ, whatever attributes call binary", async () => {
      const first = commit("one", { a: "1\n2\n3\n", "d/b": "1\n", same: "1\n" });
      const second = commit("two", {
        a: "1\n@@ -1,9 +1,9 @@\n3\n4\n",
        "d/c": "\0binary\n",
        ".gitattributes": "* binary -diff\n",
      });
      git("rm", "-q", "d/b");
      const third = commit("three");
      const { changeSize } = repository();
      expect(await changeSize(first, first)).toEqual({ files: 0, lines: 0 });
      expect(await changeSize(first, second)).toEqual({ files: 3, lines: 5 });
      expect(await changeSize(second, third)).toEqual({ files: 1, lines: 1 });
      expect(await changeSize(third, first)).toEqual({ files: 4, lines: 6 });
    });

    it("names the tags", async () => {
      commit("one");
      expect(await repository().tags()).toEqual([]);
      git("tag", "v1.0.0");
      git("tag", "-m", "made by hand", "vpc/v2");
      expect(await repository().tags()).toEqual(["v1.0.0", "vpc/v2"]);
    });

    it("lists commits with the people and the paths of each", async () => {
      const first = commit("one", { a: "1", "d/b": "1" });
      git("checkout", "-q", "-b", "topic");
      git("mv", "d/b", "d/renamed");
      git(
        "-c",
        "user.name=x",
        "commit",
        "-q",
        "--author=Bob <Bob@Example.com>",
        "-m",
        "rename\n\nCo-authored-by: Eve <EVE@example.com>\n",
      );
      const renamed = git("rev-parse", "HEAD");
      git("checkout", "-q", "main");
      const second = commit("two", { "ünï ✓": "1" });
      git("merge", "-q", "--no-ff", "-m", "merge", "topic");
      const merge = git("rev-parse", "HEAD") as CommitSha;
      const commits = await repository().commitsBetween(first, merge);
      expect(commits[0]).toMatchObject({ sha: merge, parents: [second, renamed], emails: ["ann@example.com"] });
      expect([...(commits[0]?.paths ?? [])].sort()).toEqual(["d/b", "d/renamed"]);
      const byId = new Map<string, (typeof commits)[number]>(commits.map((each) => [each.sha, each]));
      expect([...byId.keys()].sort()).toEqual([merge, second, renamed].sort());
      expect(byId.get(renamed)).toMatchObject({
        emails: ["bob@example.com", "ann@example.com", "eve@example.com"],
        message: expect.stringMatching(/^rename\n/),
      });
      expect([...(byId.get(renamed)?.paths ?? [])].sort()).toEqual(["d/b", "d/renamed"]);
      expect(byId.get(second)?.paths).toEqual(["ünï ✓"]);
      const all = await repository().commitsBetween(null, merge);
      expect(all).toHaveLength(4);
      expect(all.at(-1)).toMatchObject({ sha: first, parents: [], paths: ["a", "d/b"] });
      expect(await repository().commitsBetween(merge, merge)).toEqual([]);
    });

    it("sees a change of mode, of kind, and of a submodule", async () => {
      const first = commit("one", { file: "1", kind: "1", script: "1" });
      rmSync(join(stage.work, "kind"));
      write("kind/below", "1");
      chmodSync(join(stage.work, "script"), 0o755);
      git("update-index", "--add", "--cacheinfo", `160000,${first},module`);
      const second = commit("two");
      const [only] = await repository().commitsBetween(first, second);
      expect([...(only?.paths ?? [])].sort()).toEqual(["kind", "kind/below", "script"]);
    });
  });
}
