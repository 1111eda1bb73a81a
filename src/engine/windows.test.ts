import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { presetWith } from "../../test/engine/decisions.ts";
import type { Instant } from "../domain/names.ts";
import { whyClosed } from "./windows.ts";

const zone = "Europe/Berlin";
const at = (text: string): Instant => Date.parse(text);

/** What the flow file's own words give. */
function times(windows: readonly string[], freezes: readonly (readonly [string, string])[] = []) {
  const list = windows.map((text) => `"${text}"`).join(", ");
  const frozen = freezes.map(([from, to]) => `{ from: "${from}", to: "${to}", because: audit }`).join(", ");
  const flow = presetWith("gitflow", {
    from: "windows: always",
    to: `windows: ${windows.length === 0 ? "always" : `[${list}]`}${freezes.length === 0 ? "" : `\n    freezes: [${frozen}]`}`,
  });
  const prod = flow.environments.find(({ name }) => name === "prod");
  if (prod === undefined) throw new Error("the preset has no prod");
  return prod;
}

describe("a window", () => {
  const work = [`Mon-Thu 08:00-16:00 ${zone}`];
  const night = [`Sat 22:00-02:00 ${zone}`];
  it.each([
    { name: "is open in the minute it begins", windows: work, now: "2026-01-06T07:00:00Z", until: null },
    { name: "is open to the last", windows: work, now: "2026-01-06T14:59:59.999Z", until: null },
    {
      name: "is closed in the minute it ends, until the next day",
      windows: work,
      now: "2026-01-06T15:00:00Z",
      until: "2026-01-07T07:00:00Z",
    },
    {
      name: "is closed a moment before, until it begins",
      windows: work,
      now: "2026-01-06T06:59:59.999Z",
      until: "2026-01-06T07:00:00Z",
    },
    {
      name: "is closed from Thursday to Monday",
      windows: work,
      now: "2026-01-08T15:00:00Z",
      until: "2026-01-12T07:00:00Z",
    },
    { name: "over midnight goes on the day after", windows: night, now: "2026-01-10T23:30:00Z", until: null },
    {
      name: "over midnight does not begin on the day after",
      windows: night,
      now: "2026-01-11T21:30:00Z",
      until: "2026-01-17T21:00:00Z",
    },
    {
      name: "from Sunday reaches into Monday",
      windows: [`Sun 22:00-02:00 UTC`],
      now: "2026-01-12T01:59:00Z",
      until: null,
    },
    {
      name: "of a whole day has no gap",
      windows: ["Sat,Sun 00:00-24:00 UTC"],
      now: "2026-01-11T00:00:00Z",
      until: null,
    },
    {
      name: "of a whole day ends with it",
      windows: ["Sat,Sun 00:00-24:00 UTC"],
      now: "2026-01-12T00:00:00Z",
      until: "2026-01-17T00:00:00Z",
    },
    {
      name: "is the earliest of several",
      windows: ["Fri 10:00-11:00 UTC", `Wed 09:30-10:00 ${zone}`],
      now: "2026-01-06T12:00:00Z",
      until: "2026-01-07T08:30:00Z",
    },
    {
      name: "begins an hour earlier by UTC once summer time has begun",
      windows: [`Mon 08:00-16:00 ${zone}`],
      now: "2026-03-27T12:00:00Z",
      until: "2026-03-30T06:00:00Z",
    },
    {
      name: "that begins in the hour that is left out opens when the clocks are put forward",
      windows: [`Sun 02:30-04:00 ${zone}`],
      now: "2026-03-29T00:30:00Z",
      until: "2026-03-29T01:00:00Z",
    },
    {
      name: "that lies within the hour that is left out opens a week later",
      windows: [`Sun 02:10-02:50 ${zone}`],
      now: "2026-03-29T00:30:00Z",
      until: "2026-04-05T00:10:00Z",
    },
    {
      name: "opens a second time in the hour that comes twice",
      windows: [`Sun 02:00-02:30 ${zone}`],
      now: "2026-10-25T00:45:00Z",
      until: "2026-10-25T01:00:00Z",
    },
    {
      name: "opens again when the clocks are put back into it",
      windows: [`Sun 01:30-02:45 ${zone}`],
      now: "2026-10-25T00:50:00Z",
      until: "2026-10-25T01:00:00Z",
    },
    {
      name: "keeps to clocks that are half an hour off",
      windows: ["Tue 09:00-10:00 Asia/Kolkata"],
      now: "2026-01-06T00:00:00Z",
      until: "2026-01-06T03:30:00Z",
    },
  ])("$name", ({ windows, now, until }) => {
    const closed = whyClosed(times(windows), at(now));
    expect(closed === null ? null : new Date(closed.until ?? Number.NaN).toISOString().replace(".000", "")).toBe(until);
  });
});

