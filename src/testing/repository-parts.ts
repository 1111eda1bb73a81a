// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own

const flowText = (vars: string, depends = "", more = "") => `version: 1
teams: { owners: [ann, bob] }
branches:
  work: { match: "**", except: [main], cutFrom: main, issue: required }
  main: { accepts: [work], merge: squash, reviews: { count: 1, by: owners } }
environments:
  test: { kind: test, appliesFrom: [main] }
  dev: { kind: dev, appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [test, dev], backend: ["key={stack}-{environment}"], vars: [${vars}], depends: [${depends}] }
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
  flowText('"vars/common.tfvars", "vars/{environment}.tfvars"'),
  flowText("", '"shared/**"'),
  flowText("", '"modules/**/*.tf", "live/{stack}*"'),
  flowText('"vars/{stack}.tfvars"', "", ofModules),
];

/** Folders that hold configuration, or may. */
export const places = [
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
/** Names of files there. */
export const names = [
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
/** Other paths that matter, some of them of folders that could be files. */
export const otherPaths = [
  "vars/a.tfvars",
  "vars/common.tfvars",
  "vars/dev.tfvars",
  "settings/live.hcl",
  "README.md",
  "stacks",
  "modules",
  "mods",
  "vars",
];

/** Where modules are called from. */
export const sources = [
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
];
/** Ways of reading files. */
export const reads = [
  'file("${path.module}/t.tpl")',
  'file("../../shared/data.json")',
  'templatefile("${path.module}/t.tpl", {})',
  'templatefile("${path.root}/t.tpl", {})',
  'fileset("${path.module}/..", "*")',
  'file("data.json")',
  '"${path.module}/../x"',
];
/** Text that reaches for nothing. */
export const plainTexts = ["", "# one\n", 'variable "a" {}\n', 'output "b" {\n  value = var.a\n}\n'];
/** Text from which nobody can tell what it reaches for, or that is of another kind. */
export const oddTexts = [
  'resource "a_b" "c" {\n  provisioner "local-exec" {}\n}\n',
  'data "external" "x" {}\n',
  "locals {\n  a = file(var.x)\n}\n",
  "broken {\n",
  '{"locals": {"a": "${file(\\"./t.tpl\\")}"}}',
  'x ${file("y")}',
];
/** Where symbolic links lead. */
export const linkTargets = [
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
];
