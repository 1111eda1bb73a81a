import type { BranchClass, Flow, Transition } from "../../../flow/flow.ts";
import { issueText } from "../words/branches.ts";
import { asItIs, gateText, reviewsText } from "../words/names.ts";

/** A column of the picture: something that happens, and what it does on which lane. */
export interface Column {
  readonly title: string;
  readonly cells: readonly Cell[];
}

/** What one row of the matrix does. */
export interface Cell {
  /** Its number in the matrix; null for the way of a change into a branch, which is no row. */
  readonly number: number | null;
  /** Lanes that it comes from. */
  readonly from: readonly string[];
  /** The lane that it happens on. */
  readonly lane: string;
  readonly applies: boolean;
  readonly steps: readonly CellStep[];
  readonly notes: readonly string[];
}

export interface CellStep {
  readonly step: string;
  /** Said below it: who is asked at a gate. */
  readonly note: string | null;
}

/** How changes come into each branch, then every event of the matrix in its order; rows of one event share a column. */
export function columnsOf(flow: Flow): readonly Column[] {
  const ways = flow.branches.filter(({ accepts }) => accepts.length > 0).map((branch) => wayInto(flow, branch));
  const events = new Map<string, { title: string; cells: Cell[] }>();
  for (const [index, row] of flow.when.entries()) {
    const title = titleOf(row);
    const column = events.get(title) ?? { title, cells: [] };
    events.set(title, column);
    column.cells.push(...cellsOf(flow, row, index + 1));
  }
  return [...ways, ...events.values()];
}

/** Lanes of different kinds may have one name. */
export function laneKey(kind: "branch" | "release" | "environment", name: string): string {
  return `${kind} ${name}`;
}

function wayInto(flow: Flow, branch: BranchClass): Column {
  const { name, accepts, merge, reviews } = branch;
  const issue = issueText(flow, branch, asItIs);
  const cell: Cell = {
    number: null,
    from: accepts.map((head) => laneKey("branch", head)),
    lane: laneKey("branch", name),
    applies: true,
    steps: [
      { step: "pull request", note: null },
      { step: "review", note: reviews === null ? "none is asked for" : reviewsText(reviews, asItIs) },
      { step: merge.join(" or "), note: null },
    ],
    notes: issue === null ? [] : [issue],
  };
  return { title: `A change goes into ${name}`, cells: [cell] };
}

function titleOf({ on, into, job }: Transition): string {
  switch (on) {
    case "pull_request":
      return `A pull request into ${into ?? "a branch"} is opened or changed`;
    case "merge":
      return `It was merged into ${into ?? "a branch"}`;
    case "push":
      return "Somebody pushed";
    case "dispatch":
      return `Somebody starts “${job ?? ""}”`;
    case "schedule":
      return "Its time comes";
    case "release":
      return "A release was made";
  }
}

function cellsOf(flow: Flow, row: Transition, number: number): readonly Cell[] {
  const environment = flow.environments.find(({ name }) => name === row.environment);
  const applies = row.do.includes("apply") || row.do.includes("release");
  const needs = row.needs.map((need) => `needs ${need.environment} ${need.state}`);
  const steps = row.do.map((step) => ({
    step,
    note: step === "gate" && environment?.approvals != null ? gateText(environment.approvals, asItIs) : null,
  }));
  const about = { number, applies, steps, notes: [...needs, ...notesOf(row)] };
  if (row.do.includes("release")) {
    return flow.releases.map(({ id, from }) => ({
      ...about,
      from: [laneKey("branch", from)],
      lane: laneKey("release", id),
    }));
  }
  const from = sourcesOf(flow, row);
  const lane = environment === undefined ? from[0] : laneKey("environment", environment.name);
  return lane === undefined ? [] : [{ ...about, from: environment === undefined ? [] : from, lane }];
}

function sourcesOf(flow: Flow, { into, ref, environment }: Transition): readonly string[] {
  const target = flow.environments.find(({ name }) => name === environment);
  const names = into !== null ? [into] : ref !== null ? [ref] : (target?.appliesFrom ?? []);
  const isRelease = (name: string) => flow.releases.some(({ id }) => id === name);
  return names.map((name) => laneKey(isRelease(name) ? "release" : "branch", name));
}

/** Which plan it is. */
function notesOf({ on, do: steps }: Transition): readonly string[] {
  if (on === "pull_request" && steps.includes("plan")) return ["as it would be after the merge, and stored"];
  if (on === "merge" && steps.includes("apply")) return ["the plan stored in the pull request"];
  if (on === "merge" && steps.includes("plan")) return ["stored for later"];
  return on === "dispatch" && steps.includes("apply") ? ["the plan stored before"] : [];
}
