import { type FlowPart, type KeptIndex, keptIndex, notTextIn } from "../../domain/kept-index.ts";
import type { TreeSha } from "../../domain/names.ts";
import { emptyIndex, type ReachIndex } from "../../domain/reach-index.ts";
import { openStackReach, type StackFiles } from "../../domain/stack-reach.ts";
import type { FolderFiles, TreeGraph } from "../../domain/tree-graph.ts";
import type { Flow, Stack } from "../../flow/flow.ts";
import { type StackRules, stacksIn } from "../../flow/stacks.ts";
import { dependsOn } from "../depends.ts";
import { isCredential } from "../roles/credentials.ts";
import type { OpenSide } from "./compare-sides.ts";
import { configurationPaths, type GraphReading, withTexts } from "./graphs.ts";

/** The flow as it stands in a tree. It is parsed when that is needed; null when it cannot be used, so that no stack is there. */
export interface FlowText {
  readonly blob: string;
  readonly parse: () => Promise<Flow | null>;
}

/** A side of a change. Without a flow there are no stacks. */
export interface Side {
  readonly tree: TreeSha;
  readonly flow: FlowText | null;
}

/** A side of which everything was looked at. */
export interface OpenTree extends OpenSide {
  readonly graph: TreeGraph;
  /** What of it may be kept; null without a flow. */
  readonly kept: KeptIndex | null;
}

/** Looks at every stack there is. */
export async function openSide(reading: GraphReading, side: Side, graph: TreeGraph): Promise<OpenTree> {
  const flow = (await side.flow?.parse()) ?? null;
  const found = flow === null ? noStacks : foundIn(flow, graph.folders);
  const { index, graph: whole } = await reachIn(reading, { tree: side.tree, graph }, found.stacks);
  const part: FlowPart | null =
    flow === null || side.flow === null
      ? null
      : { flow: side.flow.blob, rules: rulesText(flow), contested: found.contested };
  const kept = part === null ? null : keptIndex(index, whole, part);
  const settings = (stack: number) => settingsOf(flow, found.stacks[stack]);
  return { index, notText: kept?.notText ?? notTextIn(whole.folders), graph: whole, kept, settings };
}

/** Under one flow a stack is given the same settings on both sides, unless another folder has taken its name. */
export function openKept(index: KeptIndex): OpenSide {
  return { index, notText: index.notText, settings: (stack) => index.roots[stack] ?? "" };
}

interface FoundStacks {
  readonly stacks: readonly Stack[];
  /** Several would have one name or one state. */
  readonly contested: boolean;
}

const noStacks: FoundStacks = { stacks: [], contested: false };

export function foundIn(
  flow: StackRules,
  folders: Iterable<readonly [folder: string, files: FolderFiles]>,
): FoundStacks {
  const { value = [], diagnostics } = stacksIn(flow, configurationPaths(folders));
  return { stacks: value, contested: diagnostics.some(({ code }) => ["stack-twice", "state-shared"].includes(code)) };
}

function rulesText({ tool, stacks, environments }: Flow): string {
  const named = environments.map(({ name, perPullRequest }) => ({ name, perPullRequest }));
  return JSON.stringify({ tool, stacks, environments: named } satisfies StackRules);
}

/** What `rulesText` wrote. */
export function parseRules({ rules }: KeptIndex): StackRules {
  return JSON.parse(rules) as StackRules;
}

/** Where these stacks read, and the graph with what had to be looked into for that. */
export async function reachIn(
  reading: GraphReading,
  at: { readonly tree: TreeSha; readonly graph: TreeGraph },
  stacks: readonly Stack[],
): Promise<{ readonly index: ReachIndex; readonly graph: TreeGraph }> {
  if (stacks.length === 0) return { index: emptyIndex, graph: at.graph };
  const files = stacks.map(filesOf);
  let { graph } = at;
  let { missing, ...index } = openStackReach(graph, files);
  // What a link leads to may call modules, and those may read templates.
  while (missing.length > 0) {
    graph = await withTexts(reading, graph, at.tree, missing);
    ({ missing, ...index } = openStackReach(graph, files));
  }
  return { index, graph };
}

function filesOf({ name, root, varFiles, backend, depends }: Stack): StackFiles {
  const patterns = depends.length === 0 ? null : { patterns: depends, matches: dependsOn(depends) };
  return { name, root, varFiles, backendFiles: backend.filter((setting) => !setting.includes("=")), depends: patterns };
}

/** What of the flow is in a stack's inputs digest, as far as Git tells. */
function settingsOf(flow: Flow | null, stack: Stack | undefined): string {
  const environment = flow?.environments.find(({ name }) => name === stack?.environment);
  const variables = (environment?.variables ?? []).filter((name) => !isCredential(name)).toSorted();
  return JSON.stringify([flow?.tool, stack?.root, stack?.backend, stack?.varFiles, stack?.depends, variables]);
}
