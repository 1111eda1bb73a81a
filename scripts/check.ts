/** `npm run check`: everything that can be known in seconds. Runs every part even when one fails, so that all problems show at once. */
import { checks, runPart, runParts, vitest } from "./parts.ts";

const unit = vitest("unit");
const failed = [...(await runParts(checks)), ...((await runPart(unit)) ? [] : [unit.name])];
console.log(failed.length === 0 ? "\nall checks passed" : `\nfailed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
