import { describe, expect, it } from "vitest";
import { parseFlow, renderPreset } from "../../src/flow/index.ts";
import { type Errand, type Found, prove, type Searcher, searcherOf } from "../../src/proof/index.ts";
import { boundOf, reachOf, reachOfAll } from "../../src/proof/reach.ts";
import { searchInRounds } from "../../src/proof/rounds.ts";

/** Searches of slices that have so many transitions in all, with what was asked for. */
function searchersOf(sizes: readonly number[], count = 1) {
  const asked: Errand[] = [];
  const searcher: Searcher = async (errand) => {
    asked.push(errand);
    const size = sizes[errand.slice] ?? 0;
    return foundOf(errand, Math.min(size, errand.budget), size > errand.budget);
  };
  return { asked, searchers: Array.from({ length: count }, () => searcher) };
}

function foundOf({ slice }: Errand, transitions: number, spent: boolean): Found {
  const seen = { states: transitions, transitions, depth: spent ? 3 : null, applies: 1, tooLittle: null };
  const result = { name: `slice ${slice}`, people: 1, pullRequests: 1, stacks: 1, seconds: 0, ...seen };
  return { violations: [], spent, result };
}

const about = { properties: ["P1"], stop: async () => false, progress: () => {} } as const;

describe("slices searched in rounds", () => {
  it("share equally what those leave that come to their end", async () => {
    const { asked, searchers } = searchersOf([10, 1_000_000, 500, 1_000_000]);
    const found = await searchInRounds({ ...about, slices: [0, 1, 2, 3], budget: 40_000, searchers });
    const last = asked.slice(-2).map(({ slice, budget }) => [slice, budget]);
    expect(last).toEqual([
      [1, Math.floor((40_000 - 510) / 2)],
      [3, Math.floor((40_000 - 510) / 2)],
    ]);
    expect([...found.values()].reduce((sum, { result }) => sum + result.transitions, 0)).toBe(40_000);
  });

  it("spend the whole budget on the only one at once", async () => {
    const { asked, searchers } = searchersOf([1_000_000]);
    await searchInRounds({ ...about, slices: [0], budget: 5_000, searchers });
    expect(asked.map(({ budget }) => budget)).toEqual([5_000]);
  });

  it("are each looked at a little before one is searched far, and that is kept when the work is stopped", async () => {
    const { asked, searchers } = searchersOf([1_000_000, 1_000_000]);
    const stop = async () => asked.length >= 5;
    const stopping: Searcher = async (errand) => {
      const found = await (searchers[0] as Searcher)(errand);
      return asked.length === 5 ? foundOf(errand, 7, false) : found;
    };
    const lines: string[] = [];
    const progress = (line: string) => void lines.push(line);
    const found = await searchInRounds({
      ...about,
      slices: [0, 1],
      budget: 51_200,
      searchers: [stopping],
      stop,
      progress,
    });
    expect([...found].map(([slice, { result }]) => [slice, result.transitions])).toEqual([
      [0, 1_600],
      [1, 1_600],
    ]);
    expect(lines).toEqual(["1 of 2: slice 0, to its end"]);
  });

  it("find the same whoever searches them, and however many do", async () => {
    const { value: flow } = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" });
    if (flow === undefined) throw new Error("trunk-stored-plan does not parse");
    const properties = ["P2", "P4", "P10"] as const;
    const options = { properties, budget: 12_000, stop: async () => false, now: () => 0, progress: () => {} };
    const alone = await prove(flow, options);
    for (const count of [2, 5]) {
      const searchers = Array.from({ length: count }, () => searcherOf(flow, options));
      expect(await prove(flow, { ...options, searchers })).toEqual(alone);
    }
    expect(alone.slices.length).toBeGreaterThan(5);
  });
});

describe("how far it got", () => {
  it("is told of one slice", () => {
    expect([null, 0, 1, 4].map((depth) => reachOf({ depth }))).toEqual([
      "to its end",
      "not one whole step",
      "to stories of 1 step",
      "to stories of 4 steps",
    ]);
  });

  it("is told of all of them", () => {
    const of = (...depths: (number | null)[]) => reachOfAll(depths.map((depth) => ({ depth })));
    expect(of(null, 3, null, 5)).toBe("4 slices: 2 to their end, 2 to stories of 3 to 5 steps beyond their beginning");
    expect(of(null)).toBe("1 slice: 1 to its end");
    expect(of(1, 1)).toBe("2 slices: 2 to stories of 1 step beyond their beginning");
    expect(of()).toBe("0 slices");
  });

  it("bounds what holds by the slice that was searched least, and by nothing where all came to their end", () => {
    expect(boundOf([{ depth: null }, { depth: 5 }, { depth: 2 }])).toBe(
      "In every story of up to 2 steps beyond the beginning of each slice (1 of 3 to its end).",
    );
    expect(boundOf([{ depth: null }])).toBeNull();
  });
});
