// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import { beforeEach, describe, expect, it } from "vitest";
import { readModuleReferences } from "../../adapters/hcl/index.ts";
import { readQuickly } from "../../adapters/hcl/quick.ts";
import { digestOf } from "../../domain/digest.ts";
import { graphText, parseGraph } from "../../domain/kept-graph.ts";
import { emptyGraph } from "../../domain/tree-graph.ts";
import { parseFlow } from "../../flow/index.ts";
import { type MemoryFile, type MemoryTree, memoryKeeper, memoryTrees } from "../../testing/trees.ts";
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

/** Plain files by their text; links and submodules by what Git has of them. */
type Texts = Readonly<Record<string, string | MemoryFile>>;
const treeOf = (texts: Texts): MemoryTree =>
  Object.fromEntries(
    Object.entries(texts).map(([path, file]) => [
      path,
      typeof file === "string" ? { mode: "100644", text: file } : file,
    ]),
  );
const link = (text: string): MemoryFile => ({ mode: "120000", text });

describe("findAffected", () => {
  let trees: ReturnType<typeof memoryTrees>;
  let keeper: ReturnType<typeof memoryKeeper>;
  /** How often the flow was read, which is when all stacks are looked at. */
  let parsed: number;
  beforeEach(() => {
    parsed = 0;
    trees = memoryTrees();
    keeper = memoryKeeper();
  });

  async function between(before: Texts, after: Texts, text = flow) {
    const parse = async () => {
      parsed++;
      return parseFlow(text, { file: "plangate.yaml" }).value ?? null;
    };
    const side = (texts: Texts) => ({
      tree: trees.add(treeOf({ "plangate.yaml": text, ...texts })),
      flow: { blob: digestOf(text), parse },
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

  it("sees a link or a submodule come to stand on the way to a module that was not there", async () => {
    const base = { "stacks/a/main.tf": calls("../../mods/m"), "modules/m/main.tf": "" };
    expect((await between(base, { ...base, mods: link("modules") })).stacks).toEqual([
      { stack: "dev/a", because: ["mods"] },
    ]);
    const inside = await between(base, { ...base, mods: { mode: "160000", text: "1" } });
    expect(inside.stacks).toMatchObject([{ stack: "dev/a", wholeTree: expect.stringContaining("submodule mods") }]);
  });

  it("sees a link on the detour that another link takes", async () => {
    const base = {
      "stacks/a/link.tf": link("../../d/../shared/real"),
      "shared/real": "",
      "e/f/x": "",
      "e/shared/real": "",
    };
    expect((await between(base, { ...base, d: link("e/f") })).stacks).toEqual([{ stack: "dev/a", because: ["d"] }]);
  });

  it("gives a stack's name to the next folder when the first one goes, and back when it comes again", async () => {
    const two = flow.replace("when:", "  - { root: other, name: a, in: [dev], backend: [key=other] }\nwhen:");
    const one = { "other/main.tf": "", "stacks/b/main.tf": "" };
    const both = { ...one, "stacks/a/main.tf": "" };
    for (const [before, after] of [
      [both, one],
      [one, both],
    ] as const) {
      const { stacks } = await between(before, after, two);
      expect(stacks).toEqual([{ stack: "dev/a", because: ["stacks/a/main.tf"] }]);
      expect((await between(after, { ...after, "other/x": "" }, two)).stacks).toHaveLength(after === one ? 1 : 0);
    }
  });

  it("looks at few stacks again, with all that a root module has, and never at the flow, once a tree is known", async () => {
    const two = flow
      .replace("stacks:", "  test: { appliesFrom: [main] }\nstacks:")
      .replace(
        'in: [dev], backend: ["key={stack}"]',
        'in: [dev, test], backend: ["key={stack}-{environment}"], vars: ["vars/{environment}.tfvars"]',
      );
    const base = {
      "stacks/a/main.tf": "",
      "stacks/b/main.tf": "",
      "stacks/c/main.tf": calls("../../m"),
      "m/main.tf": "",
    };
    await between(base, base, two);
    const atFirst = parsed;
    const next = { ...base, "vars/test.tfvars": "", "stacks/b/main.tf": calls("../../m") };
    const named = async (before: Texts, after: Texts) =>
      (await between(before, after, two)).stacks.map(({ stack }) => stack);
    expect(await named(base, next)).toEqual(["dev/b", "test/a", "test/b", "test/c"]);
    const { "stacks/c/main.tf": _, ...last } = { ...next, "stacks/d/main.tf": calls("../../m") };
    expect(await named(next, last)).toEqual(["dev/c", "dev/d", "test/c", "test/d"]);
    expect(await named(last, { ...last, "m/main.tf": "#" })).toEqual(["dev/b", "dev/d", "test/b", "test/d"]);
    expect(await named(last, { ...last, "stacks/c/main.tf": "" })).toEqual(["dev/c", "test/c"]);
    expect(parsed).toBe(atFirst);
  });

  it("counts a file that comes where the flow says that a stack depends on it, with whatever else changes", async () => {
    const depending = flow.replace('["key={stack}"] }', '["key={stack}"], depends: ["shared/{stack}*"] }');
    const base = { "stacks/a/main.tf": "", "stacks/b/main.tf": "", "stacks/c/main.tf": "" };
    await between(base, base, depending);
    const next = { ...base, "shared/a.json": "", "stacks/c/main.tf": calls("../../m") };
    expect((await between(base, next, depending)).stacks).toEqual([
      { stack: "dev/a", because: ["shared/a.json"] },
      { stack: "dev/c", because: ["stacks/c/main.tf"] },
    ]);
    const linked = { ...next, "shared/b": link("../m"), "stacks/c/main.tf": "" };
    expect((await between(next, linked, depending)).stacks.map(({ stack }) => stack)).toEqual(["dev/b", "dev/c"]);
    expect((await between(linked, { ...linked, "m/x": "" }, depending)).stacks).toEqual([
      { stack: "dev/b", because: ["m/x"] },
    ]);
  });

  it("keeps in mind what was looked into, over a change of something else", async () => {
    const base = {
      "stacks/a/main.tf": 'locals {\n  a = templatefile("${path.module}/../../t/x.tpl", {})\n}\n',
      "stacks/b/main.tf": "",
      "t/x.tpl": "x",
    };
    await between(base, base);
    const next = { ...base, "stacks/b/main.tf": calls("../../modules/m"), "stacks/b/new.tf": "" };
    await between(base, next);
    const opaque = { ...next, "t/x.tpl": 'x ${file("y")}' };
    expect((await between(next, opaque)).stacks).toMatchObject([
      { stack: "dev/a", wholeTree: expect.stringContaining("t/x.tpl") },
    ]);
    expect((await between(opaque, { ...opaque, "README.md": "" })).stacks).toMatchObject([{ stack: "dev/a" }]);
  });

  it("takes nothing that another version kept", async () => {
    const withLink = { ...emptyGraph, links: new Map([["a", "b"]]) };
    const text = graphText(withLink);
    expect(graphText(parseGraph(text) ?? emptyGraph)).toBe(text);
    expect(parseGraph(text.replace(/"version":\d+/, '"version":0'))).toBeUndefined();
  });
});
