// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import { beforeEach, describe, expect, it } from "vitest";
import { readModuleReferences } from "../../adapters/hcl/index.ts";
import { readQuickly } from "../../adapters/hcl/quick.ts";
import { digestOf } from "../../domain/digest.ts";
import { graphText, parseGraph } from "../../domain/kept-graph.ts";
import { emptyGraph } from "../../domain/tree-graph.ts";
import { parseFlow } from "../../flow/index.ts";
import { type MemoryTree, memoryKeeper, memoryTrees } from "../../testing/trees.ts";
import { findAffected } from "./affected.ts";

const flow = `version: 1
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work] }
environments:
  dev: { appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [dev], backend: ["key={stack}"] }
when:
  - { on: merge, into: main, in: dev, do: [plan, apply, verify] }
`;
const calls = (...sources: readonly string[]) =>
  sources.map((source, index) => `module "m${index}" {\n  source = "${source}"\n}\n`).join("");

type Texts = Readonly<Record<string, string>>;
const treeOf = (texts: Texts): MemoryTree =>
  Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, { mode: "100644", text }]));

describe("findAffected", () => {
  let trees: ReturnType<typeof memoryTrees>;
  let keeper: ReturnType<typeof memoryKeeper>;
  beforeEach(() => {
    trees = memoryTrees();
    keeper = memoryKeeper();
  });

  async function between(before: Texts, after: Texts) {
    const side = (texts: Texts) => ({
      tree: trees.add(treeOf({ "plangate.yaml": flow, ...texts })),
      flow: { blob: digestOf(flow), parse: async () => parseFlow(flow, { file: "plangate.yaml" }).value ?? null },
    });
    const reading = { reader: trees, keeper, readReferences: readModuleReferences, readQuickly };
    return findAffected(reading, { before: side(before), after: side(after), flowFile: "plangate.yaml" });
  }
  const many = (count: number): Texts =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`stacks/s${index}/main.tf`, calls(`../../modules/m${index % 2}`)]),
    );
  const modules = { "modules/m0/main.tf": calls("../inner"), "modules/m1/main.tf": "", "modules/inner/main.tf": "" };

  it("goes back through modules of modules to the stacks that call them", async () => {
    const { stacks, all } = await between(
      { ...many(6), ...modules },
      { ...many(6), ...modules, "modules/inner/main.tf": "#" },
    );
    expect(stacks.map(({ stack, because }) => [stack, ...because])).toEqual([
      ["dev/s0", "modules/inner/main.tf"],
      ["dev/s2", "modules/inner/main.tf"],
      ["dev/s4", "modules/inner/main.tf"],
    ]);
    expect(all).toBeNull();
  });

  it("reads all configuration once, and from then on what changed", async () => {
    const base: Texts = { ...many(40), ...modules };
    await between(base, { ...base, "stacks/s0/main.tf": `# 1\n${base["stacks/s0/main.tf"]}` });
    const atFirst = trees.reads();
    await between(base, { ...base, "stacks/s0/main.tf": `# 2\n${base["stacks/s0/main.tf"]}` });
    expect(trees.reads() - atFirst).toBe(2);
    const next = { ...base, "stacks/s1/main.tf": calls("../../modules/inner"), "README.md": "" };
    await between(next, { ...next, "stacks/s1/more.tf": "#" });
    expect(trees.reads() - atFirst).toBeLessThan(8);
  });

  it("sees a call that comes with the change, and the module that comes with it", async () => {
    const base = { "stacks/a/main.tf": "", "stacks/b/main.tf": "" };
    const { stacks } = await between(base, {
      ...base,
      "stacks/a/main.tf": calls("../../modules/new"),
      "modules/new/main.tf": "",
    });
    expect(stacks).toEqual([{ stack: "dev/a", because: ["modules/new/main.tf", "stacks/a/main.tf"] }]);
  });

  it("looks into templates that are read, and again when they change", async () => {
    const base = {
      "stacks/a/main.tf": 'locals {\n  a = templatefile("${path.root}/../../t/x.tpl", {})\n}\n',
      "t/x.tpl": "x",
      "README.md": "",
    };
    expect((await between(base, { ...base, "README.md": "1" })).stacks).toEqual([]);
    const opaque = { ...base, "t/x.tpl": 'x ${file("y")}' };
    expect((await between(base, opaque)).stacks).toMatchObject([
      { stack: "dev/a", wholeTree: expect.stringContaining("t/x.tpl") },
    ]);
    expect((await between(opaque, { ...opaque, "README.md": "1" })).stacks).toMatchObject([{ because: ["README.md"] }]);
  });

  it("gives up on calls that multiply, as planning does, and on modules in a circle does not", async () => {
    const levels = Object.fromEntries(
      Array.from({ length: 30 }, (_, level) => [
        `modules/l${level}/main.tf`,
        calls(`../l${level + 1}`, `../l${level + 1}`),
      ]),
    );
    const base = {
      ...levels,
      "stacks/a/main.tf": calls("../../modules/l0"),
      "stacks/b/main.tf": calls("../../modules/r"),
      "modules/r/main.tf": calls("../r"),
    };
    expect((await between(base, { ...base, "README.md": "" })).stacks).toMatchObject([
      { stack: "dev/a", wholeTree: expect.stringContaining("too many") },
    ]);
  });

  it("names some paths of a change with very many, and how many more there are", async () => {
    const files = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`stacks/a/f${index}.txt`, ""]));
    const [only] = (await between({ "stacks/a/main.tf": "" }, { "stacks/a/main.tf": "", ...files })).stacks;
    expect([only?.because.length, only?.more]).toEqual([50, 20]);
  });

  it("takes nothing that another version kept", async () => {
    const withLink = { ...emptyGraph, links: new Map([["a", "b"]]) };
    const text = graphText(withLink);
    expect(graphText(parseGraph(text) ?? emptyGraph)).toBe(text);
    expect(parseGraph(text.replace(/"version":\d+/, '"version":0'))).toBeUndefined();
  });
});
