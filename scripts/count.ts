/** How many tests passed, failed and were skipped. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What we read of Vitest's JSON report. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface VitestCount extends Count {
  /** A sentence for each failure that no test shows. */
  readonly problems: readonly string[];
  /** A sentence for each file of which tests were skipped. */
  readonly leftOut: readonly string[];
}

/**
 * Counts one Vitest run from its report and from whether it exited with 0.
 *
 * Trusts neither alone: a file that could not be loaded has no tests to fail, a run that found no tests or wrote no
 * report proves nothing, and an error outside every test shows in the exit code only. Each counts as a failure.
 */
export function countVitest(run: {
  project: string;
  report: VitestReport | undefined;
  exitedWell: boolean;
}): VitestCount {
  const { project, report, exitedWell } = run;
  if (report === undefined) return crashed(`${project} tests: Vitest wrote no report, so it crashed`);

  const statuses = report.testResults.flatMap((file) => file.assertionResults.map(({ status }) => status));
  if (statuses.length === 0) return crashed(`${project} tests: no test ran`);

  const passed = statuses.filter((status) => status === "passed").length;
  const failedTests = statuses.filter((status) => status === "failed").length;
  const problems = report.testResults
    .filter(
      ({ status, assertionResults }) =>
        status === "failed" && !assertionResults.some((test) => test.status === "failed"),
    )
    .map(({ name }) => `${project} tests: ${name} failed outside its tests`);
  if (!exitedWell && failedTests === 0 && problems.length === 0) {
    problems.push(`${project} tests: Vitest failed although every test passed; its output above says why`);
  }
  const leftOut = report.testResults.flatMap(({ name, assertionResults }) => {
    const skipped = assertionResults.filter(({ status }) => !ran(status)).length;
    return skipped === 0 ? [] : [`${project} tests: ${name}, ${skipped} of ${assertionResults.length}`];
  });
  return {
    passed,
    failed: failedTests + problems.length,
    skipped: statuses.length - passed - failedTests,
    problems,
    leftOut,
  };
}

const ran = (status: string) => status === "passed" || status === "failed";

function crashed(problem: string): VitestCount {
  return { passed: 0, failed: 1, skipped: 0, problems: [problem], leftOut: [] };
}

/** Adds counts up. */
export function sum(counts: readonly Count[]): Count {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) {
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
  }
  return total;
}

/** The last line of `npm test`, which other programs read. */
export function renderCount({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
