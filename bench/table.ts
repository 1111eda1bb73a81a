import type { Measured, Row } from "./bench.ts";

/** The rows of one bench as a Markdown table. */
export function renderTable(rows: readonly Row[]): string {
  const head = "| work | wall (min) | CPU | memory | rate | bare | ratio | aim | holds |";
  const line = "|---|--:|--:|--:|--:|--:|--:|---|---|";
  return [head, line, ...rows.map(renderRow)].join("\n");
}

function renderRow({ work, measured, bare, ratio, aim, holds }: Row): string {
  const cells = [
    work,
    wall(measured),
    measured.cpuMs === undefined ? "" : time(measured.cpuMs),
    measured.rssMb === undefined ? "" : `${measured.rssMb.toFixed(0)} MB`,
    measured.ratePerSecond === undefined ? "" : `${count(measured.ratePerSecond)}/s`,
    bare === undefined ? "" : wall(bare),
    ratio === undefined ? "" : ratio.toFixed(2),
    aim,
    holds ? "yes" : "**no**",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function wall({ wallMs }: Measured): string {
  return `${time(wallMs.median)} (${time(wallMs.min)})`;
}

function time(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 1 ? 1 : 3)} ms`;
}

function count(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}
