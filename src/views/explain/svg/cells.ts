import type { Environment, Flow, Step, Transition } from "../../../flow/flow.ts";
import { sourcesOf } from "../sources.ts";
import { asItIs, gateText } from "../words/names.ts";

/** What one row of the matrix does on one lane, or what follows without a row of its own. */
export interface Cell {
  /** Its number in the matrix; null for what is no row. */
  readonly number: number | null;
  /** Lanes that it comes from; none for what comes by its time. */
  readonly from: readonly string[];
  /** The lane that it happens on. */
  readonly lane: string;
  /** Changes something, and does not only look. */
  readonly applies: boolean;
  readonly steps: readonly CellStep[];
  readonly notes: readonly string[];
}

export interface CellStep {
  readonly step: string;
  /** Said below it: who is asked at a gate. */
  readonly note: string | null;
}

/** Lanes of different kinds may have one name. */
export function laneKey(kind: "branch" | "release" | "environment", name: string): string {
  return `${kind} ${name}`;
}

export function rowCells(flow: Flow, row: Transition, number: number): readonly Cell[] {
  const environment = flow.environments.find(({ name }) => name === row.environment);
  const about = {
    number,
    applies: row.do.some((step) => ["apply", "release", "destroy"].includes(step)),
    steps: row.do.map((step) => ({ step: wordOf(row, step), note: step === "gate" ? gateNote(flow, row) : null })),
    notes: notesOf(row, environment),
  };
  if (row.do.includes("release")) {
    return flow.releases
      .filter(({ on }) => on === "dispatch")
      .map(({ id, from }) => ({ ...about, from: [laneKey("branch", from)], lane: laneKey("release", id) }));
  }
  const from = sourcesOf(flow, row).map(({ kind, name }) => laneKey(kind, name));
  if (environment !== undefined) return [{ ...about, from, lane: laneKey("environment", environment.name) }];
  const [lane] = from;
  return lane === undefined ? [] : [{ ...about, from: [], lane }];
}

function wordOf({ drift }: Transition, step: Step): string {
  if (step === "drift") return { detect: "drift: detect", propose: "drift: propose", apply: "drift: put right" }[drift];
  return step === "plan-destroy" ? "plan the destroy" : step;
}

/** Who is asked: at the row's own gate, by its name, and at the environment's. */
function gateNote(flow: Flow, { gate, environment }: Transition): string | null {
  const named = flow.gates.find(({ name }) => name === gate);
  const own = flow.environments.find(({ name }) => name === environment)?.approvals ?? null;
  const asked = [
    ...(named === undefined ? [] : [`${named.name}: ${gateText(named, asItIs)}`]),
    ...(own === null ? [] : [gateText(own, asItIs)]),
  ];
  return asked.length === 0 ? null : asked.join("; and ");
}

/** Which plan it is, what it needs, what comes of it. */
function notesOf(row: Transition, environment: Environment | undefined): readonly string[] {
  const { needs, thenOffer, workflow } = row;
  return [
    ...needs.map((need) => `needs ${need.environment} ${need.state}`),
    ...planNotes(row),
    ...(environment?.perPullRequest === true ? ["in an instance of the pull request's own"] : []),
    ...(thenOffer === null ? [] : [`then offers ${thenOffer}`]),
    ...(workflow === null ? [] : [`workflow ${workflow}`]),
  ];
}

function planNotes({ on, do: steps, drift }: Transition): readonly string[] {
  if (steps.includes("drift")) return drift === "detect" ? ["an issue says what differs"] : [];
  if (on === "pull_request" && steps.includes("plan"))
    return [steps.includes("apply") ? "as it would be after the merge" : "as it would be after the merge, and stored"];
  if (steps.includes("apply") && steps.includes("plan")) return ["exactly this plan"];
  if (steps.includes("destroy")) return ["exactly what was planned"];
  if (on === "merge" && steps.includes("apply")) return ["the plan stored in the pull request"];
  if (on === "merge" && steps.includes("plan")) return ["stored for later"];
  return steps.includes("apply") ? ["the plan stored before"] : [];
}
