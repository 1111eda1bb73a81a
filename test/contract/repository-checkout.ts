import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CommitSha } from "../../src/domain/names.ts";
import type { RepositoryStage } from "./repository-stage.ts";

/** What every repository writes to disk, however hostile the tree is. */
export function repositoryCheckoutContract(stage: RepositoryStage): void {
  const { blob, commit, git, literalTree, repository, tree, write } = stage;

  describe("checkout", () => {
    it("writes files as in Git: bytes, modes and links, and no filter", async () => {
      git("config", "filter.evil.smudge", "touch smudged; cat");
      git("config", "core.autocrlf", "true");
      write("a.txt", "one\ntwo\n");
      write("d/e/deep.tf", "x");
      write("run.sh", "#!/bin/sh\n");
      write("with space/line\nbreak", "x");
      chmodSync(join(stage.work, "run.sh"), 0o755);
      symlinkSync("d/e", join(stage.work, "inside"));
      commit("files");
      write(".gitattributes", "* filter=evil eol=crlf ident\n");
      git("-c", "core.autocrlf=false", "add", ".gitattributes");
      git("commit", "-q", "-m", "attributes");
      const head = git("rev-parse", "HEAD") as CommitSha;
      const target = join(stage.folder, "out", "checkout");
      await repository().checkout(await repository().treeOf(head), target);
      expect(readFileSync(join(target, "a.txt"), "utf8")).toBe("one\ntwo\n");
      expect(readFileSync(join(target, "with space/line\nbreak"), "utf8")).toBe("x");
      expect(lstatSync(join(target, "run.sh")).mode & 0o111).not.toBe(0);
      expect(lstatSync(join(target, "a.txt")).mode & 0o111).toBe(0);
      expect(readlinkSync(join(target, "inside"))).toBe("d/e");
      expect(readdirSync(target).sort()).toEqual([".gitattributes", "a.txt", "d", "inside", "run.sh", "with space"]);
      expect(readdirSync(stage.work)).not.toContain("smudged");
    });

    it("makes links that lead out, and writes nothing through them", async () => {
      commit("any");
      const outside = join(stage.folder, "outside");
      mkdirSync(outside);
      const link = blob(outside);
      const below = tree(`100644 blob ${blob("evil")}\tfile`);
      const target = join(stage.folder, "out");
      await repository().checkout(tree(`120000 blob ${link}\tlink`), target);
      expect(readlinkSync(join(target, "link"))).toBe(outside);
      const both = literalTree([
        ["120000", "a", link],
        ["40000", "a", below],
      ]);
      await expect(repository().checkout(both, join(stage.folder, "out2"))).rejects.toMatchObject({
        code: "checkout-failed",
      });
      expect(readdirSync(outside)).toEqual([]);
    });

    it.each([".git", ".GIT", "..", ".", ".git.", "a/b", ""])(
      "writes nothing at all of a tree with an entry %j",
      async (name) => {
        commit("any");
        const evil = literalTree([
          ["100644", "a", blob("fine")],
          ["100644", name, blob("evil")],
        ]);
        const target = join(stage.folder, "out", "deep");
        await expect(repository().checkout(evil, target)).rejects.toMatchObject({
          code: expect.stringMatching(/unsafe-tree|git-failed/),
        });
        expect(readdirSync(stage.folder)).not.toContain("out");
      },
    );

    it("refuses a folder that has something in it", async () => {
      const head = commit("one", { a: "1" });
      await expect(repository().checkout(await repository().treeOf(head), stage.work)).rejects.toThrow("not empty");
    });

    it("leaves an empty folder for a submodule, which the list names", async () => {
      const head = commit("one", { a: "1" });
      const root = tree(`160000 commit ${head}\tnone`, `100644 blob ${blob("1")}\ta`);
      const target = join(stage.folder, "out");
      await repository().checkout(root, target);
      expect(readdirSync(join(target, "none"))).toEqual([]);
      expect(await repository().listTree(root)).toContainEqual({ path: "none", mode: "160000", blob: head });
    });

    it("writes the empty tree", async () => {
      commit("any");
      await repository().checkout(tree(), join(stage.folder, "out"));
      expect(readdirSync(join(stage.folder, "out"))).toEqual([]);
    });
  });
}
