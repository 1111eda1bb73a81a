import type { Flow } from "../flow/flow.ts";
import type { Moment } from "./past.ts";
import type { PropertyId } from "./properties/property.ts";
import type { Decide } from "./scene.ts";
import { type Searched, search, type Violation } from "./search.ts";
import { type Slice, slicesOf } from "./slices/index.ts";
import { watched } from "./watched.ts";

/** What is asked of a searcher: plain values, so that it may work anywhere. */
export interface Errand {
  /** Which of `slicesOf`. */
  readonly slice: number;
  /** The properties to look at, of those that are searched. */
  readonly properties: readonly PropertyId[];
  /** Transitions that may be spent. */
  readonly budget: number;
}

/** What came of it, as plain values. */
export interface Found {
  readonly result: SliceResult;
  readonly violations: readonly Violation[];
  /** It ended because its budget was spent: with more it would look further. */
  readonly spent: boolean;
}

/**
 * Searches a slice from its beginning. The same errand finds the same, whoever does it; a searcher does one at a time.
 */
export type Searcher = (errand: Errand) => Promise<Found>;

export interface SliceResult {
  readonly name: string;
  readonly people: number;
  readonly pullRequests: number;
  readonly stacks: number;
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  /** Every story of so many steps was looked at; null: every story that there is. */
  readonly depth: number | null;
  /** Applies and destroys that were decided. */
  readonly applies: number;
  /** Why it looked at too little for anything to be said; null when it did not. */
  readonly tooLittle: string | null;
}

export interface SearcherOptions {
  /** Decides in the engine's place. */
  readonly decide?: Decide;
  /** True ends the work. Waited for, so that others get to run. */
  readonly stop: () => Promise<boolean>;
  /** Milliseconds, of any clock. */
  readonly now: () => number;
}

/** A searcher of this flow that works in this very thread. */
export function searcherOf(flow: Flow, options: SearcherOptions): Searcher {
  const slices = slicesOf(flow, options.decide);
  return async ({ slice: index, properties, budget }) => {
    const slice = slices[index];
    if (slice === undefined) throw new RangeError(`the flow has no slice ${index}`);
    const { start, prologue, moves, stage } = slice;
    const { stop, now } = options;
    const begun = now();
    let applies = 0;
    const heard = ({ decision }: Moment) => {
      for (const { kind } of decision.actions) if (kind === "apply" || kind === "destroy") applies++;
    };
    const asked = watched.filter(({ id }) => properties.includes(id));
    const { setting } = stage;
    const searched = await search({ setting, start, prologue, moves, watched: asked, budget, stop, heard });
    const seconds = (now() - begun) / 1000;
    const { violations, spent } = searched;
    return { violations, spent, result: sliceResult(slice, searched, { applies, seconds }) };
  };
}

/** A story of fewer steps after its beginning is no search: a review, a merge and a gate are three. */
const leastDepth = 2;

function sliceResult(
  { name, pullRequests, stage, applies: isToApply }: Slice,
  { states, transitions, depth }: Searched,
  { applies, seconds }: Pick<SliceResult, "applies" | "seconds">,
): SliceResult {
  const { setting } = stage;
  const tooLittle =
    depth !== null && depth < leastDepth
      ? `stories of ${depth} step${depth === 1 ? "" : "s"} only`
      : isToApply && applies === 0
        ? "nothing was ever applied"
        : null;
  const people = setting.people.size;
  const stacks = setting.stacks.length;
  return { name, people, pullRequests, stacks, states, transitions, seconds, depth, applies, tooLittle };
}
