import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { diagnosticText } from "../../src/domain/diagnostic.ts";
import type { Flow } from "../../src/flow/flow.ts";
import { type PresetName, parseFlow, presetNames, renderPreset } from "../../src/flow/index.ts";
import { checkStory, parseStory, type Story } from "../../src/worlds/stories/index.ts";

const folder = new URL(".", import.meta.url).pathname;

export interface StoryFile {
  /** `attack-own-approval` */
  readonly name: string;
  readonly path: string;
}

/** The stories of a preset, attacks among them: the documented examples are the acceptance tests. */
export function storiesOf(preset: PresetName): readonly StoryFile[] {
  return globSync(join(folder, preset, "*.yaml"))
    .sort()
    .map((path) => ({ name: basename(path, ".yaml"), path }));
}

export interface StoryRead {
  readonly story: Story;
  readonly flow: Flow;
  /** As it stands in its file. */
  readonly flowText: string;
}

/** The story with its flow, a preset or a file beside it. Throws with every problem that either has. */
export function readStory({ name, path }: StoryFile): StoryRead {
  const { value: story, diagnostics } = parseStory(readFileSync(path, "utf8"), { file: `${name}.yaml` });
  if (story === undefined) throw new Error(diagnostics.map(diagnosticText).join("\n"));
  const flowText = flowTextOf(story, path);
  const flow = parseFlow(flowText, { file: flowName(story) });
  const problems = [
    ...diagnostics,
    ...flow.diagnostics,
    ...(flow.value === undefined ? [] : checkStory(flow.value, story)),
  ];
  const errors = problems.filter(({ severity }) => severity === "error");
  if (flow.value === undefined || errors.length > 0) throw new Error(errors.map(diagnosticText).join("\n"));
  return { story, flow: flow.value, flowText };
}

function flowTextOf({ flow }: Story, path: string): string {
  const preset = presetNames.find((candidate) => flow.kind === "preset" && candidate === flow.name);
  return preset === undefined ? readFileSync(join(dirname(path), flow.name), "utf8") : renderPreset(preset);
}

function flowName({ flow: { kind, name } }: Story): string {
  return kind === "preset" ? `preset ${name}` : name;
}
