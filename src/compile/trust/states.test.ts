import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountName, blockName, roleName } from "./naming.ts";
import { globsMeet } from "./states.ts";
import { expression, filled, quoted, writeTerraform } from "./terraform-json.ts";

describe("globsMeet", () => {
  it.each([
    ["prod/*.tfstate", "stage/*.tfstate", false],
    ["*/prod.tfstate", "*/stage.tfstate", false],
    ["*.tfstate", "b-*.tfstate", true],
    ["app/*/x", "app/x", false],
    ["app/*/x", "app/1/x", true],
    ["*", "", true],
    ["a*", "b*", false],
    ["*a", "b*", true],
    ["a*b*c", "axbyc", true],
    ["abc", "abc", true],
    ["abc", "abcd", false],
  ])("%s and %s: %s", (left, right, expected) => {
    expect(globsMeet(left, right)).toBe(expected);
    expect(globsMeet(right, left)).toBe(expected);
  });

  it("finds whatever a text fits both of", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    const fits = (glob: string, one: string) => new RegExp(`^${glob.replaceAll("*", "[ab]*")}$`).test(one);
    fc.assert(
      fc.property(word, word, text, (left, right, one) => {
        if (fits(left, one) && fits(right, one)) expect(globsMeet(left, right)).toBe(true);
      }),
    );
  });

  it("finds nothing where no short text fits both", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 4 });
    const texts = [""];
    for (let at = 0; at < 511; at++) texts.push(`${texts[at]}a`, `${texts[at]}b`);
    const fits = (glob: string) => new RegExp(`^${glob.replaceAll("*", "[ab]*")}$`);
    fc.assert(
      fc.property(word, word, (left, right) => {
        const [one, other] = [fits(left), fits(right)];
        expect(globsMeet(left, right)).toBe(texts.some((text) => one.test(text) && other.test(text)));
      }),
    );
  });
});

describe("names of identities", () => {
  it("fit what the clouds take, and differ", () => {
    const environment = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
    const repository = fc.stringMatching(/^[A-Za-z0-9._-]{1,100}$/);
    fc.assert(
      fc.property(environment, environment, repository, (one, other, name) => {
        const of = (environment: string, phase: "plan" | "apply") => ({
          environment,
          phase,
          holders: [],
          ref: null,
          jobWorkflow: null,
        });
        for (const phase of ["plan", "apply"] as const) {
          expect(roleName(name, of(one, phase))).toMatch(/^[\w+=,.@-]{1,64}$/);
          expect(accountName(name, of(one, phase))).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
        }
        if (one === other) return;
        expect(roleName(name, of(one, "plan"))).not.toBe(roleName(name, of(other, "plan")));
        expect(accountName(name, of(one, "plan"))).not.toBe(accountName(name, of(other, "plan")));
        expect(blockName(one)).toMatch(/^[a-z_][a-z0-9_]*$/);
        expect(blockName(one)).not.toBe(blockName(other));
      }),
    );
  });
});

describe("writeTerraform", () => {
  it("keeps texts texts, and evaluates what is code", () => {
    const evil = `\${file("/etc/passwd")} %{ for x in y }`;
    const written = JSON.parse(
      writeTerraform({
        a: evil,
        [evil]: 1,
        b: filled`x${evil}y${expression("var.z")}`,
        c: expression(`f(${quoted(evil)})`),
      }),
    ) as Record<string, string>;
    const escaped = `$\${file("/etc/passwd")} %%{ for x in y }`;
    expect(written.a).toBe(escaped);
    expect(Object.keys(written)[1]).toBe(escaped);
    expect(written.b).toBe(`x${escaped}y\${var.z}`);
    expect(written.c).toBe(`\${f(${JSON.stringify(escaped)})}`);
  });
});
