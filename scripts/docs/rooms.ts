import { readImports } from "../check-rooms.ts";

/** An import between rooms: `from` uses `to`, perhaps types only. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

/** The picture of the rooms as a Mermaid block, drawn from the imports as they are and not as they are allowed to be. */
export async function renderRooms(tree: string): Promise<string> {
  return renderArrows(await readArrows(tree));
}

/** Every pair of rooms with an import between them, tests left out. */
async function readArrows(tree: string): Promise<readonly Arrow[]> {
  const { modules } = await readImports(tree);
  const arrows = new Map<string, Arrow>();
  for (const { source, dependencies } of modules) {
    const from = roomOf(source);
    if (from === undefined) continue;
    for (const { resolved, dependencyTypes } of dependencies) {
      const to = roomOf(resolved);
      if (to === undefined || to === from) continue;
      const key = `${from} ${to}`;
      const typesOnly = dependencyTypes.includes("type-only") && (arrows.get(key)?.typesOnly ?? true);
      arrows.set(key, { from, to, typesOnly });
    }
  }
  return [...arrows.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

/**
 * Mermaid text for the arrows. Leaves out an arrow that follows from a longer way, so that a person can read the
 * picture; rules and picture still say the same. Types-only arrows are dotted and imply nothing.
 */
export function renderArrows(arrows: readonly Arrow[]): string {
  const shown = arrows.filter((arrow) => arrow.typesOnly || !hasLongerWay(arrows, arrow));
  const rooms = [...new Set(arrows.flatMap(({ from, to }) => [from, to]))].sort(compare);
  return [
    "```mermaid",
    "flowchart TD",
    ...rooms.map((room) => `  ${idOf(room)}["${room}/"]`),
    ...shown.map(({ from, to, typesOnly }) => `  ${idOf(from)} ${typesOnly ? "-.->" : "-->"} ${idOf(to)}`),
    "```",
    "",
    "An arrow reads *imports*, a dotted one *imports types only*. An arrow that follows from others is left out.",
  ].join("\n");
}

function hasLongerWay(arrows: readonly Arrow[], { from, to }: Arrow): boolean {
  const seen = new Set<string>();
  const open = arrows
    .filter((arrow) => arrow.from === from && arrow.to !== to && !arrow.typesOnly)
    .map((arrow) => arrow.to);
  for (let room = open.pop(); room !== undefined; room = open.pop()) {
    if (room === to) return true;
    if (seen.has(room)) continue;
    seen.add(room);
    open.push(...arrows.filter((arrow) => arrow.from === room && !arrow.typesOnly).map((arrow) => arrow.to));
  }
  return false;
}

/** The room that a file lies in; the model world counts as one, since others may import only that half. */
function roomOf(file: string): string | undefined {
  if (file.endsWith(".test.ts")) return undefined;
  return /^src\/(worlds\/model|[^/]+)\//.exec(file)?.[1];
}

/** A Mermaid node id: its words must not hold a slash, and `end` and the like are avoided by the prefix. */
function idOf(room: string): string {
  return `room_${room.replaceAll(/\W/g, "_")}`;
}

/** Code unit order: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
