import type { PropertyId } from "./properties/property.ts";
import { reachOf } from "./reach.ts";
import type { Found, Searcher } from "./searcher.ts";

export interface Rounds {
  /** The slices to be searched, by their place in `slicesOf`. */
  readonly slices: readonly number[];
  readonly properties: readonly PropertyId[];
  /** Transitions of all the searches that count. */
  readonly budget: number;
  /** They share the work: each takes the next slice when it is done with one. What is found does not depend on how many they are. */
  readonly searchers: readonly Searcher[];
  readonly stop: () => Promise<boolean>;
  /** Hears of each slice whose search ended for good. */
  readonly progress: (line: string) => void;
}

/** The parts of its equal share that each slice may spend in one round after the other. */
const rounds = [1 / 256, 1 / 16, 1];

/**
 * Searches every slice a little, then further, then as far as its share goes. What slices that come to their end leave of
 * the budget is shared equally among the others, and these are searched anew from their beginning. So the shares follow
 * from the flow and the budget alone, nothing of a search is kept while others go on, and whoever stops the work early
 * has seen something of each slice. The rounds before the last cost a fifteenth of it.
 */
export async function searchInRounds(about: Rounds): Promise<ReadonlyMap<number, Found>> {
  let so: SoFar = { ended: 0, found: new Map() };
  let further = about.slices;
  for (const part of about.slices.length < 2 ? [1] : rounds) {
    const finished = about.slices.filter((slice) => !further.includes(slice));
    const left = about.budget - finished.reduce((sum, slice) => sum + transitionsOf(so.found.get(slice)), 0);
    const share = Math.floor((left / Math.max(1, further.length)) * part);
    so = await round(about, { slices: further, share, isLast: part === 1, so });
    further = further.filter((slice) => so.found.get(slice)?.spent === true);
  }
  return so.found;
}

interface SoFar {
  /** Searches that ended for good. */
  readonly ended: number;
  readonly found: ReadonlyMap<number, Found>;
}

interface Round {
  readonly slices: readonly number[];
  /** What each may spend. */
  readonly share: number;
  readonly isLast: boolean;
  readonly so: SoFar;
}

async function round(about: Rounds, { slices, share, isLast, so }: Round): Promise<SoFar> {
  const { properties, searchers, stop, progress } = about;
  const found = new Map(so.found);
  let { ended } = so;
  const waiting = slices.values();
  const work = async (searcher: Searcher): Promise<void> => {
    for (const slice of waiting) {
      if (await stop()) return;
      const one = await searcher({ slice, properties, budget: share });
      // One that was stopped early may have seen less than the round before.
      if (transitionsOf(one) >= transitionsOf(found.get(slice))) found.set(slice, one);
      if (one.spent && !isLast) continue;
      ended++;
      progress(`${ended} of ${about.slices.length}: ${one.result.name}, ${reachOf(one.result)}`);
    }
  };
  await Promise.all(searchers.map(work));
  return { ended, found };
}

function transitionsOf(found: Found | undefined): number {
  return found?.result.transitions ?? 0;
}
