import type { StackName, TreeSha } from "../../domain/names.ts";
import { openStackReach, type StackFiles, type StackReach } from "../../domain/stack-reach.ts";
import type { TreeChange, TreeGraph } from "../../domain/tree-graph.ts";
import type { Flow, Stack } from "../../flow/flow.ts";
import { stacksIn } from "../../flow/stacks.ts";
import { credentials } from "../configuration.ts";
import { configurationPaths, type GraphReading, keepGraph, openGraphPair, withTexts } from "./graphs.ts";

export interface AffectedStack {
  readonly stack: StackName;
  /** Changed paths that are inputs of it, before or after. At most `mostPaths`. */
  readonly because: readonly string[];
  /** How many more there are. */
  readonly more?: number;
  readonly deleted?: true;
  readonly added?: true;
  /** Every file counts for it, so every change does; why, as a sentence. */
  readonly wholeTree?: string;
}

export interface Affected {
  /** Ordered by name. */
  readonly stacks: readonly AffectedStack[];
  /** How many stacks there are afterwards. */
  readonly of: number;
  /** Why every stack is affected, when one cause touches them all. */
  readonly all: string | null;
  /** Configuration that is no text. */
  readonly notText: readonly string[];
}

/** A side of a change: a tree, and the flow as it stands there. Null where there is none, and so no stack. */
export interface Side {
  readonly tree: TreeSha;
  readonly flow: Flow | null;
}

/** So many paths say enough of one stack. */
const mostPaths = 50;

/**
 * The stacks whose inputs digest differs between two trees: those that read a path that changed, those that the flow
 * gives other settings, and those that are there on one side only.
 *
 * Everything is told from one graph of each tree and the list of changed files, so that the time goes with what
 * changed and not with what there is.
 */
export async function findAffected(
  reading: GraphReading,
  { before, after, flowFile }: { readonly before: Side; readonly after: Side; readonly flowFile: string },
): Promise<Affected> {
  const pair = await openGraphPair(reading, before.tree, after.tree);
  const old = await openSide(reading, before, pair.before);
  if (pair.isNew) await keepGraph(reading, before.tree, old.graph);
  // Where no name, link or module call differs, both sides read in the same places.
  const same = pair.after === pair.before && before.flow === after.flow;
  const now = same ? old : await openSide(reading, after, pair.after);
  const because = new Map<StackName, Set<string>>();
  for (const change of pair.changes) {
    for (const side of same ? [old] : [old, now]) collect(side, change, because);
  }
  const flowMoved = pair.changes.some(({ path }) => path === flowFile);
  const names = new Set([...old.stacks.keys(), ...now.stacks.keys()]);
  const stacks: AffectedStack[] = [];
  for (const stack of [...names].sort()) {
    const [was, is] = [old.stacks.get(stack), now.stacks.get(stack)];
    const moved = was !== is && settingsOf(before, was) !== settingsOf(after, is);
    const wholeTree =
      pair.changes.length === 0 ? undefined : (old.reach.whole.get(stack) ?? now.reach.whole.get(stack));
    const paths = because.get(stack) ?? new Set<string>();
    if (moved && flowMoved) paths.add(flowFile);
    if (wholeTree !== undefined) for (const { path } of pair.changes.slice(0, mostPaths)) paths.add(path);
    if (!moved && paths.size === 0) continue;
    stacks.push({
      stack,
      because: [...paths].sort().slice(0, mostPaths),
      ...moreOf(wholeTree === undefined ? paths.size : pair.changes.length),
      ...(is === undefined ? { deleted: true } : was === undefined ? { added: true } : {}),
      ...(wholeTree === undefined ? {} : { wholeTree }),
    });
  }
  const all = causeOfAll({ stacks, now, because, changes: pair.changes, flowFile });
  return { stacks, of: now.stacks.size, all, notText: notTextIn(now.graph) };
}

function moreOf(count: number): { readonly more?: number } {
  return count > mostPaths ? { more: count - mostPaths } : {};
}

interface OpenSide {
  readonly graph: TreeGraph;
  readonly stacks: ReadonlyMap<StackName, Stack>;
  readonly reach: StackReach;
}

async function openSide(reading: GraphReading, side: Side, graph: TreeGraph): Promise<OpenSide> {
  const found = side.flow === null ? [] : (stacksIn(side.flow, configurationPaths(graph)).value ?? []);
  const stacks = new Map(found.map((stack) => [stack.name, stack]));
  const files = found.map(filesOf);
  let whole = graph;
  let reach = openStackReach(whole, files);
  // What a link leads to may call modules, and those may read templates.
  while (reach.missing.length > 0) {
    whole = await withTexts(reading, whole, side.tree, reach.missing);
    reach = openStackReach(whole, files);
  }
  return { graph: whole, stacks, reach };
}

function filesOf({ name, root, varFiles, backend }: Stack): StackFiles {
  return { name, root, varFiles, backendFiles: backend.filter((setting) => !setting.includes("=")) };
}

function collect({ reach }: OpenSide, { path, from, to }: TreeChange, because: Map<StackName, Set<string>>): void {
  const link = from?.mode === "120000" || to?.mode === "120000";
  for (const stack of reach.touchedBy(path, link)) {
    const paths = because.get(stack);
    if (paths === undefined) because.set(stack, new Set([path]));
    else paths.add(path);
  }
}

/** What of the flow is in a stack's inputs digest, as far as Git tells. */
function settingsOf({ flow }: Side, stack: Stack | undefined): string | undefined {
  if (flow === null || stack === undefined) return undefined;
  const { root, backend, varFiles } = stack;
  const environment = flow.environments.find(({ name }) => name === stack.environment);
  const variables = (environment?.variables ?? []).filter((name) => !credentials.has(name)).toSorted();
  return JSON.stringify([flow.tool, root, backend, varFiles, variables]);
}

function causeOfAll(about: {
  readonly stacks: readonly AffectedStack[];
  readonly now: OpenSide;
  readonly because: ReadonlyMap<StackName, ReadonlySet<string>>;
  readonly changes: readonly TreeChange[];
  readonly flowFile: string;
}): string | null {
  const { stacks, now, because, changes, flowFile } = about;
  const there = stacks.filter(({ deleted }) => deleted === undefined);
  if (there.length === 0 || there.length < now.stacks.size) return null;
  const [only] = there;
  const whole = now.reach.whole;
  if (there.every(({ stack }) => whole.has(stack)))
    return `every change counts for every stack; for ${only?.stack ?? ""}: ${whole.get(only?.stack as StackName) ?? ""}`;
  const counts = new Map<string, number>();
  let others = 0;
  for (const { stack } of there) {
    if (whole.has(stack)) others++;
    else for (const path of because.get(stack) ?? []) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  const common = [...changes.map(({ path }) => path), flowFile].find(
    (path) => (counts.get(path) ?? 0) + others === there.length,
  );
  if (common === undefined) return null;
  return there.length === 1
    ? `${common} is an input of the only stack`
    : `${common} is an input of all ${there.length} stacks`;
}

/** Files that Terraform will refuse to read. */
function notTextIn({ folders }: TreeGraph): readonly string[] {
  const paths: string[] = [];
  for (const [folder, names] of folders)
    for (const [name, reach] of names) if (reach?.notText) paths.push(folder === "" ? name : `${folder}/${name}`);
  return paths.sort();
}
