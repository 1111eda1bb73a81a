import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readModuleReferences } from "../../adapters/hcl/index.ts";
import { readQuickly } from "../../adapters/hcl/quick.ts";
import { digestOf, digestOfJson } from "../../domain/digest.ts";
import { findInputs, inputsDigest } from "../../domain/inputs.ts";
import type { StackName, TreeSha } from "../../domain/names.ts";
import { openTree, type TreeFile } from "../../domain/tree.ts";
import { type Flow, parseFlow, stacksIn } from "../../flow/index.ts";
import {
  flowTexts,
  linkTargets,
  names,
  oddTexts,
  otherPaths,
  places,
  plainTexts,
  reads,
  sources,
} from "../../testing/repository-parts.ts";
import { type MemoryFile, type MemoryTree, memoryKeeper, memoryTrees } from "../../testing/trees.ts";
import { dependsOn } from "../depends.ts";
import { findAffected } from "./affected.ts";

const calls = fc.constantFrom(...sources).map((source) => `module "m" {\n  source = "${source}"\n}\n`);
const locals = fc.constantFrom(...reads).map((read) => `locals {\n  a = ${read}\n}\n`);
const text = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: calls },
      { weight: 3, arbitrary: locals },
      { weight: 4, arbitrary: fc.constantFrom(...plainTexts) },
      { weight: 1, arbitrary: fc.constantFrom(...oddTexts) },
    ),
    { maxLength: 3 },
  )
  .map((pieces) => pieces.join(""));
const path = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...places), fc.constantFrom(...names)).map((both) => both.join("/")),
  },
  { weight: 2, arbitrary: fc.constantFrom(...otherPaths) },
);
const file: fc.Arbitrary<MemoryFile> = fc.oneof(
  { weight: 8, arbitrary: text.map((written) => ({ mode: "100644", text: written })) },
  { weight: 1, arbitrary: fc.constantFrom(...linkTargets).map((target) => ({ mode: "120000", text: target })) },
  { weight: 1, arbitrary: fc.constantFrom("1", "2").map((commit) => ({ mode: "160000", text: commit })) },
);
/** What other paths may lead over. */
const way = fc.tuple(
  fc.constantFrom("mods", "modules/n/inner", "stacks/a/sub", "modules/m/link", "shared/link", "vars"),
  file.filter(({ mode }) => mode !== "100644"),
);
const change = fc.oneof({ weight: 5, arbitrary: fc.tuple(path, file) }, { weight: 1, arbitrary: way });
const files = fc.array(change, { maxLength: 14 });
/** What a file becomes; nothing, where it goes. */
const edits = fc.array(
  change.chain(([at, now]) => fc.option(fc.constant(now)).map((maybe) => [at, maybe] as const)),
  { maxLength: 4 },
);
/** A folder that goes, or moves to where another one is. */
const moves = fc.record({
  from: fc.constantFrom(...places),
  to: fc.option(fc.constantFrom(...places, "mods/m")),
});

/** A tree as Git could have it: nothing lies below a file. */
function treeOf(all: ReadonlyMap<string, MemoryFile>): MemoryTree {
  const paths = [...all.keys()];
  return Object.fromEntries([...all].filter(([at]) => !paths.some((other) => at.startsWith(`${other}/`))));
}

const flowOf = (text: string): Flow => parseFlow(text, { file: "plangate.yaml" }).value as Flow;
const flowIn = (tree: MemoryTree) => {
  const text = tree["plangate.yaml"]?.text ?? "";
  return { blob: digestOf(text), parse: async () => flowOf(text) };
};

type Files = ReadonlyMap<string, MemoryFile>;
const withFlow = (all: Iterable<readonly [string, MemoryFile]>, flow: number): Files =>
  new Map([...all, ["plangate.yaml", { mode: "100644", text: flowTexts[flow] ?? "" }]]);

function edited(from: Files, by: Iterable<readonly [string, MemoryFile | null]>): Files {
  const to = new Map(from);
  for (const [at, now] of by) {
    if (now === null) to.delete(at);
    else to.set(at, now);
  }
  return to;
}

/** A folder and all below it goes, and comes to lie elsewhere. */
function movedIn(all: Files, { from, to }: { readonly from: string; readonly to: string | null }): Files {
  const inside = [...all].filter(([at]) => at.startsWith(`${from}/`));
  const gone = edited(
    all,
    inside.map(([at]) => [at, null]),
  );
  return to === null
    ? gone
    : edited(
        gone,
        inside.map(([at, file]) => [at.replace(from, to), file]),
      );
}

