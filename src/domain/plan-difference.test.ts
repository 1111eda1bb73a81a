import { describe, expect, it } from "vitest";
import { aChange, aPlan } from "../testing/plan-json.ts";
import { comparePlans, type PlanComparison } from "./plan-difference.ts";
import { type PlanJson, parsePlanJson } from "./plan-json.ts";

const key = new TextEncoder().encode("a key");
const compare = (left: object, right: object): PlanComparison => comparePlans(aPlan(left), aPlan(right), { key });
const updating = (after: object, more: object = {}): object => ({
  resource_changes: [
    aChange("a.b", {
      change: { actions: ["update"], before: { x: 1 }, after, after_unknown: {}, after_sensitive: {}, ...more },
    }),
  ],
});

describe("comparePlans", () => {
  it.each<[string, object, object, object]>([
    [
      "a value",
      updating({ x: 1, tags: { Name: "a" } }),
      updating({ x: 1, tags: { Name: "b" } }),
      { address: "a.b", path: "tags.Name", left: '"a"', right: '"b"', why: "it becomes another value" },
    ],
    [
      "a type",
      updating({ x: [1] }),
      updating({ x: ["1"] }),
      { address: "a.b", path: "x[0]", left: "1", right: '"1"', why: "it becomes another value" },
    ],
    [
      "null and absent",
      updating({ x: null }),
      updating({}),
      { address: "a.b", path: "x", left: "null", right: "(absent)", why: "it becomes another value" },
    ],
    [
      "what is known",
      updating({ x: 2 }),
      updating({}, { after_unknown: { x: true } }),
      { address: "a.b", path: "x", left: "2", right: "(absent)", why: "it becomes another value" },
    ],
    [
      "an action",
      updating({}),
      { resource_changes: [aChange("a.b", { change: { actions: ["delete", "create"] } })] },
      { address: "a.b", left: "update", right: "delete, then create", why: "another action" },
    ],
    [
      "a resource only in one",
      updating({}),
      {},
      { address: "a.b", left: "update", right: "(no change)", why: "only the left plan changes this" },
    ],
    [
      "a variable, without its value",
      { variables: { v: { value: "one" } } },
      { variables: { v: { value: "two" } } },
      { address: "var.v", left: "(not shown)", right: "(not shown)", why: "the variable has another value" },
    ],
    [
      "a tool version",
      {},
      { terraform_version: "1.12.0" },
      {
        address: "plan",
        path: "tool",
        left: '"1.11.4"',
        right: '"1.12.0"',
        why: "the plans were made by different versions",
      },
    ],
  ])("names %s", (...[, left, right, difference]) => {
    const comparison = compare(left, right);
    expect(comparison.same).toBe(false);
    expect(comparison.differences[0]).toEqual(difference);
  });

  it("names exact numbers in full", () => {
    const plan = (number: string): PlanJson => {
      const text = JSON.stringify({ format_version: "1.2", ...updating({ x: "@" }) }).replace('"@"', number);
      return parsePlanJson(text).value as PlanJson;
    };
    const { differences } = comparePlans(plan("9007199254740992"), plan("9007199254740993"), { key });
    expect(differences[0]).toMatchObject({ path: "x", left: "9.007199254740992e15", right: "9.007199254740993e15" });
  });

  it("never prints a sensitive value, whichever side marks it, nor copies of it", () => {
    const secrets = ["hunter2-left", "hunter2-right"] as const;
    const marked = (value: string): object =>
      updating(
        { password: value, copy: `see ${value}`, list: [{ p: value }] },
        { after_sensitive: { password: true } },
      );
    const unmarked = updating({ password: secrets[0], copy: `see ${secrets[0]}` });
    for (const [left, right] of [
      [marked(secrets[0]), marked(secrets[1])],
      [marked(secrets[0]), unmarked],
      [unmarked, marked(secrets[0])],
    ] as const) {
      const { differences } = compare(left, right);
      expect(differences.length).toBeGreaterThan(0);
      for (const secret of secrets) expect(JSON.stringify(differences)).not.toContain(secret);
    }
    expect(compare(marked(secrets[0]), marked(secrets[1])).differences[0]).toEqual({
      address: "a.b",
      path: "password",
      left: "(sensitive value)",
      right: "(sensitive value)",
      why: "a sensitive value differs",
    });
  });

  it("shows neither side when only one plan marks a value, however short it is", () => {
    const marked = updating({ p: "x1y" }, { after_sensitive: { p: true } });
    const [forth, back] = [compare(marked, updating({ p: "x1y" })), compare(updating({ p: "x1y" }), marked)];
    for (const { differences } of [forth, back]) {
      expect(differences.map(({ why }) => why)).toContain("a sensitive value differs");
      expect(JSON.stringify(differences)).not.toContain("x1y");
    }
  });

  it("puts deletions first and says how many more there are", () => {
    const many = Array.from({ length: 80 }, (_, index) => aChange(`a.n[${index}]`, { index }));
    const gone = aChange("z.z", { change: { actions: ["delete"], before: {}, after: null } });
    const { differences, more } = compare({}, { resource_changes: [...many, gone] });
    expect(differences[0]?.address).toBe("z.z");
    expect(differences).toHaveLength(50);
    expect(more).toBe(31);
  });

  it("pairs deposed objects by their key", () => {
    const both = (second: string): object => ({
      resource_changes: [
        aChange("a.b", { deposed: "1" }),
        aChange("a.b", { deposed: "2", change: { actions: [second] } }),
      ],
    });
    expect(compare(both("delete"), both("forget")).differences).toEqual([
      { address: "a.b", left: "delete", right: "forget", why: "another action" },
    ]);
  });
});
