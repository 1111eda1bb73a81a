import type { PlanCounts } from "../../domain/plan.ts";
import type { Tree } from "./git.ts";
import { isValue } from "./values.ts";

const none: PlanCounts = { add: 0, change: 0, destroy: 0, replace: 0, import: 0, move: 0, forget: 0 };

/** What a plan that removes everything does. */
export function countsOfDestroy(applied: Tree, paths: readonly string[]): PlanCounts {
  return { ...none, destroy: Math.max(1, resourcesIn(applied, paths).size) };
}

/**
 * How many resources a plan touches, from what is applied to what would be: those that the texts of a story have, and one
 * in each file of configuration without a text. Where none comes or goes, a value of one becomes another.
 */
export function countsBetween(applied: Tree, planned: Tree, paths: readonly string[]): PlanCounts {
  const before = resourcesIn(applied, paths);
  const after = resourcesIn(planned, paths);
  const add = [...after].filter((resource) => !before.has(resource)).length;
  const destroy = [...before].filter((resource) => !after.has(resource)).length;
  return { ...none, add, destroy, change: add + destroy === 0 ? 1 : 0 };
}

function resourcesIn(tree: Tree, paths: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of paths) {
    const text = tree[path];
    if (text === undefined || !path.endsWith(".tf")) continue;
    if (isValue(text)) found.add(path);
    for (const [, type, name] of text.matchAll(/^resource\s+"([^"]+)"\s+"([^"]+)"/gm)) found.add(`${type}.${name}`);
  }
  return found;
}
