import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { applyKeys } from "../../src/adapters/keys/index.ts";
import { readZip, swapSnapshot, writeZip } from "../../src/testing/plan-file.ts";
import { type Arena, type ArenaAbout, type Forging, openArena, provisioner, root } from "./support/arena.ts";

let arena: Arena;
afterEach(() => arena?.close());

const open = async (files: Readonly<Record<string, string | null>>, about?: ArenaAbout) => {
  arena = await openArena(files, about);
};

/** A planner that changes the plan file before it is sealed. */
const forgedPlanFile =
  (change: (planFile: Uint8Array) => Uint8Array): Forging =>
  async (planned, seal) => {
    const { opener } = await applyKeys(join(arena.home, "keys"));
    const planFile = await opener.open(planned.parts.tfplan ?? new Uint8Array());
    return { ...planned, parts: { ...planned.parts, tfplan: await seal(change(planFile)) } };
  };
const swapped = (files: Readonly<Record<string, string>>) =>
  forgedPlanFile((planFile) => swapSnapshot(planFile, files));
const without = (name: string) =>
  forgedPlanFile((planFile) => writeZip(readZip(planFile).filter((entry) => entry.name !== name)));
const differs = { state: "refused", code: "snapshot-differs" } as const;

describe("a plan file that is not what the configuration in Git gives", () => {
  const good = () => root(provisioner(`touch ${arena?.trace("good") ?? "good"}`));

  it("is not signed when a provisioner inside it was swapped", async () => {
    await open({ "stacks/app/main.tf": good() }, { allow: "{ provisioners: [local-exec] }" });
    const evil = good().replace("good", "evil");
    expect(await arena.plan("dev/app", swapped({ "main.tf": evil }))).toMatchObject({
      ...differs,
      why: expect.stringContaining("stacks/app/main.tf in the plan file is not what Git has"),
    });
  });

  it("is not signed with a file more, a file less, or one that Git would not be asked about", async () => {
    await open({ "stacks/app/main.tf": root(), "stacks/app/more.tf": "# more\n", "stacks/app/#odd.tf": "# odd\n" });
    expect(await arena.plan("dev/app")).toMatchObject({ state: "waiting" });
    for (const name of ["extra.tf", "extra.tf.json", "x_override.tf"])
      expect(await arena.plan("dev/app", swapped({ [name]: "{}\n" }))).toMatchObject(differs);
    for (const name of ["more.tf", "#odd.tf"])
      expect(await arena.plan("dev/app", without(`tfconfig/m-/${name}`))).toMatchObject(differs);
  });

  it("is not signed when its configuration is a link in Git", async () => {
    await open({ "stacks/app/main.tf": root(), "shared/x.tf": "# shared\n", "stacks/app/x.tf": "->../../shared/x.tf" });
    expect(await arena.plan("dev/app")).toMatchObject({ ...differs, why: expect.stringContaining("is a link in Git") });
  });

  it("is not signed with a module that differs, or one whose files stand beside another folder's", async () => {
    const module = { "mods/net/main.tf": "# net\n", "mods/evil/main.tf": "# net\n" };
    await open({ "stacks/app/main.tf": root('module "net" {\n  source = "../../mods/net"\n}\n'), ...module });
    expect(await arena.plan("dev/app")).toMatchObject({ state: "waiting" });
    expect(await arena.plan("dev/app", swapped({ "net/main.tf": "# evil\n" }))).toMatchObject(differs);
    const moved = (text: string) => text.replace('"Dir": "../../mods/net"', '"Dir": "../../mods/evil"');
    const elsewhere = forgedPlanFile((planFile) =>
      writeZip(
        readZip(planFile).map(({ name, content }) => ({
          name,
          content: name === "tfconfig/modules.json" ? moved(content.toString()) : content,
        })),
      ),
    );
    expect(await arena.plan("dev/app", elsewhere)).toMatchObject({
      ...differs,
      why: expect.stringContaining('module "net"'),
    });
  });

  it("is refused when the stored bundle holds it instead of the one that was signed", async () => {
    await open({ "stacks/app/main.tf": good() }, { allow: "{ provisioners: [local-exec] }" });
    const run = await arena.plan("dev/app");
    const planFile = await arena.storedPart(run.plan, "tfplan");
    const evil = swapSnapshot(planFile, { "main.tf": good().replace("good", "evil") });
    await arena.replacePart(run.plan, "tfplan", evil);
    expect(await arena.apply(run)).toMatchObject({ state: "refused", code: "bundle-altered" });
    expect(arena.traces()).toEqual([]);
  });
});

