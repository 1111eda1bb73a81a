import { describe, expect, it } from "vitest";
import { type Login, parseStackName, type StackName } from "../domain/names.ts";
import { type PresetName, parseFlow, renderPreset } from "../flow/index.ts";
import { codeOwnersFile, modulesUsedBy, stacksAtStart } from "./scene.ts";
import type { Step } from "./step.ts";

function flowOf(preset: PresetName) {
  const flow = parseFlow(renderPreset(preset), { file: "plangate.yaml" }).value;
  if (flow === undefined) throw new Error(`${preset} does not parse`);
  return flow;
}

const at = { line: 1, column: 1 };
const names = (stacks: ReturnType<typeof stacksAtStart>) => stacks.map(({ name }) => name);
const crash = (name: string): Step => ({
  kind: "crash",
  stack: parseStackName(name) as StackName,
  during: "plan",
  at,
});
const push = (about: { readonly changes?: readonly string[]; readonly remove?: readonly string[] }): Step => ({
  kind: "push",
  by: "ann" as Login,
  branch: "x",
  fork: null,
  from: "main",
  changes: (about.changes ?? []).map((path) => ({ path, text: null })),
  remove: about.remove ?? [],
  message: null,
  coAuthors: [],
  rewrite: false,
  force: false,
  at,
});

describe("the stacks that a story starts with", () => {
  it("are those that steps name, in every environment of their pattern", () => {
    expect(names(stacksAtStart(flowOf("gitflow"), [crash("prod/app")]))).toEqual(["dev/app", "prod/app", "stage/app"]);
  });

  it("are there when an instance of them is named", () => {
    const stacks = stacksAtStart(flowOf("trunk-stored-plan"), [crash("ephemeral-7/app")]);
    expect(names(stacks)).toEqual(["ephemeral/app", "prod/app", "test/app"]);
  });

  it("are those whose root or variables a push changes, or whose folder it removes", () => {
    const flow = flowOf("gitflow");
    expect(names(stacksAtStart(flow, [push({ changes: ["stacks/net/sub/x.tf", "README.md"] })]))).toHaveLength(3);
    expect(names(stacksAtStart(flow, [push({ changes: ["environments/prod/db.tfvars"] })]))).toContain("prod/db");
    expect(names(stacksAtStart(flow, [push({ remove: ["stacks/old"] })]))).toContain("stage/old");
  });

  it("are those that use a module, also when nothing else names them", () => {
    const stacks = stacksAtStart(flowOf("gitflow"), [], { "modules/net": ["app"], "modules/vpc": ["modules/net"] });
    expect(names(stacks)).toEqual(["dev/app", "prod/app", "stage/app"]);
  });

  it("have one root with a file of variables each where the flow says so", () => {
    const stacks = stacksAtStart(flowOf("trunk-demo"), [push({ changes: ["infra/main.tf"] })]);
    expect(stacks.map(({ name, root, varFiles }) => [name, root, ...varFiles])).toEqual([
      ["prod/infra", "infra", "environments/prod/vars.tfvars"],
      ["test/infra", "infra", "environments/test/vars.tfvars"],
    ]);
  });
});

describe("the modules of a story", () => {
  const modules = { "modules/vpc": ["modules/net"], "modules/net": ["app", "db"], "modules/log": ["db"] };

  it("are used directly and through others", () => {
    expect(modulesUsedBy(modules, "app")).toEqual(["modules/net", "modules/vpc"]);
    expect(modulesUsedBy(modules, "db")).toEqual(["modules/log", "modules/net", "modules/vpc"]);
    expect(modulesUsedBy(modules, "web")).toEqual([]);
  });

  it("are looked through once, also when they go round in a circle", () => {
    expect(modulesUsedBy({ a: ["b"], b: ["a", "app"] }, "app")).toEqual(["a", "b"]);
  });
});

describe("the owners of a story", () => {
  it("are lines of CODEOWNERS, in the story's order", () => {
    const [ann, bob] = ["ann", "bob"] as Login[] as [Login, Login];
    expect(codeOwnersFile({ "*": [ann, bob], "stacks/net/**": [bob] })?.text).toBe("* @ann @bob\nstacks/net/** @bob\n");
    expect(codeOwnersFile({})).toBeNull();
  });
});
