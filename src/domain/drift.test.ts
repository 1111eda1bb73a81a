import { describe, expect, it } from "vitest";
import { driftOf, driftSentence } from "./drift.ts";
import type { JsonValue } from "./json-value.ts";
import type { PlanJson } from "./plan-json.ts";

type Values = readonly [before: JsonValue, after: JsonValue];

/** A refresh-only plan as far as drift is read off it. */
function look(
  objects: Readonly<Record<string, Values>>,
  outputs: Readonly<Record<string, Values>> = {},
): Pick<PlanJson, "resourceDrift" | "outputChanges"> {
  const change = ([before, after]: Values) => ({
    actions: [before === null ? "create" : after === null ? "delete" : "update"],
    before,
    after,
  });
  const resourceDrift = Object.entries(objects).map(([address, values]) => ({ address, change: change(values) }));
  const outputChanges = Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, change(values)]));
  return { resourceDrift, outputChanges } as unknown as PlanJson;
}

describe("drift", () => {
  it("names the places of an object that are no longer as applied, and none of their values", () => {
    const found = driftOf(
      look({
        "aws_lb.a": [
          { tags: { a: "x", b: "y" }, ports: [80] },
          { tags: { a: "x", b: "z" }, ports: [81] },
        ],
      }),
      [],
    );
    expect(found).toEqual([{ address: "aws_lb.a", paths: ["tags.b", "ports[0]"], class: "drift" }]);
    expect(driftSentence(found)).toBe("an object is no longer as applied: aws_lb.a (tags.b, ports[0])");
  });

  it("says of an object that is gone that it is", () => {
    const found = driftOf(look({ "aws_lb.a": [{ id: "1" }, null], "aws_lb.b": [{ id: "2" }, { id: "3" }] }), []);
    expect(driftSentence(found)).toBe("2 objects are no longer as applied: aws_lb.a is gone, aws_lb.b (id)");
  });

  it("keeps apart what the flow leaves to the running system", () => {
    const owned = [{ address: "aws_route.private[*]", path: "network_interface_id" }];
    const found = driftOf(
      look({ "aws_route.private[0]": [{ network_interface_id: "eni-1" }, { network_interface_id: "eni-2" }] }),
      owned,
    );
    expect(found).toEqual([
      { address: "aws_route.private[0]", paths: ["network_interface_id"], class: "runtime-owned" },
    ]);
    expect(driftSentence(found)).toBeNull();
  });

  it("shows in an output where no object can show it, and is told once where one does", () => {
    const outputs = { held: [{ size: "1" }, { size: "2" }], same: ["a", "a"] } as const;
    expect(driftOf(look({}, outputs), [])).toEqual([{ address: "output.held", paths: ["value.size"], class: "drift" }]);
    const both = driftOf(look({ "aws_lb.a": [{ id: "1" }, { id: "2" }] }, outputs), []);
    expect(both.map(({ address }) => address)).toEqual(["aws_lb.a"]);
  });

  it("takes no output for drift that the configuration came or went with", () => {
    expect(driftOf(look({}, { written: [null, "now"], deleted: ["before", null] }), [])).toEqual([]);
  });

  it("tells an object that drifted in owned places and in others twice, apart", () => {
    const owned = [{ address: "aws_route.x", path: "target" }];
    const values = [
      { target: 1, gateway: { a: 1 } },
      { target: 2, gateway: { a: 2 } },
    ] as const;
    expect(driftOf(look({ "aws_route.x": values, "aws_route.y": values }), owned)).toEqual([
      { address: "aws_route.x", paths: ["gateway.a"], class: "drift" },
      { address: "aws_route.x", paths: ["target"], class: "runtime-owned" },
      { address: "aws_route.y", paths: ["target", "gateway.a"], class: "drift" },
    ]);
  });

  it("reaches into lists, and into what came as a whole", () => {
    const owned = [{ address: "aws_route_table.x", path: "route[*].target" }];
    const moved: Values = [
      { route: [{ cidr: "10.0.0.0/8", target: 1 }] },
      { route: [{ cidr: "10.0.0.0/8", target: 2 }] },
    ];
    const came: Values = [{ route: null }, { route: [{ target: 2 }] }];
    for (const values of [moved, came]) {
      expect(driftOf(look({ "aws_route_table.x": values }), owned)).toEqual([
        { address: "aws_route_table.x", paths: ["route[0].target"], class: "runtime-owned" },
      ]);
    }
  });

  it("names what came, what went, and the whole where the shape is another", () => {
    const values: Values = [
      { old: 1, a: { b: 1 }, list: [1] },
      { fresh: 1, a: "x", list: [1, 2] },
    ];
    expect(driftOf(look({ "a.b": values }), [])[0]?.paths).toEqual(["old", "a", "list[1]", "fresh"]);
  });

  it("tells nothing of an object that only has another address", () => {
    expect(driftOf(look({ "a.b": [{ size: 1 }, { size: 1 }] }), [])).toEqual([]);
  });

  it("names a few of many, and how many more there are", () => {
    const many = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [`a.b[${index}]`, [{ id: 1 }, null] as Values]),
    );
    expect(driftSentence(driftOf(look(many), []))).toMatch(/^7 objects are .*a\.b\[4\] is gone and 2 more$/);
  });
});
