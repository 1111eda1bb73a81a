import { describe, expect, it } from "vitest";
import { parseFlow, presetNames, renderPreset } from "../../src/flow/index.ts";
import { prove } from "../../src/proof/index.ts";

/** What a quick look has to see of each slice that has more: less, and it says nothing about the flow. */
const leastStates = 30;

describe.each(presetNames)("the flow of %s", (preset) => {
  it("holds in all that was searched, and what is void is told as void", async () => {
    const { value: flow } = parseFlow(renderPreset(preset), { file: "plangate.yaml" });
    if (flow === undefined) throw new Error(`${preset} does not parse`);
    const proof = await prove(flow, { budget: 60_000, stop: async () => false, now: () => 0, progress: () => {} });
    expect(proof.properties.filter(({ status }) => status === "violated")).toEqual([]);
    expect(proof.properties.find(({ id }) => id === "P6")?.status).toBe("void");
    for (const id of ["P9", "P11"]) expect(proof.properties.find((one) => one.id === id)?.status).toBe("holds");
    const few = proof.slices.filter(({ states, depth }) => states < leastStates && depth !== null);
    expect(few.map(({ name }) => name)).toEqual([]);
  });
});

it("what was not looked at is not covered, and never holds", async () => {
  const { value: flow } = parseFlow(renderPreset("gitflow"), { file: "plangate.yaml" });
  if (flow === undefined) throw new Error("gitflow does not parse");
  const about = { stop: async () => false, now: () => 0, progress: () => {} };
  const little = await prove(flow, { ...about, budget: 100 });
  expect(little.properties.find(({ id }) => id === "P1")?.status).toBe("not-covered");
  const stopped = await prove(flow, { ...about, budget: 100_000, stop: async () => true });
  expect(stopped.slices).toEqual([]);
  expect(stopped.properties.find(({ id }) => id === "P8")?.status).toBe("not-covered");
});

it("a flow for one person says that nobody else is asked", async () => {
  const { value: flow } = parseFlow(renderPreset("trunk-demo"), { file: "plangate.yaml" });
  if (flow === undefined) throw new Error("trunk-demo does not parse");
  const proof = await prove(
    { ...flow, assurance: "solo" },
    { properties: ["P1"], budget: 20_000, stop: async () => false, now: () => 0, progress: () => {} },
  );
  expect(proof.properties[0]).toMatchObject({ status: "void", explanation: expect.stringContaining("solo") });
});

it("a third owner who asked for changes and then said yes at the gate breaks nothing", async () => {
  const text = renderPreset("trunk-demo").replace("owners: [ann, bob]", "owners: [ann, bob, cid]");
  const { value: flow } = parseFlow(text, { file: "plangate.yaml" });
  if (flow === undefined) throw new Error("trunk-demo with three owners does not parse");
  const about = {
    properties: ["P1"],
    stop: async () => false,
    now: () => 0,
    progress: () => {},
  } as const;
  const proof = await prove(flow, { ...about, budget: 100_000 });
  expect(proof.properties[0]).toMatchObject({ status: "holds" });
});
