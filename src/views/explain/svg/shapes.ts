import { inertHtml } from "../../inert.ts";
import type { Setting } from "./text.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A number as SVG wants it: no more digits than anybody sees. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function rect({ x, y, width, height }: Box, style: string, radius = 8): string {
  return `<rect class="${style}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${radius}"/>`;
}

export function circle({ x, y }: Point, radius: number, style: string): string {
  return `<circle class="${style}" cx="${n(x)}" cy="${n(y)}" r="${n(radius)}"/>`;
}

/** A line with corners, rounded a little. */
export function way(points: readonly Point[], style: string, arrow = true): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = rest.map((point, index) => corner(points[index] ?? first, point, rest[index + 1]));
  const end = arrow ? ` marker-end="url(#${style === "after" ? "strong" : "tip"})"` : "";
  return `<path class="${style}" d="M${n(first.x)} ${n(first.y)}${parts.join("")}"${end}/>`;
}

const round = 8;

function corner(from: Point, at: Point, to: Point | undefined): string {
  if (to === undefined) return `L${n(at.x)} ${n(at.y)}`;
  const [before, after] = [towards(at, from), towards(at, to)];
  return `L${n(before.x)} ${n(before.y)}Q${n(at.x)} ${n(at.y)} ${n(after.x)} ${n(after.y)}`;
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(round, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/** One line of text; what it says is made harmless here. */
export function text(content: string, { x, y }: Point, { size, bold }: Setting, style: string): string {
  const weight = bold === true ? ' font-weight="600"' : "";
  return `<text class="${style}" x="${n(x)}" y="${n(y)}" font-size="${size}"${weight}>${inertHtml(content)}</text>`;
}

/** Lines under each other, the first one's top at `y`. */
export function lines(contents: readonly string[], at: Point, setting: Setting, style: string): string {
  return contents
    .map((content, index) => text(content, { x: at.x, y: at.y + lineHeight(setting) * (index + 0.78) }, setting, style))
    .join("");
}

export function lineHeight({ size }: Setting): number {
  return Math.round(size * 1.4);
}
