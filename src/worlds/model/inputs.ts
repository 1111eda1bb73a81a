import { type Digest, digestOf } from "../../domain/digest.ts";
import type { StackName } from "../../domain/names.ts";
import type { Stack } from "../../flow/flow.ts";
import type { Tree } from "./git.ts";
import type { Setting } from "./setting.ts";

const inputDigests = new WeakMap<Tree, Map<StackName, Digest | null>>();

/** What a stack is made from in a tree: every file of its root, its variables and its backend settings. Null when it is not there. */
export function inputsOf(setting: Pick<Setting, "stackNamed">, tree: Tree, name: StackName): Digest | null {
  let digests = inputDigests.get(tree);
  if (digests === undefined) {
    digests = new Map();
    inputDigests.set(tree, digests);
  }
  let digest = digests.get(name);
  if (digest === undefined) {
    digest = digestInputs(setting.stackNamed.get(name), tree);
    digests.set(name, digest);
  }
  return digest;
}

function digestInputs(stack: Stack | undefined, tree: Tree): Digest | null {
  if (stack === undefined) return null;
  const files = filesOf(stack);
  const own = Object.keys(tree).filter((path) => stack.root === "." || path.startsWith(`${stack.root}/`));
  if (own.length === 0) return null;
  const paths = [...own, ...files].sort();
  return digestOf(`${stack.name} ${JSON.stringify(paths.map((path) => [path, tree[path] ?? null]))}`);
}

/** Files of the stack outside its root. */
export function filesOf(stack: Stack): readonly string[] {
  return [...stack.varFiles, ...stack.backend.filter((setting) => !setting.includes("="))];
}
