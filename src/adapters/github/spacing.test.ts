import { expect, it } from "vitest";
import { openSpacing } from "./spacing.ts";

/** When each of some changes goes out that are wished for at these moments. */
async function gone(wished: readonly number[]): Promise<readonly number[]> {
  let now = 0;
  const out: number[] = [];
  const spacing = openSpacing(1_000, {
    now: () => now,
    pause: async (duration) => {
      now += duration;
    },
  });
  for (const at of wished) {
    now = Math.max(now, at);
    await spacing();
    out.push(now);
  }
  return out;
}

it("lets a few changes go at once, and those behind them a second apart", async () => {
  expect(await gone([0, 0, 0, 0, 0, 0])).toEqual([0, 0, 0, 0, 1_000, 2_000]);
});

it("lets a few go at once again after a while without any, and never more than that", async () => {
  expect(await gone([0, 0, 0, 0, 2_500, 2_500, 2_500, 60_000, 60_000, 60_000, 60_000, 60_000])).toEqual([
    0, 0, 0, 0, 2_500, 2_500, 3_000, 60_000, 60_000, 60_000, 60_000, 61_000,
  ]);
});

it("spaces what is wished for in the same moment too", async () => {
  const paused: number[] = [];
  const spacing = openSpacing(1_000, { now: () => 0, pause: async (duration) => void paused.push(duration) });
  await Promise.all(Array.from({ length: 7 }, spacing));
  expect(paused).toEqual([1_000, 2_000, 3_000]);
});
