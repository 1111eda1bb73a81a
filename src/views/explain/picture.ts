import type { Flow } from "../../flow/flow.ts";
import { inertHtml } from "../inert.ts";
import { drawAfter, drawCaption, drawCard, drawLane, drawStarts, drawTitle, drawWay } from "./svg/draw.ts";
import { drawFoot } from "./svg/foot.ts";
import { layOut, settings, sizes } from "./svg/layout.ts";
import { lines, rect } from "./svg/shapes.ts";
import { style } from "./svg/style.ts";
import { asItIs } from "./words/names.ts";
import { gateSentences } from "./words/people.ts";
import { rowSentences } from "./words/rows.ts";

const title = "How Terraform is delivered here";

/**
 * The flow as a picture for a wall: branches, releases and environments as lanes, events as columns, and in each cell
 * what is done there. It stands alone, in light and dark, and says in words what it shows to whoever cannot see it.
 */
export function renderPicture(flow: Flow): string {
  const layout = layOut(flow);
  const { lanes, columns } = layout;
  const cells = columns.flatMap((column) => column.cells);
  const foot = drawFoot(flow, layout.width, layout.bottom + 40);
  const height = Math.round(foot.bottom + sizes.margin);
  const width = Math.round(layout.width);
  const told = [...flow.when.flatMap((row) => rowSentences(flow, row, asItIs)), ...gateSentences(flow, asItIs).flat()];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${inertHtml(title)}</title>`,
    `<desc id="desc">${told.map(inertHtml).join(" ")}</desc>`,
    `<style>${style}</style>`,
    `<defs>${marker("tip", "tip")}${marker("strong", "tip strong")}</defs>`,
    rect({ x: 0, y: 0, width, height }, "paper", 0),
    lines([title], { x: sizes.margin, y: 24 }, settings.title, ""),
    lines([subtitle(flow)], { x: sizes.margin, y: 68 }, settings.note, "soft"),
    ...lanes.map(drawCaption),
    ...lanes.map((lane) => drawLane(lane, layout)),
    drawStarts(flow, layout),
    ...columns.map(drawTitle),
    ...cells.map((cell) => drawWay(cell, lanes)),
    ...cells.map((cell) =>
      drawCard(
        cell,
        lanes.find(({ key }) => key === cell.cell.lane),
      ),
    ),
    drawAfter(flow, layout),
    foot.svg,
    "</svg>",
    "",
  ].join("\n");
}

function subtitle({ tool, host, assurance }: Flow): string {
  const name = tool === "terraform" ? "Terraform" : "OpenTofu";
  return `${name}, host ${host}, assurance ${assurance}. Time goes from left to right where one event leads to the next; lanes are where it happens.`;
}

function marker(id: string, look: string): string {
  const size = 'viewBox="0 0 10 10" refX="8" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse"';
  return `<marker id="${id}" ${size} orient="auto"><path class="${look}" d="M0 0L10 5L0 10z"/></marker>`;
}
