import type { Flow, Transition } from "../flow/flow.ts";
import { fires, type GoodStory, storiesOfRows } from "./good-life.ts";
import type { Playing } from "./play.ts";
import type { PropertyId } from "./properties/property.ts";
import { branchesTaken } from "./provenance.ts";
import type { Stage } from "./scene.ts";

/** What can be said of the flow without a search, or with one good story: no shortest story is needed to see that it is wrong. */
export interface Finding {
  readonly id: PropertyId;
  readonly wrong: string;
  readonly playing: Playing | null;
}

/** P2: stage and production take protected branches, and releases of them, and nothing else. */
export function refsOfGates(flow: Flow): readonly Finding[] {
  return flow.environments.flatMap((environment): readonly Finding[] => {
    const { name, kind, appliesFrom } = environment;
    if (kind !== "stage" && kind !== "prod") return [];
    return branchesTaken(flow, appliesFrom)
      .filter((branch) => !branch.protected)
      .map((branch) => ({
        id: "P2",
        wrong: `${name} takes ${branch.name}, which nobody protects: whoever may push there has code applied to it`,
        playing: null,
      }));
  });
}

/** P3: what must never go is not what the flow may call destroyable. */
export function destroyableProduction(flow: Flow): readonly Finding[] {
  return flow.environments
    .filter(({ kind, destroyable }) => destroyable && (kind === "stage" || kind === "prod"))
    .map(({ name, kind }) => ({ id: "P3", wrong: `${name} is of kind ${kind} and destroyable`, playing: null }));
}

/** P6, as far as the flow can have it wrong: a protected branch whose pull requests are checked by nothing. */
export function uncheckedBranches(flow: Flow): readonly Finding[] {
  if (flow.require.checks.length === 0) return [];
  return flow.branches
    .filter(({ accepts }) => accepts.length > 0)
    .filter(
      ({ name }) =>
        !flow.when.some(
          (row) => row.on === "pull_request" && row.do.includes("check") && (row.into === null || row.into === name),
        ),
    )
    .map(({ name }) => ({
      id: "P6",
      wrong: `a merge into ${name} waits for ${flow.require.checks.join(", ")}, and no row checks its pull requests`,
      playing: null,
    }));
}

/** P9 in three parts: what is never applied, what never happens, and rows that say two things of one event. */
export function unreachable(stage: Stage, good: readonly GoodStory[]): readonly Finding[] {
  const { flow } = stage.setting;
  return [...neverApplied(flow, good), ...neverFiring(stage, good), ...disagreeing(flow)];
}

function neverApplied(flow: Flow, good: readonly GoodStory[]): readonly Finding[] {
  return flow.environments.flatMap((environment): readonly Finding[] => {
    const { name, gated, perPullRequest } = environment;
    const ways = good.filter((story) => story.environment === environment && story.row.do.includes("apply"));
    if (ways.some(({ completes }) => completes)) return [];
    const [first] = ways;
    if (first !== undefined)
      return [{ id: "P9", wrong: `no good story ever applies anything to ${name}`, playing: first.playing }];
    // What has no gate is applied from somebody's own terminal.
    return gated || perPullRequest
      ? [{ id: "P9", wrong: `nothing ever applies to ${name}: no row of the flow does`, playing: null }]
      : [];
  });
}

function neverFiring(stage: Stage, good: readonly GoodStory[]): readonly Finding[] {
  const { flow } = stage.setting;
  const stories = [...good.map(({ playing }) => playing), ...storiesOfRows(stage)];
  return flow.when
    .filter((row) => !stories.some(({ moments }) => moments.some((moment) => fires(moment, row, flow))))
    .map((row) => ({
      id: "P9",
      wrong: `the row at line ${row.line} (${rowText(row)}) never does anything`,
      playing: null,
    }));
}

function rowText(row: Transition): string {
  const branch = row.into ?? row.to;
  const trigger = [
    `on ${row.on}`,
    branch === null ? null : `of ${branch}`,
    row.job === null ? null : `"${row.job}"`,
    row.cron,
  ];
  return [...trigger, row.environment === null ? null : `in ${row.environment}`]
    .filter((word) => word !== null)
    .join(" ");
}

function disagreeing(flow: Flow): readonly Finding[] {
  return flow.when.flatMap((row, index) =>
    flow.when
      .slice(index + 1)
      .filter((other) => aboutOneEvent(row, other) && bothDo(row, other))
      .map(
        (other): Finding => ({
          id: "P9",
          wrong: `the rows at lines ${row.line} and ${other.line} both say what becomes of ${row.environment ?? "it"} ${rowText(row)}`,
          playing: null,
        }),
      ),
  );
}

function aboutOneEvent(row: Transition, other: Transition): boolean {
  const meet = (left: string | null, right: string | null) => left === null || right === null || left === right;
  return (
    row.on === other.on &&
    row.environment === other.environment &&
    row.job === other.job &&
    row.cron === other.cron &&
    meet(row.into, other.into) &&
    meet(row.to, other.to) &&
    meet(row.ref, other.ref)
  );
}

function bothDo(row: Transition, other: Transition): boolean {
  return (["apply", "destroy", "plan", "drift", "release"] as const).some(
    (step) => row.do.includes(step) && other.do.includes(step),
  );
}

/** P11: whoever writes the change, it gets where the flow says. */
export function incomplete(good: readonly GoodStory[]): readonly Finding[] {
  return good
    .filter(({ completes }) => !completes)
    .map(({ name, playing }) => ({
      id: "P11",
      wrong: `${name}, does not come to its end: ${whyNot(playing)}`,
      playing,
    }));
}

function whyNot({ world, moments }: Playing): string {
  const waiting = world.runs.findLast(({ state }) => state === "waiting" || state === "refused");
  if (waiting?.why != null)
    return `${waiting.stack} ${waiting.state === "waiting" ? "waits" : "is refused"}: ${waiting.why}`;
  const said = moments.flatMap(({ decision }) => decision.reasons).findLast(({ answer }) => answer !== "yes");
  return said?.sentence ?? "nothing is planned for it";
}
