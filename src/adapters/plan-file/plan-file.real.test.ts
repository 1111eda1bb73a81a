// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HttpState, startHttpState } from "../../testing/http-state.ts";
import { swapSnapshot } from "../../testing/plan-file.ts";
import { temporaryFolder } from "../../testing/programs.ts";
import { readPlanFile } from "./index.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let state: HttpState;
beforeAll(async () => {
  state = await startHttpState();
});
afterAll(() => state.close());
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

async function terraform(...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: folder.path, CHECKPOINT_DISABLE: "1" };
  const { stdout } = await promisify(execFile)("terraform", args, { cwd: join(folder.path, "root"), env });
  return stdout;
}
async function planned(backend: string, more: Record<string, string> = {}): Promise<Uint8Array> {
  await folder.write(
    "root/main.tf",
    `terraform {\n  ${backend}\n}\nresource "terraform_data" "x" {\n  input = "one"\n}\n`,
  );
  for (const [name, text] of Object.entries(more)) await folder.write(`root/${name}`, text);
  await terraform("init", "-input=false");
  await terraform("plan", "-input=false", "-out=p");
  return readFile(join(folder.path, "root/p"));
}

describe("a plan file of the real program", () => {
  it("with a local backend and modules", async () => {
    const contents = await readPlanFile(
      await planned('backend "local" {}', {
        "more.tf": 'module "net" {\n  source = "../mods/net"\n}\n',
        "../mods/net/net.tf": 'module "sub" {\n  source = "./sub"\n}\n',
        "../mods/net/sub/s.tf": "# nothing\n",
      }),
    );
    const modules = contents.modules.map(({ key, dir, files }) => ({ key, dir, files: Object.keys(files).sort() }));
    expect(modules.sort((left, right) => (left.key < right.key ? -1 : 1))).toEqual([
      { key: "", dir: ".", files: ["main.tf", "more.tf"] },
      { key: "net", dir: "../mods/net", files: ["net.tf"] },
      { key: "net.sub", dir: "../mods/net/sub", files: ["s.tf"] },
    ]);
    expect(contents.backend).toMatchObject({ type: "local", workspace: "default", settings: { workspace_dir: null } });
    expect(contents.state).toEqual({ lineage: null, serial: 0 });
  });

  it("with an http backend, whose credentials stand in it, and a state", async () => {
    const backend = `backend "http" {\n    address = "${state.url}/s"\n    username = "me"\n    password = "hunter2"\n  }`;
    const lineage = "0b1f5b0a-7f7b-4c52-8c38-bc5b9a1d3c11";
    state.write(
      "/s",
      JSON.stringify({ version: 4, terraform_version: "1.11.4", serial: 41, lineage, outputs: {}, resources: [] }),
    );
    const contents = await readPlanFile(await planned(backend));
    expect(contents.backend).toMatchObject({
      type: "http",
      settings: { address: `${state.url}/s`, password: "hunter2" },
    });
    expect(contents.state).toEqual({ lineage, serial: 41 });
  });

  it("whose configuration was swapped looks the same, would run something else, and is told apart here", async () => {
    const command =
      'resource "terraform_data" "y" {\n  provisioner "local-exec" {\n    command = "touch good # ${terraform_data.x.id}"\n  }\n}\n';
    const plan = await planned('backend "local" {}', { "y.tf": command });
    const swapped = swapSnapshot(plan, { "y.tf": command.replace("good", "evil") });
    await writeFile(join(folder.path, "root/q"), swapped);
    expect(await terraform("show", "-no-color", "q")).toBe(await terraform("show", "-no-color", "p"));
    expect(await terraform("show", "-json", "q")).toBe(await terraform("show", "-json", "p"));
    expect((await readPlanFile(swapped)).modules).not.toEqual((await readPlanFile(plan)).modules);
    await terraform("apply", "-input=false", "q");
    expect(existsSync(join(folder.path, "root/evil"))).toBe(true);
  });
});
