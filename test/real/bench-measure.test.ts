import { describe, expect, it } from "vitest";
import { compareProcesses, measureCalls, measureProcess, median } from "../../bench/measure.ts";

const node = process.execPath;

describe("measuring a process", () => {
  it("counts the time of its children too", async () => {
    // By its own processor time: on a busy machine wall time passes without work.
    const spin = "while (process.cpuUsage().user < 150_000);";
    const parent = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(spin)}])`;
    const { cpuMs, wallMs, runs } = await measureProcess({ argv: [node, "-e", parent] }, 2);
    expect(runs).toBe(2);
    expect(wallMs.min).toBeGreaterThanOrEqual(150);
    expect(cpuMs).toBeGreaterThanOrEqual(100);
  });

  it("gives the program its folder and environment", async () => {
    const script = 'process.exit(process.env.ANSWER === "42" && process.cwd() === "/" ? 0 : 1)';
    const measured = await measureProcess({ argv: [node, "-e", script], cwd: "/", env: { ANSWER: "42" } }, 1);
    expect(measured.runs).toBe(1);
  });

  it("refuses a figure for work that failed, with what the program said", async () => {
    const failing = { argv: [node, "-e", 'console.error("no such plan"); process.exit(3)'] } as const;
    await expect(measureProcess(failing, 1)).rejects.toThrow(/exit 3\nno such plan/);
    await expect(measureProcess({ ...failing, exits: [3] }, 1)).resolves.toMatchObject({ runs: 1 });
  });

  it("compares two programs by their median wall time", async () => {
    const sleep = (ms: number) => ({ argv: [node, "-e", `setTimeout(() => {}, ${ms})`] }) as const;
    const { measured, bare, ratio } = await compareProcesses({ ours: sleep(600), bare: sleep(1) }, 2);
    expect(ratio).toBe(measured.wallMs.median / bare.wallMs.median);
    expect(ratio).toBeGreaterThan(1);
  });
});

describe("measuring calls", () => {
  it("gives the rate of the work that was done", async () => {
    const { ratePerSecond, wallMs } = await measureCalls(() => 1000, 3);
    expect(ratePerSecond).toBeCloseTo(1000 / (wallMs.median / 1000));
  });
});

describe("median", () => {
  it.each([
    { values: [3, 1, 2], middle: 2 },
    { values: [4, 1, 3, 2], middle: 2.5 },
    { values: [7], middle: 7 },
  ])("of $values is $middle", ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });
});
