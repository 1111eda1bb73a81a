import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { flowJsonSchema } from "./json-schema.ts";
import { presetNames, renderPreset } from "./presets.ts";
import { shortFlow } from "./short-flow.ts";

const schema = JSON.parse(flowJsonSchema());
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

describe("flowJsonSchema", () => {
  it.each([...presetNames.map((name) => renderPreset(name)), shortFlow])("takes what plangate takes (%#)", (text) => {
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ["an unknown key", { vresion: 1 }],
    ["a wrong word", { tool: "terragrunt" }],
    ["a wrong type", { environments: [] }],
    ["a row of another shape", { when: [{ on: "merge", into: "main", in: "test", do: ["plan"], job: "x" }] }],
  ])("refuses %s", (_, change) => {
    expect(validate({ ...parse(shortFlow), ...change })).toBe(false);
  });

  it("describes every key, so that editors can show what it means", () => {
    const bare: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties } = node as { properties?: Record<string, { description?: string }> };
      for (const [key, value] of Object.entries(properties ?? {}))
        if (value.description === undefined) bare.push(`${path}.${key}`);
      for (const [key, value] of Object.entries(node)) visit(value, `${path}.${key}`);
    };
    visit(schema, "flow");
    expect(bare).toEqual([]);
  });
});
