import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** Runs the real Git for a test, apart from the settings of whoever runs the tests. */
export function realGit(dir: string, args: readonly string[], stdin: string | Buffer = ""): string {
  mkdirSync(dir, { recursive: true });
  const identity = { NAME: "Ann", EMAIL: "Ann@Example.com", DATE: "2026-01-02T03:04:05Z" };
  const who = Object.entries(identity).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ]);
  return execFileSync("git", ["-c", "protocol.file.allow=always", "-c", "commit.gpgSign=false", ...args], {
    cwd: dir,
    input: stdin,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      LC_ALL: "C",
      ...Object.fromEntries(who),
    },
  }).trim();
}
