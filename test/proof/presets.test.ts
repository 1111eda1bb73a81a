import { describe, expect, it, vi } from "vitest";
import { type PresetName, parseFlow, presetNames, renderPreset } from "../../src/flow/index.ts";
import { prove } from "../../src/proof/index.ts";

// Seconds of a processor, which others may be using.
vi.setConfig({ testTimeout: 120_000 });

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

/** Changes of a preset that people make for good reasons, and in which nothing may be found wrong. */
const variations: readonly {
  readonly name: string;
  readonly preset: PresetName;
  readonly edits: readonly (readonly [string | RegExp, string])[];
}[] = [
  {
    name: "a hotfix that waits for stage comes there by the way back",
    preset: "gitflow",
    edits: [
      [
        "main: { accepts: [develop]",
        'hotfix: { match: "hotfix/*", cutFrom: main }\n  main: { accepts: [develop, hotfix]',
      ],
    ],
  },
  {
    name: "people are named on the spot, and there are no teams",
    preset: "trunk-demo",
    edits: [
      [/teams:\n.*\n/, ""],
      [/by: owners/g, "by: [ann, bob, cid]"],
    ],
  },
  {
    name: "one person works alone, and no team is named",
    preset: "trunk-demo",
    edits: [
      [/teams:\n.*\n/, ""],
      ["assurance: team", "assurance: solo"],
      [/ {4}reviews:.*\n/, ""],
      [/gates:\n(?: .*\n)+/, ""],
      [/ {4}gate: demo-test\n/, ""],
      [", gate: teardown-test", ""],
      [", approvals: { count: 1, by: owners }", ""],
      [/gate, (apply|destroy)/g, "$1"],
    ],
  },
];

describe.each(variations)("where $name", ({ preset, edits }) => {
  it("nothing is found wrong", async () => {
    const text = edits.reduce((so, [from, to]) => {
      expect(so).toMatch(from);
      return so.replace(from, to);
    }, renderPreset(preset));
    const { value: flow, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
    if (flow === undefined) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
    const proof = await prove(flow, { budget: 40_000, stop: async () => false, now: () => 0, progress: () => {} });
    expect(proof.properties.filter(({ status }) => status === "violated")).toEqual([]);
    for (const id of ["P9", "P11"]) expect(proof.properties.find((one) => one.id === id)?.status).toBe("holds");
  });
});
