import { describe, expect, it } from "vitest";
import type { AskedInVain, RefusedCommand } from "../domain/command-answer.ts";
import { login } from "../testing/builders.ts";
import { renderAsked, renderReply } from "./asked.ts";

const at = Date.UTC(2026, 0, 6, 10, 5);
const merge: RefusedCommand = {
  command: "/plangate merge",
  why: ["pull request 12 is a draft; it takes its being ready for review"],
  codes: ["not-merged"],
};
const asked = (by: string, ...refused: RefusedCommand[]): AskedInVain => ({ at, by: login(by), refused });

describe("what was asked for and is not done", () => {
  it("says who asked for what and when, why not, and what to do", () => {
    expect(renderAsked([asked("ann", merge)], false)).toBe(
      [
        "### Asked, and not done",
        "",
        "- `ann`, 2026-01-06 10:05 UTC: `/plangate merge` is not done: pull request 12 is a draft; it takes its being ready for review. **What to do:** Review and merge the pull request.",
      ].join("\n"),
    );
  });

  it("is nothing where nothing is left of it", () => {
    expect(renderAsked([], false)).toBeNull();
    expect(renderAsked([asked("ann")], false)).toBeNull();
  });

  it("tells strangers all together, without a word of theirs", () => {
    const text = renderAsked([], true);
    expect(text?.split("\n")).toHaveLength(3);
    expect(text).toContain("Somebody who may not write here");
  });

  it("lets nobody's words become markup, a mention or a link", () => {
    const why = ['"<img src=x> @bob [a](https://evil.example) ### | ![x](y)\u202e" is no command'];
    const text = renderAsked([asked("ann", { command: null, why, codes: [] })], false) ?? "";
    expect(text).not.toMatch(/(?<!\\)<img|@bob|\]\(|https:\/\/|\u202e/);
    expect(renderReply("ann", [{ command: null, why, codes: [] }])).not.toMatch(
      /(?<!\\)<img|@bob|\]\(|https:\/\/|\u202e/,
    );
  });

  it("stays short, whatever is asked for", () => {
    const long = { command: null, why: ["x".repeat(9_000), "y", "z", "more", "still"], codes: [] };
    const people = Array.from({ length: 40 }, (_, index) => asked(`user-${index}`, ...Array(40).fill(long)));
    const text = renderAsked(people, true) ?? "";
    expect(text.length).toBeLessThan(25_000);
    expect(text).toContain("user-39");
    expect(text).not.toContain("`user-29`");
    expect(text).toContain("and 35 more");
    expect(text).toContain("and 2 more of the kind");
  });
});
