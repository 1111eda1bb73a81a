import { environmentOf, type StackName } from "../domain/names.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Flow } from "../flow/flow.ts";
import { inertLine } from "./inert.ts";

const mark = { yes: "✓", no: "✗", waiting: "…" } as const;

/** A verdict as a tree for people: the answer, then what it comes from. */
export function renderVerdict(verdict: Verdict, depth = 0): string {
  const line = `${"  ".repeat(depth)}${mark[verdict.answer]} ${inertLine(verdict.sentence)}`;
  const code = verdict.code === undefined || verdict.children !== undefined ? "" : ` [${verdict.code}]`;
  return [line + code, ...(verdict.children ?? []).map((child) => renderVerdict(child, depth + 1))].join("\n");
}

/** Which way of the flow leads to an apply on a stack, as sentences. */
export function wayTo(flow: Flow, stack: StackName): string {
  const environment = environmentOf(stack);
  const ways = flow.when
    .filter((row) => row.environment === environment && row.do.includes("apply"))
    .map((row) =>
      row.on === "dispatch"
        ? `start the job "${row.job ?? ""}"${row.ref === null ? "" : ` with a ${row.ref}`}`
        : `merge a pull request into ${row.into ?? "its branch"}`,
    );
  return ways.length === 0
    ? `The flow applies nothing to ${environment}.`
    : `The way there: ${ways.join(", or ")} (plangate.yaml, \`when\`). In an emergency: --break-glass REASON.`;
}
