// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import fc from "fast-check";
import type { MemoryFile, MemoryTree } from "./trees.ts";

const flowText = (vars: string, depends = "", more = "") => `version: 1
teams: { owners: [ann, bob] }
branches:
  work: { match: "**", except: [main], cutFrom: main, issue: required }
  main: { accepts: [work], merge: squash, reviews: { count: 1, by: owners } }
environments:
  test: { kind: test, appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [test], backend: ["key={stack}"], vars: [${vars}], depends: [${depends}] }
  - { root: "live", name: live, in: [test], backend: ["settings/live.hcl"] }
${more}when:
  - { on: pull_request, into: main, in: test, do: [check, plan, comment] }
  - { on: merge, into: main, in: test, do: [apply, verify] }
`;
const ofModules = `  - { root: "modules/{stack}", in: [test], backend: ["key=m-{stack}"] }
  - { root: "shared", name: a, in: [test], backend: ["key=shared"] }
`;
/** Flows that differ in which folders are stacks, in the last one competing for a name, and in what else these read. */
export const flowTexts = [
  flowText('"vars/{stack}.tfvars"'),
  flowText(""),
  flowText('"vars/common.tfvars"'),
  flowText("", '"shared/**"'),
  flowText("", '"modules/**/*.tf", "live/{stack}*"'),
  flowText('"vars/{stack}.tfvars"', "", ofModules),
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
        "m/../n",
        "../shared/../modules/n",
      )
      .map((text) => ({ mode: "120000", text })),
  },
  { weight: 1, arbitrary: fc.constantFrom("1", "2").map((text) => ({ mode: "160000", text })) },
);
/** Small and dense: modules of modules, files that are read, links and submodules, and what breaks. */
export const files = fc.array(fc.tuple(path, file), { maxLength: 14 });
/** What a file becomes; nothing, where it goes. */
export const edits = fc.array(fc.tuple(path, fc.option(file)), { maxLength: 4 });
/** A folder that goes, or moves to where another one is. */
export const moves = fc.record({
  from: fc.constantFrom(...places),
  to: fc.option(fc.constantFrom(...places, "mods/m")),
});

/** A tree as Git could have it: nothing lies below a file. */
export function treeOf(all: ReadonlyMap<string, MemoryFile>): MemoryTree {
  const paths = [...all.keys()];
  return Object.fromEntries([...all].filter(([at]) => !paths.some((other) => at.startsWith(`${other}/`))));
}
