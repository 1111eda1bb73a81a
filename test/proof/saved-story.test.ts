import { expect, it } from "vitest";
import { storyToSave } from "../../src/apps/cli/saved-story.ts";
import type { decide } from "../../src/engine/index.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { type PropertyId, prove } from "../../src/proof/index.ts";
import { createModelWorld } from "../../src/worlds/model/index.ts";
import { checkStory, parseStory, runStory, sceneOf, writeStory } from "../../src/worlds/stories/index.ts";
import { withApprovals } from "./fault.ts";
import { faultsOfPeople } from "./faults-of-people.ts";

interface Looked {
  readonly slice: string;
  readonly property?: PropertyId;
  readonly decide?: typeof decide;
}

async function holeIn(flow: Flow, { slice, property: id = "P1", decide }: Looked) {
  const proof = await prove(flow, {
    properties: [id],
    slice,
    ...(decide === undefined ? {} : { decide }),
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
  const { property, story } = await holeIn(open, { slice: "prod on merge from feature, main: who says yes" });
  const text = writeStory(storyToSave(property, story, { kind: "file", name: "../plangate.yaml" }));
  expect(text).toMatchInlineSnapshot(`
    "# Found by plangate prove: prod/infra is applied with 0 of 1 approvals at prod from people who neither wrote nor started it and saw this plan.
    story: "P1: Every apply in a gated environment was approved, for that plan, by enough different people who neither wrote nor started it, and nothing is applied against the word of somebody who may merge."
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

it("who owns what changes is saved with the story, and the engine itself holds it", async () => {
  const { value: flow } = parseFlow(renderPreset("integration-branch"), { file: "plangate.yaml" });
  const fault = faultsOfPeople.find(({ name }) => name === "asks no code owner");
  if (flow === undefined || fault?.decide === undefined) throw new Error("there is no such flow or fault");
  const looked = { slice: fault.slice ?? "", property: fault.breaks, decide: fault.decide };
  const { property, story } = await holeIn(flow, looked);
  const text = writeStory(storyToSave(property, story, { kind: "preset", name: "integration-branch" }));
  expect(text).toContain('\nowners: { "*": [ bob ] }\n');
  const { value, diagnostics } = parseStory(text, { file: "p2.yaml" });
  expect(diagnostics).toEqual([]);
  if (value === undefined) throw new Error("the story cannot be read");
  const faulty = { ...sceneOf(flow, value), decide: fault.decide };
  expect(await runStory(value, createModelWorld(faulty))).toMatchObject({
    holds: false,
    failed: { happened: { applied: ["prod/infra"] } },
  });
  expect(await runStory(value, createModelWorld(sceneOf(flow, value)))).toMatchObject({ holds: true });
});

it("a hole that is no apply is told as such", async () => {
  const { value: flow } = parseFlow(renderPreset("trunk-demo"), { file: "plangate.yaml" });
  const fault = faultsOfPeople.find(({ name }) => name === "plans what a fork brings without being asked");
  if (flow === undefined || fault?.decide === undefined) throw new Error("there is no such flow or fault");
  const { property, story } = await holeIn(flow, {
    slice: fault.slice ?? "",
    property: fault.breaks,
    decide: fault.decide,
  });
  const { notes } = storyToSave(property, story, { kind: "preset", name: "trunk-demo" });
  expect(notes).toContainEqual(expect.stringContaining("The hole is no apply"));
});
