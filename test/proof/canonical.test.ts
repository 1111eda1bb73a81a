import { describe, expect, it } from "vitest";
import { parseFlow, presetNames, renderPreset } from "../../src/flow/index.ts";
import { canonicalOf, type State } from "../../src/proof/canonical.ts";
import { afterMoment, afterStep } from "../../src/proof/past.ts";
import type { Move } from "../../src/proof/search.ts";
import { type Slice, slicesOf } from "../../src/proof/slices/index.ts";
import { deliver, takeStep } from "../../src/worlds/model/index.ts";

/** The state after a move and everything that follows; null when the forge refuses it. */
function goOn({ stage: { setting } }: Slice, from: State, { step, limit }: Move): State | null {
  const change = takeStep(setting, from.world, step);
  if (change.outcomes.some(({ kind }) => kind === "blocked")) return null;
  let { world } = change;
  let past = afterStep(from.past, step, world, limit);
  const queue = [...change.events];
  for (let index = 0; index < queue.length; index++) {
    const event = queue[index];
    if (event === undefined) break;
    const { decision, world: next, events } = deliver(setting, world, event);
    past = afterMoment(past, { setting, event, before: world, decision });
    world = next;
    queue.push(...events);
  }
  return { world, past, queue: [] };
}

const mostStates = 250;

/** Pairs of different states that have one canonical form, met while a slice is walked breadth first. */
function twins(slice: Slice): readonly (readonly [State, State])[] {
  const known = new Map([[canonicalOf(slice.start), slice.start]]);
  const pairs: (readonly [State, State])[] = [];
  for (const state of known.values()) {
    if (known.size > mostStates) break;
    for (const move of slice.moves(state)) {
      const next = goOn(slice, state, move);
      if (next === null) continue;
      const name = canonicalOf(next);
      const twin = known.get(name);
      if (twin === undefined) known.set(name, next);
      else if (twin.world.runs.length !== next.world.runs.length || twin.world.now !== next.world.now)
        pairs.push([twin, next]);
    }
  }
  return pairs;
}

describe.each(presetNames)("states of %s with one canonical form", (preset) => {
  it("lead to states with one canonical form, whatever is done", () => {
    const { value: flow } = parseFlow(renderPreset(preset), { file: "plangate.yaml" });
    if (flow === undefined) throw new Error(`${preset} does not parse`);
    let compared = 0;
    for (const slice of slicesOf(flow)) {
      for (const [left, right] of twins(slice)
        .filter((_, index) => index % 20 === 0)
        .slice(0, 12)) {
        const moves = slice.moves(left);
        expect(slice.moves(right)).toEqual(moves);
        for (const move of moves) {
          const [one, other] = [goOn(slice, left, move), goOn(slice, right, move)];
          const name = `${slice.name}: ${JSON.stringify(move.step)}`;
          expect([name, other === null ? null : canonicalOf(other)]).toEqual([
            name,
            one === null ? null : canonicalOf(one),
          ]);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(200);
  });
});
