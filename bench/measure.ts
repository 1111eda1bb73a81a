import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measured } from "./bench.ts";

/** A program to measure from its start to its end, output thrown away. */
export interface Program {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Done before each run and not measured: what gives every run the same start. */
  readonly before?: () => void;
  /** Exit codes that count as having done the work; [0] unless told. */
  readonly exits?: readonly number[];
  /** False for what takes so long that a run to warm up would change nothing. */
  readonly warmUp?: boolean;
}

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssMb?: number;
}

/** Measures one program: a run to warm up, then `runs` that count. */
export async function measureProcess(program: Program, runs: number): Promise<Measured> {
  if (program.warmUp !== false) await runOnce(program);
  const samples: Sample[] = [];
  for (let run = 0; run < runs; run++) samples.push(await runOnce(program));
  return summarise(samples);
}

/**
 * Measures the same work done by us and bare, in turns (A B A B), so that a machine that grows slower or faster
 * meanwhile does it to both.
 */
export async function compareProcesses(
  pair: { readonly ours: Program; readonly bare: Program },
  runs: number,
): Promise<{ measured: Measured; bare: Measured; ratio: number; cpuRatio: number }> {
  await runOnce(pair.ours);
  await runOnce(pair.bare);
  const ours: Sample[] = [];
  const bare: Sample[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(await runOnce(pair.ours));
    bare.push(await runOnce(pair.bare));
  }
  const measured = summarise(ours);
  const bareMeasured = summarise(bare);
  return {
    measured,
    bare: bareMeasured,
    ratio: measured.wallMs.median / bareMeasured.wallMs.median,
    cpuRatio: measured.cpuMs / bareMeasured.cpuMs,
  };
}

/**
 * Measures a function inside this process. `work` says how many things it did, which gives the rate; give it enough
 * of them that one run takes some tens of milliseconds.
 */
export async function measureCalls(
  work: () => number | Promise<number>,
  runs: number,
  { warmUp = true }: Pick<Program, "warmUp"> = {},
): Promise<Measured> {
  if (warmUp) await work();
  const samples: Sample[] = [];
  let done = 0;
  for (let run = 0; run < runs; run++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    done = await work();
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    samples.push({ wallMs, cpuMs: (user + system) / 1000 });
  }
  const measured = summarise(samples);
  return { ...measured, ratePerSecond: done / (measured.wallMs.median / 1000) };
}

/** The middle of some numbers; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const pair = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return pair.reduce((sum, value) => sum + value, 0) / pair.length;
}

function summarise(samples: readonly Sample[]): Measured & { readonly cpuMs: number } {
  const walls = samples.map(({ wallMs }) => wallMs);
  const sizes = samples.flatMap(({ rssMb }) => (rssMb === undefined ? [] : [rssMb]));
  return {
    runs: samples.length,
    wallMs: { median: median(walls), min: Math.min(...walls) },
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    ...(sizes.length === samples.length ? { rssMb: median(sizes) } : {}),
  };
}

/** GNU time knows the largest memory of a tree; other systems' `time` do not take `-f`, and then there is no figure. */
const gnuTime = spawnSync("/usr/bin/time", ["-f", "%M", "true"]).status === 0 ? "/usr/bin/time" : undefined;

/** Bash's `time` has milliseconds and counts every child that was waited for; Node has no way to ask for those. */
const timed = `exec 3>&2
{ TIMEFORMAT="%3R %3U %3S"; time "$@" 2>&3; } 2>"$PLANGATE_BENCH_TIMES"`;

async function runOnce(program: Program): Promise<Sample> {
  program.before?.();
  const folder = mkdtempSync(join(tmpdir(), "plangate-bench-"));
  const [times, size] = [join(folder, "times"), join(folder, "size")];
  try {
    const argv = gnuTime === undefined ? program.argv : [gnuTime, "-q", "-f", "%M", "-o", size, ...program.argv];
    const ended = await run(["-c", timed, "bash", ...argv], program, { PLANGATE_BENCH_TIMES: times });
    if (ended.exit === null || !(program.exits ?? [0]).includes(ended.exit)) {
      throw new Error(`measuring ${program.argv.join(" ")}: exit ${ended.exit}\n${ended.stderr.slice(-2000)}`);
    }
    const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = readFileSync(times, "utf8")
      .trim()
      .split(" ")
      .map(Number);
    const measured = { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
    return gnuTime === undefined ? measured : { ...measured, rssMb: Number(readFileSync(size, "utf8")) / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(
  argv: readonly string[],
  program: Program,
  env: Record<string, string>,
): Promise<{ exit: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", argv, {
      cwd: program.cwd,
      env: { ...process.env, ...program.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (exit) => resolve({ exit, stderr }));
  });
}