describe("a plan file of something else", () => {
  /** Plans one stack and seals its plan file as the other's. */
  const passedOff = async (from: string, as: string) => {
    let taken: Uint8Array = new Uint8Array();
    await arena.plan(from, async (planned) => {
      taken = planned.parts.tfplan ?? taken;
      return undefined;
    });
    return arena.plan(as, async (planned) => ({ ...planned, parts: { ...planned.parts, tfplan: taken } }));
  };

  it("is not signed: another environment's, with the same configuration", async () => {
    await open({ "stacks/app/main.tf": root() });
    expect(await passedOff("other/app", "dev/app")).toMatchObject({ state: "refused", code: "target-moved" });
  });

  it("is not signed: another stack's", async () => {
    await open({ "stacks/app/main.tf": root(), "stacks/net/main.tf": root("", "two") });
    expect(await passedOff("dev/net", "dev/app")).toMatchObject(differs);
  });

  it("is not signed: one that destroys what a plan was asked for", async () => {
    await open({ "stacks/app/main.tf": root() });
    await arena.apply(await arena.plan("dev/app"));
    arena.commit({ "stacks/app/main.tf": root("", "two") });
    const order = arena.embedded.delivery.roles.plan;
    const destroys: Forging = async () => undefined;
    const delivery = arena.embedded.delivery as { roles: { plan: typeof order } };
    delivery.roles.plan = (asked) => order({ ...asked, mode: "destroy" });
    expect(await arena.plan("dev/app", destroys)).toMatchObject({
      state: "refused",
      code: "target-moved",
      why: expect.stringContaining("of the mode destroy"),
    });
  });

  it("made against an empty state is refused when the backend's state is another", async () => {
    await open({ "stacks/app/main.tf": root() });
    await arena.apply(await arena.plan("dev/app"));
    const state = arena.stateOf("dev/app");
    arena.commit({ "stacks/app/main.tf": root("", "two") });
    arena.writeState("dev/app", { version: 4, serial: 0, lineage: "", outputs: {}, resources: [] });
    const run = await arena.plan("dev/app");
    expect(run.state).toBe("waiting");
    arena.writeState("dev/app", state ?? {});
    const applied = await arena.apply(run);
    expect(applied.state).toBe("waiting");
    expect(arena.told.join("\n")).toMatch(/lineage-moved/);
    expect(arena.stateOf("dev/app")).toEqual(state);
  });

  it("with another serial or lineage written into it is refused by the state itself", async () => {
    await open({ "stacks/app/main.tf": root() });
    await arena.apply(await arena.plan("dev/app"));
    const state = arena.stateOf("dev/app");
    arena.commit({ "stacks/app/main.tf": root("", "two") });
    const replaced = forgedPlanFile((planFile) =>
      writeZip(
        readZip(planFile).map(({ name, content }) => ({
          name,
          content: name.startsWith("tfstate") ? content.toString().replace(/"serial": ?\d+/, '"serial": 7') : content,
        })),
      ),
    );
    const run = await arena.plan("dev/app", replaced);
    await arena.apply(run);
    expect(arena.stateOf("dev/app")).toEqual(state);
    expect(arena.told.join("\n")).toMatch(/state-moved/);
  });

  it("is garbage that anybody may seal, and gets nowhere", async () => {
    await open({ "stacks/app/main.tf": root() });
    const garbage: Forging = async (planned, seal) => ({
      ...planned,
      parts: { ...planned.parts, tfplan: await seal(new TextEncoder().encode("PK garbage")) },
    });
    expect(await arena.plan("dev/app", garbage)).toMatchObject({ state: "failed", code: "plan-failed" });
    const unsealed: Forging = async (planned) => ({
      ...planned,
      parts: { ...planned.parts, tfplan: new TextEncoder().encode("not sealed at all") },
    });
    expect(await arena.plan("dev/app", unsealed)).toMatchObject({ state: "failed", code: "plan-failed" });
    expect(existsSync(join(arena.home, "bundles"))).toBe(false);
  });

  it("that claims to be empty is not taken for applied", async () => {
    await open({ "stacks/app/main.tf": root() });
    const claims: Forging = async (planned) => ({ ...planned, outcome: { kind: "no-changes" } });
    expect(await arena.plan("dev/app", claims)).toMatchObject({ state: "waiting" });
    const inside = forgedPlanFile((planFile) =>
      writeZip(
        readZip(planFile).map(({ name, content }) => ({
          name,
          content: name === "tfplan" ? withoutField(content, 25) : content,
        })),
      ),
    );
    expect(await arena.plan("dev/app", inside)).toMatchObject({
      state: "failed",
      why: expect.stringContaining("has changes and says that it cannot be applied"),
    });
  });
});

/** Takes a field of one byte out of a message, such as the one that says that there is something to apply. */
function withoutField(message: Buffer, number: number): Buffer {
  const key = Buffer.from([((number << 3) & 0x7f) | 0x80, number >> 4]);
  const at = message.lastIndexOf(key);
  if (at < 0) throw new Error(`the plan has no field ${number}`);
  return Buffer.concat([message.subarray(0, at), message.subarray(at + key.length + 1)]);
}
