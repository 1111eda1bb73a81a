import { describe, expect, it } from "vitest";
import { bumpOf, type ModuleInterface } from "./module-interface.ts";

/** `a?` has a default, `a!` has none, `>a` is an output. */
function anInterface(text: string): ModuleInterface {
  const words = text.split(" ").filter((word) => word !== "");
  return {
    variables: Object.fromEntries(
      words
        .filter((word) => !word.startsWith(">"))
        .map((word) => [word.slice(0, -1), { hasDefault: word.endsWith("?") }]),
    ),
    outputs: words.filter((word) => word.startsWith(">")).map((word) => word.slice(1)),
  };
}

describe("bumpOf", () => {
  it.each([
    { name: "nothing that callers see changed", before: "a? >x", after: "a? >x", gives: "patch" },
    { name: "a variable may be left out from now on", before: "a!", after: "a?", gives: "patch" },
    { name: "a variable came that may be left out", before: "", after: "a?", gives: "minor" },
    { name: "an output came", before: ">x", after: ">x >y", gives: "minor" },
    { name: "a variable came that has to be set", before: "a?", after: "a? b!", gives: "major" },
    { name: "a variable lost its default", before: "a?", after: "a!", gives: "major" },
    { name: "a variable went away", before: "a? b?", after: "a?", gives: "major" },
    { name: "an output went away", before: ">x >y", after: ">x", gives: "major" },
    { name: "a variable has another name", before: "a?", after: "b?", gives: "major" },
    { name: "a variable is called as every object's own", before: "", after: "constructor!", gives: "major" },
  ])("is $gives when $name", ({ before, after, gives }) => {
    expect(bumpOf(anInterface(before), anInterface(after))).toBe(gives);
  });
});
