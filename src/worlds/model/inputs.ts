import { type Digest, digestOf } from "../../domain/digest.ts";
import { type StackName, stackBaseName } from "../../domain/names.ts";
import type { Stack } from "../../flow/flow.ts";
import { type Glob, matchesGlob } from "../../flow/glob.ts";
import { globsOf } from "../../flow/match.ts";
import type { Tree } from "./git.ts";
import { type Setting, stackCalled } from "./setting.ts";

type StacksAndModules = Pick<Setting, "flow" | "stackNamed" | "modulesOf">;

interface Known {
  readonly paths: readonly string[] | null;
  readonly digest: Digest | null;
}

const known = new WeakMap<Tree, Map<StackName, Known>>();

/**
 * What a stack is made from in a tree: every file of its root and of the modules that it uses, its variables and backend
 * settings, and what else it depends on by the flow. Null when it is not there.
 */
export function inputsOf(setting: StacksAndModules, tree: Tree, name: StackName): Digest | null {
  return lookedUp(setting, tree, name).digest;
}

/** The paths of a stack's inputs, in order; null when it is not there. */
export function inputPaths(setting: StacksAndModules, tree: Tree, name: StackName): readonly string[] | null {
  return lookedUp(setting, tree, name).paths;
}

function lookedUp(setting: StacksAndModules, tree: Tree, name: StackName): Known {
  let stacks = known.get(tree);
  if (stacks === undefined) {
    stacks = new Map();
    known.set(tree, stacks);
  }
  let found = stacks.get(name);
  if (found === undefined) {
    const paths = findPaths(setting, tree, name);
    const text = paths?.map((path) => [path, tree[path] ?? null]);
    found = { paths, digest: text === undefined ? null : digestOf(`${name} ${JSON.stringify(text)}`) };
    stacks.set(name, found);
  }
  return found;
}

function findPaths(setting: StacksAndModules, tree: Tree, name: StackName): readonly string[] | null {
  const stack = stackCalled(setting, name);
  if (stack === undefined) return null;
  const paths = Object.keys(tree);
  const own = paths.filter((path) => isBelow(stack.root, path));
  if (!own.some((path) => isConfigurationIn(stack.root, path))) return null;
  const modules = setting.modulesOf.get(stackBaseName(name)) ?? [];
  const globs = dependsOf(stack);
  const more = paths.filter(
    (path) => modules.some((folder) => isBelow(folder, path)) || globs.some((glob) => matchesGlob(glob, path)),
  );
  return [...new Set([...own, ...more, ...filesOf(stack)])].sort();
}

/** A file that makes a folder a root module. */
export function isConfigurationIn(root: string, path: string): boolean {
  const file = root === "." ? path : path.slice(root.length + 1);
  return isBelow(root, path) && !file.includes("/") && file.endsWith(".tf");
}

function isBelow(folder: string, path: string): boolean {
  return folder === "." || path.startsWith(`${folder}/`);
}

function dependsOf({ depends }: Stack): readonly Glob[] {
  return depends.length === 0 ? [] : globsOf(depends);
}

/** Files of the stack outside its root. */
export function filesOf(stack: Stack): readonly string[] {
  return [...stack.varFiles, ...stack.backend.filter((setting) => !setting.includes("="))];
}
