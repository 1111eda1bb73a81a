import type { Flow } from "../../../flow/flow.ts";
import { laneKey } from "./cells.ts";
import { type Layout, type PlacedCell, type PlacedColumn, type PlacedLane, settings, sizes } from "./layout.ts";
import { circle, lineHeight, lines, rect, text, way } from "./shapes.ts";
import { widthOf } from "./text.ts";

/** A branch or release is a line that goes on; an environment a band that things are done in. */
export function drawLane(lane: PlacedLane, layout: Layout): string {
  const { kind, style, names, x, y, width, height } = lane;
  const from = x + width;
  const ground =
    kind === "environment"
      ? rect({ x: from - 8, y, width: layout.width - sizes.margin - from + 8, height }, "band", 10)
      : drawRun(lane, layout);
  const label = rect({ x, y, width, height }, "label", 10);
  const top =
    y + (height - names.length * lineHeight(settings.name) - lane.lines.length * lineHeight(settings.note)) / 2;
  const at = { x: x + sizes.pad, y: top };
  const words = [
    lines(names, at, settings.name, ""),
    lines(lane.lines, { x: at.x, y: at.y + names.length * lineHeight(settings.name) }, settings.note, "soft"),
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

/** Says what kind of lanes begins here. */
export function drawCaption({ caption, x, y }: PlacedLane): string {
  return caption === null ? "" : text(caption, { x, y: y - 8 }, settings.small, "soft caption");
}

/** What somebody starts a branch from: from line to line, right behind the labels. */
export function drawStarts(flow: Flow, { lanes }: Layout): string {
  let drawn = 0;
  const starts = flow.branches.flatMap(({ name, cutFrom }) => {
    const [to, from] = [laneOf(lanes, "branch", name), cutFrom === null ? undefined : laneOf(lanes, "branch", cutFrom)];
    if (to === undefined || from === undefined) return [];
    const x = sizes.margin + sizes.label + sizes.start * (drawn++ + 1);
    const up = to.middle < from.middle;
    const points = [
      { x, y: from.middle },
      { x, y: to.middle + (up ? 4 : -4) },
    ];
    return way(points, "halo", false) + way(points, "starts") + circle({ x, y: from.middle }, 4, "dot");
  });
  return starts.join("");
}

/** The event's kind in a word, then the event. */
export function drawTitle({ trigger, title, x }: PlacedColumn): string {
  const top = sizes.top - 10 - title.length * lineHeight(settings.heading);
  const width = Math.round(widthOf(trigger, settings.small)) + 22;
  const pill = { x, y: top - 28, width, height: 22 };
  return (
    rect(pill, `trigger ${trigger.replaceAll(" ", "-")}`, 11) +
    text(trigger, { x: x + 11, y: pill.y + 15.5 }, settings.small, "paper") +
    lines(title, { x, y: top }, settings.heading, "")
  );
}

/** The line that leads to a cell, past every lane that it comes from; from the event's title where it comes from none. */
export function drawWay({ cell, bus, y, x, height }: PlacedCell, lanes: readonly PlacedLane[]): string {
  const target = y + Math.min(height / 2, 22);
  const middles = lanes.filter(({ key }) => cell.from.includes(key)).map(({ middle }) => middle);
  const isOnItsLane = cell.from.length === 0 && cell.lane.startsWith("branch ");
  if (isOnItsLane) return drawMark(cell, { x: bus, y: target });
  const starts = middles.length === 0 ? [sizes.top + 4] : middles;
  const style = cell.applies ? "applies" : "plans";
  const ends = [Math.min(...starts), Math.max(...starts)].filter((end, index, both) =>
    index === 0 ? end <= target || both[1] === end : end > target && both[0] !== end,
  );
  const ways = ends.map((end) => {
    const points = [
      { x: bus, y: end },
      { x: bus, y: target },
      { x: x - 2, y: target },
    ];
    return way(points, "halo", false) + way(points, style);
  });
  return ways.join("") + starts.map((start) => drawMark(cell, { x: bus, y: start })).join("");
}

/** The number of the matrix's row; a ring while nothing is applied. */
function drawMark({ number, applies }: PlacedCell["cell"], at: { readonly x: number; readonly y: number }): string {
  if (number === null) return circle(at, 5, "dot");
  const label = text(
    String(number),
    { x: at.x, y: at.y + 4.5 },
    { size: 13, bold: true },
    applies ? "number" : "ringed",
  );
  return circle(at, 11, applies ? "dot" : "ring") + label;
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

/** A gate is a lock; what changes something is full, what destroys a cross; what only looks is a ring. */
function sign(step: string, { x, y }: { readonly x: number; readonly y: number }): string {
  if (step === "gate" || step === "review") {
    return `${rect({ x: x - 6, y: y - 1, width: 12, height: 8 }, "full", 2)}<path class="sign" d="M${x - 4} ${y - 1}v-3a4 4 0 0 1 8 0v3"/>`;
  }
  if (step === "destroy") return `<path class="sign cross" d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"/>`;
  return circle({ x, y }, 5, ["apply", "release", "drift: put right"].includes(step) ? "full" : "sign");
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
  const said = text("first applied and verified here", label, settings.note, "soft over");
  return way(points, "halo", false) + way(points, "after") + said;
}

function laneOf(lanes: readonly PlacedLane[], kind: PlacedLane["kind"], name: string): PlacedLane | undefined {
  return lanes.find(({ key }) => key === laneKey(kind, name));
}
