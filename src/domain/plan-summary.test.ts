import { describe, expect, it } from "vitest";
import { aChange, aPlan } from "../testing/plan-json.ts";
import { summaryOf, terraformCounts } from "./plan-summary.ts";

const doing = (address: string, actions: readonly string[], more: object = {}): object =>
  aChange(address, { change: { actions }, ...more });

describe("summaryOf", () => {
  it("counts each object by what happens to it, a replacement only as such", () => {
    const { counts, resources, isEmpty } = summaryOf(
      aPlan({
        resource_changes: [
          doing("a.created", ["create"]),
          doing("a.updated", ["update"], { previous_address: "a.old" }),
          doing("a.deleted", ["delete"], { deposed: "00c0ffee" }),
          doing("a.replaced", ["delete", "create"]),
          doing("a.replaced_first", ["create", "delete"]),
          doing("a.forgotten", ["forget"]),
          doing("a.let_go", ["create", "forget"]),
          doing("a.read", ["read"]),
          doing("a.kept", ["no-op"]),
          aChange("a.imported", { change: { actions: ["no-op"], importing: { id: "x" } } }),
          doing("a.moved", ["no-op"], { previous_address: "a.before" }),
        ],
      }),
    );
    expect(counts).toEqual({ add: 2, change: 1, destroy: 1, replace: 2, import: 1, move: 2, forget: 2 });
    expect(terraformCounts(counts)).toEqual({ add: 4, change: 1, destroy: 3 });
    expect(resources.map(({ address, action }) => `${address} ${action}`)).toEqual([
      "a.created create",
      "a.updated update",
      "a.deleted delete",
      "a.replaced replace",
      "a.replaced_first replace",
      "a.forgotten forget",
      "a.let_go forget",
      "a.read read",
      "a.imported import",
      "a.moved move",
    ]);
    expect(resources[2]).toEqual({ address: "a.deleted", action: "delete", deposed: "00c0ffee" });
    expect(isEmpty).toBe(false);
  });

  it("is empty when nothing happens, and not for outputs, deferrals or drift to remember", () => {
    expect(summaryOf(aPlan({ resource_changes: [doing("a.b", ["no-op"])] })).isEmpty).toBe(true);
    expect(summaryOf(aPlan({ output_changes: { o: { actions: ["create"] } } })).isEmpty).toBe(false);
    expect(summaryOf(aPlan({ resource_drift: [doing("a.b", ["update"])] })).isEmpty).toBe(false);
    const deferred = [{ reason: "x", resource_change: doing("a.b", ["create"]) }];
    expect(summaryOf(aPlan({ deferred_changes: deferred })).isEmpty).toBe(false);
  });
});
