import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { gitFailure, gitMissing, notARepository } from "./git-error.ts";
import { type Git, gitArgs, runGit } from "./run-git.ts";

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly content: Buffer;
}

/**
 * Reads objects through one `git cat-file` process, which is started when first needed and serves every question: a
 * process for each would cost more than the answers. It does not keep ours alive, and ends with it.
 */
export interface ObjectReader {
  /** The id of what the name stands for; `undefined` when there is nothing. */
  idOf(name: string): Promise<string | undefined>;
  read(name: string): Promise<GitObject | undefined>;
  close(): void;
}

interface Question {
  readonly answer: (object: GitObject | undefined) => void;
  readonly fail: (error: Error) => void;
  readonly withContent: boolean;
}

export function openObjectReader(git: Git): ObjectReader {
  let running: RunningReader | undefined;
  const start = () => {
    const started = startReader(git, () => {
      if (running === started) running = undefined;
    });
    return started;
  };
  const ask = (command: "info" | "contents", name: string) => {
    // A line break would be the end of our question and the beginning of somebody else's.
    if (/[\n\0]/.test(name)) return Promise.resolve(undefined);
    running ??= start();
    return running.ask(command, name);
  };
  return {
    idOf: async (name) => (await ask("info", name))?.id,
    read: (name) => ask("contents", name),
    close: () => running?.close(),
  };
}

interface RunningReader {
  ask(command: "info" | "contents", name: string): Promise<GitObject | undefined>;
  close(): void;
}

function startReader(git: Git, ended: () => void): RunningReader {
  const args = ["cat-file", "--batch-command", "--buffer"];
  const child = spawn("git", gitArgs(args), { cwd: git.dir, env: git.env, stdio: "pipe" });
  const questions: Question[] = [];
  let unsent: string[] = [];
  let stderr = "";
  const failAll = (error: Error) => {
    ended();
    for (const question of questions.splice(0)) question.fail(error);
  };
  const next = () => {
    const question = questions.shift();
    if (questions.length === 0) setIdle(child, true);
    return question;
  };
  child.stdout.on("data", answerParser(questions, next));
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdin.on("error", () => undefined);
  child.once("error", (error) => failAll(existsSync(git.dir) ? gitMissing(error) : notARepository(git.dir)));
  child.once("close", (code) => {
    if (questions.length === 0) return ended();
    const version = async () => (await runGit(git, ["--version"])).stdout.toString().trim();
    gitFailure(args, git.dir, { exitCode: code ?? -1, stderr, version }).then(failAll, failAll);
  });
  setIdle(child, true);

  const send = () => {
    child.stdin.write(`${unsent.join("")}flush\n`);
    unsent = [];
  };
  return {
    ask: (command, name) =>
      new Promise((answer, fail) => {
        if (questions.length === 0) setIdle(child, false);
        questions.push({ answer, fail, withContent: command === "contents" });
        if (unsent.length === 0) queueMicrotask(send);
        unsent.push(`${command} ${name}\n`);
      }),
    close: () => {
      ended();
      child.stdin.end();
    },
  };
}

/** An idle process must not keep ours from ending; one that owes us an answer must. */
function setIdle(child: ChildProcessWithoutNullStreams, idle: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr] as unknown as Socket[]) {
    if (idle) handle.unref();
    else handle.ref();
  }
}

/** Takes the answers apart: a line `<id> <type> <size>`, then, when asked for, that many bytes and a line break. */
function answerParser(questions: readonly Question[], next: () => Question | undefined): (chunk: Buffer) => void {
  let line = "";
  let head: { id: string; type: string; content: Buffer } | undefined;
  let filled = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (head === undefined) {
        const end = chunk.indexOf(10, at);
        line += chunk.toString("latin1", at, end < 0 ? chunk.length : end);
        if (end < 0) return;
        at = end + 1;
        const parts = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line);
        line = "";
        const [, id = "", type = "", size = "0"] = parts ?? [];
        if (parts === null) next()?.answer(undefined);
        else if (!questions[0]?.withContent) next()?.answer({ id, type, content: Buffer.alloc(0) });
        else head = { id, type, content: Buffer.allocUnsafe(Number(size) + 1) };
        filled = 0;
      } else {
        const copied = chunk.copy(head.content, filled, at);
        at += copied;
        filled += copied;
        if (filled === head.content.length) {
          next()?.answer({ ...head, content: head.content.subarray(0, -1) });
          head = undefined;
        }
      }
    }
  };
}
