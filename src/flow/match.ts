import type { BranchClass, Flow } from "./flow.ts";
import { type Glob, matchesGlob, parseGlob } from "./glob.ts";
import { releaseClassOf } from "./releases.ts";

/** Names of branches seen so far and their class; a flow meets few, an attacker many. */
const mostRemembered = 10_000;

interface Matcher {
  readonly classes: readonly {
    readonly branch: BranchClass;
    readonly match: readonly Glob[];
    readonly except: readonly Glob[];
  }[];
  readonly remembered: Map<string, BranchClass | undefined>;
}

const matchers = new WeakMap<Flow, Matcher>();

function matcherOf(flow: Flow): Matcher {
  let matcher = matchers.get(flow);
  if (matcher === undefined) {
    const classes = flow.branches.map((branch) => ({
      branch,
      match: globsOf(branch.match),
      except: globsOf(branch.except),
    }));
    matcher = { classes, remembered: new Map() };
    matchers.set(flow, matcher);
  }
  return matcher;
}

/** Patterns that can be read; the others are reported when the flow is parsed. */
export function globsOf(patterns: readonly string[]): readonly Glob[] {
  return patterns.map(parseGlob).filter((glob) => "tokens" in glob);
}

/** The class of a branch, by its name; undefined when the flow knows none. A check makes sure that there is one at most. */
export function branchClassOf(flow: Flow, branch: string): BranchClass | undefined {
  const { classes, remembered } = matcherOf(flow);
  if (remembered.has(branch)) return remembered.get(branch);
  const isOf = (globs: readonly Glob[]) => globs.some((glob) => matchesGlob(glob, branch));
  const found = classes.find(({ match, except }) => isOf(match) && !isOf(except))?.branch;
  if (remembered.size < mostRemembered) remembered.set(branch, found);
  return found;
}

/** The name under which `appliesFrom` speaks of a ref (a branch's name, or `tag:<name>`): its branch class, or its release. */
export function refNameOf(flow: Flow, ref: string): string | undefined {
  if (ref.startsWith("tag:")) return releaseClassOf(flow, ref.slice("tag:".length))?.id;
  return branchClassOf(flow, ref)?.name;
}

/** The one branch that a class is, when it is no pattern: where releases are made. */
export function onlyBranchOf(branch: BranchClass): string | undefined {
  const [glob, ...more] = globsOf(branch.match);
  return glob === undefined || more.length > 0 ? undefined : (glob.literal ?? undefined);
}
