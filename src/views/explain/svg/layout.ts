import type { Flow } from "../../../flow/flow.ts";
import { type Cell, type Column, columnsOf, laneKey } from "./columns.ts";
import { type Lane, lanesOf } from "./lanes.ts";
import type { Box } from "./shapes.ts";
import { lineHeight } from "./shapes.ts";
import { type Setting, wrap } from "./text.ts";

export const settings = {
  title: { size: 28, bold: true },
  heading: { size: 15, bold: true },
  name: { size: 18, bold: true },
  step: { size: 15, bold: true },
  note: { size: 13 },
} as const satisfies Record<string, Setting>;

export const sizes = { margin: 32, label: 236, card: 212, pad: 12, gap: 26, bus: 28, top: 128 } as const;

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
  /** Where the line of a branch or release runs. */
  readonly middle: number;
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
  let x = sizes.margin + sizes.label + sizes.gap;
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

function placeLanes(lanes: readonly Lane[], columns: readonly Column[]): readonly PlacedLane[] {
  const cells = columns.flatMap((column) => column.cells);
  let y: number = sizes.top;
  return lanes.map((lane) => {
    const key = laneKey(lane.kind, lane.name);
    const lines = lane.notes.flatMap((note) => wrap(note, sizes.label - 2 * sizes.pad, settings.note));
    const label = 2 * sizes.pad + lineHeight(settings.name) + lines.length * lineHeight(settings.note);
    const cards = cells.filter((cell) => cell.lane === key).map((cell) => heightOf(cardLines(cell)) + 2 * sizes.pad);
    const height = Math.max(label, ...cards);
    const placed = { ...lane, key, lines, x: sizes.margin, y, width: sizes.label, height, middle: y + height / 2 };
    y += height + sizes.gap;
    return placed;
  });
}

function placeColumn(column: Column, x: number, lanes: ReadonlyMap<string, PlacedLane>): PlacedColumn {
  // The lowest card's line comes down furthest left, so that none crosses another's way into its card.
  const order = column.cells.toSorted(
    (left, right) => (lanes.get(right.lane)?.y ?? 0) - (lanes.get(left.lane)?.y ?? 0),
  );
  const inset = sizes.bus * Math.max(1, order.length) + 8;
  const cells = order.flatMap((cell, index) => {
    const lane = lanes.get(cell.lane);
    if (lane === undefined) return [];
    const lines = cardLines(cell);
    const height = heightOf(lines);
    const box = { x: x + inset, y: lane.y + (lane.height - height) / 2, width: sizes.card, height };
    return [{ ...box, cell, lines, bus: x + sizes.bus * (index + 0.5) }];
  });
  const width = inset + sizes.card;
  return { x, width, title: wrap(column.title, width - 8, settings.heading), cells };
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
