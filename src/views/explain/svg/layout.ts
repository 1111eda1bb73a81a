import type { Flow } from "../../../flow/flow.ts";
import { type Cell, laneKey } from "./cells.ts";
import { type Column, columnsOf, type Trigger } from "./columns.ts";
import { type Lane, lanesOf } from "./lanes.ts";
import type { Box } from "./shapes.ts";
import { lineHeight } from "./shapes.ts";
import { type Setting, wrap } from "./text.ts";

export const settings = {
  title: { size: 30, bold: true },
  heading: { size: 16, bold: true },
  name: { size: 19, bold: true },
  step: { size: 16, bold: true },
  note: { size: 14 },
  small: { size: 12, bold: true },
} as const satisfies Record<string, Setting>;

export const sizes = {
  margin: 32,
  label: 256,
  card: 232,
  pad: 12,
  gap: 26,
  /** More before the first lane of a kind, where its caption stands. */
  caption: 22,
  bus: 28,
  /** For each branch that starts from another one. */
  start: 14,
  top: 190,
} as const;

/** A line of a card: its text, how it is set, and whether it stands behind the sign of a step. */
export interface CardLine {
  readonly text: string;
  readonly setting: Setting;
  readonly step: string | null;
  /** From the card's top. */
  readonly y: number;
}

export interface PlacedLane extends Lane, Box {
  readonly key: string;
  /** Set where lanes of another kind begin. */
  readonly caption: string | null;
  /** Where the line of a branch or release runs. */
  readonly middle: number;
  /** The name, where it is too long for one line. */
  readonly names: readonly string[];
  readonly lines: readonly string[];
}

export interface PlacedCell extends Box {
  readonly cell: Cell;
  readonly lines: readonly CardLine[];
  /** Where the line to it comes down. */
  readonly bus: number;
}

export interface PlacedColumn {
  readonly x: number;
  readonly width: number;
  readonly trigger: Trigger;
  readonly title: readonly string[];
  readonly cells: readonly PlacedCell[];
}

export interface Layout {
  readonly width: number;
  readonly bottom: number;
  readonly lanes: readonly PlacedLane[];
  readonly columns: readonly PlacedColumn[];
}

/** Places everything: lanes from top to bottom, as high as their highest card; columns from left to right. */
export function layOut(flow: Flow): Layout {
  const [lanes, columns] = [lanesOf(flow), columnsOf(flow)];
  const placed = placeLanes(lanes, columns);
  const byKey = new Map(placed.map((lane) => [lane.key, lane]));
  const starts = flow.branches.filter(({ cutFrom }) => cutFrom !== null).length;
  let x = sizes.margin + sizes.label + sizes.gap + starts * sizes.start;
  const across = columns.map((column) => {
    const here = placeColumn(column, x, byKey);
    x += here.width + sizes.gap;
    return here;
  });
  const last = placed.at(-1);
  return {
    width: x + sizes.margin,
    bottom: last === undefined ? sizes.top : last.y + last.height,
    lanes: placed,
    columns: across,
  };
}

const captions = { branch: "BRANCHES", release: "RELEASES", environment: "ENVIRONMENTS" } as const;

function placeLanes(lanes: readonly Lane[], columns: readonly Column[]): readonly PlacedLane[] {
  let y: number = sizes.top;
  return lanes.map((lane, index) => {
    const key = laneKey(lane.kind, lane.name);
    const caption = lanes[index - 1]?.kind === lane.kind ? null : captions[lane.kind];
    if (caption !== null) y += sizes.caption;
    const room = sizes.label - 2 * sizes.pad;
    const names = wrap(lane.name, room, settings.name);
    const lines = lane.notes.flatMap((note) => wrap(note, room, settings.note));
    const label = 2 * sizes.pad + names.length * lineHeight(settings.name) + lines.length * lineHeight(settings.note);
    const cards = columns.map(({ cells }) => stackHeight(cells.filter((cell) => cell.lane === key)));
    const height = Math.max(label, ...cards.map((stacked) => stacked + 2 * sizes.pad));
    const box = { x: sizes.margin, y, width: sizes.label, height };
    y += height + sizes.gap;
    return { ...lane, ...box, key, caption, names, lines, middle: box.y + height / 2 };
  });
}

/** Cards of one column on one lane stand below each other. */
function stackHeight(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + heightOf(cardLines(cell)) + sizes.pad, -sizes.pad);
}

function placeColumn(column: Column, x: number, lanes: ReadonlyMap<string, PlacedLane>): PlacedColumn {
  // The lowest card's line comes down furthest left, so that none crosses another's way into its card.
  const order = column.cells.toSorted(
    (left, right) => (lanes.get(right.lane)?.y ?? 0) - (lanes.get(left.lane)?.y ?? 0),
  );
  const inset = sizes.bus * Math.max(1, order.length) + 8;
  const used = new Map<string, number>();
  const cells = order.flatMap((cell, index) => {
    const lane = lanes.get(cell.lane);
    if (lane === undefined) return [];
    const lines = cardLines(cell);
    const height = heightOf(lines);
    const all = stackHeight(column.cells.filter((other) => other.lane === cell.lane));
    const y = used.get(cell.lane) ?? lane.y + (lane.height - all) / 2;
    used.set(cell.lane, y + height + sizes.pad);
    return [{ x: x + inset, y, width: sizes.card, height, cell, lines, bus: x + sizes.bus * (index + 0.5) }];
  });
  const width = inset + sizes.card;
  return { x, width, trigger: column.trigger, title: wrap(column.title, width - 8, settings.heading), cells };
}

function cardLines({ steps, notes }: Cell): readonly CardLine[] {
  const lines: CardLine[] = [];
  let y: number = sizes.pad;
  const add = (text: string, setting: Setting, step: string | null) => {
    lines.push({ text, setting, step, y });
    y += lineHeight(setting);
  };
  const room = sizes.card - 2 * sizes.pad;
  for (const { step, note } of steps) {
    for (const [index, line] of wrap(step, room - 22, settings.step).entries())
      add(line, settings.step, index === 0 ? step : null);
    for (const line of note === null ? [] : wrap(note, room - 22, settings.note)) add(line, settings.note, null);
    y += 2;
  }
  for (const note of notes) for (const line of wrap(note, room - 22, settings.note)) add(line, settings.note, null);
  return lines;
}

function heightOf(lines: readonly CardLine[]): number {
  const last = lines.at(-1);
  return last === undefined ? 2 * sizes.pad : last.y + lineHeight(last.setting) + sizes.pad;
}
