import type { StackName } from "./names.ts";
import type { ReachIndex } from "./reach-index.ts";
import { folderOf } from "./tree.ts";
import { type FolderFiles, looksLikeConfiguration, type TreeChange, type TreeGraph } from "./tree-graph.ts";

/** An index with what has to stay as it is for the index to hold at another tree. */
export interface KeptIndex extends ReachIndex {
  /** The flow that gives the stacks, by its blob. */
  readonly flow: string;
  /** What of it gives stacks, written down by those who know it: reading the file anew takes longer than all the rest. */
  readonly rules: string;
  /** Some folders would give the same stack or share a state, so that one alone does not tell its stacks. */
  readonly contested: boolean;
  /** Folders that are no stack's root module, though either tool would take them for one. */
  readonly otherFolders: ReadonlySet<string>;
  /** Places whose files were looked into without being configuration. */
  readonly asked: ReadonlySet<string>;
  /** Configuration that is no text. */
  readonly notText: readonly string[];
}

/** Counts up as `graphVersion` does. */
export const indexVersion = 3;

/** What of a kept index comes from the flow. */
export type FlowPart = Pick<KeptIndex, "flow" | "rules" | "contested">;

export function keptIndex(index: ReachIndex, graph: TreeGraph, flow: FlowPart): KeptIndex {
  const roots = new Set(index.roots);
  const others = [...graph.folders].flatMap(([folder, files]) => (isOther(folder, files, roots) ? [folder] : []));
  const asked = new Set(graph.texts.keys());
  return { ...index, ...flow, otherFolders: new Set(others), asked, notText: notTextIn(graph.folders) };
}

/** The same for an index and a graph that the changes led to. */
export function keptIndexAfter(
  before: KeptIndex,
  after: { readonly index: ReachIndex; readonly graph: TreeGraph },
  changes: readonly TreeChange[],
): KeptIndex {
  const { index, graph } = after;
  const roots = new Set(index.roots);
  const otherFolders = new Set(before.otherFolders);
  for (const [folder, files] of changedFolders(graph, changes)) {
    if (isOther(folder, files, roots)) otherFolders.add(folder);
    else otherFolders.delete(folder);
  }
  const asked = new Set(graph.texts.keys());
  return { ...before, ...index, otherFolders, asked, notText: notTextAfter(before, graph, changes) };
}

export function notTextAfter(before: KeptIndex, graph: TreeGraph, changes: readonly TreeChange[]): readonly string[] {
  const changed = changedFolders(graph, changes);
  const stay = before.notText.filter((path) => !changed.has(folderOf(path)));
  return [...stay, ...notTextIn(changed)].sort();
}

/** What is now in the folders whose configuration changed. */
function changedFolders(graph: TreeGraph, changes: readonly TreeChange[]): ReadonlyMap<string, FolderFiles> {
  const folders = changes.flatMap(({ path }) => (looksLikeConfiguration(path) ? [folderOf(path)] : []));
  return new Map(folders.map((folder) => [folder, graph.folders.get(folder) ?? new Map()]));
}

/** OpenTofu reads more names than Terraform does. */
function isOther(folder: string, files: FolderFiles, roots: ReadonlySet<string>): boolean {
  return !roots.has(folder) && files.keys().some((name) => /\.tf(?:\.json)?$/.test(name));
}

/** Configuration that is no text. */
export function notTextIn(folders: Iterable<readonly [folder: string, files: FolderFiles]>): readonly string[] {
  const paths: string[] = [];
  for (const [folder, files] of folders)
    for (const [name, reach] of files) if (reach?.notText) paths.push(folder === "" ? name : `${folder}/${name}`);
  return paths.sort();
}

interface Written {
  readonly version: number;
  readonly flow: string;
  readonly rules: string;
  readonly contested: boolean;
  readonly stacks: readonly string[];
  readonly roots: readonly string[];
  readonly whole: readonly (readonly [number, string])[];
  readonly groups: readonly (readonly number[])[];
  readonly places: readonly string[];
  /** For each place, its groups. */
  readonly readers: readonly (readonly number[])[];
  readonly depends: readonly (readonly [number, readonly string[]])[];
  readonly otherFolders: readonly string[];
  readonly asked: readonly string[];
  readonly notText: readonly string[];
}

export function indexText(index: KeptIndex): string {
  const { places, whole, depends, otherFolders, asked, ...rest } = index;
  const written: Written = {
    ...rest,
    version: indexVersion,
    whole: [...whole],
    places: [...places.keys()],
    readers: [...places.values()],
    depends: [...depends],
    otherFolders: [...otherFolders],
    asked: [...asked],
  };
  return JSON.stringify(written);
}

/** Reads back what `indexText` wrote, whole; `undefined` for what another version wrote, or for another flow. */
export function parseIndex(text: string, flow: string): KeptIndex | undefined {
  const { version, places, readers, ...written } = JSON.parse(text) as Written;
  if (version !== indexVersion || written.flow !== flow) return undefined;
  return {
    ...written,
    stacks: written.stacks as readonly StackName[],
    whole: new Map(written.whole),
    depends: new Map(written.depends),
    places: new Map(places.map((place, index) => [place, readers[index] ?? []])),
    otherFolders: new Set(written.otherFolders),
    asked: new Set(written.asked),
  };
}
