import type { Environment, Flow, Transition } from "../../flow/flow.ts";
import { inertLine } from "../inert.ts";
import { approvalsText, asItIs } from "./words/names.ts";

/** The flow as a Mermaid block: branches, releases, gates and environments, and every row of the matrix as an arrow. */
export function renderMermaid(flow: Flow): string {
  return [
    "```mermaid",
    "flowchart LR",
    ...flow.branches.map(({ name }) => `  ${idOf("branch", name)}([${quoted(name)}])`),
    ...flow.releases.map(({ id, tag }) => `  ${idOf("release", id)}[/${quoted(`${id} ${tag}`)}/]`),
    ...flow.environments.map(({ name, kind }) => `  ${idOf("environment", name)}[(${quoted(`${name} (${kind})`)})]`),
    ...flow.environments.flatMap(gateNode),
    ...flow.branches.flatMap(({ name, cutFrom, accepts, reviews }) => [
      ...(cutFrom === null ? [] : [arrow(idOf("branch", cutFrom), "-.->", "starts", idOf("branch", name))]),
      ...accepts.map((from) => {
        const review = reviews === null ? "pull request" : `pull request, ${reviews.count} to review`;
        return arrow(idOf("branch", from), "-->", review, idOf("branch", name));
      }),
    ]),
    ...flow.when.flatMap((row, index) => rowArrows(flow, row, index + 1)),
    ...flow.environments.flatMap(({ name, after }) =>
      after.map((before) => arrow(idOf("environment", before), "==>", "first, and verified", entrance(flow, name))),
    ),
    "```",
  ].join("\n");
}

function gateNode({ name, approvals }: Environment): readonly string[] {
  if (approvals === null) return [];
  const gate = idOf("gate", name);
  return [`  ${gate}{{${quoted(approvalsText(approvals, asItIs))}}}`, `  ${gate} --> ${idOf("environment", name)}`];
}

/** Numbered as in the matrix. A dotted arrow plans, a full one applies. */
function rowArrows(flow: Flow, row: Transition, number: number): readonly string[] {
  const applies = row.do.includes("apply");
  const label = `${number}. ${row.job ?? row.on.replaceAll("_", " ")}: ${row.do.join(", ")}`;
  if (row.do.includes("release")) {
    const needs = row.needs.map(({ environment, state }) => `${environment} ${state}`);
    const text = needs.length === 0 ? label : `${label}; needs ${needs.join(", ")}`;
    return flow.releases.map(({ id, from }) => arrow(idOf("branch", from), "-->", text, idOf("release", id)));
  }
  if (row.environment === null) {
    return row.into === null ? [] : [arrow(idOf("branch", row.into), "-.->", label, idOf("branch", row.into))];
  }
  const target = applies ? entrance(flow, row.environment) : idOf("environment", row.environment);
  return sourcesOf(flow, row).map((source) => arrow(source, applies ? "-->" : "-.->", label, target));
}

/** Where what a row delivers comes from: its branch, its kind of ref, or all that the environment is applied from. */
export function sourcesOf(flow: Flow, { into, ref, environment }: Transition): readonly string[] {
  const target = flow.environments.find(({ name }) => name === environment);
  const names = into !== null ? [into] : ref !== null ? [ref] : (target?.appliesFrom ?? []);
  return names.map((name) =>
    flow.releases.some(({ id }) => id === name) ? idOf("release", name) : idOf("branch", name),
  );
}

function entrance(flow: Flow, environment: string): string {
  const gated = flow.environments.some(({ name, approvals }) => name === environment && approvals !== null);
  return idOf(gated ? "gate" : "environment", environment);
}

function arrow(from: string, line: string, label: string, to: string): string {
  return `  ${from} ${line}|${quoted(label)}| ${to}`;
}

/** Names may hold dots and dashes; two names never share an id. */
function idOf(kind: "branch" | "release" | "environment" | "gate", name: string): string {
  return `${kind}_${name.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0)}_`)}`;
}

/** Mermaid reads entities in quoted labels, and would read markup otherwise. */
function quoted(text: string): string {
  return `"${inertLine(text).replaceAll(/[^\p{L}\p{N} .,:;(){}/_+-]/gu, (character) => `#${character.codePointAt(0)};`)}"`;
}
