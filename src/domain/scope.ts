import { joinPath } from "./tree.ts";
import type { TreeGraph } from "./tree-graph.ts";

/** The places that a path stands for: whatever is, or comes to be, at or below one of them is meant by it. */
export interface Scope {
  /** Where the path leads; the path itself when that is nowhere in the tree. */
  readonly at: string;
  readonly places: readonly string[];
  /** Why nobody can tell from the tree what is there. */
  readonly lost: string | null;
}

/** A tree's links and submodules, looked up quickly. */
export interface Ways {
  readonly links: ReadonlyMap<string, string>;
  readonly submodules: ReadonlySet<string>;
  /** There are neither, so every path leads where it says. */
  readonly isPlain: boolean;
  /** The links below a folder. */
  below(folder: string): readonly string[];
}

export function openWays({ links, submodules }: Pick<TreeGraph, "links" | "submodules">): Ways {
  const sorted = [...links.keys()].sort();
  const firstFrom = (path: string): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? "") < path) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  // "0" is the character after "/".
  const below = (folder: string) =>
    folder === "" ? sorted : sorted.slice(firstFrom(`${folder}/`), firstFrom(`${folder}0`));
  return { links, submodules, isPlain: links.size === 0 && submodules.size === 0, below };
}

/** More links than this on one path lead in a circle. */
const mostLinks = 40;

/** Follows links on the way and below, as `findInputs` does when it takes a path. */
export function scopeOf(ways: Ways, path: string): Scope {
  if (ways.isPlain) return { at: path, places: [path], lost: null };
  const places = new Set<string>();
  const taken = new Set<string>();
  let lost: string | null = null;
  let first: string | null = null;
  const pending = [path];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (taken.has(next)) continue;
    taken.add(next);
    const { at, links } = follow(ways, next);
    for (const link of links) places.add(link);
    first ??= at ?? next;
    if (at === null) {
      lost ??= `${next} leads out of the repository`;
      continue;
    }
    places.add(at);
    const inside = submoduleOf(ways, at);
    if (inside !== undefined) lost ??= `${at} lies in the submodule ${inside}, whose files are not in this repository`;
    pending.push(...ways.below(at));
  }
  return { at: first ?? path, places: [...places], lost };
}

/** Where a path leads once links are followed, null when that is out of the tree; and the links on the way. */
export function follow(ways: Pick<Ways, "links">, path: string): { at: string | null; links: readonly string[] } {
  const links: string[] = [];
  if (ways.links.size === 0) return { at: path, links };
  let rest = path.split("/").filter((part) => part !== "");
  let at = "";
  while (rest.length > 0) {
    const [name = "", ...further] = rest;
    rest = further;
    const here = joinPath(at, name);
    if (here === undefined || links.length > mostLinks) return { at: null, links };
    const target = ways.links.get(here);
    if (target === undefined) {
      at = here;
      continue;
    }
    links.push(here);
    if (target.startsWith("/")) return { at: null, links };
    rest = [...target.split("/").filter((part) => part !== "" && part !== "."), ...rest];
  }
  return { at, links };
}

/**
 * Whether a link goes up first, if at all, and then down. Then whatever its way leads over lies above the link itself or
 * above where it leads, and is not passed unseen by a detour such as `a/../b`.
 */
export function isTidy(target: string): boolean {
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const down = parts.findIndex((part) => part !== "..");
  return down === -1 || !parts.includes("..", down);
}

function submoduleOf(ways: Ways, path: string): string | undefined {
  if (ways.submodules.size === 0) return undefined;
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    if (ways.submodules.has(at)) return at;
  }
  return undefined;
}
