/**
 * `npm test`: everything, the way it is judged. The parts of `npm run check`, the build, the unit tests, and the tests
 * on real programs. Its last line is `N passed, N failed`, with `, N skipped` when there are any; each part counts as
 * one test. Exits with 1 when anything failed or a project of the tests ran none.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "./require-node.mjs";
import { type Count, countVitest, renderCount, sum, type VitestReport } from "./count.ts";
import { build, checks, runPart, runParts, vitest } from "./parts.ts";

const counts: Count[] = [];
const problems: string[] = [];
const leftOut: string[] = [];

const parts = [...checks, build];
const failed = await runParts(parts);
counts.push({ passed: parts.length - failed.length, failed: failed.length, skipped: 0 });
problems.push(...failed);

const reports = mkdtempSync(join(tmpdir(), "plangate-test-"));
for (const project of ["unit", "real"] as const) {
  const file = join(reports, `${project}.json`);
  const exitedWell = await runPart(
    vitest(project, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`),
  );
  const count = countVitest({ project, report: readReport(file), exitedWell });
  counts.push(count);
  leftOut.push(...count.leftOut);
  problems.push(...(count.failed > count.problems.length ? [`${project} tests`] : []), ...count.problems);
}
rmSync(reports, { recursive: true });

const total = sum(counts);
if (leftOut.length > 0) tell("skipped, for want of a program or a mirror that CONTRIBUTING.md names", leftOut);
if (problems.length > 0) tell("failed", problems);
console.log(`\n${renderCount(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;

function tell(what: string, lines: readonly string[]): void {
  console.log(`\n${what}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  } catch {
    // Missing or cut short: either way Vitest did not come to its end, and the count says so.
    return undefined;
  }
}
