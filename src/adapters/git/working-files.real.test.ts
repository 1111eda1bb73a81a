import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listWorkingFiles, type WorkingFiles } from "./working-files.ts";
import { findWorktree } from "./worktree.ts";

const top = mkdtempSync(join(tmpdir(), "plangate-files-"));
let files: WorkingFiles;

beforeAll(async () => {
  const git = (...args: readonly string[]) => execFileSync("git", ["-C", top, ...args], { stdio: "ignore" });
  const write = (path: string, text: string | Buffer) => writeFileSync(join(top, path), text);
  git("init", "--quiet");
  mkdirSync(join(top, "hidden"));
  write(".gitignore", "hidden/\n*.secret\n");
  for (const path of ["kept.tf", "gone.tf", "piped.tf", "tracked.secret"]) write(path, `# ${path}\n`);
  write("umlaut-ä.tf", "# ä\n");
  write("binary.bin", Buffer.from([1, 0, 2]));
  write("large.txt", "x".repeat(1_000_001));
  symlinkSync("kept.tf", join(top, "link.tf"));
  git("add", "--force", "--all");
  unlinkSync(join(top, "gone.tf"));
  unlinkSync(join(top, "piped.tf"));
  execFileSync("mkfifo", [join(top, "piped.tf")]);
  write("new.tf", "# new\n");
  write("hidden/a.tfvars", "a = 1\n");
  write("b.secret", "b");
  files = await listWorkingFiles(await findWorktree(top, process.env), process.env);
});

afterAll(() => rmSync(top, { recursive: true }));

describe("listWorkingFiles", () => {
  it("has what Git tracks or would, as it is on disk, and neither what is gone nor what is ignored", () => {
    const seen = files.files.map(({ path, mode, tracked }) => `${path} ${mode} ${tracked}`).sort();
    expect(seen).toEqual([
      ".gitignore 100644 true",
      "binary.bin 100644 true",
      "kept.tf 100644 true",
      "large.txt 100644 true",
      "link.tf 120000 true",
      "new.tf 100644 false",
      "piped.tf 100644 true",
      "tracked.secret 100644 true",
      "umlaut-ä.tf 100644 true",
    ]);
  });

  it("reads texts, follows no link, and waits for nobody behind a pipe", async () => {
    expect(await files.read("umlaut-ä.tf")).toEqual({ text: "# ä\n" });
    expect(await files.read("new.tf")).toEqual({ text: "# new\n" });
    expect(await files.read("link.tf")).toEqual({ text: null, why: "gone" });
    expect(await files.read("piped.tf")).toEqual({ text: null, why: "gone" });
    expect(await files.read("gone.tf")).toEqual({ text: null, why: "gone" });
    expect(await files.read("binary.bin")).toEqual({ text: null, why: "binary" });
    expect(await files.read("large.txt")).toEqual({ text: null, why: "large" });
    expect(files.linkTarget("link.tf")).toBe("kept.tf");
  });

  it("tells files that are there and ignored from those that are not there", async () => {
    const asked = ["hidden/a.tfvars", "b.secret", "tracked.secret", "new.tf", "nowhere.tf", "hidden/nothing.tf"];
    expect(await files.ignored(asked)).toEqual(new Set(["hidden/a.tfvars", "b.secret"]));
  });
});
