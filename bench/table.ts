import type { Measured, Row } from "./bench.ts";

/** The rows of one bench as a Markdown table. */
export function renderTable(rows: readonly Row[]): string {
  const head =
    "| work | wall (min) | CPU | memory | rate | bare wall (min) | bare CPU | ratio of wall, CPU | aim | holds |";
  const line = "|---|--:|--:|--:|--:|--:|--:|--:|---|---|";
  return [head, line, ...rows.map(renderRow)].join("\n");
}

function renderRow({ work, measured, bare, ratio, cpuRatio, aim, holds }: Row): string {
  const cells = [
    work,
    wall(measured),
    cpu(measured),
    measured.rssMb === undefined ? "" : `${measured.rssMb.toFixed(0)} MB`,
    measured.ratePerSecond === undefined ? "" : `${count(measured.ratePerSecond)}/s`,
    bare === undefined ? "" : wall(bare),
    bare === undefined ? "" : cpu(bare),
    [ratio, cpuRatio].flatMap((value) => (value === undefined ? [] : [value.toFixed(2)])).join(", "),
    aim,
    holds ? "yes" : "**no**",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function wall({ wallMs }: Measured): string {
  return `${time(wallMs.median)} (${time(wallMs.min)})`;
}

function cpu({ cpuMs }: Measured): string {
  return cpuMs === undefined ? "" : time(cpuMs);
}

function time(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 1 ? 1 : 3)} ms`;
}

function count(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}
