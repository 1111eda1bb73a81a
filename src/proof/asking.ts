import type { Login } from "../domain/names.ts";
import type { Run } from "../domain/run.ts";
import type { BranchClass, Environment, Flow, Gate, Transition } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { branchClassOf } from "../flow/match.ts";
import { releaseClassOf } from "../flow/releases.ts";
import type { Asked, Begun, Moment } from "./past.ts";
import { branchesTaken } from "./provenance.ts";

/**
 * A row of the flow that may have brought an apply about: its trigger happened in the story. Told from what people did
 * and from the flow, not from what the run says of itself.
 */
export interface Cause {
  readonly row: Transition;
  readonly environment: Environment;
  /** The gates that such an apply has to pass. */
  readonly gates: readonly Gate[];
  /** Who started it by hand; nobody for what follows from a merge. */
  readonly triggerers: readonly Login[];
  /** The branches that it delivers. */
  readonly delivers: readonly BranchClass[];
}

interface Trigger {
  readonly by: readonly Login[];
  /** As `appliesFrom` names what is delivered. */
  readonly names: readonly string[];
}

export interface About {
  readonly moment: Moment;
  readonly begun: Begun;
  readonly run: Run;
  readonly environment: Environment;
}

/** The run and the environment of an apply that was decided; undefined when the decision is about nothing that there is. */
export function aboutBegun(moment: Moment, begun: Begun): About | undefined {
  const run = moment.before.runs.find(({ id }) => id === begun.run);
  const environment = placeOf(moment.setting.flow, begun.stack)?.environment;
  return run === undefined || environment === undefined ? undefined : { moment, begun, run, environment };
}

/** Every row by which this apply may have come about; empty when the flow has none whose trigger happened. */
export function causesOf({ moment, begun, run, environment }: About): readonly Cause[] {
  const { flow } = moment.setting;
  const step = begun.kind === "destroy" ? "destroy" : "apply";
  const rows = flow.when.filter(
    (row) =>
      row.environment === environment.name &&
      (row.do.includes(step) || (row.on === "schedule" && row.drift === "apply")),
  );
  return rows.flatMap((row) => {
    const asked = askedBy(moment, row, environment, run);
    if (asked === undefined) return [];
    const triggerers = row.on === "merge" ? [] : asked.by;
    const delivers = branchesTaken(flow, asked.names);
    return [{ row, environment, gates: gatesAt(flow, environment, row), triggerers, delivers }];
  });
}

/** Who asked for what the row does, nobody where a thing that happened is enough; undefined when it did not happen. */
function askedBy(
  { past, before, setting }: Moment,
  row: Transition,
  environment: Environment,
  run: Run,
): Trigger | undefined {
  const { flow } = setting;
  const happened = (did: boolean, names: readonly string[]) => (did ? { by: [], names } : undefined);
  switch (row.on) {
    case "dispatch": {
      // Whoever asks for what the row does not deliver starts nothing by that. A tag may be called as a branch could be.
      const namesOf = (ref: string) => [branchClassOf(flow, ref)?.name, releaseClassOf(flow, ref)?.id];
      const isTaken = (name = "") => environment.appliesFrom.includes(name) && (row.ref === null || row.ref === name);
      const asked = past.asked.filter(
        (one): one is Asked & { kind: "dispatch" } =>
          one.kind === "dispatch" && one.job === row.job && namesOf(one.ref).some(isTaken),
      );
      // The one that it was planned for; what was stored before has none.
      const made =
        run.source.kind === "dispatch" ? asked.findLast(({ runs }) => runs <= before.runs.indexOf(run)) : undefined;
      const mine = made ?? asked.at(-1);
      if (mine === undefined) return undefined;
      const name = namesOf(mine.ref).find(isTaken);
      const people = made === undefined ? lastAsker(past, mine, run) : [made.by, ...lastAsker(past, null, run)];
      return { by: people, names: name === undefined ? [] : [name] };
    }
    case "merge":
    case "pull_request": {
      const changes = before.pullRequests.filter(({ state }) => row.on === "pull_request" || state === "merged");
      const did = changes.some(({ base }) => isOfClass(flow, base, row.into));
      return happened(did, row.into === null ? environment.appliesFrom : [row.into]);
    }
    case "push": {
      const last = before.pushes.findLast(({ branch }) => isOfClass(flow, branch, row.to));
      if (last === undefined) return undefined;
      return { by: [last.by], names: [branchClassOf(flow, last.branch)?.name ?? ""] };
    }
    case "release":
      return happened(
        before.releases.some(({ tag }) => row.ref === null || releaseClassOf(flow, tag)?.id === row.ref),
        environment.appliesFrom,
      );
    case "schedule":
      return happened(
        past.asked.some((one) => one.kind === "schedule" && one.cron === row.cron),
        environment.appliesFrom,
      );
  }
}

/**
 * Who asked last: whoever asks for what is stored (`mine`), or runs it again, has started it. What was planned for one
 * dispatch is not started by a later one: that has a plan of its own.
 */
function lastAsker(
  { asked }: Moment["past"],
  mine: (Asked & { kind: "dispatch" }) | null,
  { id }: Run,
): readonly Login[] {
  const last = asked.findLast((one) => one === mine || (one.kind === "rerun" && one.run === id));
  return last === undefined || last.kind === "schedule" ? [] : [last.by];
}

function isOfClass(flow: Flow, branch: string, name: string | null): boolean {
  return name === null || branchClassOf(flow, branch)?.name === name;
}

function gatesAt(flow: Flow, { approvals }: Environment, { gate }: Transition): readonly Gate[] {
  const own = flow.gates.filter(({ name }) => name === gate);
  return approvals === null ? own : [approvals, ...own];
}
