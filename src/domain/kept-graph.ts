import { type FileReach, reachesNothing } from "./file-reach.ts";
import type { TreeGraph } from "./tree-graph.ts";

/** Counts up whenever a graph of before would say something else now: what is read of a file, or how it is written down. */
const version = 1;

/** Each reach stands once; files name it by its number, -1 for none. */
interface Written {
  readonly version: number;
  readonly reaches: readonly FileReach[];
  readonly folders: readonly (readonly [folder: string, ...(string | number)[]])[];
  readonly links: readonly (readonly [string, string])[];
  readonly submodules: readonly string[];
  readonly texts: readonly (readonly [asked: string, ...(string | number)[]])[];
}

/** A graph as text, small: most files reach for nothing, and many for the same. */
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
  const files = (all: ReadonlyMap<string, ReadonlyMap<string, FileReach | null>>): Written["folders"] =>
    [...all].map(([at, names]) => {
      const row: [string, ...(string | number)[]] = [at];
      for (const [name, reach] of names) row.push(name, numberOf(reach));
      return row;
    });
  const { links, submodules } = graph;
  const folders = files(graph.folders);
  const texts = files(graph.texts);
  return JSON.stringify({ version, reaches, folders, links: [...links], submodules: [...submodules], texts });
}

/** Reads back what `graphText` wrote, whole; `undefined` for what another version wrote. */
export function parseGraph(text: string): TreeGraph | undefined {
  const written = JSON.parse(text) as Written;
  if (written.version !== version) return undefined;
  const reaches = [reachesNothing, ...written.reaches.slice(1)];
  const files = (rows: Written["folders"]): Map<string, Map<string, FileReach | null>> =>
    new Map(
      rows.map(([at, ...pairs]) => {
        const names = new Map<string, FileReach | null>();
        for (let index = 0; index < pairs.length; index += 2)
          names.set(String(pairs[index]), reaches[Number(pairs[index + 1])] ?? null);
        return [at, names];
      }),
    );
  return {
    folders: files(written.folders),
    links: new Map(written.links),
    submodules: new Set(written.submodules),
    texts: files(written.texts) as Map<string, Map<string, FileReach>>,
  };
}
