import type { TreeEntry } from "../../delivery/ports.ts";
import { objectMissing } from "./git-error.ts";
import type { ObjectReader } from "./object-reader.ts";

/** An entry of one tree object; the name as Git has it, which is bytes. */
export interface RawEntry {
  readonly mode: string;
  readonly name: Buffer;
  readonly id: string;
}

/** An entry anywhere below a tree. */
export interface PlacedEntry extends RawEntry {
  readonly path: readonly Buffer[];
}

export const isFolder = (entry: RawEntry) => entry.mode === "40000";

/** Every entry below the tree, folders before what is in them. */
export async function walkTree(
  reader: ObjectReader,
  tree: string,
  above: readonly Buffer[] = [],
): Promise<readonly PlacedEntry[]> {
  const entries = await readTree(reader, tree);
  const below = await Promise.all(
    entries.map(async (entry) => {
      const placed = { ...entry, path: [...above, entry.name] };
      return isFolder(entry) ? [placed, ...(await walkTree(reader, entry.id, placed.path))] : [placed];
    }),
  );
  return below.flat();
}

/** The paths that differ between two trees, where `null` has none. Looks only into folders that differ. */
export async function changedPaths(
  reader: ObjectReader,
  from: string | null,
  to: string | null,
): Promise<readonly string[]> {
  return changedBelow(reader, [from, to], []);
}

async function changedBelow(
  reader: ObjectReader,
  [from, to]: readonly [string | null, string | null],
  above: readonly Buffer[],
): Promise<readonly string[]> {
  if (from === to) return [];
  const [before, after] = await Promise.all(
    [from, to].map(async (tree) => byName(tree === null ? [] : await readTree(reader, tree))),
  );
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  const changed = [...names].map(async (name) => {
    const [old, now] = [before?.get(name), after?.get(name)];
    if (old?.id === now?.id && old?.mode === now?.mode) return [];
    const path = [...above, Buffer.from(name, "latin1")];
    const folders = [old, now].map((entry) => (entry && isFolder(entry) ? entry.id : null)) as [
      string | null,
      string | null,
    ];
    const below = await changedBelow(reader, folders, path);
    return [old, now].some((entry) => entry && !isFolder(entry)) ? [pathText(path), ...below] : below;
  });
  return (await Promise.all(changed)).flat();
}

const byName = (entries: readonly RawEntry[]) =>
  new Map(entries.map((entry) => [entry.name.toString("latin1"), entry]));

/** One tree object, from a tree's or a commit's id. */
export async function readTree(reader: ObjectReader, id: string): Promise<readonly RawEntry[]> {
  const tree = await reader.read(`${id}^{tree}`);
  if (tree === undefined) throw objectMissing(`tree ${id}`, "");
  const idBytes = tree.id.length / 2;
  const entries: RawEntry[] = [];
  for (let at = 0; at < tree.content.length; ) {
    const space = tree.content.indexOf(0x20, at);
    const end = tree.content.indexOf(0, space);
    entries.push({
      mode: tree.content.toString("latin1", at, space),
      name: tree.content.subarray(space + 1, end),
      id: tree.content.toString("hex", end + 1, end + 1 + idBytes),
    });
    at = end + 1 + idBytes;
  }
  return entries;
}

export function treeEntry(entry: PlacedEntry): TreeEntry {
  return { path: pathText(entry.path), mode: entry.mode, blob: entry.id };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A path as text. Git's names are bytes; one that is not UTF-8 is written as Git quotes it (`"caf\351.tf"`), and so is
 * one that begins with a quotation mark, so that two paths never have one text.
 */
export function pathText(path: readonly Buffer[]): string {
  const bytes = Buffer.from(path.map((name) => name.toString("latin1")).join("/"), "latin1");
  try {
    const text = utf8.decode(bytes);
    if (!text.startsWith('"')) return text;
  } catch {
    // Not UTF-8: quoted below.
  }
  const quoted = bytes.toString("latin1").replace(/["\\\p{Cc}\u0080-\u00ff]/gu, (character) => {
    return `\\${character === '"' || character === "\\" ? character : character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return `"${quoted}"`;
}
