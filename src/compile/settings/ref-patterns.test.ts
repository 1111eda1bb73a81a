import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesGlob, parseGlob } from "../../flow/glob.ts";
import { isWild, refPatterns } from "./ref-patterns.ts";

/**
 * Ruby's File.fnmatch with FNM_PATHNAME, which GitHub's documentation names: `*` ends at a slash, and `**` is folders only as a
 * folder of its own, else it is a `*`.
 */
function fnmatch(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/(?<![^/])\*\*\/|\*+|\?|\\.|[.+^${}()|[\]]/g, (part) => {
    if (part === "**/") return "(?:[^/]+/)*";
    if (part.startsWith("*")) return "[^/]*";
    if (part === "?") return "[^/]";
    return part.startsWith("\\") ? `\\${part.slice(1)}` : `\\${part}`;
  });
  return new RegExp(`^${source}$`).test(name);
}

function inFlow(pattern: string, name: string): boolean {
  const glob = parseGlob(pattern);
  if ("why" in glob) throw new Error(glob.why);
  return matchesGlob(glob, name);
}

describe("patterns as GitHub reads them", () => {
  it.each([
    ["main", ["main"]],
    ["dev/**", ["dev/**/*"]],
    ["**", ["**/*"]],
    ["feature/{ticket}", ["feature/*"]],
    ["release-**", ["release-*", "release-*/**/*"]],
    ["**/x", ["**/x"]],
  ])("%s", (pattern, expected) => {
    expect(refPatterns([pattern])).toEqual(expected);
  });

  it("say the same as in the flow, and with a ticket no less", () => {
    const part = fc.constantFrom("a", "b", "-", "/", "*", "**", "?");
    const patterns = fc
      .tuple(fc.constantFrom("a", "**", "*", "**/b"), fc.array(part, { maxLength: 4 }))
      .map(([first, rest]) => `${first}${rest.join("")}`)
      // Three stars in a row mean nothing that anybody writes.
      .filter((pattern) => !/\*\*\*|\/\/|\/$/.test(pattern));
    const names = fc
      .array(fc.constantFrom("a", "b", "-", "/"), { minLength: 1, maxLength: 7 })
      .map((letters) => letters.join(""))
      .filter((name) => !/^\/|\/\/|\/$/.test(name));
    fc.assert(
      fc.property(patterns, names, (pattern, name) => {
        expect(refPatterns([pattern]).some((one) => fnmatch(one, name))).toBe(inFlow(pattern, name));
      }),
      { numRuns: 2000 },
    );
    for (const name of ["feature/NET-12", "feature/NET-12-more"]) {
      expect(inFlow("feature/{ticket}", name)).toBe(true);
      expect(refPatterns(["feature/{ticket}"]).some((one) => fnmatch(one, name))).toBe(true);
    }
  });

  it("are wild when branches of theirs come and go", () => {
    expect(["main", "a\\*b"].map(isWild)).toEqual([false, false]);
    expect(["dev/*", "a?", "[ab]", "x/{ticket}"].map(isWild)).toEqual([true, true, true, true]);
  });
});
