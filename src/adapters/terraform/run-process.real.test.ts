import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../testing/programs.ts";
import { commandText, type ProcessRequest, runProcess } from "./run-process.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

function sh(script: string, more: Partial<ProcessRequest> = {}): ProcessRequest {
  const env = { PATH: process.env.PATH ?? "" };
  const redact = (line: string) => line;
  return {
    program: "sh",
    args: ["-c", script],
    cwd: folder.path,
    env,
    grace: 5_000,
    lastGrace: 1_000,
    redact,
    ...more,
  };
}

/** Waits until the script has written its process number there. */
async function numberIn(name: string): Promise<number> {
  const file = join(folder.path, name);
  for (let tries = 0; tries < 500; tries++) {
    const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
    if (text !== "") return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${name} was never written`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("runProcess", () => {
  it("gives exit code, both outputs and the command as one would type it", async () => {
    const result = await runProcess(sh("echo out; echo err >&2; exit 3"));
    expect(result).toMatchObject({
      exitCode: 3,
      signal: null,
      stdout: "out",
      stderr: "err",
      aborted: false,
      timedOut: false,
    });
    expect(result.command).toBe("sh -c 'echo out; echo err >&2; exit 3'");
  });

  it("passes on nothing but the environment it is given", async () => {
    const result = await runProcess(sh("env | cut -d= -f1 | sort", { env: { PATH: "/usr/bin:/bin", ONLY: "this" } }));
    expect(result.stdout.split("\n").filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name))).toEqual([
      "ONLY",
      "PATH",
    ]);
  });

  it("redacts every line before it is logged or kept, also when it comes in pieces", async () => {
    const logged: string[] = [];
    const redact = (line: string) => line.replaceAll("hunter2", "***");
    const result = await runProcess(
      sh("printf 'a hun'; sleep 0.1; printf 'ter2 b\\n'; echo hunter2 >&2", {
        redact,
        log: (line) => logged.push(line),
      }),
    );
    expect([...logged].sort()).toEqual(["***", "a *** b"]);
    expect(result.stdout + result.stderr + result.command).not.toContain("hunter2");
  });

  it("does not show part of a secret where an endless line is cut", async () => {
    const secret = "s3cr3t".repeat(50);
    const file = await folder.write("long", `${"x".repeat(64 * 1024 - 20)}${secret}${"y".repeat(200_000)}\nnext\n`);
    const result = await runProcess(sh(`cat '${file}'`, { redact: (line) => line.replaceAll(secret, "***") }));
    expect(result.stdout).not.toContain("s3cr3t");
    expect(result.stdout).toMatch(/left out\)\nnext$/);
  });

  it("keeps the beginning and the end of an output that is too long, and logs all of it", async () => {
    let lines = 0;
    const result = await runProcess(sh("seq 1 200000", { log: () => void lines++ }));
    expect(lines).toBe(200_000);
    expect(result.stdout.length).toBeLessThan(200_000);
    expect(result.stdout).toMatch(/^1\n2\n/);
    expect(result.stdout).toMatch(/lines left out[\s\S]*\n200000$/);
  });

  it("gives an output that is data whole, as it is, and not to the log", async () => {
    const logged: string[] = [];
    const result = await runProcess(
      sh("printf 'x\\000y'", { wholeOutput: 10, log: (line) => logged.push(line), redact: () => "no" }),
    );
    expect(Buffer.from(result.output).toString("latin1")).toBe("x\0y");
    expect(logged).toEqual([]);
  });

  it("stops a program that prints more data than allowed", async () => {
    await expect(runProcess(sh("yes", { wholeOutput: 1000 }))).rejects.toMatchObject({ code: "output-too-large" });
  });

  it("says that a program is missing, and that a folder is", async () => {
    await expect(runProcess({ ...sh(""), program: "plangate-no-such-program" })).rejects.toMatchObject({
      code: "tool-missing",
      reaction: "stop",
    });
    await expect(runProcess(sh("", { cwd: join(folder.path, "gone") }))).rejects.toMatchObject({
      code: "folder-missing",
    });
  });

  it("lets a program that was told to stop end in good order", async () => {
    const stop = new AbortController();
    const running = runProcess(
      sh("trap 'sleep 0.2; echo saved; exit 1' INT; echo $$ > pid; while :; do sleep 0.05; done", {
        signal: stop.signal,
      }),
    );
    await numberIn("pid");
    stop.abort();
    expect(await running).toMatchObject({ exitCode: 1, aborted: true, stdout: "saved" });
  });

  it("ends the whole group of a program that does not stop, however deaf its children are", async () => {
    const stop = new AbortController();
    const script = "trap '' INT TERM; sh -c \"trap '' INT TERM; echo \\$\\$ > child; while :; do sleep 1; done\"";
    const deaf = runProcess(sh(script, { signal: stop.signal, grace: 100, lastGrace: 200 }));
    const child = await numberIn("child");
    stop.abort();
    expect(await deaf).toMatchObject({ exitCode: null, signal: "SIGKILL", aborted: true });
    expect(isAlive(child)).toBe(false);
  });

  it("ends what a program left running in the background, and does not wait for its pipes", async () => {
    const begun = performance.now();
    const result = await runProcess(sh("sleep 60 & echo $! > child; exit 0"));
    expect(result.exitCode).toBe(0);
    expect(isAlive(await numberIn("child"))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("stops at its time limit", async () => {
    expect(await runProcess(sh("exec sleep 60", { timeout: 100 }))).toMatchObject({
      timedOut: true,
      aborted: false,
      exitCode: null,
    });
  });

  it("starts nothing when it was stopped before it began", async () => {
    const result = await runProcess(sh("touch started", { signal: AbortSignal.abort() }));
    expect(result).toMatchObject({ started: false, aborted: true, exitCode: null });
    expect(existsSync(join(folder.path, "started"))).toBe(false);
  });

  it("tells the process's number, and stops the process when that cannot be recorded", async () => {
    const failing = runProcess(sh("exec sleep 60", { spawned: () => Promise.reject(new Error("store is gone")) }));
    await expect(failing).rejects.toThrow("store is gone");
    const told: number[] = [];
    const result = await runProcess(sh("echo $$", { spawned: async (pid) => void told.push(pid) }));
    expect(told.map(String)).toEqual([result.stdout]);
  });

  it("gives the outputs of a program that may outlive it like those of any other", async () => {
    const lines: string[] = [];
    const script = "echo one; echo two >&2; sleep 0.2; echo secret; exit 2";
    const redact = (line: string) => line.replace("secret", "***");
    const result = await runProcess(sh(script, { outlives: true, redact, log: (line) => lines.push(line) }));
    expect(result).toMatchObject({ exitCode: 2, stdout: "one\n***", stderr: "two" });
    expect(lines.toSorted()).toEqual(["***", "one", "two"]);
  });

  it("lets a program that may outlive it write to its end when we are killed", async () => {
    const script = "echo $$ > pid; while [ ! -e go ]; do sleep 0.02; done; echo still here && touch written";
    const module = new URL("run-process.ts", import.meta.url).href;
    const about = JSON.stringify({ ...sh(script), grace: 0, outlives: true, log: undefined });
    const code = `const { runProcess } = await import("${module}"); await runProcess({ ...${about}, redact: (line) => line });`;
    const own = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
    const orphan = await numberIn("pid");
    const killed = once(own, "exit");
    own.kill("SIGKILL");
    await killed;
    await folder.write("go", "");
    while (isAlive(orphan)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(existsSync(join(folder.path, "written"))).toBe(true);
  });

  it("quotes what a shell would take apart", () => {
    expect(commandText("terraform", ["-out=a b", "it's", "$(x)", "-x=1"])).toBe(
      "terraform '-out=a b' 'it'\\''s' '$(x)' -x=1",
    );
  });
});
