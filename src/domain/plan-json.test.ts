import { describe, expect, it } from "vitest";
import { ExactNumber } from "./json-value.ts";
import { parsePlanJson } from "./plan-json.ts";

const change = (address: string, more: object = {}): object => ({
  address,
  mode: "managed",
  type: "t",
  name: "n",
  change: { actions: ["create"], before: null, after: { a: 1 } },
  ...more,
});
const plan = (more: object = {}): string =>
  JSON.stringify({ format_version: "1.2", resource_changes: [change("t.n")], ...more });

describe("parsePlanJson", () => {
  it("reads text and bytes, with or without white space", () => {
    const fromText = parsePlanJson(plan()).value;
    expect(fromText?.resourceChanges).toHaveLength(1);
    expect(parsePlanJson(new TextEncoder().encode(plan())).value).toEqual(fromText);
    expect(parsePlanJson(JSON.stringify(JSON.parse(plan()), null, "\t")).value).toEqual(fromText);
    expect(parsePlanJson(`\ufeff${plan()}\n`).value).toEqual(fromText);
  });

  it.each([
    ["nothing", "", "not-a-plan"],
    ["a list", "[]", "not-a-plan"],
    ["text", "Terraform will perform the following actions:", "not-a-plan"],
    ["any object", "{}", "not-a-plan"],
    ["a state", '{"format_version":"1.0","terraform_version":"1.11.4","values":{}}', "not-a-plan"],
    ["provider schemas", '{"format_version":"1.0","provider_schemas":{}}', "not-a-plan"],
    ["a plan and more", `${plan()}{}`, "not-a-plan"],
    ["two plans' members in one", plan().replace("{", '{"resource_changes":[],'), "not-a-plan"],
    ["a broken member", '{"format_version":"1.2","resource_changes":[1 2]}', "not-a-plan"],
    ["brackets that do not match", '{"format_version":"1.2","resource_changes":[}', "plan-cut-off"],
    ["no format version", '{"resource_changes":[]}', "not-a-plan"],
    ["an older format", plan({ format_version: "0.2" }), "plan-format-version"],
    ["a later format", plan({ format_version: "2.0" }), "plan-format-version"],
    ["a number for a format", plan({ format_version: 1.2 }), "plan-format-version"],
    ["deep nesting", plan({ variables: JSON.parse("[".repeat(300) + "]".repeat(300)) }), "plan-too-deep"],
    [
      "deep nesting where nobody looks",
      plan({ planned_values: JSON.parse("[".repeat(300) + "]".repeat(300)) }),
      "plan-too-deep",
    ],
    ["a key twice", plan().replace('"a":1', '"a":1,"a":2'), "plan-duplicate-key"],
    ["a key twice, spelled otherwise", plan().replace('"a":1', '"a":1,"\\u0061":2'), "plan-duplicate-key"],
    ["changes that are no list", plan({ resource_changes: {} }), "plan-malformed"],
    ["a change without address", plan({ resource_changes: [change("")] }), "plan-malformed"],
    ["a change without actions", plan({ resource_changes: [{ ...change("t.n"), change: {} }] }), "plan-malformed"],
    ["an index of another type", plan({ resource_changes: [change("t.n", { index: [1] })] }), "plan-malformed"],
    [
      "an unknown action",
      plan({ resource_changes: [{ ...change("t.n"), change: { actions: ["explode"] } }] }),
      "plan-unknown-action",
    ],
    ["a flag that is none", plan({ errored: "no" }), "plan-malformed"],
    ["a text with half a character", `${plan().slice(0, -1)},"x":"\ud800"}`, "not-a-plan"],
  ])("refuses %s", (_, text, code) => {
    const { value, diagnostics } = parsePlanJson(text);
    expect(value).toBeUndefined();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });

  it("refuses a plan that is cut off anywhere", () => {
    const text = plan({ variables: { a: { value: 'quo"te\\' } }, applyable: true });
    for (let length = 1; length < text.length; length++) {
      expect(parsePlanJson(text.slice(0, length)).diagnostics[0]?.code, text.slice(0, length)).toBe("plan-cut-off");
    }
  });

  it("refuses what is not UTF-8 or is UTF-16", () => {
    const bytes = new TextEncoder().encode(plan({ variables: { a: "~" } }));
    bytes[bytes.indexOf(0x7e)] = 0xff;
    expect(parsePlanJson(bytes).diagnostics[0]?.code).toBe("not-a-plan");
    expect(parsePlanJson(Buffer.from(`\ufeff${plan()}`, "utf16le")).diagnostics[0]?.summary).toContain("UTF-16");
  });

  it("never quotes the input, which holds secrets", () => {
    const { diagnostics } = parsePlanJson(plan({ errored: "hunter2" }).replace('"a":1', '"a":hunter2'));
    expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
  });

  it("reads numbers exactly, in pretty-printed text too", () => {
    const text = JSON.stringify(JSON.parse(plan()), null, 2).replace('"a": 1', '"a": 9007199254740993');
    const after = parsePlanJson(text).value?.resourceChanges[0]?.change.after;
    expect(after).toEqual({ a: new ExactNumber("9.007199254740993e15") });
  });

  it("reads a long list of changes in pieces, exact in each of them", () => {
    const big = "x".repeat(1_000_000);
    const changes = Array.from({ length: 20 }, (_, index) => {
      const number = index === 15 ? "@@" : index;
      return change(`t.n[${index}]`, { index, change: { actions: ["create"], before: null, after: { big, number } } });
    });
    const text = plan({ resource_changes: changes }).replace('"@@"', "1e400");
    const read = parsePlanJson(text).value?.resourceChanges ?? [];
    expect(read.map(({ index }) => index)).toEqual(changes.map((_, index) => index));
    expect(read[15]?.change.after).toEqual({ big, number: new ExactNumber("1e400") });
    const twice = text.replace('"index":19', '"index":19,"index":19');
    expect(parsePlanJson(twice).diagnostics[0]?.code).toBe("plan-duplicate-key");
  });

  it("keeps members that it does not know, since they may say what the plan does", () => {
    expect(parsePlanJson(plan({ action_invocations: [{ address: "action.x" }] })).value?.others).toEqual({
      action_invocations: [{ address: "action.x" }],
    });
  });

  it("remembers what the prior state marks sensitive, in modules and data sources too", () => {
    const resources = [
      { mode: "data", values: { token: "from-a-data-source", open: "x" }, sensitive_values: { token: true } },
    ];
    const state = {
      values: { root_module: { child_modules: [{ resources }] }, outputs: { o: { sensitive: true, value: ["s1"] } } },
    };
    expect(parsePlanJson(plan({ prior_state: state })).value?.priorSecrets).toEqual(["s1", "from-a-data-source"]);
  });
});
