import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { planDigestOf } from "../../src/domain/plan.ts";
import { type Arena, type Forging, openArena, partFile, root } from "./support/arena.ts";

let arena: Arena;
afterEach(() => arena?.close());

const bytes = (text: string) => new TextEncoder().encode(text);
/** A planner that brings parts of its own making. */
const withParts =
  (parts: Readonly<Record<string, string>>): Forging =>
  async (planned, seal) => {
    const sealed: Record<string, Uint8Array> = { ...planned.parts };
    for (const [name, text] of Object.entries(parts)) sealed[name] = await seal(bytes(text));
    return { ...planned, parts: sealed };
  };
const notSigned = { state: "refused", code: "not-allowed-in-plan" } as const;
const files = {
  "stacks/app/main.tf": root(),
  "stacks/app/deploy.sh": "#!/bin/sh\ntrue\n",
  "stacks/app/scripts/a/run.sh": "#!/bin/sh\ntrue\n",
  "stacks/app/out": "->../../elsewhere",
  "stacks/net/main.tf": root(),
  "elsewhere/x": "x\n",
};

describe("what planning made", () => {
  it.each([
    ["files/../../elsewhere/y", "leads somewhere else"],
    ["files/../net/extra", "leads somewhere else"],
    ["files//tmp/y", "leads somewhere else"],
    ["files/a\\..\\b", "cannot be shown"],
    ["files/a\u202egnp.sh", "cannot be shown"],
    ["files/deploy.sh", "where Git has something else"],
    ["files/scripts", "where Git has something else"],
    ["files/out/y", "which is a file or a link in Git"],
    ["files/deploy.sh/y", "which is a file or a link in Git"],
    ["files/more.tf", "configuration"],
    ["files/scripts/more.tf.json", "configuration"],
    ["files/x_override.tofu", "configuration"],
    ["files/terraform.tfvars", "variables"],
    ["files/x.auto.tfvars.json", "variables"],
    ["files/.terraformrc", "reads for itself"],
    ["files/.terraform/modules/modules.json", "reads for itself"],
    ["files/terraform-provisioner-local-exec", "start as a program"],
    ["files/terraform.d/plugins/x", "start as a program"],
    ["files/errored.tfstate", "state"],
    [`files/${"x".repeat(300)}`, "longer than"],
  ])("is refused as %s", async (name, why) => {
    arena = await openArena(files);
    expect(await arena.plan("dev/app", withParts({ [name]: "evil" }))).toMatchObject({
      ...notSigned,
      why: expect.stringContaining(why),
    });
    expect(existsSync(join(arena.home, "bundles"))).toBe(false);
  });

  it("is refused in numbers, and as both a file and a folder", async () => {
    arena = await openArena(files);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`files/${index}`, "x"]));
    expect(await arena.plan("dev/app", withParts(many))).toMatchObject(notSigned);
    expect(await arena.plan("dev/app", withParts({ "files/a": "x", "files/a/b": "x" }))).toMatchObject(notSigned);
  });

  it.each(["plan.json", "manifest.json", "tfplan2", "../tfplan"])("is no part called %s", async (name) => {
    arena = await openArena(files);
    expect(await arena.plan("dev/app", withParts({ [name]: "x" }))).toMatchObject({ state: "refused" });
  });

  it("that is harmless reaches the apply, and is named to people", async () => {
    arena = await openArena(files);
    const run = await arena.plan("dev/app", withParts({ "files/build/x.zip": "zip" }));
    const stored = await arena.embedded.store.plan(run.plan as never);
    expect(stored?.manifest.parts.map(({ name }) => name)).toContain("files/build/x.zip");
    if (stored === undefined) throw new Error("no plan");
    expect(arena.embedded.delivery.render(run, stored)).toContain("`build/x.zip` (3 bytes");
    expect(await arena.apply(run)).toMatchObject({ state: "verified" });
  });
});

describe("a work folder", () => {
  it("is written neither through a link nor out of it, whoever asks", async () => {
    arena = await openArena(files);
    const { openWorkFolders } = await import("../../src/adapters/folders/index.ts");
    const folder = await openWorkFolders(join(arena.home, "work")).create("x");
    const tree = await arena.embedded.delivery.repository.resolve("refs/heads/main");
    await arena.embedded.delivery.repository.checkout(tree as never, join(folder.path, "checkout"));
    const write = (name: string) => folder.write(`checkout/stacks/app/${name}`, bytes("evil"));
    for (const name of ["out/x", "out", "../../../../evil"]) await expect(write(name)).rejects.toThrow();
    expect(readFileSync(join(folder.path, "checkout/elsewhere/x"), "utf8")).toBe("x\n");
    await expect(folder.read("checkout/stacks/app/out")).rejects.toThrow();
  });
});

