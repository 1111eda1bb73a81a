/** `npm run check`: everything that can be known in seconds. Runs every part even when one fails, so that all problems show at once. */
import { checks, runPart, vitest } from "./parts.ts";

const failed: string[] = [];
for (const part of [...checks, vitest("unit")]) {
  if (!(await runPart(part))) failed.push(part.name);
}
console.log(failed.length === 0 ? "\nall checks passed" : `\nfailed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
