import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { diagnosticText } from "../../src/domain/diagnostic.ts";
import { type Flow, parseFlow, presetNames, renderPreset } from "../../src/flow/index.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { checkStory, parseStory, runStory, sceneOf } from "../../src/worlds/stories/index.ts";

/** The documented examples are the acceptance tests: every story of every preset, on the model world. */
const folder = new URL(".", import.meta.url).pathname;

describe.each(presetNames)("stories of %s on the model world", (preset) => {
  const parsed = parseFlow(renderPreset(preset), { file: `preset ${preset}` }).value;
  if (parsed === undefined) throw new Error(`the preset ${preset} does not parse`);
  const flow: Flow = parsed;
  const files = globSync(`${folder}${preset}/*.yaml`).sort();

  it("are there, attacks among them", () => {
    expect(files.length).toBeGreaterThanOrEqual(16);
    expect(files.filter((file) => basename(file).startsWith("attack-")).length).toBeGreaterThanOrEqual(8);
  });

  it.each(files.map((file) => ({ name: basename(file, ".yaml"), file })))("$name", async ({ name, file }) => {
    const story = parseStory(readFileSync(file, "utf8"), { file: `${name}.yaml` });
    const problems = [...story.diagnostics, ...(story.value === undefined ? [] : checkStory(flow, story.value))];
    expect(problems.map(diagnosticText)).toEqual([]);
    if (story.value === undefined) return;
    expect(await runStory(story.value, createModelWorld(sceneOf(flow, story.value)))).toMatchObject({ holds: true });
  });
});
