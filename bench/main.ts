/**
 * `npm run bench -- [NAME…] [--json FILE] [--quick]`: runs the benches and prints a Markdown table for each.
 *
 * Exits with 1 when a bench could not run. An aim that does not hold shows as **no** and does not fail: figures from
 * one machine are for people to judge.
 */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Bench, type Context, LeftOut, type Row } from "./bench.ts";
import { renderTable } from "./table.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, quick: { type: "boolean", default: false } },
});

const benches = await loadBenches();
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(", ")}; there are ${benches.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const results: { readonly bench: string; readonly rows: readonly Row[]; readonly error?: string }[] = [];
const machine = describeMachine();
console.log(
  `${machine.processors} × ${machine.model}, ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}${options.quick ? ", quick" : ""}`,
);
for (const bench of benches) {
  if (names.length > 0 && !names.includes(bench.name)) continue;
  // What else the machine does shows in wall times; processor times stand it.
  console.log(`\n## ${bench.name}\n\n${bench.about} Load before: ${(loadavg()[0] ?? 0).toFixed(1)}.\n`);
  results.push(await runBench(bench));
}

if (options.json !== undefined) {
  const at = new Date().toISOString();
  writeFileSync(options.json, `${JSON.stringify({ at, quick: options.quick, machine, results }, undefined, 2)}\n`);
}
process.exitCode = results.some(({ error }) => error !== undefined) ? 1 : 0;

async function loadBenches(): Promise<readonly Bench[]> {
  const files = globSync("bench/benches/*.ts", { cwd: root }).sort();
  const modules = await Promise.all(files.map((file) => import(join(root, file)) as Promise<{ bench: Bench }>));
  return modules.map(({ bench }) => bench);
}

async function runBench(bench: Bench): Promise<(typeof results)[number]> {
  const folder = mkdtempSync(join(tmpdir(), "plangate-bench-"));
  try {
    const rows = await bench.run(makeContext(folder));
    console.log(renderTable(rows));
    return { bench: bench.name, rows };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof LeftOut) {
      console.log(`left out: ${message}`);
      return { bench: bench.name, rows: [] };
    }
    console.log(`could not run: ${message}`);
    return { bench: bench.name, rows: [], error: message };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeContext(folder: string): Context {
  return {
    root,
    folder,
    quick: options.quick,
    runs: (full) => (options.quick ? Math.min(full, 3) : full),
    needsBuild: () => {
      const built = join(root, "dist/main.mjs");
      if (!existsSync(built)) throw new Error("dist/main.mjs is not there; npm run build makes it");
      return built;
    },
    note: (text) => console.error(text),
  };
}

function describeMachine() {
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { cwd: root, encoding: "utf8" }).trim();
  return {
    processors: cpus().length,
    model: cpus()[0]?.model ?? "unknown processor",
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    commit,
  };
}
