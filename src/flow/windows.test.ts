import { describe, expect, it } from "vitest";
import { parseWindow } from "./windows.ts";

describe("parseWindow", () => {
  it.each([
    { text: "Mon-Thu 08:00-16:00 Europe/Berlin", days: [1, 2, 3, 4], from: 480, to: 960, zone: "Europe/Berlin" },
    { text: "Sat,Sun 00:00-24:00 UTC", days: [6, 7], from: 0, to: 1440, zone: "UTC" },
    { text: "Fri-Mon 22:30-02:15 America/New_York", days: [1, 5, 6, 7], from: 1350, to: 135, zone: "America/New_York" },
    { text: "Mon,Wed-Thu,Wed 09:00-09:00 Etc/GMT+2", days: [1, 3, 4], from: 540, to: 540, zone: "Etc/GMT+2" },
  ])("reads $text", (window) => {
    expect(parseWindow(window.text)).toEqual(window);
  });

  it.each([
    "",
    "Mon",
    "Mon 08:00-16:00",
    "Mon 08:00-16:00 UTC more",
    "mon 08:00-16:00 UTC",
    "Mon- 08:00-16:00 UTC",
    "Mon-Tue-Wed 08:00-16:00 UTC",
    "Mon 8:00-16:00 UTC",
    "Mon 08:00 UTC",
    "Mon 08:00-16:60 UTC",
    "Mon 24:00-25:00 UTC",
    "Mon 24:00-08:00 UTC",
    "Mon 08:00-09:00-10:00 UTC",
    "Mon 08:00-16:00 +02:00",
    "Mon 08:00-16:00 Europe/Atlantis",
  ])("says why %j is none, with one that is", (text) => {
    expect(parseWindow(text)).toEqual({ why: expect.stringContaining("Write Mon-Thu 08:00-16:00 Europe/Berlin.") });
  });
});
