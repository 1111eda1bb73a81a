import { describe, expect, it } from "vitest";
import { parseCron } from "./cron.ts";

/** The sets as lists, or the sentence. */
function read(text: string): unknown {
  const cron = parseCron(text);
  return "why" in cron ? cron.why : cron.map((set) => [...set].join(","));
}

const everyDay = Array.from({ length: 31 }, (_, index) => index + 1).join(",");
const everyMonth = "1,2,3,4,5,6,7,8,9,10,11,12";

describe("parseCron", () => {
  it.each([
    { text: "0 1 * * *", sets: ["0", "1", everyDay, everyMonth, "0,1,2,3,4,5,6"] },
    { text: "*/20 9-17/4 1,15 JAN-MAR mon", sets: ["0,20,40", "9,13,17", "1,15", "1,2,3", "1"] },
    { text: "50/4 0 1 12 0", sets: ["50,54,58", "0", "1", "12", "0"] },
    { text: "  5   4 29  2  * ", sets: ["5", "4", "29", "2", "0,1,2,3,4,5,6"] },
    { text: "0 0 30 2 SUN", sets: ["0", "0", "30", "2", "0"] },
  ])("reads $text", ({ text, sets }) => {
    expect(read(text)).toEqual(sets);
  });

  it.each([
    { text: "0 1 * *", why: "has 4 fields" },
    { text: "0 1 * * * *", why: "has 6 fields" },
    { text: "@daily", why: "has 1 fields" },
    { text: "60 1 * * *", why: '"60" is no minute' },
    { text: "0 24 * * *", why: '"24" is no hour' },
    { text: "0 1 0 * *", why: '"0" is no day of the month' },
    { text: "0 1 * 13 *", why: '"13" is no month' },
    { text: "0 1 * * 7", why: '"7" is no day of the week' },
    { text: "5-1 1 * * *", why: '"5-1" is no minute' },
    { text: "1-2-3 1 * * *", why: '"1-2-3" is no minute' },
    { text: "1- 1 * * *", why: '"1-" is no minute' },
    { text: "*/0 1 * * *", why: '"*/0" is no minute' },
    { text: "1,,2 1 * * *", why: '"1,,2" is no minute' },
    { text: "*-5 1 * * *", why: '"*-5" is no minute' },
    { text: "MON 1 * * *", why: '"MON" is no minute' },
    { text: "0 0 31 4,6 *", why: "never comes" },
  ])("refuses $text", ({ text, why }) => {
    expect(read(text)).toContain(why);
  });
});
