import { describe, expect, it } from "vitest";
import type { PlanJson } from "../../domain/plan-json.ts";
import { configurationAmong } from "../../domain/tree.ts";
import type { Flow } from "../../flow/flow.ts";
import { backendIdentity } from "./backend-identity.ts";
import { forbiddenParts, forbiddenSettings } from "./forbidden.ts";

const allowing = (externalData: boolean, provisioners: readonly string[] = []) =>
  ({ allow: { providers: [], provisioners, externalData } }) as unknown as Flow;
const configured = (configuration: object) => ({ configuration }) as unknown as PlanJson;

describe("what tells a program to run", () => {
  const provider = (expressions: object) =>
    configured({ provider_config: { "module.a:x": { name: "x", expressions } } });

  it.each([
    ["a provider that asks a program who it is", provider({ exec: [{ command: { constant_value: "sh" } }] })],
    ["one deeper in a provider's settings", provider({ kubernetes: [{ exec: [{}] }] })],
    [
      "a provider's configuration file, which may name one",
      provider({ shared_config_files: { references: ["path.module"] } }),
    ],
    [
      "data of another name",
      configured({
        root_module: { resources: [{ address: "data.local_command.x", mode: "data", type: "local_command" }] },
      }),
    ],
  ])("is %s, and counts as external data", (_, plan) => {
    expect(forbiddenParts(plan, allowing(false))).toMatch(/does not allow external data/);
    expect(forbiddenParts(plan, allowing(true))).toBeNull();
  });

  it("is an action, also of a module", () => {
    const module = { actions: [{ address: "action.local_command.x", type: "local_command" }] };
    const plan = configured({ root_module: { module_calls: { a: { module } } } });
    expect(forbiddenParts(plan, allowing(true))).toMatch(/^module.a.action.local_command.x runs a program/);
    expect(forbiddenParts(plan, allowing(true, ["local_command"]))).toBeNull();
  });

  it("is a backend's configuration file", () => {
    const settings = { settings: { shared_config_files: ["evil.cfg"], bucket: "b" } };
    expect(forbiddenSettings(settings, allowing(false))).toMatch(/shared_config_files/);
    expect(forbiddenSettings({ settings: { shared_config_files: [] } }, allowing(false))).toBeNull();
  });

  it("is not what only bears a harmless name", () => {
    const plan = provider({ region: { constant_value: "exec" }, executions: {} });
    expect(forbiddenParts(plan, allowing(false))).toBeNull();
  });
});

describe("where a state lives", () => {
  const pg = (conn_str: string) =>
    backendIdentity({ type: "pg", workspace: "default", settings: { conn_str, schema_name: null } }).identity;

  it("is told apart by its database and not by a password", () => {
    const one = pg("postgres://me:first@db.example/prod?sslmode=require");
    expect(pg("postgres://me:second@db.example/prod?sslmode=require")).toBe(one);
    expect(pg("postgres://me:first@db.example/dev?sslmode=require")).not.toBe(one);
    expect(pg("postgres://me:first@evil.example/prod?sslmode=require")).not.toBe(one);
    expect(pg("host=db password='it\\'s a' dbname=prod")).toBe(pg("host=db password=other dbname=prod"));
    expect(pg("host=db password=x dbname=prod")).not.toBe(pg("host=db password=x dbname=dev"));
  });
});

describe("what the tool reads of a folder", () => {
  const names = ["a.tf", "a.tofu", "b.tf.json", "#c.tf", "~d.tf", ".e.tf", "f.tf~", "g.tfvars", "h.tftest.hcl"];

  it("is what looks like a leftover too, and for OpenTofu its own files in the place of others", () => {
    expect(configurationAmong(names, "terraform")).toEqual(["a.tf", "b.tf.json", "#c.tf", "~d.tf"]);
    expect(configurationAmong(names, "opentofu")).toEqual(["a.tofu", "b.tf.json", "#c.tf", "~d.tf"]);
  });
});
