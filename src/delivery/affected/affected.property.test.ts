// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readModuleReferences } from "../../adapters/hcl/index.ts";
import { readQuickly } from "../../adapters/hcl/quick.ts";
import { digestOf, digestOfJson } from "../../domain/digest.ts";
import { findInputs, inputsDigest } from "../../domain/inputs.ts";
import type { StackName, TreeSha } from "../../domain/names.ts";
import { openTree, type TreeFile } from "../../domain/tree.ts";
import { type Flow, parseFlow, stacksIn } from "../../flow/index.ts";
import { type MemoryFile, type MemoryTree, memoryKeeper, memoryTrees } from "../../testing/trees.ts";
import { dependsOn } from "../depends.ts";
import { findAffected } from "./affected.ts";

const flowText = (vars: string, depends = "") => `version: 1
teams: { owners: [ann, bob] }
branches:
  work: { match: "**", except: [main], cutFrom: main, issue: required }
  main: { accepts: [work], merge: squash, reviews: { count: 1, by: owners } }
environments:
  test: { kind: test, appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [test], backend: ["key={stack}"], vars: [${vars}], depends: [${depends}] }
  - { root: "live", name: live, in: [test], backend: ["settings/live.hcl"] }
when:
  - { on: pull_request, into: main, in: test, do: [check, plan, comment] }
  - { on: merge, into: main, in: test, do: [apply, verify] }
`;
const flowTexts = [
  flowText('"vars/{stack}.tfvars"'),
  flowText(""),
  flowText('"vars/common.tfvars"'),
  flowText("", '"shared/**"'),
  flowText("", '"modules/**/*.tf", "live/{stack}*"'),
];

const places = [
  "stacks/a",
  "stacks/b",
  "stacks/c",
  "live",
  "modules/m",
  "modules/n",
  "modules/n/inner",
  "shared",
  "live/deep",
];
const names = [
  "main.tf",
  "more.tf",
  "x.tofu",
  ".hidden.tf",
  "x.tf.json",
  "t.tpl",
  "data.json",
  "link.tf",
  "link",
  "sub",
];
const roots = ["vars/a.tfvars", "vars/common.tfvars", "settings/live.hcl", "README.md", "stacks", "modules", "mods"];
const path = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...places), fc.constantFrom(...names)).map((both) => both.join("/")),
  },
  { weight: 2, arbitrary: fc.constantFrom(...roots) },
);
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(
        "../../modules/m",
        "../../modules/n",
        "../m",
        "../n",
        "./inner",
        "../modules/m",
        "../../mods/m",
        "./sub",
        "../../../out",
        "hashicorp/x/y",
        "../../shared/link",
      )
      .map((source) => `module "m" {\n  source = "${source}"\n}\n`),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        'file("${path.module}/t.tpl")',
        'file("../../shared/data.json")',
        'templatefile("${path.module}/t.tpl", {})',
        'templatefile("${path.root}/t.tpl", {})',
        'fileset("${path.module}/..", "*")',
        'file("data.json")',
        '"${path.module}/../x"',
      )
      .map((read) => `locals {\n  a = ${read}\n}\n`),
  },
  { weight: 4, arbitrary: fc.constantFrom("", "# one\n", 'variable "a" {}\n', 'output "b" {\n  value = var.a\n}\n') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'resource "a_b" "c" {\n  provisioner "local-exec" {}\n}\n',
      'data "external" "x" {}\n',
      "locals {\n  a = file(var.x)\n}\n",
      "broken {\n",
      '{"locals": {"a": "${file(\\"./t.tpl\\")}"}}',
      'x ${file("y")}',
    ),
  },
);
const file: fc.Arbitrary<MemoryFile> = fc.oneof(
  { weight: 8, arbitrary: fc.array(piece, { maxLength: 3 }).map((all) => ({ mode: "100644", text: all.join("") })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        "../modules",
        "../../modules/m",
        "main.tf",
        "t.tpl",
        "../shared",
        "/etc",
        "../../..",
        "modules",
        "gone",
        ".",
      )
      .map((text) => ({ mode: "120000", text })),
  },
  { weight: 1, arbitrary: fc.constantFrom("1", "2").map((text) => ({ mode: "160000", text })) },
);
const files = fc.array(fc.tuple(path, file), { maxLength: 14 });
const edits = fc.array(fc.tuple(path, fc.option(file)), { maxLength: 4 });

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

describe("findAffected", () => {
  it("names the stacks whose inputs digest differs, and no others, however it comes to know", async () => {
    const seen = { affected: 0, untouched: 0, whole: 0, added: 0, deleted: 0 };
    await fc.assert(
      fc.asyncProperty(
        files,
        edits,
        edits,
        fc.tuple(fc.nat(4), fc.nat(12)),
        async (all, first, second, [flow, otherFlow]) => {
          const trees = memoryTrees();
          const keeper = memoryKeeper();
          const reading = { reader: trees, keeper, readReferences: readModuleReferences, readQuickly };
          const start = new Map([...all, ["plangate.yaml", { mode: "100644", text: flowTexts[flow] ?? "" }]]);
          const edited = (from: ReadonlyMap<string, MemoryFile>, by: typeof first) => {
            const to = new Map(from);
            for (const [at, now] of by) {
              if (now === null) to.delete(at);
              else to.set(at, now);
            }
            return to;
          };
          const next = edited(start, first);
          const last = edited(next, second);
          const moved = flowTexts[otherFlow];
          if (moved !== undefined) last.set("plangate.yaml", { mode: "100644", text: moved });
          const [base, head, further] = [start, next, last].map(treeOf) as [MemoryTree, MemoryTree, MemoryTree];
          // From nothing, from what was kept of the same tree, from another tree, and the other way round.
          for (const [from, to] of [
            [base, head],
            [base, head],
            [base, further],
            [head, further],
            [further, base],
          ] as const) {
            const ids = [trees.add(from), trees.add(to)] as const;
            const sides = { before: { tree: ids[0], flow: flowIn(from) }, after: { tree: ids[1], flow: flowIn(to) } };
            const found = await findAffected(reading, { ...sides, flowFile: "plangate.yaml" });
            const [old, now] = [await inputsOf(trees, ids[0], from), await inputsOf(trees, ids[1], to)];
            const wanted = [...new Set([...old.keys(), ...now.keys()])]
              .filter((stack) => old.get(stack)?.digest !== now.get(stack)?.digest)
              .sort();
            expect(found.stacks.map(({ stack }) => stack)).toEqual(wanted);
            const changed = new Set((await trees.changes(...ids)).map((change) => change.path));
            for (const { stack, because, deleted, added, wholeTree } of found.stacks) {
              expect(deleted === true).toBe(!now.has(stack));
              expect(added === true).toBe(!old.has(stack));
              const paths = new Set([
                ...(old.get(stack)?.paths ?? []),
                ...(now.get(stack)?.paths ?? []),
                "plangate.yaml",
              ]);
              expect(because.filter((at) => !changed.has(at) || !paths.has(at))).toEqual([]);
              expect(because).not.toEqual([]);
              expect(wholeTree !== undefined).toBe(Boolean(old.get(stack)?.whole) || Boolean(now.get(stack)?.whole));
              seen.affected++;
              if (wholeTree !== undefined) seen.whole++;
              if (deleted) seen.deleted++;
              if (added) seen.added++;
            }
            seen.untouched += now.size - found.stacks.filter(({ deleted }) => deleted === undefined).length;
          }
        },
      ),
      { numRuns: 150 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
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
