import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { DeliveryError } from "../../domain/errors.ts";
import { gitFailure, gitMissing, notARepository, objectMissing } from "./git-error.ts";
import { type Git, gitArgs, runGit } from "./run-git.ts";

/**
 * Reads very many blobs through one process, each given as it comes: nothing is kept and nothing is promised per blob,
 * which for ten thousands of small files is most of the time.
 */
export function readBlobsInto(
  git: Git,
  blobs: readonly string[],
  take: (blob: string, content: Uint8Array) => void,
): Promise<void> {
  if (blobs.length === 0) return Promise.resolve();
  const args = ["cat-file", "--batch", "--buffer"];
  return new Promise((resolve, reject) => {
    const child = spawn("git", gitArgs(args), { cwd: git.dir, env: git.env, stdio: "pipe" });
    const answers = answersIn(blobs, git.dir, take);
    let stderr = "";
    const fail = (error: unknown) => {
      child.kill();
      reject(error);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      try {
        answers.add(chunk);
      } catch (error) {
        fail(error);
      }
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    child.stdin.on("error", () => undefined);
    child.once("error", (error) => fail(existsSync(git.dir) ? gitMissing(error) : notARepository(git.dir)));
    child.once("close", (code) => {
      if (code === 0 && answers.isWhole()) return resolve();
      const version = async () => (await runGit(git, ["--version"])).stdout.toString().trim();
      gitFailure(args, git.dir, { exitCode: code ?? -1, stderr, version }).then(reject, reject);
    });
    child.stdin.end(`${blobs.join("\n")}\n`);
  });
}

/** Takes the answers apart: a line `<id> blob <size>`, that many bytes and a line break, in the order of the questions. */
function answersIn(blobs: readonly string[], dir: string, take: (blob: string, content: Uint8Array) => void) {
  let rest: Buffer[] = [];
  let held = 0;
  let needed = 1;
  let next = 0;
  const add = (chunk: Buffer) => {
    rest.push(chunk);
    held += chunk.length;
    // Content longer than a chunk is put together once, when all of it is there.
    if (held < needed) return;
    let bytes = rest.length === 1 ? chunk : Buffer.concat(rest, held);
    for (;;) {
      const end = bytes.indexOf(10);
      if (end < 0) break;
      const blob = blobs[next] ?? "";
      const size = sizeIn(bytes.toString("latin1", 0, end));
      if (size === undefined) throw missing(blob, dir);
      needed = end + 1 + size + 1;
      if (bytes.length < needed) break;
      take(blob, bytes.subarray(end + 1, end + 1 + size));
      next++;
      bytes = bytes.subarray(needed);
      needed = 1;
    }
    rest = bytes.length === 0 ? [] : [bytes];
    held = bytes.length;
  };
  return { add, isWhole: () => next === blobs.length && held === 0 };
}

function sizeIn(line: string): number | undefined {
  const size = / blob (\d+)$/.exec(line)?.[1];
  return size === undefined ? undefined : Number(size);
}

function missing(blob: string, dir: string): DeliveryError {
  return objectMissing(`blob ${blob}`, dir);
}
