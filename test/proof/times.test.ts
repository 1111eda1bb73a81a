import { expect, it } from "vitest";
import { storyToSave } from "../../src/apps/cli/saved-story.ts";
import { decide } from "../../src/engine/index.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { prove } from "../../src/proof/index.ts";
import { parseStory, writeStory } from "../../src/worlds/stories/index.ts";
import { withEnvironment } from "./fault.ts";
import { timed } from "./faults-of-time.ts";

const about = { stop: async () => false, now: () => 0, progress: () => {} };

function gitflow(): Flow {
  const { value } = parseFlow(renderPreset("gitflow"), { file: "plangate.yaml" });
  if (value === undefined) throw new Error("gitflow does not parse");
  return value;
}

it("a flow with windows and freezes holds: what is wanted while it is shut waits, and goes on when it opens", async () => {
  const proof = await prove(timed(gitflow()), { ...about, slice: "prod: begun", budget: 30_000 });
  expect(proof.properties.filter(({ status }) => status === "violated")).toEqual([]);
  for (const id of ["P9", "P11"]) expect(proof.properties.find((one) => one.id === id)?.status).toBe("holds");
  expect(proof.slices.map(({ name, tooLittle }) => [name, tooLittle])).toEqual([
    ["prod: begun while its windows are shut", null],
    ["prod: begun in a freeze", null],
  ]);
});

it("a story of a time is saved with the time at which it begins", async () => {
  const proof = await prove(timed(gitflow()), {
    ...about,
    properties: ["P8"],
    slice: "prod: begun while its windows are shut",
    budget: 40_000,
    decide: (flow, facts, event) => decide(withEnvironment(flow, "prod", { windows: null }), facts, event),
  });
  const [property] = proof.properties;
  if (property?.story === undefined) throw new Error("no story was found");
  const text = writeStory(storyToSave(property, property.story, { kind: "file", name: "../plangate.yaml" }));
  expect(text).toContain("\nat: 2026-01-06T15:05:00Z\n");
  const read = parseStory(text, { file: "p8.yaml" });
  expect(read.diagnostics).toEqual([]);
  expect(read.value?.at).toBe(property.story.stage.setting.at);
});
