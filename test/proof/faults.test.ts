import { describe, expect, it, vi } from "vitest";
import { faultSuites, proveFault } from "./suite.ts";

// Seconds of a processor, which others may be using.
vi.setConfig({ testTimeout: 120_000 });

describe.each(faultSuites)("the proof sees a fault of $of:", ({ faults }) => {
  it.each(faults.map((fault) => ({ ...fault, title: fault.name })))("$title ($breaks)", async (fault) => {
    const found = await proveFault(fault);
    expect(found).toMatchObject({ status: "violated", explanation: expect.stringMatching(/\w/) });
  });
});

it("are more than forty, and every property is broken by one", () => {
  const all = faultSuites.flatMap(({ faults }) => faults);
  expect(all.length).toBeGreaterThanOrEqual(40);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  const broken = new Set(all.map(({ breaks }) => breaks));
  expect([...broken].sort()).toEqual(["P1", "P10", "P11", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9"]);
});
