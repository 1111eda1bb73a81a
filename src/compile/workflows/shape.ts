import type { BranchClass, Flow, Transition } from "../../flow/index.ts";
import { changeCheck } from "../names.ts";
import { fileNameOf, reportOf, slugOf } from "./naming.ts";

/** What the rows of a flow ask of workflows. */
export interface Shape {
  readonly change: ChangeShape | null;
  readonly named: readonly NamedShape[];
  /** Jobs that people start in `plangate.yml`. */
  readonly dispatches: readonly Transition[];
  /** Where rows apply or destroy. */
  readonly places: readonly Place[];
  /** Environments that anything is planned for. */
  readonly planned: readonly string[];
  /** When rows want to be looked at, in order, each once. */
  readonly crons: readonly string[];
  /** Branches that are delivered from besides the default branch, as a filter of pushes; empty: none. */
  readonly pushed: readonly string[];
}

/** What runs on the refs of changes: it plans and hands over. */
export interface ChangeShape {
  /** The environments whose stacks are planned. */
  readonly environments: readonly string[];
  /** Static checks, a job each. */
  readonly checks: readonly string[];
  readonly onPullRequest: boolean;
  /** The filter; empty: not on pushes. */
  readonly pushed: readonly string[];
  /** What the job is called that needs all others. */
  readonly report: string;
}

/** A workflow that rows name. */
export interface NamedShape {
  readonly name: string;
  readonly file: string;
  readonly change: ChangeShape | null;
  /** Jobs that people start in it, in the order of the file. */
  readonly chains: readonly Chain[];
}

/** A job that people start, or are offered when another one has ended. */
export interface Chain {
  readonly row: Transition;
  /** Part of the ids of its jobs. */
  readonly id: string;
  readonly name: string;
  readonly place: Place | null;
  /** Ids of chains that offer it, all before it. */
  readonly offeredBy: readonly string[];
}

/**
 * Where an apply job runs. A gate of a row's own is an environment of its name on GitHub: the job runs there, with the
 * identity that is kept there, since a job has one environment.
 */
export interface Place {
  readonly environment: string;
  readonly gate: string | null;
  /** GitHub's name for it. */
  readonly holds: string;
  /** How outputs call it: `test`, `test/demo-test`. */
  readonly key: string;
}

export function shapeOf(flow: Flow, defaultBranch: string): Shape {
  const rows = flow.when;
  const named = namedOf(rows).map((name) => namedShape(flow, { name, defaultBranch }));
  const own = rows.filter((row) => isOfChange(row) && row.workflow === null);
  const pushed = pushFilter(
    flow.branches.filter((branch) => branch.protected || isPushed(branch, rows)),
    defaultBranch,
  );
  const covered =
    own.length === 0 &&
    named.some(({ change }) => change?.onPullRequest === true) &&
    pushed.every((pattern) => named.some(({ change }) => change?.pushed.includes(pattern)));
  return {
    change: covered ? null : { ...changeShape(flow, own, changeCheck), onPullRequest: true, pushed },
    named: covered ? withReport(named) : named,
    dispatches: rows.filter((row) => row.on === "dispatch" && row.workflow === null),
    places: unique(
      rows.flatMap((row) => placeOf(row) ?? []),
      ({ key }) => key,
    ),
    planned: flow.environments
      .filter(({ name }) => rows.some((row) => row.environment === name))
      .map(({ name }) => name),
    crons: unique(
      rows.flatMap(({ cron }) => cron ?? []),
      (cron) => cron,
    ),
    pushed,
  };
}

/** Whether a row of a workflow of its own can be carried there; others are carried by `plangate.yml`. */
export function isCarriedByName({ on }: Transition): boolean {
  return on === "pull_request" || on === "push" || on === "dispatch";
}

