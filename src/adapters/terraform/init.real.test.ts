import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { data, local, noBackend, plain, terraformStage } from "../../../test/terraform/terraform-stage.ts";
import { digestOf } from "../../domain/digest.ts";

const stage = terraformStage();

describe("init", () => {
  it("puts a relative local state where it outlives the checkout", async () => {
    const { workdir } = await stage.rootWith('terraform {\n  backend "local" {\n    path = "deep/x.tfstate"\n  }\n}\n');
    const backend = await stage.open().init(workdir, noBackend);
    expect(backend).toMatchObject({ type: "local", workspace: "default" });
    expect(backend.settings.path).toBe(join(stage.folder, "kept/stacks/the app/deep/x.tfstate"));
  });

  it.each([
    { name: "from a setting", backend: ["path=y.tfstate"], path: "kept/stacks/the app/y.tfstate" },
    { name: "from a file of settings", backend: ["env/b.hcl"], path: "kept/stacks/the app/z.tfstate" },
  ])("finds the local path $name", async ({ backend, path }) => {
    const { workdir } = await stage.rootWith(local, { files: { "env/b.hcl": 'path = "z.tfstate"\n' } });
    expect((await stage.open().init(workdir, { backend, reuse: null })).settings.path).toBe(join(stage.folder, path));
  });

  it("is not misled by a comment that speaks of a local backend", async () => {
    const { block, path } = stage.http();
    const { workdir } = await stage.rootWith(`/*\n  backend "local" {}\n*/\n${block}`);
    expect(await stage.open().init(workdir, noBackend)).toMatchObject({
      type: "http",
      settings: { address: stage.state.url + path },
    });
  });

  it("refuses a relative local state that nothing would keep", async () => {
    const { workdir } = await stage.rootWith(local);
    await expect(stage.open({ localStateBase: undefined }).init(workdir, noBackend)).rejects.toMatchObject({
      code: "backend-missing",
    });
  });

  it("refuses a root module without a backend", async () => {
    const { workdir } = await stage.rootWith(data);
    await expect(stage.open().init(workdir, noBackend)).rejects.toMatchObject({
      code: "backend-missing",
      reaction: "stop",
    });
  });

  it("refuses backend files outside the checkout", async () => {
    const { workdir } = await stage.rootWith(local);
    await expect(stage.open().init(workdir, { backend: ["../b.hcl"], reuse: null })).rejects.toMatchObject({
      code: "path-outside",
    });
  });

  it("names the first thing that is wrong with a configuration", async () => {
    const { workdir } = await stage.rootWith(`${local}resource "terraform_data" {}\n`);
    const failing = stage.open().init(workdir, noBackend);
    await expect(failing).rejects.toMatchObject({ code: "init-failed", reaction: "stop" });
    await expect(failing).rejects.toThrow(/terraform init in stacks\/the app: Missing name for resource/);
  });

  it("does not use what the checkout brings as .terraform", async () => {
    const { workdir, path } = await stage.rootWith(local, {
      files: {
        "stacks/the app/.terraform/modules/modules.json": "{}",
        "stacks/the app/.terraform/terraform.tfstate": "{}",
      },
    });
    await stage.open().init(workdir, noBackend);
    expect(existsSync(path(".terraform/modules"))).toBe(false);
  });
});

describe("an init that is reused", () => {
  const reuse = digestOf("inputs of init");
  const withModule = `${local}module "m" {\n  source = "./m"\n}\n`;
  const files = { "stacks/the app/m/main.tf": data };

  it("runs once, also when many want it at the same time", async () => {
    const terraform = stage.open({ initCache: join(stage.folder, "cache") });
    const first = await stage.rootWith(withModule, { files });
    await Promise.all([1, 2, 3, 4].map(() => terraform.version()));
    const many = await Promise.all(
      ["a", "b", "c"].map((root) => stage.rootWith(withModule, { root, files: { [`${root}/m/main.tf`]: data } })),
    );
    await Promise.all(many.map(({ workdir }) => terraform.init(workdir, { backend: ["path=/tmp/x"], reuse })));
    const again = await stage.rootWith(withModule, { files });
    await terraform.init(again.workdir, { backend: ["path=/tmp/x"], reuse: null });
    await terraform.init(first.workdir, { backend: [], reuse });
    const backend = await terraform.init(again.workdir, { backend: [], reuse });
    expect(again.log().match(/\$ terraform init/g)).toHaveLength(1);
    expect(backend.settings.path).toBe(join(stage.folder, "kept/stacks/the app/terraform.tfstate"));
    expect(await terraform.plan(again.workdir, { ...plain, out: again.path("p") })).toEqual({ kind: "changes" });
    expect((await readdir(join(stage.folder, "cache"))).some((name) => name.startsWith("."))).toBe(false);
  });

  it.each(["terraform.tfstate", "modules/modules.json"])(
    "runs again when %s of the kept one was altered",
    async (name) => {
      const cache = join(stage.folder, "cache");
      const terraform = stage.open({ initCache: cache });
      const { workdir, log } = await stage.rootWith(withModule, { files });
      await terraform.init(workdir, { backend: [], reuse });
      const [entry] = await readdir(cache);
      await writeFile(join(cache, entry ?? "", name), "garbage");
      await terraform.init(workdir, { backend: [], reuse });
      expect(log().match(/\$ terraform init/g)).toHaveLength(2);
      await terraform.init(workdir, { backend: [], reuse });
      expect(log().match(/\$ terraform init/g)).toHaveLength(2);
    },
  );

  it("is made up for by a real one when a command says that it does not do", async () => {
    const terraform = stage.open({ initCache: join(stage.folder, "cache") });
    const before = await stage.rootWith(local + data);
    await terraform.init(before.workdir, { backend: [], reuse });
    const { workdir, log, path } = await stage.rootWith(withModule, { files });
    await terraform.init(workdir, { backend: [], reuse });
    expect(await terraform.plan(workdir, { ...plain, out: path("p") })).toEqual({ kind: "changes" });
    expect(log().match(/\$ terraform init/g)).toHaveLength(1);
  });

  it("does not count half-written ones", async () => {
    const cache = join(stage.folder, "cache");
    const terraform = stage.open({ initCache: cache });
    const { workdir, log } = await stage.rootWith(local);
    await terraform.init(workdir, { backend: [], reuse });
    const [entry] = await readdir(cache);
    await rm(join(cache, entry ?? "", "plangate.json"));
    await mkdir(join(cache, ".new-something"), { recursive: true });
    await terraform.init(workdir, { backend: [], reuse });
    expect(log().match(/\$ terraform init/g)).toHaveLength(2);
  });
});
