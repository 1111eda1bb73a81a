import type { Flow } from "../../../flow/flow.ts";
import { laneKey } from "./columns.ts";
import { type Layout, type PlacedCell, type PlacedColumn, type PlacedLane, settings, sizes } from "./layout.ts";
import { circle, lineHeight, lines, rect, text, way } from "./shapes.ts";

/** A branch or release is a line that goes on; an environment a band that things are done in. */
export function drawLane(lane: PlacedLane, layout: Layout): string {
  const { kind, style, name, x, y, width, height } = lane;
  const from = x + width;
  const ground =
    kind === "environment"
      ? rect({ x: from - 8, y, width: layout.width - sizes.margin - from + 8, height }, "band", 10)
      : drawRun(lane, layout);
  const label = rect({ x, y, width, height }, "label", 10);
  const top = y + (height - lineHeight(settings.name) - lane.lines.length * lineHeight(settings.note)) / 2;
  const at = { x: x + sizes.pad, y: top };
  const words = [
    lines([name], at, settings.name, ""),
    lines(lane.lines, { x: at.x, y: at.y + lineHeight(settings.name) }, settings.note, "soft"),
  ];
  return `<g class="${style}">${ground}${label}${words.join("")}</g>`;
}

/** A release is not there before it is made. */
function drawRun({ key, kind, x, width, middle }: PlacedLane, layout: Layout): string {
  const cells = layout.columns.flatMap((column) => column.cells).filter(({ cell }) => cell.lane === key);
  const label = { x: x + width, y: middle };
  const start = kind === "release" && cells[0] !== undefined ? { x: cells[0].x, y: middle } : label;
  const end = { x: layout.width - sizes.margin, y: middle };
  return (start === label ? "" : way([label, start], "guide", false)) + way([start, end], "run", false);
}

/** What somebody starts a branch from. */
export function drawStarts(flow: Flow, { lanes }: Layout): string {
  const starts = flow.branches.flatMap(({ name, cutFrom }, index) => {
    const [to, from] = [laneOf(lanes, "branch", name), cutFrom === null ? undefined : laneOf(lanes, "branch", cutFrom)];
    if (to === undefined || from === undefined) return [];
    const x = sizes.margin + sizes.label - 18 - index * 9;
    const up = to.y < from.y;
    return way(
      [
        { x, y: up ? from.y : from.y + from.height },
        { x, y: up ? to.y + to.height : to.y },
      ],
      "starts",
    );
  });
  return starts.join("");
}

export function drawTitle({ title, x }: PlacedColumn): string {
  const top = sizes.top - 14 - title.length * lineHeight(settings.heading);
  return lines(title, { x, y: top }, settings.heading, "");
}

/** The lines that lead to a cell, from every lane that it comes from. */
export function drawWay({ cell, bus, x, y, height }: PlacedCell, lanes: readonly PlacedLane[]): string {
  const target = y + Math.min(height / 2, 22);
  const sources = lanes.filter(({ key }) => cell.from.includes(key));
  const style = cell.applies ? "applies" : "plans";
  const ways = sources.map(({ middle }, index) => {
    const points = [
      { x: bus - index * 5, y: middle },
      { x: bus - index * 5, y: target },
      { x: x - 2, y: target },
    ];
    return way(points, "halo", false) + way(points, style);
  });
  const marks = sources.map(({ middle }, index) => drawMark(cell, { x: bus - index * 5, y: middle }));
  return ways.join("") + marks.join("");
}

/** The number of the matrix's row; a ring while nothing is applied. */
function drawMark({ number, applies }: PlacedCell["cell"], at: { readonly x: number; readonly y: number }): string {
  if (number === null) return circle(at, 5, "dot");
  const label = text(String(number), { x: at.x, y: at.y + 4.5 }, { size: 13, bold: true }, applies ? "number" : "ink");
  return (
    circle(at, 11, applies ? "dot" : "ring") +
    (applies ? label : label.replace('class="ink"', 'class="ink" text-anchor="middle"'))
  );
}

export function drawCard(placed: PlacedCell, lane: PlacedLane | undefined): string {
  const { x, y } = placed;
  const isGated = placed.cell.steps.some(({ step }) => step === "gate");
  const words = placed.lines.map(({ text: content, setting, step, y: top }) => {
    const at = { x: x + sizes.pad + 22, y: y + top + lineHeight(setting) * 0.78 };
    const isNote = setting === settings.note;
    return (
      (step === null ? "" : sign(step, { x: x + sizes.pad + 7, y: at.y - 5 })) +
      text(content, at, setting, isNote ? "soft" : "")
    );
  });
  return `<g class="${lane?.style ?? ""}">${rect(placed, isGated ? "card gated" : "card")}${words.join("")}</g>`;
}

/** A gate is a lock; what changes something is full; what only looks is a ring. */
function sign(step: string, { x, y }: { readonly x: number; readonly y: number }): string {
  if (step === "gate" || step === "review") {
    return `${rect({ x: x - 6, y: y - 1, width: 12, height: 8 }, "full", 2)}<path class="sign" d="M${x - 4} ${y - 1}v-3a4 4 0 0 1 8 0v3"/>`;
  }
  return circle({ x, y }, 5, ["apply", "destroy", "release"].includes(step) ? "full" : "sign");
}

/** What has to be applied and verified first: from the apply before to the apply that waits for it. */
export function drawAfter(flow: Flow, { lanes, columns }: Layout): string {
  const applying = (name: string) =>
    columns.flatMap(({ cells }) =>
      cells.filter(
        ({ cell }) => cell.lane === laneKey("environment", name) && cell.steps.some(({ step }) => step === "apply"),
      ),
    );
  let drawn = 0;
  return flow.environments
    .flatMap(({ name, after }) =>
      after.flatMap((before) =>
        applying(name).flatMap((to) => {
          const from = applying(before).findLast((cell) => cell.x <= to.x) ?? applying(before)[0];
          const lane = laneOf(lanes, "environment", name);
          if (from === undefined || lane === undefined) return [];
          return drawFirst(from, to, lane.y - sizes.gap / 2 + (drawn++ % 3) * 6 - 3);
        }),
      ),
    )
    .join("");
}

function drawFirst(from: PlacedCell, to: PlacedCell, between: number): string {
  const [start, end] = [from.x + sizes.card / 2, to.x + sizes.card / 2];
  const points = [
    { x: start, y: from.y + from.height },
    { x: start, y: between },
    { x: end, y: between },
    { x: end, y: to.y - 4 },
  ];
  const label = { x: Math.min(start, end) + 14, y: between - 8 };
  const said = text("first applied and verified here", label, settings.note, "soft");
  return way(points, "halo", false) + way(points, "after") + said;
}

function laneOf(lanes: readonly PlacedLane[], kind: PlacedLane["kind"], name: string): PlacedLane | undefined {
  return lanes.find(({ key }) => key === laneKey(kind, name));
}
