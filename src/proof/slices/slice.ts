import type { StackName } from "../../domain/names.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
import type { State } from "../canonical.ts";
import { type Way, waysTo } from "../good-story.ts";
import type { Offer } from "../moves.ts";
import { movesOf } from "../moves.ts";
import { type Playing, stateOf } from "../play.ts";
import type { Stage } from "../scene.ts";
import type { Move, Told } from "../search.ts";

/** A small scene of a flow, and what people may do in it. */
export interface Slice {
  readonly name: string;
  readonly stage: Stage;
  readonly start: State;
  readonly prologue: readonly Told[];
  readonly moves: (state: State) => readonly Move[];
  readonly pullRequests: number;
  /** Somebody applies something in it, or the search looked at too little. */
  readonly applies: boolean;
}

export const anHour = 3_600_000;

interface Making {
  readonly name: string;
  readonly stage: Stage;
  readonly playing: Playing;
  readonly offers: readonly Offer[];
  readonly most?: Readonly<Record<string, number>>;
  readonly applies?: boolean;
}

export function sliceOf({ name, stage, playing, offers, most = {}, applies = true }: Making): Slice {
  const { flow } = stage.setting;
  return {
    name,
    stage,
    start: stateOf(playing),
    prologue: playing.steps.map((step) => ({ step, meanwhile: null })),
    moves: movesOf({ flow, cast: stage.cast, most }, offers),
    pullRequests: Math.max(1, playing.world.pullRequests.length),
    applies,
  };
}

/** Of ways that differ only in what the branch is called, one; of those to one row, the shortest and the longest. */
export function chosenWays(flow: Flow, environment: Environment): readonly Way[] {
  const kinds = new Map<string, Way>();
  for (const way of waysTo(flow, environment)) {
    const last = way.chain.at(-1);
    const key = `${way.row.line} ${way.row.job} ${last?.protected === true ? last.name : "work"} ${way.chain.length}`;
    if (!kinds.has(key)) kinds.set(key, way);
  }
  return [...kinds.values()];
}

export function stacksIn({ setting }: Stage, environment: Environment): readonly StackName[] {
  return setting.stacks.filter((stack) => stack.environment === environment.name).map(({ name }) => name);
}
