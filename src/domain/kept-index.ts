import type { StackName } from "./names.ts";
import type { ReachIndex } from "./reach-index.ts";
import type { TreeGraph } from "./tree-graph.ts";

/** An index with what has to stay as it is for the index to hold at another tree. */
export interface KeptIndex extends ReachIndex {
  /** The flow that gives the stacks, by its blob. */
  readonly flow: string;
  /** Folders that are no stack's root module, though either tool would take them for one. */
  readonly otherFolders: ReadonlySet<string>;
  /** Places whose files were looked into without being configuration. */
  readonly asked: ReadonlySet<string>;
  /** Configuration that is no text. */
  readonly notText: readonly string[];
}

/** Counts up with every change of what is written, or of what is read from files. */
const version = 2;

export function keptIndex(index: ReachIndex, graph: TreeGraph, flow: string): KeptIndex {
  const roots = new Set(index.roots);
  return {
    ...index,
    flow,
    otherFolders: new Set(otherFolders(graph).filter((folder) => !roots.has(folder))),
    asked: new Set(graph.texts.keys()),
    notText: notTextIn(graph),
  };
}

/** OpenTofu reads more names than Terraform does. */
function otherFolders({ folders }: TreeGraph): readonly string[] {
  return [...folders].flatMap(([folder, names]) =>
    names.keys().some((name) => /\.tf(?:\.json)?$/.test(name)) ? [folder] : [],
  );
}

/** Configuration that is no text. */
export function notTextIn({ folders }: TreeGraph): readonly string[] {
  const paths: string[] = [];
  for (const [folder, names] of folders)
    for (const [name, reach] of names) if (reach?.notText) paths.push(folder === "" ? name : `${folder}/${name}`);
  return paths.sort();
}

interface Written {
  readonly version: number;
  readonly flow: string;
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
  const { flow, stacks, roots, whole, groups, places, depends, otherFolders, asked, notText } = index;
  const written: Written = {
    version,
    flow,
    stacks,
    roots,
    whole: [...whole],
    groups,
    places: [...places.keys()],
    readers: [...places.values()],
    depends: [...depends],
    otherFolders: [...otherFolders],
    asked: [...asked],
    notText,
  };
  return JSON.stringify(written);
}

/** Reads back what `indexText` wrote, whole; `undefined` for what another version wrote, or for another flow. */
export function parseIndex(text: string, flow: string): KeptIndex | undefined {
  const written = JSON.parse(text) as Written;
  if (written.version !== version || written.flow !== flow) return undefined;
  const { places, readers } = written;
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