/** Asks over and over, keeping what is kept, and holds every answer against the definition. */
function openComparison() {
  const trees = memoryTrees();
  const keeper = memoryKeeper();
  const reading = { reader: trees, keeper, readReferences: readModuleReferences, readQuickly };
  const seen = { affected: 0, untouched: 0, whole: 0, added: 0, deleted: 0, followed: 0 };
  const compare = async (from: MemoryTree, to: MemoryTree) => {
    const ids = [trees.add(from), trees.add(to)] as const;
    let parsed = 0;
    const flow = (tree: MemoryTree) => ({
      ...flowIn(tree),
      parse: async () => {
        parsed++;
        return flowIn(tree).parse();
      },
    });
    const sides = { before: { tree: ids[0], flow: flow(from) }, after: { tree: ids[1], flow: flow(to) } };
    const found = await findAffected(reading, { ...sides, flowFile: "plangate.yaml" });
    // Whoever looks at every stack needs the flow for that.
    if (parsed === 0) seen.followed++;
    const [old, now] = [await inputsOf(trees, ids[0], from), await inputsOf(trees, ids[1], to)];
    const wanted = [...new Set([...old.keys(), ...now.keys()])]
      .filter((stack) => old.get(stack)?.digest !== now.get(stack)?.digest)
      .sort();
    expect(found.stacks.map(({ stack }) => stack)).toEqual(wanted);
    if (found.all !== null) expect([...now.keys()].filter((stack) => !wanted.includes(stack))).toEqual([]);
    const changed = new Set((await trees.changes(...ids)).map((change) => change.path));
    for (const { stack, because, deleted, added, wholeTree } of found.stacks) {
      expect(deleted === true).toBe(!now.has(stack));
      expect(added === true).toBe(!old.has(stack));
      const paths = new Set([...(old.get(stack)?.paths ?? []), ...(now.get(stack)?.paths ?? []), "plangate.yaml"]);
      expect(because.filter((at) => !changed.has(at) || !paths.has(at))).toEqual([]);
      expect(because).not.toEqual([]);
      expect(wholeTree !== undefined).toBe(Boolean(old.get(stack)?.whole) || Boolean(now.get(stack)?.whole));
      seen.affected++;
      if (wholeTree !== undefined) seen.whole++;
      if (deleted) seen.deleted++;
      if (added) seen.added++;
    }
    seen.untouched += now.size - found.stacks.filter(({ deleted }) => deleted === undefined).length;
  };
  return { compare, seen };
}

describe("findAffected", () => {
  it("names the stacks whose inputs digest differs, and no others, however it comes to know", async () => {
    const counts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        files,
        edits,
        edits,
        fc.tuple(fc.nat(flowTexts.length - 1), fc.nat(12)),
        async (all, first, second, [flow, otherFlow]) => {
          const { compare, seen } = openComparison();
          const start = withFlow(all, flow);
          const next = edited(start, first);
          const last = edited(next, second);
          const other = flowTexts[otherFlow] === undefined ? last : withFlow(last, otherFlow);
          const [base, head, further] = [start, next, other].map(treeOf) as [MemoryTree, MemoryTree, MemoryTree];
          // From nothing, from what was kept of the same tree, from another tree, and the other way round.
          await compare(base, head);
          await compare(base, head);
          await compare(base, further);
          await compare(head, further);
          await compare(further, base);
          for (const [what, count] of Object.entries(seen)) counts.set(what, (counts.get(what) ?? 0) + count);
        },
      ),
      { numRuns: 150 },
    );
    for (const count of counts.values()) expect(count).toBeGreaterThan(20);
  }, 60_000);

  it("stays right over a long history, each index following from the one before", async () => {
    const counts = new Map<string, number>();
    const step = fc.record({ edits, move: fc.option(moves, { freq: 3 }), skip: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        files,
        fc.nat(flowTexts.length - 1),
        fc.array(step, { minLength: 6, maxLength: 14 }),
        async (all, flow, steps) => {
          const { compare, seen } = openComparison();
          let at = withFlow(all, flow);
          let base = at;
          for (const { edits: by, move, skip } of steps) {
            const next = edited(move === null ? at : movedIn(at, move), by);
            await compare(treeOf(base), treeOf(next));
            at = next;
            // The base moves on, now and then by several changes at once.
            if (!skip) base = next;
          }
          for (const [what, count] of Object.entries(seen)) counts.set(what, (counts.get(what) ?? 0) + count);
        },
      ),
      { numRuns: 60 },
    );
    for (const count of counts.values()) expect(count).toBeGreaterThan(20);
    expect(counts.get("followed")).toBeGreaterThan(150);
  }, 60_000);
});

/** The definition: what each stack's plan is made from, one stack at a time. */
async function inputsOf(trees: ReturnType<typeof memoryTrees>, id: TreeSha, tree: MemoryTree) {
  const flow = flowOf(tree["plangate.yaml"]?.text ?? "");
  const open = openTree(trees.entries(id), {
    references: ({ blob, path: at }: TreeFile) => readModuleReferences(trees.text(blob), at),
    linkTarget: async ({ blob }: TreeFile) => trees.text(blob),
  });
  const inputs = new Map<StackName, { digest: string; paths: readonly string[]; whole: string | null }>();
  for (const stack of stacksIn(
    flow,
    open.under("").map((entry) => entry.path),
  ).value ?? []) {
    const { root, backend, varFiles, depends } = stack;
    const found = await findInputs(open, {
      root,
      varFiles,
      backendFiles: backend.filter((setting) => !setting.includes("=")),
      dependsOn: dependsOn(depends),
    });
    const tool = { name: flow.tool, version: "1" } as const;
    const settings = { root, tool, mode: "normal", backend, varFiles, variables: {} } as const;
    const digest = inputsDigest(found, depends.length === 0 ? settings : { ...settings, depends });
    inputs.set(stack.name, {
      digest: digestOfJson([digest]),
      paths: found.files.map((entry) => entry.path),
      whole: found.wholeTree,
    });
  }
  return inputs;
}
