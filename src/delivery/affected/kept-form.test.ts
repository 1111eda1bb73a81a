// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import { expect, it } from "vitest";
import { readModuleReferences } from "../../adapters/hcl/index.ts";
import { readQuickly } from "../../adapters/hcl/quick.ts";
import { digestOf } from "../../domain/digest.ts";
import { graphVersion } from "../../domain/kept-graph.ts";
import { indexVersion } from "../../domain/kept-index.ts";
import type { TreeSha } from "../../domain/names.ts";
import { parseFlow } from "../../flow/index.ts";
import { type MemoryFile, memoryKeeper, memoryTrees } from "../../testing/trees.ts";
import { findAffected } from "./affected.ts";

const flow = `version: 1
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work] }
environments:
  dev: { appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [dev], backend: ["key={stack}", "live/b.hcl"], vars: ["vars/{stack}.tfvars"] }
  - { root: live, name: live, in: [dev], backend: ["key=live"], depends: ["shared/**"] }
when:
  - { on: merge, into: main, in: dev, do: [plan, apply, verify] }
`;

/** One of everything that a graph and an index tell apart, in plain files and in files that only the parser reads. */
const texts: Readonly<Record<string, string>> = {
  "plangate.yaml": flow,
  "stacks/a/main.tf":
    'module "m" {\n  source = "../../modules/m"\n}\nmodule "r" {\n  source  = "hashicorp/x/y"\n  version = "1.0.0"\n}\n',
  "stacks/a/.hidden.tf": "",
  "stacks/b/main.tf":
    'locals {\n  a = templatefile("${path.root}/../../shared/t.tpl", {})\n  b = file("${path.module}/../../shared/x.json")\n}\n',
  "stacks/c/main.tofu": "",
  "stacks/c/x.tf.json": '{"locals": {"a": "${file(\\"./t.tpl\\")}"}, "module": {"m": {"source": "../../modules/n"}}}',
  "stacks/d/main.tf": 'module "v" {\n  source = "../../vendor/x"\n}\n',
  "stacks/e/main.tf": "broken {\n",
  "live/main.tf": 'resource "a_b" "c" {\n  provisioner "local-exec" {\n    command = "x"\n  }\n}\n',
  "modules/m/main.tf": 'module "n" {\n  source = "../n"\n}\nmodule "x" {\n  source = var.x\n}\n',
  "modules/n/main.tf":
    'data "external" "x" {\n  program = ["x"]\n}\nlocals {\n  a = fileset("${path.module}/..", "*")\n  b = file(var.x)\n}\n',
  "modules/n/latin.tf": "# \ufffd\n",
  "shared/t.tpl": 'x ${file("y")}',
  "vars/a.tfvars": "",
};
const ways: Readonly<Record<string, MemoryFile>> = {
  "stacks/e/link.tf": { mode: "120000", text: "../../shared/linked" },
  "stacks/e/out": { mode: "120000", text: "/etc" },
  vendor: { mode: "160000", text: "1" },
  "shared/linked": { mode: "100644", text: 'module "m" {\n  source = "../../modules/m"\n}\n' },
};

it("keeps the same under the same version: what is kept may never be taken for what it does not say", async () => {
  const trees = memoryTrees();
  const keeper = memoryKeeper();
  const plain = Object.entries(texts).map(([path, text]) => [path, { mode: "100644", text }] as const);
  const tree = trees.add(Object.fromEntries([...plain, ...Object.entries(ways)]));
  const side = {
    tree,
    flow: { blob: "flow", parse: async () => parseFlow(flow, { file: "plangate.yaml" }).value ?? null },
  };
  const reading = { reader: trees, keeper, readReferences: readModuleReferences, readQuickly };
  await findAffected(reading, { before: side, after: side, flowFile: "plangate.yaml" });
  const formOf = async (kind: "graph" | "index") =>
    digestOf((await keeper.read(kind, tree as TreeSha)) ?? "").slice(0, 23);
  // Something else is written or read: count the version of what differs up, and only then write here what it is now.
  expect({
    graph: [graphVersion, await formOf("graph")],
    index: [indexVersion, await formOf("index")],
  }).toEqual({ graph: [2, "sha256:297b702df83348ab"], index: [3, "sha256:734dd7026f61543e"] });
});
