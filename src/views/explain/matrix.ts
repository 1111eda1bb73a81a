import { durationText } from "../../domain/names.ts";
import type { Environment, Flow, Transition } from "../../flow/flow.ts";
import { inertMarkdown, tableCode } from "../inert.ts";
import { actionsText } from "./words/actions.ts";
import { issueText } from "./words/branches.ts";
import { cronText } from "./words/cron.ts";
import { asItIs, gateText, listed, refText, reviewsText } from "./words/names.ts";

/** One row of the trigger matrix, in words for people and for scripts. */
export interface MatrixRow {
  readonly event: Transition["on"];
  /** What has to be so for the actions to be done. */
  readonly condition: string;
  readonly environment: string | null;
  readonly actions: Transition["do"];
}

/** The flow's rows in their order: what happens, when, where. */
export function matrixOf(flow: Flow): readonly MatrixRow[] {
  return flow.when.map((row) => ({
    event: row.on,
    condition: conditionsOf(flow, row).join("; "),
    environment: row.environment,
    actions: row.do,
  }));
}

function conditionsOf(flow: Flow, row: Transition): readonly string[] {
  const environment = flow.environments.find(({ name }) => name === row.environment);
  return [
    ...happenedTexts(flow, row, environment),
    ...row.needs.map(({ environment: where, state }) => `${where} ${state}`),
    ...(environment === undefined || !changes(row) ? [] : standsBefore(flow, row, environment)),
  ];
}

function changes({ do: steps }: Transition): boolean {
  return steps.includes("apply") || steps.includes("destroy");
}

/** What happened, more closely than by the event's name. */
function happenedTexts(flow: Flow, row: Transition, environment: Environment | undefined): readonly string[] {
  switch (row.on) {
    case "pull_request":
      return row.into === null ? ["target: any branch of the flow"] : [`target: ${row.into}`, ...intoTexts(flow, row)];
    case "merge":
      return [`merged → ${row.into ?? "any branch of the flow"}`, ...intoTexts(flow, row)];
    case "push":
      return [row.to === null ? "branch: any of the flow" : `branch: ${patternsOf(flow, row.to)}`];
    case "dispatch":
      return [
        `manual: ${row.job ?? ""}`,
        ...(environment === undefined ? [] : [`of ${refsText(flow, row, environment)}`]),
      ];
    case "schedule":
      return [cronText(row.cron ?? "", asItIs)];
    case "release":
      return [`released: ${tagOf(flow, row.ref)}`];
  }
}

function intoTexts(flow: Flow, row: Transition): readonly string[] {
  const base = flow.branches.find(({ name }) => name === row.into);
  if (base === undefined) return [];
  const issue = issueText(flow, base);
  return [
    `from ${listed(base.accepts, "or") || "nothing"}`,
    ...(issue === null ? [] : [issue]),
    ...(row.on === "merge" && base.reviews !== null ? [reviewsText(base.reviews, asItIs)] : []),
  ];
}

function patternsOf(flow: Flow, branch: string): string {
  const { match } = flow.branches.find(({ name }) => name === branch) ?? { match: [branch] };
  return listed(match, "or");
}

function refsText(flow: Flow, { ref }: Transition, { appliesFrom }: Environment): string {
  return listed(
    (ref === null ? appliesFrom : [ref]).map((name) => refText(flow, name, asItIs)),
    "or",
  );
}

function tagOf(flow: Flow, release: string | null): string {
  return flow.releases.find(({ id }) => id === release)?.tag ?? release ?? "any";
}

/** What stands between the event and the apply. */
function standsBefore(flow: Flow, { gate }: Transition, environment: Environment): readonly string[] {
  const { after, windows, freezes, heldByBranch, approvals, emergency } = environment;
  const own = flow.gates.find(({ name }) => name === gate);
  return [
    ...(after.length > 0 ? [`applied and verified in ${listed(after)} first`] : []),
    ...(windows === null
      ? []
      : [
          `within ${listed(
            windows.map(({ text }) => text),
            "or",
          )}`,
        ]),
    ...(freezes.length === 0 ? [] : ["outside freezes"]),
    ...(emergency === null || (windows === null && freezes.length === 0)
      ? []
      : [`label ${emergency.label} waives the time, review in ${durationText(emergency.review)}`]),
    ...(heldByBranch ? ["no other branch holds the stack"] : []),
    ...(own === undefined ? [] : [`gate ${own.name}: ${gateText(own, asItIs)}`]),
    ...(approvals === null ? [] : [gateText(approvals, asItIs)]),
  ];
}

/** The matrix as a Markdown table, worded as people word it: `Plan & Apply`, `Plan Only (Comment)`. */
export function renderMatrix(flow: Flow): string {
  const rows = flow.when.map((row, index) => {
    const cells = [
      String(index + 1),
      tableCode(row.on),
      inertMarkdown(conditionsOf(flow, row).join("; ")),
      row.environment === null ? "–" : tableCode(row.environment),
      inertMarkdown(actionsText(row)),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| # | Event | Condition | Environment | Action |", "|---|---|---|---|---|", ...rows].join("\n");
}
