import { chmodSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CommitSha, TreeSha } from "../../src/domain/names.ts";
import { realGit } from "./real-git.ts";
import type { RepositoryStage } from "./repository-stage.ts";

/** What every repository tells of names, trees and contents. */
export function repositoryObjectsContract(stage: RepositoryStage): void {
  const { blob, commit, git, repository, write } = stage;

  describe("resolve", () => {
    it("finds commits by branch, tag, id and its beginning", async () => {
      const first = commit("one", { a: "1" });
      const second = commit("two", { a: "2" });
      git("tag", "-a", "v1", "-m", "v1", first);
      git("branch", "feature/x", first);
      const { resolve } = repository();
      expect(await resolve("main")).toBe(second);
      expect(await resolve("refs/heads/feature/x")).toBe(first);
      expect(await resolve("v1")).toBe(first);
      expect(await resolve("tag:v1")).toBe(first);
      expect(await resolve(first)).toBe(first);
      expect(await resolve(first.slice(0, 10))).toBe(first);
      expect(await resolve("HEAD")).toBe(second);
      expect(await resolve("main~1")).toBe(first);
      expect(await resolve("main^")).toBe(first);
    });

    it("finds nothing where nothing is, whatever the name looks like", async () => {
      const first = commit("fix: one", { a: "1" });
      const names = [
        "nothing",
        "tag:main",
        "0".repeat(40),
        git("rev-parse", `${first}^{tree}`),
        "main:a",
        ":/fix",
        "main~7",
        "@{u}",
      ];
      const hostile = [
        "",
        "-h",
        "--all",
        "a\ncontents main",
        "main\n",
        "main^{tree}",
        "..",
        "a..b",
        "@",
        "main^{/fix}",
        "a\0b",
        " main",
      ];
      for (const name of [...names, ...hostile])
        expect([name, await repository().resolve(name)]).toEqual([name, undefined]);
      expect(await repository().resolve("main")).toBe(first);
    });

    it("is not led astray by refs named after others", async () => {
      const first = commit("one", { a: "1" });
      const evil = commit("evil", { a: "2" });
      git("tag", "good", first);
      git("update-ref", "refs/heads/good", evil);
      git("update-ref", "refs/heads/refs/tags/v9", evil);
      git("update-ref", "refs/tags/refs/heads/release", evil);
      git("update-ref", "refs/heads/refs/tags/good", evil);
      git("update-ref", `refs/heads/${first}`, evil);
      git("update-ref", `refs/heads/${first.slice(0, 9)}`, evil);
      const { resolve } = repository();
      expect(await resolve("good")).toBe(evil);
      expect(await resolve("tag:good")).toBe(first);
      expect(await resolve("tag:v9")).toBeUndefined();
      expect(await resolve("release")).toBeUndefined();
      expect(await resolve("refs/heads/release")).toBeUndefined();
      expect(await resolve(first)).toBe(first);
    });

    it("finds nothing in an empty repository", async () => {
      expect(await repository().resolve("main")).toBeUndefined();
      expect(await repository().resolve("HEAD")).toBeUndefined();
    });
  });

  describe("trees and blobs", () => {
    const odd = [
      'say "hi".txt',
      "with space",
      "line\nbreak",
      "tab\there",
      "ünï-✓",
      "-rf",
      "*",
      "back\\slash",
      "d/e/f/g.tf",
      '"quoted"',
    ];

    it("lists every file with its mode, odd names too", async () => {
      for (const path of odd) write(path, `of ${path}`);
      write("run.sh", "#!/bin/sh\n");
      chmodSync(join(stage.work, "run.sh"), 0o755);
      symlinkSync("/etc/passwd", join(stage.work, "link"));
      const head = commit("odd");
      const entries = await repository().listTree(head);
      expect(entries).toEqual(await repository().listTree(await repository().treeOf(head)));
      const paths = entries.map(({ path }) => path).sort();
      expect(paths).toEqual([...odd.slice(0, -1), '"\\"quoted\\""', "run.sh", "link"].sort());
      expect(Object.fromEntries(entries.map(({ path, mode }) => [path, mode]))).toMatchObject({
        "run.sh": "100755",
        link: "120000",
        "with space": "100644",
      });
      const contents = await repository().readBlobs(entries.map((entry) => entry.blob));
      for (const [index, { path, mode }] of entries.entries()) {
        const name = path.startsWith('"') ? '"quoted"' : path;
        if (mode === "100644") expect(Buffer.from(contents[index] ?? []).toString()).toBe(`of ${name}`);
      }
    });

    it("reads any bytes, of any size, in order", async () => {
      const every = Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index));
      const big = Buffer.alloc(5_000_000, every);
      const contents = [every, Buffer.alloc(0), big, Buffer.from("\n"), Buffer.from("deadbeef blob 3\n")];
      const ids = contents.map((content) => realGit(stage.work, ["hash-object", "-w", "--stdin"], content));
      const read = await repository().readBlobs([...ids, ...ids]);
      expect(read).toHaveLength(10);
      for (const [index, bytes] of read.entries()) expect(Buffer.compare(bytes, contents[index % 5] ?? every)).toBe(0);
    });

    it("says which object is missing", async () => {
      const head = commit("one", { a: "1" });
      await expect(repository().readBlobs(["0".repeat(40)])).rejects.toMatchObject({ code: "object-missing" });
      await expect(repository().readBlobs([head])).rejects.toMatchObject({ code: "object-missing" });
      await expect(repository().treeOf("0".repeat(40) as CommitSha)).rejects.toMatchObject({
        code: "object-missing",
      });
      await expect(repository().isAncestor(head, "1".repeat(40) as CommitSha)).rejects.toMatchObject({
        code: "object-missing",
      });
      await expect(repository().mergeTree(head, "1".repeat(40) as CommitSha)).rejects.toMatchObject({
        code: "object-missing",
      });
      await expect(repository().commitsBetween(null, "1".repeat(40) as CommitSha)).rejects.toMatchObject({
        code: "object-missing",
      });
    });

    it("keeps names apart that are not UTF-8", async () => {
      const id = blob("x");
      const root = realGit(
        stage.work,
        ["mktree", "-z"],
        Buffer.from(`100644 blob ${id}\ta\xe9.tf\0` + `100644 blob ${id}\ta\xe8.tf\0`, "latin1"),
      ) as TreeSha;
      commit("any");
      expect((await repository().listTree(root)).map(({ path }) => path)).toEqual(['"a\\350.tf"', '"a\\351.tf"']);
      const target = join(stage.folder, "out");
      await repository().checkout(root, target);
      expect(
        readdirSync(target, { encoding: "buffer" })
          .map((name) => name.toString("latin1"))
          .sort(),
      ).toEqual(["a\xe8.tf", "a\xe9.tf"]);
    });
  });
}
