import { expect, it } from "vitest";
import { storyToSave } from "../../src/apps/cli/saved-story.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { prove } from "../../src/proof/index.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { checkStory, parseStory, runStory, sceneOf, writeStory } from "../../src/worlds/stories/index.ts";
import { withApprovals } from "./fault.ts";

async function holeIn(flow: Flow, slice: string) {
  const proof = await prove(flow, {
    properties: ["P1"],
    slice,
    budget: 40_000,
    stop: async () => false,
    now: () => 0,
    progress: () => {},
  });
  const [property] = proof.properties;
  if (property?.story === undefined) throw new Error("no story was found");
  return { property, story: property.story };
}

it("a hole is saved as a story that fails for as long as it is there, and holds once it is closed", async () => {
  const { value: flow } = parseFlow(renderPreset("trunk-demo"), { file: "plangate.yaml" });
  if (flow === undefined) throw new Error("trunk-demo does not parse");
  const open = withApprovals(flow, "prod", { notBy: [] });
  const { property, story } = await holeIn(open, "prod on merge from feature, main: who says yes");
  const text = writeStory(storyToSave(property, story, { kind: "file", name: "../plangate.yaml" }));
  expect(text).toMatchInlineSnapshot(`
    "# Found by plangate prove: prod/infra is applied with 0 of 1 approvals at prod from people who neither wrote nor started it and saw this plan.
    story: "P1: Every apply in a gated environment was approved, for that plan, by enough different people who neither wrote nor started it."
    flow: ../plangate.yaml
    people: { ann: [ owners ], bob: [ owners ], eve: [] }
    steps:
      - push: { by: ann, branch: feature/NET-1, from: main, changes: [ infra/main.tf ] }
      - open: { by: ann, head: feature/NET-1, as: pr-1, body: "Closes #1\\n" }
      - review: { by: bob, pr: pr-1, state: approve }
      - merge: { by: ann, pr: pr-1 }
      - gate: { by: ann, environment: prod, state: approve }
    "
  `);
  const read = parseStory(text, { file: "p1.yaml" });
  expect(read.diagnostics).toEqual([]);
  if (read.value === undefined) throw new Error("the story cannot be read");
  expect(checkStory(open, read.value)).toEqual([]);
  const result = await runStory(read.value, createModelWorld(sceneOf(open, read.value)));
  expect(result).toMatchObject({ holds: false, failed: { happened: { applied: ["prod/infra"] } } });
  expect(await runStory(read.value, createModelWorld(sceneOf(flow, read.value)))).toMatchObject({ holds: true });
});
