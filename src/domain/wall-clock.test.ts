import { describe, expect, it } from "vitest";
import { clockChanges, isTimeZone, offsetAt, wallTimeAt } from "./wall-clock.ts";

const at = (text: string) => Date.parse(text);

describe("clocks on walls", () => {
  it.each([
    { zone: "UTC", now: "2026-01-06T10:00:00Z", day: 2, minute: 600, offset: 0 },
    { zone: "Europe/Berlin", now: "2026-01-04T23:30:00Z", day: 1, minute: 30, offset: 60 },
    { zone: "Europe/Berlin", now: "2026-07-05T21:59:59Z", day: 7, minute: 1439, offset: 120 },
    { zone: "America/New_York", now: "2026-01-05T02:00:00Z", day: 7, minute: 1260, offset: -300 },
    { zone: "Asia/Kolkata", now: "2026-01-06T00:00:00Z", day: 2, minute: 330, offset: 330 },
    { zone: "Pacific/Kiritimati", now: "2026-01-06T12:00:00Z", day: 3, minute: 120, offset: 840 },
  ])("in $zone at $now", ({ zone, now, day, minute, offset }) => {
    expect(wallTimeAt(at(now), zone)).toEqual({ day, minute });
    expect(offsetAt(at(now), zone)).toBe(offset);
  });

  it("are put forward and back to the minute", () => {
    const year = clockChanges("Europe/Berlin", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    expect(year).toEqual([at("2026-03-29T01:00:00Z"), at("2026-10-25T01:00:00Z")]);
    expect(clockChanges("UTC", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"))).toEqual([]);
  });

  it("hang in zones that there are", () => {
    expect(["UTC", "Europe/Berlin", "Europe/Atlantis"].map(isTimeZone)).toEqual([true, true, false]);
  });
});
