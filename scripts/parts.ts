import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

/** The repository, wherever the script was started from. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** One thing that can pass or fail by itself: a program, with what it is run with on this same Node. */
export interface Part {
  readonly name: string;
  /** Arguments for Node: a script first. */
  readonly argv: readonly string[];
}

/** Biome colours its output even into a file. */
const plain = process.stdout.isTTY ? [] : ["--colors=off"];

/** What `npm run check` looks at besides the unit tests. `npm test` counts each one as a test. */
export const checks: readonly Part[] = [
  {
    name: "format and lint",
    argv: ["node_modules/@biomejs/biome/bin/biome", "ci", "--error-on-warnings", "--diagnostic-level=warn", ...plain],
  },
  { name: "sources", argv: ["scripts/check-sources.ts"] },
  { name: "rooms", argv: ["scripts/check-rooms.ts"] },
  { name: "types", argv: ["node_modules/typescript7/bin/tsc", "-p", "tsconfig.json"] },
  { name: "generated documents", argv: ["scripts/generate-docs.ts", "--check"] },
];

export const build: Part = { name: "build", argv: ["scripts/build.ts"] };

/** Runs one project of the tests; more arguments go to Vitest as they are. */
export function vitest(project: "unit" | "real", ...more: readonly string[]): Part {
  return { name: `${project} tests`, argv: ["node_modules/vitest/vitest.mjs", "run", "--project", project, ...more] };
}

/** Runs a part with its output on this terminal, and says whether it exited with 0. */
export async function runPart(part: Part): Promise<boolean> {
  console.log(`\n> ${part.name}`);
  return endedWell(part, await exitOf(part));
}

/**
 * Runs parts side by side, as many as there are cores. What each one says comes whole, when it has ended. Gives the names of
 * those that did not exit with 0.
 */
export async function runParts(parts: readonly Part[]): Promise<readonly string[]> {
  const failed: string[] = [];
  const left = [...parts];
  const takeNext = async (): Promise<void> => {
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      const said: Buffer[] = [];
      const code = await exitOf(part, (chunk) => void said.push(chunk));
      console.log(`\n> ${part.name}`);
      process.stdout.write(Buffer.concat(said));
      if (!endedWell(part, code)) failed.push(part.name);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, takeNext));
  return failed;
}

function endedWell({ name }: Part, code: number | null): boolean {
  if (code !== 0) console.log(`${name}: failed (exit ${code ?? "by a signal"})`);
  return code === 0;
}

/** With which code it exited; its output goes to `hear`, or to this terminal where that is left out. */
function exitOf(part: Part, hear?: (chunk: Buffer) => void): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const output = hear === undefined ? "inherit" : "pipe";
    const child = spawn(process.execPath, part.argv, { cwd: root, stdio: ["ignore", output, output] });
    for (const stream of [child.stdout, child.stderr]) if (hear !== undefined) stream?.on("data", hear);
    child.on("error", reject);
    child.on("close", resolve);
  });
}
