import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/parts.ts";

const text = readFileSync(join(root, "docs/security.md"), "utf8");
const rows = [...text.matchAll(/^\| L(\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)];
const sources = globSync("src/**/*.ts", { cwd: root })
  .filter((file) => !file.includes(".test.") && !file.startsWith("src/testing/"))
  .map((file) => readFileSync(join(root, file), "utf8"))
  .join("\n");

/** What stands in the sources as a word of its own: as a text, or as the key of a table. */
function isInSources(word: string): boolean {
  return sources.includes(`"${word}"`) || new RegExp(`^\\s+${word}: `, "m").test(sources);
}

describe("the table of holes in docs/security.md", () => {
  it("has each once, in order", () => {
    expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
  });

  it.each(rows.map(([, number = "", , closed = "", shown = ""]) => ({ name: `L${number}`, closed, shown })))(
    "names checks, rules and codes that there are, and what shows them, in $name",
    ({ closed, shown }) => {
      const words = [...closed.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map((match) => match[1] ?? "");
      expect(words.filter((word) => !isInSources(word))).toEqual([]);
      expect(shown).toMatch(/\]\(\.\.\/(?:test|src)\//);
    },
  );

  it("would miss a check that is not there", () => {
    expect([isInSources("no-trust-is-open"), isInSources("no-trust-is-lost")]).toEqual([true, false]);
  });
});
