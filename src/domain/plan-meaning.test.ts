import { describe, expect, it } from "vitest";
import { aChange, aPlan } from "../testing/plan-json.ts";
import type { Digest } from "./digest.ts";
import { meaningOf } from "./plan-meaning.ts";

const key = new TextEncoder().encode("a key");
const digestOf = (members: object): Digest => meaningOf(aPlan(members), { key }).digest;
const changing = (change: object, more: object = {}): object => ({
  resource_changes: [aChange("a.b", { change: { actions: ["update"], ...change }, ...more })],
});

/** A module with a provisioner in the resource `a.b`, called as `m`. */
const calling = (source: string, command = "true"): object => ({
  root_module: {
    module_calls: {
      m: {
        source,
        module: {
          resources: [
            {
              address: "a.b",
              provisioners: [{ type: "local-exec", expressions: { command: { constant_value: command } } }],
            },
          ],
        },
      },
    },
  },
});
const inModule = (actions: readonly string[], configuration: object): object => ({
  resource_changes: [aChange('module.m["x.y[0]"].a.b[1]', { index: 1, change: { actions } })],
  configuration,
});

describe("meaningOf", () => {
  it.each<[string, object, object]>([
    [
      "the kind of an index",
      { resource_changes: [aChange("a.b[0]", { index: 0 })] },
      { resource_changes: [aChange("a.b[0]", { index: "0" })] },
    ],
    ["the order of actions", changing({ actions: ["create", "delete"] }), changing({ actions: ["delete", "create"] })],
    ["forget and delete", changing({ actions: ["forget"] }), changing({ actions: ["delete"] })],
    ["a deposed object", changing({}), changing({}, { deposed: "00c0ffee" })],
    [
      "two deposed objects for one",
      { resource_changes: [aChange("a.b", { deposed: "1" }), aChange("a.b", { deposed: "2" })] },
      { resource_changes: [aChange("a.b", { deposed: "1" }), aChange("a.b", { deposed: "1" })] },
    ],
    [
      "one change that stands twice",
      { resource_changes: [aChange("a.b")] },
      { resource_changes: [aChange("a.b"), aChange("a.b")] },
    ],
    [
      "a no-op that imports",
      changing({ actions: ["no-op"] }),
      changing({ actions: ["no-op"], importing: { id: "i-1" } }),
    ],
    [
      "a no-op that moves",
      changing({ actions: ["no-op"] }),
      changing({ actions: ["no-op"] }, { previous_address: "a.c" }),
    ],
    [
      "null before and absent before, when after it is known later",
      changing({ before: { x: null }, after: {}, after_unknown: { x: true } }),
      changing({ before: {}, after: {}, after_unknown: { x: true } }),
    ],
    [
      "a member named like one that every object has",
      changing({ before: {}, after: { constructor: "x" } }),
      changing({ before: {}, after: { constructor: "y" } }),
    ],
    [
      "a marker named so",
      changing({ after: { constructor: "x" }, after_sensitive: { constructor: true } }),
      changing({ after: { constructor: "x" }, after_sensitive: {} }),
    ],
    [
      "a member that this version does not know",
      changing({ before_identity: { a: 1 } }),
      changing({ before_identity: { a: 2 } }),
    ],
    [
      "the reason of a deferral",
      { deferred_changes: [{ reason: "a", resource_change: aChange("a.b") }] },
      { deferred_changes: [{ reason: "b", resource_change: aChange("a.b") }] },
    ],
    [
      "deferred and done",
      { deferred_changes: [{ reason: "a", resource_change: aChange("a.b") }] },
      { resource_changes: [aChange("a.b")] },
    ],
    [
      "an action",
      { action_invocations: [{ address: "action.x", config_values: { a: 1 } }] },
      { action_invocations: [{ address: "action.x", config_values: { a: 2 } }] },
    ],
    ["a provisioner's command", inModule(["create"], calling("./m", "a")), inModule(["create"], calling("./m", "b"))],
    [
      "the source of the module with the provisioner",
      inModule(["delete"], calling("./m")),
      inModule(["delete"], calling("./n")),
    ],
    [
      "a failed check",
      { checks: [{ address: { to_display: "check.c" }, status: "pass" }] },
      { checks: [{ address: { to_display: "check.c" }, status: "fail" }] },
    ],
    ["what a failed check says", failing("one"), failing("two")],
    [
      "an output's sensitivity",
      {
        output_changes: {
          o: { actions: ["no-op"], before: 1, after: 1, before_sensitive: false, after_sensitive: false },
        },
      },
      {
        output_changes: {
          o: { actions: ["no-op"], before: 1, after: 1, before_sensitive: false, after_sensitive: true },
        },
      },
    ],
    ["the tool's version", {}, { terraform_version: "1.11.5" }],
    ["an errored plan", { errored: false }, { errored: true }],
    ["an incomplete plan", { complete: true }, { complete: false }],
    ["a variable", { variables: { v: { value: "1" } } }, { variables: { v: { value: 1 } } }],
    ["a provider's region", { configuration: provider("eu-central-1") }, { configuration: provider("eu-central-2") }],
    ["drift that only the state learns of", { resource_drift: [aChange("a.b")] }, { resource_drift: [] }],
    ["a member of a later format", {}, { surprises: [1] }],
  ])("tells apart: %s", (_, left, right) => {
    expect(digestOf(left)).not.toBe(digestOf(right));
  });

  it.each<[string, object, object]>([
    [
      "members that are null before and after",
      changing({ before: { x: null }, after: { x: null, y: [{ z: null }] } }),
      changing({ before: {}, after: { y: [{}] } }),
    ],
    [
      "the order of what forces a replacement",
      changing({ replace_paths: [["a"], ["b"]] }),
      changing({ replace_paths: [["b"], ["a"]] }),
    ],
    [
      "provisioners of what only changes",
      inModule(["update"], calling("./m", "a")),
      inModule(["update"], calling("./m", "b")),
    ],
    [
      "checks that pass, or are not known yet",
      { checks: [{ address: {}, status: "pass" }] },
      { checks: [{ address: {}, status: "unknown" }] },
    ],
    [
      "the order of actions invoked",
      { action_invocations: [{ address: "x" }, { address: "y" }] },
      { action_invocations: [{ address: "y" }, { address: "x" }] },
    ],
    ["drift beside changes", { ...changing({}), resource_drift: [aChange("a.b")] }, changing({})],
    ["outputs that stay", {}, { output_changes: { o: { actions: ["no-op"], before: 1, after: 1 } } }],
  ])("does not mind: %s", (_, left, right) => {
    expect(digestOf(left)).toBe(digestOf(right));
  });

  it("sees a changed secret under a key, and cannot be used to guess it without", () => {
    const holding = (password: string): object =>
      changing({ after: { password }, after_sensitive: { password: true } });
    expect(digestOf(holding("hunter2"))).not.toBe(digestOf(holding("hunter3")));
    const other = new TextEncoder().encode("another key");
    expect(meaningOf(aPlan(holding("hunter2")), { key: other }).digest).not.toBe(digestOf(holding("hunter2")));
  });

  it("leaves runtime-owned paths out, lists them, and keeps the update that would undo them", () => {
    const route = (target: string, cidr = "0.0.0.0/0"): object => ({
      resource_changes: [
        aChange("module.nat.aws_route.private[0]", {
          index: 0,
          change: {
            actions: ["update"],
            before: { cidr, route: [{ eni: target }] },
            after: { cidr, route: [{ eni: "eni-1" }] },
            after_unknown: {},
            before_sensitive: { route: [{ eni: target === "eni-3" }] },
          },
        }),
      ],
    });
    const runtimeOwned = [{ address: "module.nat.aws_route.private[*]", path: "route[*].eni" }];
    const read = (members: object): ReturnType<typeof meaningOf> => meaningOf(aPlan(members), { key, runtimeOwned });
    expect(read(route("eni-2")).digest).toBe(read(route("eni-9")).digest);
    expect(read(route("eni-2")).digest).toBe(read(route("eni-3")).digest);
    expect(read(route("eni-2")).digest).not.toBe(read(route("eni-2", "10.0.0.0/8")).digest);
    expect(read(route("eni-2")).digest).not.toBe(read({}).digest);
    expect(read(route("eni-2")).runtimeOwned).toEqual([
      { address: "module.nat.aws_route.private[0]", path: "route[0].eni" },
    ]);
    expect(digestOf(route("eni-2"))).not.toBe(digestOf(route("eni-9")));
  });
});

function failing(message: string): object {
  const instances = [{ address: { to_display: "check.c" }, status: "fail", problems: [{ message }] }];
  return { checks: [{ address: { to_display: "check.c" }, status: "fail", instances }] };
}

function provider(region: string): object {
  return { provider_config: { aws: { name: "aws", expressions: { region: { constant_value: region } } } } };
}
