import type { PresetValues } from "./presets/preset.ts";
import { trunkStoredPlan } from "./presets/trunk-stored-plan.ts";

/** The flows that `init` can write, each in full and with comments. */
export const presets = {
  "trunk-stored-plan": {
    title:
      "main only; the plan stored in the pull request is applied to test, the one stored at the merge to prod on release",
    render: trunkStoredPlan,
  },
} as const satisfies Record<string, { readonly title: string; readonly render: (values: PresetValues) => string }>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as readonly PresetName[];

/** What stands for the repository in a preset that is shown by itself. */
const example: PresetValues = {
  owners: { text: "[ann, bob]", comment: "" },
  trunk: "main",
  environments: { test: "test", prod: "prod" },
  tool: "terraform",
  stacks: `  - root: "stacks/{stack}"
    in: [test, prod]
    backend: ["environments/{environment}/backend.hcl", "key={stack}/terraform.tfstate"]
    vars: ["environments/{environment}/{stack}.tfvars"]`,
};

/** The text of a flow file; what is not given is taken from an example that parses. */
export function renderPreset(name: PresetName, values: Partial<PresetValues> = {}): string {
  return presets[name].render({ ...example, ...values });
}
