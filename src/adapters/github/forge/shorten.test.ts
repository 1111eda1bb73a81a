import { describe, expect, it } from "vitest";
import { commentText, keptMark } from "../../../domain/own-comment.ts";
import { longestComment, shortened, shortenedTo } from "./shorten.ts";

const lines = (count: number) => Array.from({ length: count }, (_, index) => `- resource ${index}`).join("\n");
const lengthOf = (text: string) => [...text].length;
const shortest = (sections: ReadonlyMap<string, string>) =>
  shortenedTo(sections, longestComment) ?? new Map<string, string>();

describe("a comment that GitHub would not take", () => {
  it("keeps every section, and shortens the largest ones first", () => {
    const sections = new Map([
      ["prod/a", `head of a\n${lines(20_000)}`],
      ["prod/b", "small"],
      ["prod/c", `head of c\n${lines(4_000)}`],
    ]);
    const short = shortest(sections);
    expect(lengthOf(commentText(short))).toBeLessThanOrEqual(longestComment);
    expect(short.get("prod/b")).toBe("small");
    expect(short.get("prod/a")).toMatch(/^head of a\n/);
    expect(short.get("prod/c")).toMatch(/^head of c\n/);
    expect(short.get("prod/a")).toContain("more lines are left out");
  });

  it("leaves what fits as it is", () => {
    const sections = new Map([["prod/a", lines(100)]]);
    expect(shortest(sections)).toEqual(sections);
  });

  it("has room for a hundred stacks, each of which still says something, and for no thousand", () => {
    const sections = new Map(
      Array.from({ length: 100 }, (_, index) => [`prod/${index}`, `head ${index}\n${lines(2_000)}`]),
    );
    const short = shortest(sections);
    expect(lengthOf(commentText(short))).toBeLessThanOrEqual(longestComment);
    for (const [name, text] of short) expect(text).toMatch(new RegExp(`^head ${name.slice(5)}\n`));
    const many = new Map(Array.from({ length: 1_000 }, (_, index) => [`prod/${index}`, lines(100)]));
    expect(shortenedTo(many, longestComment)).toBeUndefined();
  });

  it("closes what the cut left open, and cuts no character in half", () => {
    const text = `<details>\n<summary>x</summary>\n\n\`\`\`diff\n${"🦊\n".repeat(3_000)}\`\`\`\n</details>\n`;
    const short = shortened(text, 2_000);
    expect(lengthOf(short)).toBeLessThanOrEqual(2_000);
    expect(short).toMatch(/🦊\n```\n\n<\/details>\n\n\*\*Shortened: \d+ more lines/);
    expect(short.isWellFormed()).toBe(true);
  });

  it("keeps what stands behind the last folded part, as long as that is not most of it", () => {
    const text = `**9 to add**\n${lines(500)}\n<details>\nall of it\n</details>\n\nPlan \`1234\`.\n**To apply: ann.**`;
    expect(shortened(text, 1_000)).toMatch(
      /^\*\*9 to add\*\*\n[\s\S]*left out[\s\S]*\n\nPlan `1234`\.\n\*\*To apply: ann\.\*\*$/,
    );
    const most = `head\n<details>\nall of it\n</details>\n${lines(500)}`;
    expect(lengthOf(shortened(most, 1_000))).toBeLessThanOrEqual(1_000);
    expect(shortened(most, 1_000)).toMatch(/^head\n/);
  });

  it("keeps what stands behind the mark, folded parts or not, and of that the beginning where it is most of it", () => {
    const head = `**9 to add**\n${lines(500)}\n`;
    const kept = `${keptMark}\nPlan \`1234\`.\nAll of it is there.\n**To apply: ann.**`;
    const short = shortened(`${head}\n${kept}`, 1_000);
    expect(short).toMatch(/^\*\*9 to add\*\*\n[\s\S]*left out/);
    expect(short.endsWith(`\n${kept}`)).toBe(true);
    expect(lengthOf(short)).toBeLessThanOrEqual(1_000);
    expect(shortened(short, 1_000)).toBe(short);
    const most = shortened(`${head}\n${kept}\n${lines(500)}`, 1_000);
    expect(lengthOf(most)).toBeLessThanOrEqual(1_000);
    expect(most).toMatch(/^\*\*9 to add\*\*\n[\s\S]*\nPlan `1234`\.\nAll of it is there\.\n\*\*To apply: ann\.\*\*\n/);
    // What a plan's value says of itself marks nothing.
    const forged = shortened(`${head}\n${keptMark}\n${lines(500)}\n${kept}`, 1_000);
    expect(forged.endsWith(`\n${kept}`)).toBe(true);
  });

  it("shortens a single line too", () => {
    expect(lengthOf(shortened("x".repeat(10_000), 1_000))).toBeLessThanOrEqual(1_000);
  });
});
