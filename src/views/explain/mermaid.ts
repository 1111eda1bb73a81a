import type { BranchClass, Environment, Flow, Transition } from "../../flow/flow.ts";
import { inertLine } from "../inert.ts";
import { headsOf } from "./heads.ts";
import { isOfAnyBranch, sourcesOf } from "./sources.ts";
import { actionsText } from "./words/actions.ts";
import { cronText } from "./words/cron.ts";
import { approvalsText, asItIs } from "./words/names.ts";

/**
 * The flow as Mermaid text: branches, releases, gates and environments, and every row of the matrix as an arrow with
 * its number. A dotted arrow looks, a full one changes something, a crossed one destroys.
 */
export function renderMermaid(flow: Flow): string {
  const lines = [
    ...flow.branches.map(({ name }) => `${idOf("branch", name)}([${quoted(name)}])`),
    ...(flow.when.some(isOfAnyBranch) ? [`any([${quoted("any branch of the flow")}])`] : []),
    ...flow.releases.map(({ id, tag }) => `${idOf("release", id)}[/${quoted(`${id} ${tag}`)}/]`),
    ...flow.environments.map(
      (environment) => `${idOf("environment", environment.name)}[(${quoted(environmentText(environment))})]`,
    ),
    ...gateLines(flow),
    ...flow.branches.flatMap((branch) => branchArrows(flow, branch)),
    ...flow.when.flatMap((row, index) => rowLines(flow, row, index + 1)),
    ...flow.releases.flatMap(moduleArrows),
    ...flow.environments.flatMap(({ name, after }) =>
      after.map((before) =>
        arrow(idOf("environment", before), "==>", "first, and verified", entrance(flow, name, null)),
      ),
    ),
  ];
  return [spacing, "flowchart LR", ...new Set(lines.map((line) => `  ${line}`))].join("\n");
}

/** Room for the labels of arrows, so that they do not lie over each other. */
const spacing = '%%{init: {"flowchart": {"nodeSpacing": 70, "rankSpacing": 110}}}%%';

function environmentText({ name, kind, perPullRequest, heldByBranch, windows, destroyable }: Environment): string {
  const about = [
    kind,
    ...(perPullRequest ? ["one per pull request"] : []),
    ...(heldByBranch ? ["held by branch"] : []),
    ...(windows === null ? [] : ["in its windows"]),
    ...(destroyable ? ["destroyable"] : []),
  ];
  return `${name} (${about.join(", ")})`;
}

/** A gate of a row leads on to the environment's own, where there is one. */
function gateLines(flow: Flow): readonly string[] {
  const named = flow.gates.map(
    (gate) => `${idOf("gate", gate.name)}{{${quoted(`${gate.name}: ${approvalsText(gate, asItIs)}`)}}}`,
  );
  const own = flow.environments.flatMap(({ name, approvals }) =>
    approvals === null
      ? []
      : [
          `${idOf("gate", name)}{{${quoted(approvalsText(approvals, asItIs))}}}`,
          `${idOf("gate", name)} --> ${idOf("environment", name)}`,
        ],
  );
  return [...named, ...own];
}

function branchArrows(flow: Flow, branch: BranchClass): readonly string[] {
  const { name, cutFrom, merge, reviews, backMerge } = branch;
  const { work } = headsOf(flow, branch);
  const label = ["pull request", ...(reviews === null ? [] : [`${reviews.count} to review`]), merge.join(" or ")];
  return [
    ...(cutFrom === null ? [] : [arrow(idOf("branch", cutFrom), "-.->", "starts", idOf("branch", name))]),
    ...work.map((from) => arrow(idOf("branch", from), "-->", label.join(", "), idOf("branch", name))),
    ...backMerge.map((into) =>
      arrow(idOf("branch", name), "-->", "back-merge, opened by plangate", idOf("branch", into)),
    ),
  ];
}

/** An event that is not about a branch alone has a node of its own. */
function rowLines(flow: Flow, row: Transition, number: number): readonly string[] {
  const label = `(${number}) ${eventText(row)}: ${actionsText(row, asItIs)}`;
  const sources = isOfAnyBranch(row) ? ["any"] : sourcesOf(flow, row).map(({ kind, name }) => idOf(kind, name));
  if (row.do.includes("release")) {
    const needs = row.needs.map(({ environment, state }) => `${environment} ${state}`);
    const text = needs.length === 0 ? label : `${label}; needs ${needs.join(", ")}`;
    return flow.releases
      .filter(({ on }) => on === "dispatch")
      .map(({ id, from }) => arrow(idOf("branch", from), "-->", text, idOf("release", id)));
  }
  if (row.environment === null) return sources.map((source) => arrow(source, "-.->", label, source));
  const changes = row.do.includes("apply") || row.do.includes("destroy");
  const target = changes ? entrance(flow, row.environment, row.gate) : idOf("environment", row.environment);
  const line = row.do.includes("apply")
    ? "-->"
    : row.do.includes("destroy") && row.gate === null
      ? "--x"
      : changes
        ? "-->"
        : "-.->";
  const beyond = changes && row.gate !== null ? [`${idOf("gate", row.gate)} ${behindGate(flow, row)}`] : [];
  if (row.on !== "dispatch" && row.on !== "schedule")
    return [...sources.map((source) => arrow(source, line, label, target)), ...beyond];
  const trigger = `row_${number}`;
  return [
    `${trigger}[[${quoted(label)}]]`,
    ...sources.map((source) => `${source} -.-> ${trigger}`),
    `${trigger} ${line} ${target}`,
    ...beyond,
  ];
}

function behindGate(flow: Flow, { environment, do: steps }: Transition): string {
  const next = environment === null ? "" : entrance(flow, environment, null);
  return steps.includes("destroy") ? `--x|${quoted("destroy")}| ${next}` : `--> ${next}`;
}

function eventText(row: Transition): string {
  switch (row.on) {
    case "pull_request":
      return "pull request";
    case "merge":
      return "merged";
    case "push":
      return "push";
    case "dispatch":
      return row.job ?? "by hand";
    case "schedule":
      return cronText(row.cron ?? "", asItIs);
    case "release":
      return "released";
  }
}

/** A module's release that a merge makes by itself. */
function moduleArrows({ id, from, on }: Flow["releases"][number]): readonly string[] {
  return on === "merge" ? [arrow(idOf("branch", from), "-->", "merged and changed: Release", idOf("release", id))] : [];
}

/** What is met first on the way to an environment. */
function entrance(flow: Flow, environment: string, gate: string | null): string {
  if (gate !== null) return idOf("gate", gate);
  const gated = flow.environments.some(({ name, approvals }) => name === environment && approvals !== null);
  return idOf(gated ? "gate" : "environment", environment);
}

function arrow(from: string, line: string, label: string, to: string): string {
  return `${from} ${line}|${quoted(label)}| ${to}`;
}

/** Names may hold dots and dashes; two names never share an id. */
function idOf(kind: "branch" | "release" | "environment" | "gate", name: string): string {
  return `${kind}_${name.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0)}_`)}`;
}

/** Mermaid reads entities in quoted labels, and would read markup otherwise. */
function quoted(text: string): string {
  return `"${inertLine(text).replaceAll(/[^\p{L}\p{N} .,:;(){}/_+-]/gu, (character) => `#${character.codePointAt(0)};`)}"`;
}