describe("a stored bundle", () => {
  const manifestFile = (plan: string | null) => join(dirname(partFile(arena.home, plan, "tfplan")), "manifest.json");
  const read = (plan: string | null) =>
    JSON.parse(readFileSync(manifestFile(plan), "utf8")) as { text: string; signature: string };

  it("is refused with a manifest that was altered, signed with another key, or not signed", async () => {
    arena = await openArena(files);
    const run = await arena.plan("dev/app");
    const signed = read(run.plan);
    const put = (manifest: object) => writeFileSync(manifestFile(run.plan), JSON.stringify(manifest));
    const look = () => arena.embedded.delivery.roles.inspect(run.plan as never, "HEAD" as never);
    put({ ...signed, text: signed.text.replace("dev/app", "dev/net") });
    expect(await look()).toMatchObject({ code: "bundle-altered" });
    const { privateKey } = generateKeyPairSync("ed25519");
    put({ ...signed, signature: sign(null, Buffer.from(signed.text), privateKey).toString("base64") });
    expect(await look()).toMatchObject({ code: "bundle-unsigned" });
    put({ ...signed, signature: "" });
    expect(await arena.apply(run)).toMatchObject({ code: "bundle-unsigned" });
    expect(arena.stateOf("dev/app")).toBeNull();
  });

  it("is refused with parts of another bundle of the same stack, each sealed and once signed", async () => {
    arena = await openArena(files);
    const first = await arena.plan("dev/app");
    arena.commit({ "stacks/app/main.tf": root("", "two") });
    const second = await arena.plan("dev/app");
    writeFileSync(
      partFile(arena.home, second.plan, "tfplan"),
      readFileSync(partFile(arena.home, first.plan, "tfplan")),
    );
    expect(await arena.apply(second)).toMatchObject({ state: "refused", code: "bundle-altered" });
  });

  it("of another run cannot take its place: neither in the folder nor in the record", async () => {
    arena = await openArena(files);
    const older = await arena.plan("dev/app");
    arena.commit({ "stacks/app/main.tf": root("", "two") });
    const run = await arena.plan("dev/app");
    writeFileSync(manifestFile(run.plan), readFileSync(manifestFile(older.plan)));
    expect(await arena.embedded.delivery.roles.inspect(run.plan as never, run.source as never)).toMatchObject({
      code: "bundle-altered",
    });
    const { store } = arena.embedded;
    await store.write({ updateRuns: [{ ...run, plan: older.plan }], ledger: [] });
    expect((await arena.apply(run)).state).toBe("waiting");
    expect(arena.told.join("\n")).toMatch(/inputs-moved/);
    expect(arena.stateOf("dev/app")).toBeNull();
  });

  it("is judged by its signed manifest, not by what the record says of it", async () => {
    arena = await openArena(files);
    const run = await arena.plan("dev/app");
    const plan = await arena.embedded.store.plan(run.plan as never);
    if (plan === undefined) throw new Error("no plan");
    arena.commit({ "stacks/app/main.tf": root("", "two") });
    const now = await arena.plan("dev/app");
    const inputs = (await arena.embedded.store.plan(now.plan as never))?.manifest.inputs ?? plan.manifest.inputs;
    const altered = JSON.stringify({ ...plan.manifest, inputs });
    const database = new DatabaseSync(join(arena.home, "store.sqlite"));
    database.exec("DROP TRIGGER plans_keep_their_content");
    database.prepare("UPDATE plans SET manifest = ? WHERE digest = ?").run(altered, plan.digest);
    database.close();
    expect(planDigestOf(read(run.plan).text)).toBe(plan.digest);
    const head = arena.git("rev-parse", "HEAD").trim();
    await arena.embedded.store.write({
      updateRuns: [{ ...run, source: { ...run.source, commit: head } as never }],
      ledger: [],
    });
    await expect(arena.apply(run)).rejects.toMatchObject({ code: "store-corrupt" });
    expect(arena.stateOf("dev/app")).toBeNull();
  });

  it("is applied once: neither again, nor once another was", async () => {
    arena = await openArena(files);
    const [first, second] = [await arena.plan("dev/app"), await arena.plan("dev/app")];
    expect(await arena.apply(second)).toMatchObject({ state: "verified" });
    const state = arena.stateOf("dev/app");
    for (const run of [first, second]) await arena.apply(run);
    expect(arena.stateOf("dev/app")).toEqual(state);
  });
});
