import type { Flow, Transition } from "../../../flow/flow.ts";
import { cronText } from "../words/cron.ts";
import { asItIs } from "../words/names.ts";
import { type Cell, rowCells } from "./cells.ts";
import { backMerges, moduleReleases, wayInto } from "./ways.ts";

/** What starts a column, in a word. */
export type Trigger = "pull request" | "merge" | "push" | "by hand" | "schedule" | "release";

/** A column of the picture: something that happens, and what it does on which lane. */
export interface Column {
  readonly trigger: Trigger;
  readonly title: string;
  readonly cells: readonly Cell[];
}

interface Event {
  readonly on: Transition["on"];
  /** Tells events of one kind apart: the base, the job, the time. */
  readonly about: string | null;
  readonly cells: Cell[];
}

/**
 * Every event of the matrix in its order; rows of one event share a column. A pull request into a branch shows how it
 * comes in, a merge what follows of it beyond the rows; where no row is about them they have columns all the same.
 */
export function columnsOf(flow: Flow): readonly Column[] {
  const events: Event[] = [];
  for (const [index, row] of flow.when.entries()) {
    eventOf(events, row.on, aboutOf(row)).cells.push(...rowCells(flow, row, index + 1));
  }
  for (const branch of flow.branches.filter(({ accepts }) => accepts.length > 0)) {
    const follows = [...backMerges(flow, branch), ...moduleReleases(flow, branch)];
    if (follows.length > 0) eventOf(events, "merge", branch.name).cells.push(...follows);
    const way = wayInto(flow, branch);
    const own = events.find(({ on, about }) => on === "pull_request" && about === branch.name);
    if (own !== undefined) own.cells.unshift(way);
    else {
      const merged = events.findIndex(({ on, about }) => on === "merge" && about === branch.name);
      events.splice(merged < 0 ? 0 : merged, 0, { on: "pull_request", about: branch.name, cells: [way] });
    }
  }
  return events.map(({ on, about, cells }) => ({ trigger: triggers[on], title: titleOf(on, about), cells }));
}

function eventOf(events: Event[], on: Transition["on"], about: string | null): Event {
  const known = events.find((event) => event.on === on && event.about === about);
  if (known !== undefined) return known;
  const event: Event = { on, about, cells: [] };
  events.push(event);
  return event;
}

function aboutOf({ on, into, to, job, cron, ref }: Transition): string | null {
  return { pull_request: into, merge: into, push: to, dispatch: job, schedule: cron, release: ref }[on];
}

const triggers: Readonly<Record<Transition["on"], Trigger>> = {
  pull_request: "pull request",
  merge: "merge",
  push: "push",
  dispatch: "by hand",
  schedule: "schedule",
  release: "release",
};

function titleOf(on: Transition["on"], about: string | null): string {
  switch (on) {
    case "pull_request":
      return `A pull request into ${about ?? "any branch"} is open`;
    case "merge":
      return `It was merged into ${about ?? "any branch"}`;
    case "push":
      return `Somebody pushes to ${about ?? "any branch"}`;
    case "dispatch":
      return `Somebody starts “${about ?? ""}”`;
    case "schedule": {
      const when = cronText(about ?? "", asItIs);
      return when.charAt(0).toUpperCase() + when.slice(1);
    }
    case "release":
      return `A ${about ?? "release"} was made`;
  }
}
