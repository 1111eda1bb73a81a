import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BranchSet, branchInAll } from "./branch-sets.ts";
import { matchesGlob, parseGlob } from "./glob.ts";

function matches(pattern: string, name: string): boolean {
  const glob = parseGlob(pattern);
  return "tokens" in glob && matchesGlob(glob, name);
}

describe("matchesGlob", () => {
  it.each([
    ["main", "main", true],
    ["main", "mainly", false],
    ["main", "Main", false],
    ["*", "feature", true],
    ["*", "feature/a", false],
    ["**", "feature/a/b", true],
    ["feature/*", "feature/a", true],
    ["feature/*", "feature/a/b", false],
    ["feature/*", "feature/", true],
    ["feature/**", "feature/a/b", true],
    ["feature/**", "feature", false],
    ["**/fix", "fix", true],
    ["**/fix", "a/b/fix", true],
    ["**/fix", "a/prefix", false],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a/**/b", "axb", false],
    ["release-?", "release-1", true],
    ["release-?", "release-/", false],
    ["v[0-9]", "v7", true],
    ["v[!0-9]", "v7", false],
    ["v[^0-9]", "vx", true],
    ["v[0-9]", "v-", false],
    ["v[a-c-]", "v-", true],
    ["v[]x]", "v]", true],
    ["v[!x]", "v/", false],
    ["a\\*", "a*", true],
    ["a\\*", "ab", false],
    ["*-hotfix", "a-b-hotfix", true],
    ["**a**b", "xaxxb", true],
  ])("%s and %s: %s", (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it.each(["a[", "a[b", "a\\"])("says why %s is no pattern", (pattern) => {
    expect(parseGlob(pattern)).toHaveProperty("why");
  });

  it("agrees with a plain expansion of the pattern", () => {
    const part = fc.constantFrom("a", "b", "/", "*", "**", "?", "**/", "[ab]", "[!a]");
    const pattern = fc
      .array(part, { maxLength: 7 })
      .map((parts) => parts.join(""))
      .filter((text) => !text.includes("***"));
    const name = fc.string({ unit: fc.constantFrom("a", "b", "c", "/"), maxLength: 7 });
    fc.assert(
      fc.property(pattern, name, (text, branch) => matches(text, branch) === expanded(text).test(branch)),
      { numRuns: 5_000 },
    );
  });

  it("takes no longer for patterns that are slow elsewhere", () => {
    const started = performance.now();
    expect(matches(`${"*a".repeat(60)}b`, "a".repeat(5_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

/** The same meaning, said as a regular expression. */
function expanded(pattern: string): RegExp {
  let text = "";
  for (let rest = pattern; rest !== ""; ) {
    const [found = ""] = /^(?:\*\*|\[[^\]]*\]|[\s\S])/.exec(rest) ?? [];
    const atFolder = pattern.length === rest.length || pattern[pattern.length - rest.length - 1] === "/";
    if (found === "**" && atFolder && rest[2] === "/") {
      text += "(?:[^/]+/)*";
      rest = rest.slice(3);
      continue;
    }
    if (found === "**") text += ".*";
    else if (found === "*") text += "[^/]*";
    else if (found === "?") text += "[^/]";
    else text += found.startsWith("[!") ? `[^/${found.slice(2)}` : found;
    rest = rest.slice(found.length);
  }
  return new RegExp(`^${text}$`);
}

describe("branchInAll", () => {
  const set = (match: string, except: string[] = []): BranchSet => ({
    match: [match].map(parseGlob).filter((glob) => "tokens" in glob),
    except: except.map(parseGlob).filter((glob) => "tokens" in glob),
    also: [],
  });

  it.each([
    { name: "finds the one name of a literal", sets: [set("**"), set("main")], found: { name: "main" } },
    { name: "sees that an exception leaves nothing", sets: [set("**", ["main"]), set("main")], found: undefined },
    { name: "finds what two patterns share", sets: [set("a/*"), set("*/b")], found: { name: "a/b" } },
    { name: "sees that two patterns share nothing", sets: [set("feature/*"), set("hotfix/*")], found: undefined },
    { name: "knows that a branch has words between slashes", sets: [set("a/*"), set("*/")], found: undefined },
    { name: "tells sets apart", sets: [set("v[0-9]"), set("v[!5]"), set("v[4-6]")], found: { name: "v4" } },
    { name: "sees a class that is empty", sets: [set("*", ["**"])], found: undefined },
  ])("$name", ({ sets, found }) => {
    expect(branchInAll(sets, { steps: 100_000 })).toEqual(found);
  });

  it("stops when its budget ends", () => {
    expect(branchInAll([set("*a*b*c*d*e"), set("*e*d*c*b*a")], { steps: 50 })).toBe("unknown");
  });

  it("finds a name whenever trying all short names finds one", () => {
    const part = fc.constantFrom("a", "b", "/", "*", "**", "?", "[ab]");
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
    const names = allNames(["a", "b", "c", "/"], 4).filter((name) => !/^\/|\/\/|\/$/.test(name));
    fc.assert(
      fc.property(pattern, pattern, pattern, (one, two, not) => {
        const tried = names.some((name) => matches(one, name) && matches(two, name) && !matches(not, name));
        const found = branchInAll([set(one, [not]), set(two)], { steps: 1_000_000 });
        if (found === "unknown") return false;
        if (found === undefined) return !tried;
        return matches(one, found.name) && matches(two, found.name) && !matches(not, found.name);
      }),
      { numRuns: 2_000 },
    );
  });
});

function allNames(letters: readonly string[], length: number): readonly string[] {
  if (length === 0) return [];
  const shorter = allNames(letters, length - 1);
  return [...letters, ...shorter.flatMap((name) => letters.map((letter) => name + letter))];
}
