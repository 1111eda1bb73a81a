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

/** What folders were read from: their lines, by the folder as it is written, and the reaches that these name. */
interface Lines {
  readonly reaches: readonly FileReach[];
  readonly text: string;
  /** Where each folder's files begin. */
  readonly starts: () => ReadonlyMap<string, number>;
}

const linesOf = new WeakMap<Folders, Lines>();

/** A graph as text, small, of which a few folders can be read without the rest. Lines that were read are not made anew. */
export function graphText(graph: TreeGraph): string {
  const { base, changed } = graph.folders.over ?? { base: graph.folders, changed: new Map<string, FolderFiles>() };
  const known = linesOf.get(base);
  // Reaches that no line names any more go when there are many of them.
  const lines = known !== undefined && known.reaches.length <= 2 * known.starts().size + 100 ? known : undefined;
  const { reaches, numberOf } = numbering(lines?.reaches ?? [reachesNothing]);
  const pairs = (files: FolderFiles) => [...files].flatMap(([name, reach]) => [name, numberOf(reach)]);
  const written: string[] = [];
  if (lines !== undefined) written.push(...linesBut(lines, changed));
  for (const [folder, files] of lines === undefined ? graph.folders : changed)
    if (files.size > 0) written.push(`${JSON.stringify(folder)}\t${JSON.stringify(pairs(files))}\n`);
  const texts = [...graph.texts].map(([at, files]): Row => [at, ...pairs(files)]);
  const head: Head = {
    version: graphVersion,
    reaches,
    links: [...graph.links],
    submodules: [...graph.submodules],
    texts,
  };
  return `${JSON.stringify(head)}\n${written.join("")}`;
}

function numbering(known: readonly FileReach[]) {
  const reaches = [...known];
  const numbers = new Map<FileReach | string, number>(known.map((reach, number) => [reach, number]));
  const numberOf = (reach: FileReach | null): number => {
    if (reach === null) return -1;
    const before = numbers.get(reach);
    if (before !== undefined) return before;
    const text = JSON.stringify(reach);
    const number = numbers.get(text) ?? reaches.push(reach) - 1;
    numbers.set(text, number);
    numbers.set(reach, number);
    return number;
  };
  return { reaches, numberOf };
}

/** The lines of all folders but these, in as few pieces as they stand in. */
function linesBut({ text, starts }: Lines, changed: ReadonlyMap<string, FolderFiles>): readonly string[] {
  const pieces: string[] = [];
  let from = text.indexOf("\n") + 1;
  const cuts = [...changed.keys()].flatMap((folder) => {
    const written = JSON.stringify(folder);
    const start = starts().get(written);
    return start === undefined ? [] : [{ from: start - written.length - 1, to: text.indexOf("\n", start) + 1 }];
  });
  for (const cut of cuts.sort((left, right) => left.from - right.from)) {
    pieces.push(text.slice(from, cut.from));
    from = cut.to;
  }
  return [...pieces, text.slice(from)];
}

/** Reads back what `graphText` wrote, whole; `undefined` for what another version wrote. */
export function parseGraph(text: string): TreeGraph | undefined {
  const end = text.indexOf("\n");
  const head = JSON.parse(text.slice(0, end)) as Head;
  if (head.version !== graphVersion) return undefined;
  const reaches = [reachesNothing, ...head.reaches.slice(1)];
  const texts = head.texts.map(([at, ...pairs]) => [at, filesIn(pairs, reaches)] as const);
  return {
    folders: openFolders(text, reaches),
    links: new Map(head.links),
    submodules: new Set(head.submodules),
    texts: new Map(texts) as TreeGraph["texts"],
  };
}

/** Finds all folders at once, and reads each when it is asked for. */
function openFolders(text: string, reaches: readonly FileReach[]): Folders {
  let found: Map<string, number> | undefined;
  const starts = () => {
    if (found !== undefined) return found;
    found = new Map();
    for (let at = text.indexOf("\n") + 1; at < text.length; ) {
      const tab = text.indexOf("\t", at);
      found.set(text.slice(at, tab), tab + 1);
      at = text.indexOf("\n", tab) + 1;
    }
    return found;
  };
  const read = new Map<string, FolderFiles>();
  const filesOf = (folder: string, at: number) => {
    const before = read.get(folder);
    if (before !== undefined) return before;
    const files = filesIn(JSON.parse(text.slice(at, text.indexOf("\n", at))) as readonly (string | number)[], reaches);
    read.set(folder, files);
    return files;
  };
  const folders: Folders = {
    get: (folder) => {
      const at = starts().get(JSON.stringify(folder));
      return at === undefined ? undefined : filesOf(folder, at);
    },
    *[Symbol.iterator]() {
      for (const [written, at] of starts()) {
        const folder = JSON.parse(written) as string;
        yield [folder, filesOf(folder, at)];
      }
    },
  };
  linesOf.set(folders, { reaches, text, starts });
  return folders;
}

function filesIn(pairs: readonly (string | number)[], reaches: readonly FileReach[]): FolderFiles {
  const files = new Map<string, FileReach | null>();
  for (let index = 0; index < pairs.length; index += 2)
    files.set(String(pairs[index]), reaches[Number(pairs[index + 1])] ?? null);
  return files;
}