describe("a freeze", () => {
  const january = ["2026-01-05T00:00:00Z", "2026-01-07T00:00:00Z"] as const;
  const closedAt = (about: ReturnType<typeof times>, now: string) => {
    const closed = whyClosed(about, at(now));
    return closed === null ? null : { kind: closed.kind, until: closed.until };
  };

  it("holds from its first moment to its last, whatever the windows say", () => {
    const always = times([], [january]);
    expect(closedAt(always, "2026-01-04T23:59:59.999Z")).toBeNull();
    expect(closedAt(always, "2026-01-05T00:00:00Z")).toEqual({ kind: "freeze", until: at(january[1]) });
    expect(closedAt(always, "2026-01-06T23:59:59.999Z")).toEqual({ kind: "freeze", until: at(january[1]) });
    expect(closedAt(always, january[1])).toBeNull();
  });

  it("ends when the next window opens", () => {
    const work = times(["Thu 08:00-16:00 UTC"], [january]);
    expect(closedAt(work, "2026-01-06T09:00:00Z")).toEqual({ kind: "freeze", until: at("2026-01-08T08:00:00Z") });
  });

  it("puts off a window that would open in it", () => {
    const work = times(["Mon-Fri 08:00-16:00 UTC"], [january]);
    expect(closedAt(work, "2026-01-04T12:00:00Z")).toEqual({ kind: "window", until: at("2026-01-07T08:00:00Z") });
  });

  it("goes over into one that touches it", () => {
    const both = times([], [january, [january[1], "2026-01-09T00:00:00Z"]]);
    expect(closedAt(both, "2026-01-06T12:00:00Z")).toEqual({ kind: "freeze", until: at("2026-01-09T00:00:00Z") });
  });
});

describe("the end of a wait for a window", () => {
  const minute = 60_000;
  const zones = ["UTC", zone, "America/New_York", "Australia/Lord_Howe", "America/Santiago"];
  const days = ["Mon", "Tue-Thu", "Sat,Sun", "Sun"];
  const clock = fc.integer({ min: 0, max: 95 }).map((quarter) => {
    const text = (value: number) => String(value).padStart(2, "0");
    return `${text(Math.floor(quarter / 4))}:${text((quarter % 4) * 15)}`;
  });
  const window = fc
    .record({ days: fc.constantFrom(...days), from: clock, to: clock, zone: fc.constantFrom(...zones) })
    .filter(({ from, to }) => from !== to)
    .map((about) => `${about.days} ${about.from}-${about.to} ${about.zone}`);
  // Around the nights in which clocks change, where guesses go wrong.
  const nights = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-09-06", "2026-10-04", "2026-10-25", "2026-11-01"];
  const now = fc
    .record({ night: fc.constantFrom(...nights), minutes: fc.integer({ min: -2 * 1440, max: 2 * 1440 }) })
    .map(({ night, minutes }) => at(`${night}T00:00:00Z`) + minutes * minute);

  it("is the first minute in which one is open, minute by minute", () => {
    let waits = 0;
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 2 }), now, (windows, start) => {
        const about = times(windows);
        const closed = whyClosed(about, start);
        if (closed === null) return;
        waits++;
        expect(closed.until).not.toBeNull();
        expect(whyClosed(about, closed.until ?? start)).toBeNull();
        // Every quarter of an hour on the way, and the last minutes of it, it is closed.
        const end = closed.until ?? start;
        for (let time = start; time < end; time += 15 * minute) expect(whyClosed(about, time)).not.toBeNull();
        for (let time = Math.max(start, end - 5 * minute); time < end; time += minute)
          expect(whyClosed(about, time)).not.toBeNull();
      }),
      { numRuns: 60 },
    );
    expect(waits).toBeGreaterThan(20);
  });
});
