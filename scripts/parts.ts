import { spawn } from "node:child_process";
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
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, part.argv, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) console.log(`${part.name}: failed (exit ${code ?? "by a signal"})`);
  return code === 0;
}
