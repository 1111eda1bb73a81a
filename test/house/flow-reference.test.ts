import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { entryOf, flowKeys, keysOf, shapesOf, valuesOf } from "../../scripts/docs/flow-file-keys.ts";
import { sections } from "../../scripts/docs/flow-file-sections.ts";
import { parseFlow } from "../../src/flow/index.ts";

const examples = sections.map(({ example }) => example.trim()).join("\n");

/** Every key that stands anywhere in a value. */
function keysIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(keysIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => [key, ...keysIn(inside)]);
}

describe("docs/reference/flow-file.md", () => {
  it("has examples that are one flow file, with nothing to find in it", () => {
    const { value, diagnostics } = parseFlow(examples, { file: "flow-file.md" });
    expect(diagnostics).toEqual([]);
    expect(value?.environments.map(({ name }) => name)).toEqual(["preview", "dev", "test", "stage", "prod"]);
  });

  it.each(sections.flatMap(({ keys, instead }) => (instead === undefined ? [] : [{ keys, instead }])))(
    "has another example of $keys, with nothing to find in it either",
    ({ keys, instead }) => {
      const whole = sections.map((section) => (section.keys === keys ? instead : section.example).trim()).join("\n");
      expect(parseFlow(whole, { file: "flow-file.md" }).diagnostics).toEqual([]);
    },
  );

  it("tells every key at the top of the file, in one section each", () => {
    expect(sections.flatMap(({ keys }) => keys).toSorted()).toEqual(Object.keys(flowKeys.properties ?? {}).toSorted());
  });

  it.each(sections.map(({ keys, example, instead }) => ({ name: keys.join(), keys, example, instead })))(
    "shows every key of $name in its example",
    ({ keys, example, instead = "" }) => {
      const shown = new Set([...keysIn(parse(example)), ...keysIn(parse(instead))]);
      const told = keys.flatMap((key) => {
        const shapes = shapesOf(entryOf(flowKeys.properties?.[key] ?? {}));
        return [key, ...shapes.flatMap((shape) => keysOf(shape).map((inside) => inside.key.split(".").at(-1) ?? ""))];
      });
      expect(told.filter((key) => !shown.has(key))).toEqual([]);
    },
  );

  it("gives a default a place of its own, out of the sentence that tells it", () => {
    const description = "How many. Default: 1. Fewer need a reason.";
    expect(keysOf({ properties: { count: { type: "integer", description } } })).toMatchObject([
      { key: "count", otherwise: "1", means: "How many. Fewer need a reason." },
    ]);
  });

  it.each([
    [{ type: "array", items: { enum: ["a", "b"] } }, "list of `a` or `b`"],
    [{ anyOf: [{ const: "always" }, { type: "array", items: { type: "string" } }] }, "`always`, or list of texts"],
    [{ type: "object", additionalProperties: { type: ["string", "boolean"] } }, "names, each with text, true or false"],
    [{ type: "integer", minimum: 1, maximum: 9 }, "number, 1 to 9"],
  ])("says what may be written for %j", (schema, words) => {
    expect(valuesOf(schema)).toBe(words);
  });
});
