import { posix } from "node:path";
import { stackBaseName } from "../../domain/names.ts";
import type { Flow, Stack } from "../../flow/flow.ts";
import { codeOwnersFile, type Modules } from "../scene.ts";
import type { Scene } from "../world.ts";

/**
 * The configuration that stories are played with: one `terraform_data` a root module and one a module, which need no
 * provider and no account and are planned and applied by the real tool. What a root module's object holds is one value
 * in the root and one in the variable file; what a module's holds is one value in the module.
 */
export interface Fixture {
  /** What a push writes to a path that has no text of its own: something else than ever before. */
  readonly contentFor: (path: string, value: string) => string;
  /** The files of the first commit. */
  readonly firstFiles: Readonly<Record<string, string>>;
}

export function makeFixture(scene: Pick<Scene, "flow" | "stacks" | "modules" | "owners">): Fixture {
  const { flow, stacks, modules } = scene;
  const owners = codeOwnersFile(scene.owners);
  const names = new Map(stacks.map((stack) => [stack.root, stackBaseName(stack.name)]));
  const environments = new Map(stacks.flatMap((stack) => stack.varFiles.map((path) => [path, stack.environment])));
  const settings = new Set(stacks.flatMap(settingsFiles));
  const expected = new Map(flow.environments.map(({ name, expect }) => [name, expect]));
  const variables = [...new Set(flow.environments.flatMap(({ expect }) => Object.keys(expect)))].sort();
  const contentFor = (path: string, value: string) => {
    const folder = posix.dirname(path);
    const name = names.get(folder);
    const isMain = posix.basename(path) === "main.tf";
    if (isMain && name !== undefined) return rootFile(value, variables, callsIn(folder, calledBy(modules, name)));
    if (isMain && Object.hasOwn(modules, folder))
      return `${resourceBlock("this", value)}${callsIn(folder, calledBy(modules, folder))}`;
    const environment = environments.get(path);
    if (environment !== undefined) return variableFile(value, expected.get(environment) ?? {});
    if (path === owners?.path) return `${owners.text}# ${value}\n`;
    if (path.endsWith(".tfvars")) return variableFile(value, {});
    if (path.endsWith(".tf")) return resourceBlock(posix.basename(path, ".tf"), value);
    return settings.has(path) ? `# ${value}\n` : `${value}\n`;
  };
  const paths = [
    ...stacks.flatMap((stack) => [`${stack.root}/main.tf`, ...stack.varFiles, ...settingsFiles(stack)]),
    ...Object.keys(modules).map((folder) => `${folder}/main.tf`),
    ...(owners === null ? [] : [owners.path]),
  ];
  return { contentFor, firstFiles: Object.fromEntries(paths.map((path) => [path, contentFor(path, "first")])) };
}

function settingsFiles({ backend }: Stack): readonly string[] {
  return backend.filter((setting) => !setting.includes("="));
}

/** Folders of the modules that a root or another module calls itself. */
function calledBy(modules: Modules, user: string): readonly string[] {
  return Object.keys(modules).filter((folder) => modules[folder]?.includes(user));
}

/**
 * Nothing reads a `terraform_data` from outside, so a refresh finds it as the state has it. What somebody changed by hand
 * shows in this output: it was told with the old value.
 */
export const rootOutput = "held";

function rootFile(value: string, variables: readonly string[], calls: string): string {
  const declared = variables.map((name) => `variable "${name}" {\n  default = null\n}\n\n`).join("");
  // A variable that nothing uses is one that linters tell.
  const asked = variables.map((name) => {
    const condition = `condition     = var.${name} == null || var.${name} != ""`;
    return `    precondition {\n      ${condition}\n      error_message = "${name} is empty."\n    }\n`;
  });
  const used = asked.length === 0 ? "" : `\n  lifecycle {\n${asked.join("")}  }\n`;
  return `terraform {
  backend "local" {}
}

variable "size" {
  type    = string
  default = "none"
}

${declared}resource "terraform_data" "this" {
  input = {
    size  = var.size
    value = ${JSON.stringify(value)}
  }
${used}}

output "${rootOutput}" {
  value = terraform_data.this.output
}
${calls}`;
}

function callsIn(folder: string, called: readonly string[]): string {
  return called
    .map((module) => {
      const path = posix.relative(folder, module);
      const source = path.startsWith(".") ? path : `./${path}`;
      return `\nmodule "${identifier(module)}" {\n  source = "${source}"\n}\n`;
    })
    .join("");
}

function variableFile(value: string, expected: Readonly<Record<string, string | number | boolean>>): string {
  const settings = Object.entries(expected).map(([name, wanted]) => `\n${name} = ${JSON.stringify(wanted)}\n`);
  return `size = ${JSON.stringify(value)}\n${settings.join("")}`;
}

function resourceBlock(name: string, value: string): string {
  return `resource "terraform_data" "${identifier(name)}" {\n  input = ${JSON.stringify(value)}\n}\n`;
}

function identifier(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_");
}

/** The same flow with states on this machine, one file a stack and instance, outside every checkout. */
export function withLocalStates(flow: Flow, folder: string): Flow {
  const stacks = flow.stacks.map((pattern) => ({
    ...pattern,
    backend: [
      ...pattern.backend.filter((setting) => !setting.includes("=")),
      `path=${folder}/{environment}/{instance}{stack}.tfstate`,
    ],
  }));
  return { ...flow, stacks };
}

/** One object as it stands after an apply: in which module, by which name, with what it was made from. */
export interface FixtureObject {
  readonly module: string | null;
  readonly name: string;
  readonly input: string | { readonly size: string; readonly value: string };
}

/**
 * The objects that applying a stack leaves, read off files that the fixture wrote. Text that stories bring of their own
 * is passed over where it says something else.
 */
export async function objectsOf(
  stack: Pick<Stack, "root" | "varFiles">,
  paths: readonly string[],
  textOf: (path: string) => Promise<string>,
): Promise<readonly FixtureObject[]> {
  const vars = stack.varFiles.at(-1);
  const size = vars === undefined ? undefined : /^size = "(.*)"/m.exec(await textOf(vars))?.[1];
  const objects: FixtureObject[] = [];
  const look = async (folder: string, module: string | null): Promise<void> => {
    for (const path of paths.filter((each) => posix.dirname(each) === folder && each.endsWith(".tf")).sort()) {
      const text = await textOf(path);
      const value = /^ {4}value = "(.*)"$/m.exec(text)?.[1];
      if (module === null && value !== undefined)
        objects.push({ module, name: "this", input: { size: size ?? "none", value } });
      for (const [, name = "", input = ""] of text.matchAll(
        /^resource "terraform_data" "(\w+)" {\n {2}input = "(.*)"$/gm,
      ))
        objects.push({ module, name, input });
      for (const [, name = "", source = ""] of text.matchAll(/^module "(\w+)" {\n {2}source = "(.*)"$/gm))
        await look(posix.join(folder, source), module === null ? `module.${name}` : `${module}.module.${name}`);
    }
  };
  await look(stack.root, null);
  return objects;
}
