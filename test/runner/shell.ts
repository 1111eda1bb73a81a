import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface ProgramAbout {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Everything that it sees: nothing of the test's own gets in. */
  readonly env: Readonly<Record<string, string>>;
  /** Called with each line of both its outputs, without the break. */
  readonly line: (text: string) => void;
  /** Ends it as GitHub does: the program itself is asked, asked again, and killed with all that it started. */
  readonly cancel: AbortSignal;
}

/** How long GitHub waits after each of its signals. */
const patience = { interrupt: 7500, terminate: 2500 };

/** Runs a program to its end; what comes back is its exit code, and 1 where it never started or was killed. */
export function runProgram({ command, args, cwd, env, line, cancel }: ProgramAbout): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const ended = endOf(child, line);
    const timers: NodeJS.Timeout[] = [];
    const stop = () => {
      child.kill("SIGINT");
      timers.push(setTimeout(() => child.kill("SIGTERM"), patience.interrupt));
      timers.push(setTimeout(() => killTree([child.pid ?? 0]), patience.interrupt + patience.terminate));
    };
    if (cancel.aborted) stop();
    else cancel.addEventListener("abort", stop, { once: true });
    void ended.then((code) => {
      cancel.removeEventListener("abort", stop);
      for (const timer of timers) clearTimeout(timer);
      resolve(code);
    });
  });
}

/** Waits for the program and not for those that it left behind with its outputs in their hands. */
function endOf(child: ChildProcess, line: (text: string) => void): Promise<number> {
  const lines = [child.stdout, child.stderr].map((stream) => {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split(/\r?\n/);
      rest = parts.pop() ?? "";
      for (const part of parts) line(part);
    });
    return () => {
      if (rest !== "") line(rest);
      rest = "";
    };
  });
  return new Promise((resolve) => {
    let done = false;
    const finish = (code: number) => {
      if (done) return;
      done = true;
      for (const flush of lines) flush();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(code);
    };
    child.once("error", (error) => {
      line(error.message);
      finish(1);
    });
    child.once("close", (code) => finish(code ?? 1));
    child.once("exit", (code) => setTimeout(() => finish(code ?? 1), 500));
  });
}

/** Ends whatever a job left behind: GitHub knows its processes by this variable, and then takes the whole machine away. */
export function endOrphans(trackingId: string): void {
  const mark = `RUNNER_TRACKING_ID=${trackingId}`;
  killTree(
    processes().flatMap(({ pid }) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark) ? [pid] : [];
      } catch {
        // Somebody else's, or gone in between.
        return [];
      }
    }),
  );
}

/** These and everything that they started, at once. */
function killTree(roots: readonly number[]): void {
  const all = processes();
  const found = new Set(roots.filter((pid) => pid > 1));
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  for (const pid of found) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}

function processes(): readonly { readonly pid: number; readonly parent: number }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // The program's own name may hold anything, so what follows its last bracket counts.
      const [, parent = "0"] = /\) \S (\d+)[^)]*$/.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      return [{ pid: Number(name), parent: Number(parent) }];
    } catch {
      return [];
    }
  });
}
