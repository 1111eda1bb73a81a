import type { Event } from "../domain/event.ts";
import { deliver, type Setting, takeStep } from "../worlds/model/index.ts";
import type { WorldStep } from "../worlds/step.ts";
import { canonicalOf, type State } from "./canonical.ts";
import { afterMoment, afterStep, type Moment } from "./past.ts";
import type { PropertyId, Watched } from "./properties/property.ts";

/** Something that may be done in a state. `limit` counts it against what a story has few of. */
export interface Move {
  readonly step: WorldStep;
  readonly limit: string | null;
}

/** A step of a story, and whether plangate was still at work on the one before when it was made. */
export interface Told {
  readonly step: WorldStep;
  readonly meanwhile: Event | null;
}

export interface Violation {
  readonly property: PropertyId;
  readonly wrong: string;
  readonly steps: readonly Told[];
}

export interface Search {
  readonly setting: Setting;
  readonly start: State;
  /** What led to the start, for telling. */
  readonly prologue: readonly Told[];
  readonly moves: (state: State) => readonly Move[];
  readonly watched: readonly Watched[];
  /** Transitions that may be spent. */
  readonly budget: number;
  /** Stories of more steps are not looked at; without it there is no such end. */
  readonly depth?: number;
  /** Waited for now and then, so that others get to run; true ends the search. */
  readonly stop: () => Promise<boolean>;
  /** Hears of every decision, for counting. */
  readonly heard: (moment: Moment) => void;
}

export interface Searched {
  readonly states: number;
  readonly transitions: number;
  /** Every story of so many steps after the start was looked at; null when all there are were. */
  readonly depth: number | null;
  readonly violations: readonly Violation[];
  /** It ended because the budget was spent. */
  readonly spent: boolean;
}

/** The way to a state, its last step first. Worlds are no part of it: those that were gone on from need not be kept. */
interface Way {
  readonly before: Way | null;
  readonly told: Told;
}

/** A state that was reached. */
interface Node extends State {
  readonly way: Way | null;
  /** Somebody acted already while plangate was at work: once in a story is enough. */
  readonly meddled: boolean;
}

/** Between these events and what follows other people get to act: before plangate heard of a merge, and between its two decisions. */
function isMoment({ kind }: Event): boolean {
  return kind === "merge" || kind === "dispatch" || kind === "apply-ready";
}

/** How many states are gone on from before others get to run. */
const betweenLooks = 50;

/** More events than any step leads to. */
const mostEvents = 100;

/**
 * Breadth first: every story of one step, then of two, and so on, over states that differ. Within a length, stories in
 * which everybody waits for plangate come first, so that what is found can be played as it is told.
 */
export async function search(about: Search): Promise<Searched> {
  const run: Run = { about, seen: new Set(), violations: new Map(), transitions: 0 };
  const start: Node = { ...about.start, way: null, meddled: false };
  run.seen.add(canonicalOf(start));
  let level: Node[] = [start];
  let depth = 0;
  let expanded = 0;
  while (level.length > 0) {
    if (depth === about.depth) return result(run, { depth, spent: false });
    const next: { readonly calm: Node[]; readonly busy: Node[] } = { calm: [], busy: [] };
    for (const node of level) {
      if (isDone(run)) return result(run, { depth, spent: false });
      if (run.transitions >= about.budget) return result(run, { depth, spent: true });
      if (expanded++ % betweenLooks === 0 && (await about.stop())) return result(run, { depth, spent: false });
      expand(run, node, next);
    }
    depth++;
    level = [...next.calm, ...next.busy];
  }
  return result(run, { depth: null, spent: false });
}

interface Run {
  readonly about: Search;
  readonly seen: Set<string>;
  readonly violations: Map<PropertyId, Violation>;
  transitions: number;
}

/** Nothing more can be found: each property that is looked at was broken. */
function isDone({ about, violations }: Run): boolean {
  return about.watched.every(({ id }) => violations.has(id));
}

function result({ seen, transitions, violations }: Run, how: Pick<Searched, "depth" | "spent">): Searched {
  return { states: seen.size, transitions, violations: [...violations.values()], ...how };
}

interface Next {
  readonly calm: Node[];
  readonly busy: Node[];
}

function expand(run: Run, node: Node, next: Next): void {
  const { about } = run;
  const [heard = null] = node.queue;
  for (const { step, limit } of about.moves(node)) {
    const change = takeStep(about.setting, node.world, step);
    run.transitions++;
    if (change.outcomes.some(({ kind }) => kind === "blocked")) continue;
    const past = afterStep(node.past, step, change.world, limit);
    const told: Told = { step, meanwhile: heard };
    const meddled = node.meddled || heard !== null;
    const reached: Node = {
      world: change.world,
      queue: [...node.queue, ...change.events],
      past,
      way: { before: node.way, told },
      meddled,
    };
    settle(run, reached, next);
  }
}

/** Delivers what waits, one event after the other; wherever others may act in between, that state is kept too. */
function settle(run: Run, reached: Node, next: Next): void {
  let node = reached;
  for (let count = 0; node.queue.length > 0; count++) {
    const [event, ...rest] = node.queue;
    if (event === undefined) break;
    if (count > mostEvents) {
      note(run, "P10", `delivering ${event.kind} does not come to an end`, node);
      return;
    }
    if (!node.meddled && isMoment(event)) keep(run, node, next.busy);
    const delivered = deliver(run.about.setting, node.world, event);
    run.transitions++;
    const moment: Moment = {
      setting: run.about.setting,
      past: node.past,
      before: node.world,
      event,
      decision: delivered.decision,
      after: delivered.world,
    };
    run.about.heard(moment);
    for (const { id, atMoment } of run.about.watched) {
      const wrong = atMoment?.(moment) ?? null;
      if (wrong !== null) note(run, id, wrong, node);
    }
    node = {
      ...node,
      world: delivered.world,
      queue: [...rest, ...delivered.events],
      past: afterMoment(node.past, moment),
    };
  }
  if (!keep(run, node, node.meddled ? next.busy : next.calm)) return;
  for (const { id, atRest } of run.about.watched) {
    const wrong = atRest?.({ setting: run.about.setting, world: node.world, past: node.past }) ?? null;
    if (wrong !== null) note(run, id, wrong, node);
  }
}

/** Whether the state is a new one. */
function keep(run: Run, node: Node, among: Node[]): boolean {
  const name = `${canonicalOf(node)}${node.meddled ? " meddled" : ""}`;
  if (run.seen.has(name)) return false;
  run.seen.add(name);
  among.push(node);
  return true;
}

/** The first story that shows a property broken is the shortest: later ones are not kept. */
function note(run: Run, property: PropertyId, wrong: string, node: Node): void {
  if (run.violations.has(property)) return;
  const steps: Told[] = [];
  for (let at = node.way; at !== null; at = at.before) steps.unshift(at.told);
  run.violations.set(property, { property, wrong, steps: [...run.about.prologue, ...steps] });
}
