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
  const change = ([before, after]: Values) => ({ actions: [after === null ? "delete" : "update"], before, after });
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
});
