import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Login, StackName } from "../../domain/names.ts";
import type { Flow, Stack } from "../../flow/flow.ts";
import { type PresetName, parseFlow, renderPreset } from "../../flow/index.ts";
import { instanceOf } from "../../flow/instances.ts";
import { stacksAtStart } from "../scene.ts";
import { type Fixture, makeFixture, objectsOf, withLocalStates } from "./fixture.ts";
import { openStates, type States } from "./states.ts";

const modules = { "modules/vpc": ["infra", "app", "modules/net"], "modules/net": ["app", "infra"] };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "fixture-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Ground {
  readonly flow: Flow;
  readonly stacks: readonly Stack[];
  readonly fixture: Fixture;
  readonly states: States;
}

/** A story's first commit on disk, with states as if all of it had been applied. */
async function ground(preset: PresetName): Promise<Ground> {
  const parsed = parseFlow(renderPreset(preset), { file: "preset" }).value;
  if (parsed === undefined) throw new Error("the preset does not parse");
  const flow = withLocalStates(parsed, join(dir, "states"));
  const stacks = stacksAtStart(flow, [], modules);
  const fixture = makeFixture({ flow, stacks, modules, owners: { "*": ["ann" as Login] } });
  const states = openStates(join(dir, "states"), flow);
  write(fixture.firstFiles);
  const { firstFiles } = fixture;
  for (const stack of stacks) {
    const objects = await objectsOf(stack, Object.keys(firstFiles), async (path) => firstFiles[path] ?? "");
    states.settle(stack.name, objects);
  }
  return { flow, stacks, fixture, states };
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

async function terraform(stack: Stack, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
  const { stdout } = await promisify(execFile)("terraform", args, { cwd: join(dir, stack.root), env });
  return stdout;
}

/** `create`, `update`, … with the address, as the tool plans it. */
async function planned(stack: Stack): Promise<readonly string[]> {
  const backend = stack.backend.map((setting) => (setting.includes("=") ? setting : join(dir, setting)));
  const vars = stack.varFiles.map((path) => `-var-file=${join(dir, path)}`);
  await terraform(stack, "init", "-reconfigure", ...backend.map((setting) => `-backend-config=${setting}`));
  await terraform(stack, "plan", "-out=tfplan", ...vars);
  const { resource_changes: changes = [] } = JSON.parse(await terraform(stack, "show", "-json", "tfplan")) as {
    resource_changes?: readonly { address: string; change: { actions: readonly string[] } }[];
  };
  return changes.flatMap(({ address, change }) =>
    change.actions.includes("no-op") ? [] : [`${change.actions.join("-")} ${address}`],
  );
}

function named(stacks: readonly Stack[], name: string): Stack {
  const found = stacks.find((stack) => stack.name === name);
  if (found === undefined) throw new Error(`there is no ${name}: ${stacks.map((stack) => stack.name).join(", ")}`);
  return found;
}

describe("the configuration of stories", () => {
  it.each([
    ["integration-branch", "prod/infra"],
    ["gitflow", "stage/app"],
  ] as const)("of %s stands as it says, and changes by one value where a path changes", async (preset, name) => {
    const { stacks, fixture } = await ground(preset);
    const stack = named(stacks, name);
    await terraform(stack, "fmt", "-check", "-recursive", dir);
    expect(await planned(stack)).toEqual([]);
    for (const [path, address] of [
      [`${stack.root}/main.tf`, "terraform_data.this"],
      [stack.varFiles[0] ?? "", "terraform_data.this"],
      ["modules/net/main.tf", "module.modules_net.terraform_data.this"],
    ] as const) {
      write({ [path]: fixture.contentFor(path, "other") });
      expect(await planned(stack)).toEqual([`update ${address}`]);
      write({ [path]: fixture.firstFiles[path] ?? "" });
    }
    write({ "modules/vpc/main.tf": fixture.contentFor("modules/vpc/main.tf", "other") });
    expect(await planned(stack)).toEqual([
      "update module.modules_vpc.terraform_data.this",
      "update module.modules_net.module.modules_vpc.terraform_data.this",
    ]);
  });

  it("drifts where somebody changes an object by hand, which looking alone finds as well", async () => {
    const { stacks, states } = await ground("gitflow");
    const stack = named(stacks, "prod/app");
    const look = [
      "plan",
      "-refresh-only",
      "-detailed-exitcode",
      ...stack.varFiles.map((path) => `-var-file=${join(dir, path)}`),
    ];
    expect(await planned(stack)).toEqual([]);
    await terraform(stack, ...look);
    states.drift(stack.name);
    expect(await planned(stack)).toEqual(["update terraform_data.this"]);
    await expect(terraform(stack, ...look)).rejects.toMatchObject({ code: 2 });
  });

  it("has a state of its own for each instance", async () => {
    const { stacks, states, flow } = await ground("trunk-stored-plan");
    const template = named(stacks, "ephemeral/app");
    const one = instanceOf(template, 1);
    expect(one.backend).toContainEqual(`path=${states.fileOf("ephemeral-1/app" as StackName)}`);
    expect(states.fileOf("ephemeral-2/app" as StackName)).not.toBe(states.fileOf("ephemeral-1/app" as StackName));
    expect(named(stacks, "test/app").backend).toContainEqual(`path=${states.fileOf("test/app" as StackName)}`);
    expect(flow.environments.some(({ perPullRequest }) => perPullRequest)).toBe(true);
    expect(await planned(one)).toHaveLength(4);
  });
});
