import { describe, expect, it } from "vitest";
import { countVitest, renderCount, sum } from "../../scripts/count.ts";

function aFile(status: string, ...tests: readonly string[]) {
  return { name: "a.test.ts", status, assertionResults: tests.map((each) => ({ status: each })) };
}

describe("counting a Vitest run", () => {
  it.each([
    {
      name: "counts what passed, failed and did not run",
      files: [aFile("failed", "passed", "failed"), aFile("passed", "passed", "skipped", "todo", "pending")],
      exitedWell: false,
      count: { passed: 2, failed: 1, skipped: 3 },
    },
    {
      name: "counts a file that could not be loaded as a failure",
      files: [aFile("passed", "passed"), aFile("failed")],
      exitedWell: false,
      count: { passed: 1, failed: 1, skipped: 0 },
    },
    {
      name: "counts an error outside every test as a failure",
      files: [aFile("passed", "passed")],
      exitedWell: false,
      count: { passed: 1, failed: 1, skipped: 0 },
    },
    {
      name: "counts a run without tests as a failure",
      files: [],
      exitedWell: true,
      count: { passed: 0, failed: 1, skipped: 0 },
    },
  ])("$name", ({ files, exitedWell, count }) => {
    expect(countVitest({ project: "unit", report: { testResults: files }, exitedWell })).toMatchObject(count);
  });

  it("says which files skipped how many of their tests", () => {
    const files = [
      { ...aFile("passed", "passed", "skipped", "pending"), name: "b.test.ts" },
      aFile("passed", "passed"),
    ];
    const { leftOut } = countVitest({ project: "real", report: { testResults: files }, exitedWell: true });
    expect(leftOut).toEqual(["real tests: b.test.ts, 2 of 3"]);
  });

  it("counts a run that left no report as a failure", () => {
    expect(countVitest({ project: "unit", report: undefined, exitedWell: true })).toMatchObject({
      passed: 0,
      failed: 1,
    });
  });
});

describe("the last line of npm test", () => {
  it("names what was skipped only when something was", () => {
    expect(renderCount({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
    expect(renderCount({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
  });

  it("adds up all counts", () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(sum([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});
