import { type Flow, type PresetName, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { type PropertyResult, prove } from "../../src/proof/index.ts";
import type { Fault } from "./fault.ts";
import { faultsOfBelief } from "./faults-of-belief.ts";
import { faultsOfDecisions } from "./faults-of-decisions.ts";
import { faultsOfFlows } from "./faults-of-flows.ts";
import { faultsOfPeople } from "./faults-of-people.ts";
import { faultsOfReleases } from "./faults-of-releases.ts";
import { faultsOfTime } from "./faults-of-time.ts";

/** Every seeded fault, by what it is a fault of. */
export const faultSuites: readonly { readonly of: string; readonly faults: readonly Fault[] }[] = [
  { of: "flows", faults: faultsOfFlows },
  { of: "what the engine believes", faults: faultsOfBelief },
  { of: "what the engine does", faults: faultsOfDecisions },
  { of: "who is asked and heard", faults: faultsOfPeople },
  { of: "when and where the engine applies", faults: faultsOfTime },
  { of: "what the engine releases", faults: faultsOfReleases },
];

function presetFlow(preset: PresetName): Flow {
  const { value } = parseFlow(renderPreset(preset), { file: "plangate.yaml" });
  if (value === undefined) throw new Error(`${preset} does not parse`);
  return value;
}

/** How the property that a fault breaks comes out. */
export async function proveFault(fault: Fault): Promise<PropertyResult | undefined> {
  const { preset, breaks, slice, flow, decide, budget = 40_000 } = fault;
  const whole = presetFlow(preset);
  const { properties } = await prove(flow === undefined ? whole : flow(whole), {
    properties: [breaks],
    ...(slice === undefined ? {} : { slice }),
    ...(decide === undefined ? {} : { decide }),
    budget,
    stop: async () => false,
    now: () => 0,
    progress: () => undefined,
  });
  return properties[0];
}
