import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { plain, said, writeYaml, type Yaml, type YamlRecord } from "./yaml.ts";

const words = fc
  .array(
    fc.constantFrom(
      "a",
      "b c",
      "  ",
      "\n",
      "\t",
      ": ",
      " #",
      "'",
      '"',
      "- ",
      "|",
      ">",
      "&x",
      "*x",
      "!y",
      "{",
      "]",
      "yes",
      "null",
      "0x1",
      "1e3",
      "%",
      "@",
      "é",
      "x".repeat(50),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

const scalar: fc.Arbitrary<Yaml> = fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null));
const key = fc.oneof(fc.constantFrom("on", "if", "name", "run", "with"), words);
const { tree } = fc.letrec<{ tree: Yaml; record: YamlRecord }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie("tree"), { maxLength: 4 }), tie("record")),
  record: fc.dictionary(key, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
}));
const file = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

describe("writeYaml", () => {
  it("writes what is read back the same, whatever the texts are", () => {
    fc.assert(
      fc.property(file, (value) => {
        expect(parse(writeYaml(value))).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  it("folds a long line without losing a blank of it", () => {
    const condition = `inputs.job == '${"a  b ".repeat(40)}'`;
    expect(parse(writeYaml({ jobs: { one: { if: condition } } }))).toEqual({ jobs: { one: { if: condition } } });
  });

  it("leaves what is said about a value out of the value", () => {
    const value = { uses: said("actions/checkout@abc", "v6.0.2"), types: said({ types: ["created"] }, "why") };
    expect(writeYaml(value)).toBe("uses: actions/checkout@abc # v6.0.2\n\ntypes: {types: [created]} # why\n");
    expect(plain(value)).toEqual({ uses: "actions/checkout@abc", types: { types: ["created"] } });
  });
});