/** The one workflow for pull requests reports what every pull request waits for. */
function withReport(named: readonly NamedShape[]): readonly NamedShape[] {
  const first = named.findIndex(({ change }) => change?.onPullRequest === true);
  return named.map((one, index) =>
    index === first && one.change !== null ? { ...one, change: { ...one.change, report: changeCheck } } : one,
  );
}

function namedOf(rows: readonly Transition[]): readonly string[] {
  return unique(
    rows.filter(isCarriedByName).flatMap(({ workflow }) => workflow ?? []),
    (name) => name,
  );
}

function namedShape(flow: Flow, { name, defaultBranch }: { name: string; defaultBranch: string }): NamedShape {
  const rows = flow.when.filter((row) => row.workflow === name);
  const own = rows.filter(isOfChange);
  const pushRows = own.filter(({ on }) => on === "push");
  const pushed = pushFilter(
    flow.branches.filter((branch) => isPushed(branch, pushRows)),
    defaultBranch,
  );
  return {
    name,
    file: fileNameOf(name),
    change:
      own.length === 0
        ? null
        : {
            ...changeShape(flow, own, reportOf(name)),
            onPullRequest: own.some(({ on }) => on === "pull_request"),
            pushed,
          },
    chains: chainsOf(rows.filter(({ on }) => on === "dispatch")),
  };
}

function isOfChange({ on }: Transition): boolean {
  return on === "pull_request" || on === "push";
}

function changeShape(flow: Flow, rows: readonly Transition[], report: string) {
  const planning = rows.filter(({ do: steps }) => steps.includes("plan"));
  const checks = rows.some(({ do: steps }) => steps.includes("check")) ? flow.require.checks : [];
  return {
    environments: unique(
      planning.flatMap(({ environment }) => environment ?? []),
      (one) => one,
    ),
    checks,
    report,
  };
}

/** A job that is offered stands behind the one that offers it, so that none waits for itself. */
function chainsOf(rows: readonly Transition[]): readonly Chain[] {
  const taken = new Set<string>();
  const chains: Chain[] = [];
  for (const row of rows) {
    const name = row.job ?? "";
    const offeredBy = chains.filter((chain) => chain.row.thenOffer === name).map(({ id }) => id);
    chains.push({ row, id: slugOf(name, taken), name, place: placeOf(row) ?? null, offeredBy });
  }
  return chains;
}

/** Whether the row changes what stands: it applies, destroys, or undoes drift. */
export function changes(row: Transition): boolean {
  return row.do.includes("apply") || row.do.includes("destroy") || (row.do.includes("drift") && row.drift === "apply");
}

function placeOf(row: Transition): Place | undefined {
  const { environment, gate } = row;
  if (environment === null || !changes(row)) return undefined;
  return { environment, gate, holds: gate ?? environment, key: gate === null ? environment : `${environment}/${gate}` };
}

function isPushed({ name }: BranchClass, rows: readonly Transition[]): boolean {
  return rows.some(({ on, to }) => on === "push" && (to === null || to === name));
}

/** Patterns of classes as a filter of pushes reads them, without the default branch; empty when nothing else is left. */
function pushFilter(classes: readonly BranchClass[], defaultBranch: string): readonly string[] {
  const patterns = unique(
    classes.flatMap(({ match }) => match.map(filterPattern)),
    (pattern) => pattern,
  );
  return patterns.filter((pattern) => pattern !== defaultBranch);
}

/**
 * A pattern of the flow in the words of a filter, which knows `*` and `**` as the flow does, and reads other signs in
 * its own way. What cannot be said is said wider: a push too many is looked at for nothing, one too few is lost.
 */
function filterPattern(pattern: string): string {
  return pattern
    .replaceAll("{ticket}", "*")
    .replaceAll(/\[[^\]]*\]/g, "*")
    .replaceAll(/\\?[^A-Za-z0-9._/*-]/g, "*")
    .replaceAll(/(^|\/)\*\*\//g, "$1**")
    .replaceAll(/\*{3,}/g, "**");
}

function unique<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
