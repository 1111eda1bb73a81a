import { type FileReach, reachesNothing } from "./file-reach.ts";
import type { FolderFiles, Folders, TreeGraph } from "./tree-graph.ts";

/**
 * Counts up whenever a graph of before would say something else now: what is read of a file, or how it is written
 * down. kept-form.test.ts fails when one of these changed and this did not.
 */
export const graphVersion = 2;

/** A path and its files: each a name and the number of its reach, -1 for none. */
type Row = readonly [at: string, ...(string | number)[]];

/** The first line. The folders follow, a line each: the folder, a tab, its files. */
interface Head {
  readonly version: number;
  /** Each reach stands once: most files reach for nothing, and many for the same. */
  readonly reaches: readonly FileReach[];
  readonly links: readonly (readonly [string, string])[];
  readonly submodules: readonly string[];
  readonly texts: readonly Row[];
}

/** A graph as text, small, of which a few folders can be read without the rest. */
export function graphText(graph: TreeGraph): string {
  const reaches: FileReach[] = [reachesNothing];
  const numbers = new Map<FileReach | string, number>([[reachesNothing, 0]]);
  const numberOf = (reach: FileReach | null): number => {
    if (reach === null) return -1;
    const known = numbers.get(reach);
    if (known !== undefined) return known;
    const text = JSON.stringify(reach);
    const number = numbers.get(text) ?? reaches.push(reach) - 1;
    numbers.set(text, number);
    numbers.set(reach, number);
    return number;
  };
  const pairs = (files: FolderFiles) => [...files].flatMap(([name, reach]) => [name, numberOf(reach)]);
  const lines: string[] = [];
  for (const [folder, files] of graph.folders)
    lines.push(`${JSON.stringify(folder)}\t${JSON.stringify(pairs(files))}\n`);
  const texts = [...graph.texts].map(([at, files]): Row => [at, ...pairs(files)]);
  const head: Head = {
    version: graphVersion,
    reaches,
    links: [...graph.links],
    submodules: [...graph.submodules],
    texts,
  };
  return `${JSON.stringify(head)}\n${lines.join("")}`;
}

/** Reads back what `graphText` wrote, whole; `undefined` for what another version wrote. */
export function parseGraph(text: string): TreeGraph | undefined {
  const end = text.indexOf("\n");
  const head = JSON.parse(text.slice(0, end)) as Head;
  if (head.version !== graphVersion) return undefined;
  const reaches = [reachesNothing, ...head.reaches.slice(1)];
  const texts = head.texts.map(([at, ...pairs]) => [at, filesIn(pairs, reaches)] as const);
  return {
    folders: openFolders(text, end + 1, reaches),
    links: new Map(head.links),
    submodules: new Set(head.submodules),
    texts: new Map(texts) as TreeGraph["texts"],
  };
}

/** Finds all folders at once, and reads each when it is asked for. */
function openFolders(text: string, first: number, reaches: readonly FileReach[]): Folders {
  let lines: Map<string, number> | undefined;
  const found = () => {
    if (lines !== undefined) return lines;
    lines = new Map();
    for (let at = first; at < text.length; ) {
      const tab = text.indexOf("\t", at);
      lines.set(text.slice(at, tab), tab + 1);
      at = text.indexOf("\n", tab) + 1;
    }
    return lines;
  };
  const read = new Map<string, FolderFiles>();
  const filesOf = (folder: string, at: number) => {
    const before = read.get(folder);
    if (before !== undefined) return before;
    const files = filesIn(JSON.parse(text.slice(at, text.indexOf("\n", at))) as readonly (string | number)[], reaches);
    read.set(folder, files);
    return files;
  };
  return {
    get: (folder) => {
      const at = found().get(JSON.stringify(folder));
      return at === undefined ? undefined : filesOf(folder, at);
    },
    *[Symbol.iterator]() {
      for (const [written, at] of found()) {
        const folder = JSON.parse(written) as string;
        yield [folder, filesOf(folder, at)];
      }
    },
  };
}

function filesIn(pairs: readonly (string | number)[], reaches: readonly FileReach[]): FolderFiles {
  const files = new Map<string, FileReach | null>();
  for (let index = 0; index < pairs.length; index += 2)
    files.set(String(pairs[index]), reaches[Number(pairs[index + 1])] ?? null);
  return files;
}
