import type { Environment, Step, Transition } from "./flow.ts";
import type { WrittenRow } from "./schema-rows.ts";

/** A step as a need names it: "test applied". */
const needPattern = /^(\S+) (applied|planned)$/;

/** Reads `test applied`; `undefined` for anything else. */
export function parseNeed(text: string): Transition["needs"][number] | undefined {
  const parts = needPattern.exec(text.trim().replaceAll(/\s+/g, " "));
  if (parts?.[1] === undefined) return undefined;
  return { environment: parts[1], state: parts[2] as "applied" | "planned" };
}

/** What a row is read with besides what it says itself. */
export interface RowContext {
  readonly environments: readonly Environment[];
  readonly plan: "stored" | "fresh";
  readonly line: number;
}

/** A row with everything it says by being there, one for each of its triggers: an apply passes the gate and is verified. */
export function normaliseRow(row: WrittenRow, context: RowContext): readonly Transition[] {
  return triggersOf(row).map((on) => transitionOf(on, row, context));
}

export function triggersOf(row: WrittenRow): readonly Transition["on"][] {
  return Array.isArray(row.on) ? [...new Set(row.on)] : [row.on];
}

/** Every key that a row may have; most triggers have a few of them. */
type AnyRow = Partial<
  Record<"into" | "to" | "in" | "job" | "workflow" | "ref" | "gate" | "thenOffer" | "cron", string>
> & {
  readonly drift?: Transition["drift"];
  readonly needs?: readonly string[];
};

function transitionOf(on: Transition["on"], row: WrittenRow, { environments, plan, line }: RowContext): Transition {
  const said: AnyRow = row as AnyRow;
  const approvals = environments.find(({ name }) => name === said.in)?.approvals ?? null;
  const asks = approvals !== null || said.gate !== undefined;
  return {
    on,
    into: on === "pull_request" || on === "merge" ? (said.into ?? null) : null,
    to: on === "push" ? (said.to ?? null) : null,
    environment: said.in ?? null,
    do: stepsOf(row.do, { asks, plansAnew: on === "merge" && plan === "fresh" }),
    job: said.job ?? null,
    workflow: said.workflow ?? null,
    ref: said.ref ?? null,
    gate: said.gate ?? null,
    thenOffer: said.thenOffer ?? null,
    cron: said.cron ?? null,
    drift: said.drift ?? "detect",
    needs: (said.needs ?? []).flatMap((text) => parseNeed(text) ?? []),
    line,
  };
}

/** The steps in the order in which they are done. */
export const stepOrder: readonly Step[] = [
  "check",
  "plan",
  "plan-destroy",
  "comment",
  "artifact",
  "gate",
  "apply",
  "verify",
  "destroy",
  "release",
  "drift",
];

function stepsOf(
  written: readonly Step[],
  { asks, plansAnew }: { asks: boolean; plansAnew: boolean },
): readonly Step[] {
  const steps = new Set(written);
  const applies = steps.has("apply");
  if (applies) steps.add("verify");
  if (applies && plansAnew) steps.add("plan");
  // What a pull request of its own destroys at its end is planned then.
  if (steps.has("destroy") && !applies) steps.add("plan-destroy");
  if (asks && (applies || steps.has("destroy"))) steps.add("gate");
  return stepOrder.filter((step) => steps.has(step));
}
