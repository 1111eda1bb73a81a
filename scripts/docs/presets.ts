import { type PresetName, renderPreset } from "../../src/flow/index.ts";

/** A flow as `init --preset` writes it, for the region of docs/presets.md that is called like it. */
export function renderPresetFile(name: PresetName): string {
  return `\`\`\`yaml\n${renderPreset(name).trim()}\n\`\`\``;
}
