import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CompiledFile } from "../compiled-file.ts";
import { readRegion, regionNameOf, withoutRegions, withRegion } from "./region.ts";

const file = (text: string, more: Partial<CompiledFile> = {}): CompiledFile => ({
  path: "docs/local-development.md",
  form: "region",
  text,
  comment: "<!--",
  ...more,
});
const owners = (text: string): CompiledFile =>
  file(text, { path: ".github/CODEOWNERS", comment: "#", place: "before" });

function written(before: string | null, one: CompiledFile): string {
  const { region, problems } = readRegion(before ?? "", regionNameOf(one), one.comment);
  expect(problems).toEqual([]);
  return withRegion(before, region, one);
}

describe("a region", () => {
  it("is the whole of a file that was not there", () => {
    expect(written(null, owners("* @ann\n"))).toMatch(
      /^# plangate:begin codeowners [0-9a-f]{12}\n\* @ann\n# plangate:end codeowners\n$/,
    );
  });

  it("comes behind what people wrote, or before it where that has to count for more", () => {
    expect(written("# Here\n", file("b\n"))).toMatch(
      /^# Here\n\n<!-- plangate:begin local-development \w+ -->\nb\n<!-- .* -->\n$/,
    );
    expect(written("/net/ @bob\n", owners("* @ann\n"))).toMatch(
      /^# plangate:begin [\s\S]* codeowners\n\n\/net\/ @bob\n$/,
    );
  });

  it("keeps a file's line ends, a missing one at its end, and the mark of UTF-8", () => {
    const crlf = written("a\r\nb", file("one\ntwo\n"));
    expect(crlf).toMatch(/^a\r\nb\r\n\r\n<!-- [^\n]* -->\r\none\r\ntwo\r\n<!-- [^\n]* -->$/);
    expect(written(crlf, file("three\n"))).toMatch(/^a\r\nb\r\n\r\n<!-- [^\n]* -->\r\nthree\r\n<!-- [^\n]* -->$/);
    const marked = written("\ufeff/a @b\n", owners("* @ann\n"));
    expect(marked).toMatch(/^\ufeff# plangate:begin/);
    expect(written(marked, owners("* @eve\n"))).toMatch(/^\ufeff# plangate:begin [^\n]*\n\* @eve\n/);
  });

  it("stays where people put it", () => {
    const moved = "one\n\n# plangate:begin codeowners\n# plangate:end codeowners   \ntwo\n";
    expect(written(moved, owners("* @ann\n"))).toMatch(
      /^one\n\n# plangate:begin codeowners \w+\n\* @ann\n# plangate:end codeowners\ntwo\n$/,
    );
  });

  it("keeps everything around it byte for byte, however often it is compiled, and goes without a trace of it", () => {
    const line = fc.stringMatching(/^[ -~é\t]{0,12}$/);
    const around = fc
      .tuple(fc.array(line, { maxLength: 5 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
      .map(([lines, eol, ended]) => lines.join(eol) + (ended && lines.length > 0 ? eol : ""));
    const inner = fc
      .array(fc.stringMatching(/^[ -~é]{0,12}$/), { minLength: 1, maxLength: 4 })
      .map((lines) => `${lines.join("\n")}\n`);
    fc.assert(
      fc.property(around, inner, inner, (people, first, second) => {
        const once = written(people, file(first));
        expect(once.startsWith(people)).toBe(true);
        expect(written(once, file(first))).toBe(once);
        const rest = "\nbehind\r\n";
        const twice = written(once + rest, file(second));
        expect(twice.startsWith(people)).toBe(true);
        expect(twice.endsWith(rest)).toBe(true);
        expect(written(twice, file(first))).toBe(once + rest);
        const { region } = readRegion(twice, "local-development", "<!--");
        expect(region?.untouched).toBe(true);
        if (region !== null && people.trim() !== "")
          expect(withoutRegions(twice, [region])?.startsWith(people)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("is known to be changed by hand", () => {
    const text = written("# Here\n", file("one\ntwo\n"));
    const untouched = (changed: string) => readRegion(changed, "local-development", "<!--").region?.untouched;
    expect(untouched(text)).toBe(true);
    expect(untouched(text.replaceAll("\n", "\r\n"))).toBe(true);
    expect(untouched(text.replace("two", "2"))).toBe(false);
    expect(untouched(text.replace(/begin local-development \w+/, "begin local-development"))).toBe(false);
  });

  it("leaves nothing of a file that had nothing else", () => {
    const text = written(null, owners("* @ann\n"));
    const { region } = readRegion(text, "codeowners", "#");
    expect(region === null ? "" : withoutRegions(text, [region])).toBeNull();
  });

  it.each([
    ["twice", "# plangate:begin a\n# plangate:end a\n# plangate:begin a\n# plangate:end a\n", 3, /"a" is there twice/],
    ["inside another", "# plangate:begin a\n\n# plangate:begin b\n# plangate:end b\n", 3, /"b" begins inside "a"/],
    ["without a beginning", "x\n# plangate:end a\n", 2, /"a" ends where it did not begin/],
    ["without an end", "x\n\n# plangate:begin a\nx\n", 3, /"a" has no end/],
    ["with another's end", "# plangate:begin a\n# plangate:end b\n# plangate:end a\n", 2, /"b" ends where/],
  ])("%s is told with its line", (_, text, line, summary) => {
    const [problem] = readRegion(text, "a", "#").problems;
    expect(problem).toEqual({ line, summary: expect.stringMatching(summary) });
  });

  it("is never compiled with a mark in it", () => {
    expect(() => written(null, owners("# plangate:end codeowners\n* @eve\n"))).toThrow(/holds a mark/);
  });
});
