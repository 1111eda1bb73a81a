import { describe, expect, it } from "vitest";
import { whyClosed } from "../engine/windows.ts";
import type { Window } from "../flow/flow.ts";
import { firstAt, isShut, shutTimes, type Times } from "./times.ts";

const anHour = 3_600_000;
const monday = Date.UTC(2026, 2, 23);

function window(days: readonly number[], from: number, to: number, zone = "Europe/Berlin"): Window {
  return { text: "a window", days, from: from * 60, to: to * 60, zone };
}

const office: Times = { windows: [window([1, 2, 3, 4], 8, 16)], freezes: [] };

const cases: readonly { readonly name: string; readonly times: Times }[] = [
  { name: "always", times: { windows: null, freezes: [] } },
  { name: "the hours of an office", times: office },
  { name: "nights, the last of them into Monday", times: { windows: [window([5, 7], 22, 4)], freezes: [] } },
  { name: "a whole day and a night", times: { windows: [window([6], 0, 0), window([2], 20, 2, "UTC")], freezes: [] } },
  {
    name: "a freeze over all of it",
    times: { ...office, freezes: [{ from: monday + 30 * anHour, to: monday + 80 * anHour, because: null }] },
  },
  { name: "never", times: { windows: [window([], 0, 1)], freezes: [] } },
];

describe("when an environment may be changed", () => {
  it.each(cases)("is told as the engine has it, for two weeks in which clocks are changed: $name", ({ times }) => {
    for (let at = monday; at < monday + 14 * 24 * anHour; at += anHour / 2)
      expect([at, isShut(times, at)]).toEqual([at, whyClosed(times, at) !== null]);
  });

  it("begins and ends at the first of the times at which anything opens or shuts", () => {
    expect(firstAt([office], monday, (at) => !isShut(office, at))).toBe(Date.UTC(2026, 2, 23, 7));
    expect(firstAt([office], monday + 8 * anHour, (at) => isShut(office, at))).toBe(Date.UTC(2026, 2, 23, 15));
    const never: Times = { windows: [window([], 0, 1)], freezes: [] };
    expect(firstAt([office, never], monday, (at) => !isShut(never, at))).toBeUndefined();
  });

  it("is shut outside windows and in freezes, each looked at by itself", () => {
    const freezes = [{ from: Date.UTC(2026, 5, 1), to: Date.UTC(2026, 5, 3), because: null }];
    const times = shutTimes({ ...office, freezes }, monday + 8 * anHour);
    expect(times.map(({ when }) => when)).toEqual(["while its windows are shut", "in a freeze"]);
    expect(times.every(({ at }) => isShut({ ...office, freezes }, at))).toBe(true);
    expect(shutTimes({ windows: null, freezes: [] }, monday)).toEqual([]);
  });
});
