import type { Flow, Transition } from "../../flow/flow.ts";
import { inertMarkdown, tableCode } from "../inert.ts";
import { issueText } from "./words/branches.ts";
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
  const conditions: string[] = [];
  const base = flow.branches.find(({ name }) => name === row.into);
  if (row.job !== null) conditions.push(`job "${row.job}"`);
  if (base !== undefined) {
    conditions.push(`into ${base.name} from ${listed(base.accepts, "or") || "nothing"}`);
    const issue = issueText(flow, base);
    if (issue !== null) conditions.push(issue);
    if (row.on === "merge" && base.reviews !== null) conditions.push(reviewsText(base.reviews, asItIs));
  }
  const environment = flow.environments.find(({ name }) => name === row.environment);
  if (row.on === "dispatch" && environment !== undefined) {
    const refs = row.ref === null ? environment.appliesFrom : [row.ref];
    conditions.push(
      `of ${listed(
        refs.map((ref) => refText(flow, ref, asItIs)),
        "or",
      )}`,
    );
  }
  conditions.push(...row.needs.map(({ environment: where, state }) => `${where} ${state}`));
  if (environment === undefined || !row.do.includes("apply")) return conditions;
  if (environment.after.length > 0) conditions.push(`applied and verified in ${listed(environment.after)} first`);
  const gate = environment.approvals;
  if (gate !== null) conditions.push(gateText(gate, asItIs));
  return conditions;
}

/** The matrix as a Markdown table. */
export function renderMatrix(flow: Flow): string {
  const rows = matrixOf(flow).map(({ event, condition, environment, actions }, index) => {
    const cells = [
      String(index + 1),
      tableCode(event),
      cell(condition),
      environment === null ? "–" : tableCode(environment),
    ];
    return `| ${[...cells, actions.join(", ")].join(" | ")} |`;
  });
  return ["| # | event | condition | environment | actions |", "|---|---|---|---|---|", ...rows].join("\n");
}

function cell(text: string): string {
  return text === "" ? "–" : inertMarkdown(text);
}
