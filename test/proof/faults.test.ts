import { describe, expect, it } from "vitest";
import { type Flow, type PresetName, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { prove } from "../../src/proof/index.ts";
import type { Fault } from "./fault.ts";
import { faultsOfFlows } from "./faults-of-flows.ts";
import { faultsOfPeople } from "./faults-of-people.ts";
import { faultsOfTheEngine } from "./faults-of-the-engine.ts";
import { faultsOfTime } from "./faults-of-time.ts";

function presetFlow(preset: PresetName): Flow {
  const { value } = parseFlow(renderPreset(preset), { file: "plangate.yaml" });
  if (value === undefined) throw new Error(`${preset} does not parse`);
  return value;
}

/** How the property that a fault breaks comes out, with it and without. */
async function proved({ preset, breaks, slice, flow, decide, budget = 40_000 }: Fault) {
  const whole = presetFlow(preset);
  const { properties } = await prove(flow === undefined ? whole : flow(whole), {
    properties: [breaks],
    ...(slice === undefined ? {} : { slice }),
    ...(decide === undefined ? {} : { decide }),
    budget,
    stop: async () => false,
    now: () => 0,
    progress: () => {},
  });
  return properties[0];
}

describe.each([
  { of: "flows", faults: faultsOfFlows },
  { of: "the engine", faults: faultsOfTheEngine },
  { of: "who is asked and heard", faults: faultsOfPeople },
  { of: "when and where the engine applies", faults: faultsOfTime },
])("the proof sees a fault of $of:", ({ faults }) => {
  it.each(faults.map((fault) => ({ ...fault, title: fault.name })))("$title ($breaks)", async (fault) => {
    const found = await proved(fault);
    expect(found).toMatchObject({ status: "violated", explanation: expect.stringMatching(/\w/) });
  });
});

it("are more than forty, and every property is broken by one", () => {
  const all = [...faultsOfFlows, ...faultsOfTheEngine, ...faultsOfPeople, ...faultsOfTime];
  expect(all.length).toBeGreaterThanOrEqual(40);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  const broken = new Set(all.map(({ breaks }) => breaks));
  expect([...broken].sort()).toEqual(["P1", "P10", "P11", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9"]);
});
