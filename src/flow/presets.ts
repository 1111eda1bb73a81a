import { gitflow } from "./presets/gitflow.ts";
import { integrationBranch } from "./presets/integration-branch.ts";
import type { Preset, PresetValues } from "./presets/preset.ts";
import { trunkDemo } from "./presets/trunk-demo.ts";
import { trunkStoredPlan } from "./presets/trunk-stored-plan.ts";

/** The flows that `init` can write, each in full and with comments. */
export const presets = {
  "trunk-demo": trunkDemo,
  "integration-branch": integrationBranch,
  gitflow,
  "trunk-stored-plan": trunkStoredPlan,
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as readonly PresetName[];

/** The text of a flow file; what is not given is taken from an example that parses. */
export function renderPreset(name: PresetName, values: Partial<PresetValues> = {}): string {
  const preset: Preset = presets[name];
  const example: PresetValues = {
    people: { text: "[ann, bob]", comment: "" },
    branches: { trunk: "main", integration: preset.integration ?? "main", work: "dev/**" },
    environments: {},
    ephemeral: true,
    zones: true,
    repository: "",
    tool: "terraform",
    stacks: preset.stacks,
  };
  return preset.render({ ...example, ...values });
}
