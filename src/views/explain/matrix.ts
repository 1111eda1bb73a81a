import { durationText } from "../../domain/names.ts";
import type { Environment, Flow, Transition } from "../../flow/flow.ts";
import { tableCode } from "../inert.ts";
import { headsOf } from "./heads.ts";
import { actionsText } from "./words/actions.ts";
import { issueText } from "./words/branches.ts";
import { cronText } from "./words/cron.ts";
import { asItIs, gateText, inTable, listed, refText, reviewsText, type Spelling } from "./words/names.ts";

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
    condition: conditionsOf(flow, row, asItIs).join("; "),
    environment: row.environment,
    actions: row.do,
  }));
}

function conditionsOf(flow: Flow, row: Transition, spelling: Spelling): readonly string[] {
  const environment = flow.environments.find(({ name }) => name === row.environment);
  return [
    ...happenedTexts(flow, row, spelling),
    ...row.needs.map(({ environment: where, state }) => `${spelling.strong(where)} ${state}`),
    ...(environment === undefined || !changes(row) ? [] : standsBefore(flow, row, { environment, spelling })),
  ];
}

function changes({ do: steps }: Transition): boolean {
  return steps.includes("apply") || steps.includes("destroy");
}

/** What happened, more closely than by the event's name. */
function happenedTexts(flow: Flow, row: Transition, spelling: Spelling): readonly string[] {
  const { strong, plain, code } = spelling;
  switch (row.on) {
    case "pull_request":
      return row.into === null
        ? ["target: any branch of the flow"]
        : [`target: ${strong(row.into)}`, ...intoTexts(flow, row, spelling)];
    case "merge":
      return row.into === null
        ? ["merged → any branch of the flow"]
        : [`merged → ${strong(row.into)}`, ...intoTexts(flow, row, spelling)];
    case "push":
      return [row.to === null ? "branch: any of the flow" : `branch: ${patternsOf(flow, row.to, code)}`];
    case "dispatch":
      return [`manual: ${plain(row.job ?? "")}`, ...refTexts(flow, row, spelling)];
    case "schedule":
      return [cronText(row.cron ?? "", spelling)];
    case "release":
      return [`released: ${code(tagOf(flow, row.ref))}`];
  }
}

function intoTexts(flow: Flow, row: Transition, spelling: Spelling): readonly string[] {
  const base = flow.branches.find(({ name }) => name === row.into);
  if (base === undefined) return [];
  const issue = issueText(flow, base, spelling);
  const { work, back } = headsOf(flow, base);
  return [
    `from ${listed(work.map(spelling.strong), "or") || "nothing"}`,
    ...(back.length === 0 ? [] : [`or a back-merge from ${listed(back.map(spelling.strong), "or")}`]),
    ...(issue === null ? [] : [issue]),
    ...(row.on === "merge" && base.reviews !== null ? [reviewsText(base.reviews, spelling)] : []),
  ];
}

function patternsOf(flow: Flow, branch: string, code: Spelling["code"]): string {
  const { match } = flow.branches.find(({ name }) => name === branch) ?? { match: [branch] };
  return listed(match.map(code), "or");
}

function refTexts(flow: Flow, { ref, environment }: Transition, spelling: Spelling): readonly string[] {
  const target = flow.environments.find(({ name }) => name === environment);
  if (target === undefined) return [];
  const refs = (ref === null ? target.appliesFrom : [ref]).map((name) => refText(flow, name, spelling));
  return [`of ${listed(refs, "or")}`];
}

function tagOf(flow: Flow, release: string | null): string {
  return flow.releases.find(({ id }) => id === release)?.tag ?? release ?? "any";
}

/** What stands between the event and the apply. */
function standsBefore(
  flow: Flow,
  { gate, do: steps }: Transition,
  { environment, spelling }: { readonly environment: Environment; readonly spelling: Spelling },
): readonly string[] {
  const { after, windows, freezes, heldByBranch, approvals, emergency } = environment;
  const { strong, plain } = spelling;
  const own = flow.gates.find(({ name }) => name === gate);
  const isTimed = windows !== null || freezes.length > 0;
  return [
    ...(after.length > 0 && steps.includes("apply")
      ? [`applied and verified in ${listed(after.map(strong))} first`]
      : []),
    ...(windows === null
      ? []
      : [
          `within ${listed(
            windows.map(({ text }) => plain(text)),
            "or",
          )}`,
        ]),
    ...(freezes.length === 0 ? [] : ["outside freezes"]),
    ...(emergency === null || !isTimed
      ? []
      : [`label ${strong(emergency.label)} waives the time, review in ${durationText(emergency.review)}`]),
    ...(heldByBranch ? ["no other branch holds the stack"] : []),
    ...(own === undefined ? [] : [`gate ${strong(own.name)}: ${gateText(own, spelling)}`]),
    ...(approvals === null ? [] : [gateText(approvals, spelling)]),
  ];
}

/** The matrix as a Markdown table, worded as people word it: `Plan & Apply`, `Plan Only (Comment)`. */
export function renderMatrix(flow: Flow): string {
  const rows = flow.when.map((row, index) => {
    const cells = [
      String(index + 1),
      tableCode(row.on),
      conditionsOf(flow, row, inTable).join("; "),
      row.environment === null ? "–" : tableCode(row.environment),
      actionsText(row, inTable),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| # | Event | Condition | Environment | Action |", "|---|---|---|---|---|", ...rows].join("\n");
}
