import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Workdir } from "../../delivery/ports.ts";
import { writeZip } from "../../testing/plan-file.ts";
import { temporaryFolder } from "../../testing/programs.ts";
import { openTerraform } from "./index.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const open = (providerMirror?: string) => openTerraform({ program: "terraform", env: process.env, providerMirror });

/** A checkout of a change that brings more than its configuration. */
async function checkoutWith(files: Readonly<Record<string, string>>): Promise<Workdir> {
  for (const [path, text] of Object.entries(files)) await folder.write(`checkout/${path}`, text);
  return { checkout: join(folder.path, "checkout"), root: "app", env: {}, log: { write: () => undefined } };
}

const address = "registry.terraform.io/hashicorp/null";
const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
const platform = `${process.platform}_${arch}`;
const program = "terraform-provider-null_v3.2.2_x5";

/** How a lock file names the content of a provider's folder that holds this one program. */
function hashOf(content: string): string {
  const file = createHash("sha256").update(content).digest("hex");
  return `h1:${createHash("sha256").update(`${file}  ${program}\n`).digest("base64")}`;
}

describe("what a change has in Git as .terraform", () => {
  it("is no provider that present starts, though the change's lock file has its hash", async () => {
    const trace = join(folder.path, "started");
    const evil = `#!/bin/sh\ntouch '${trace}'\nexit 1\n`;
    const root = `terraform {\n  required_providers {\n    null = { source = "hashicorp/null" }\n  }\n}\nprovider "null" {}\n`;
    const tracked = `app/.terraform/providers/${address}/3.2.2/${platform}/${program}`;
    const lock = `provider "${address}" {\n  version = "3.2.2"\n  hashes = [\n    "${hashOf(evil)}",\n  ]\n}\n`;
    const workdir = await checkoutWith({ "app/main.tf": root, [tracked]: evil, "app/.terraform.lock.hcl": lock });
    await chmod(join(workdir.checkout, tracked), 0o755);
    // Where the tool gets the real one: a registry has the same version, and another program.
    const mirror = join(folder.path, "mirror");
    await chmod(await folder.write(`mirror/${address}/3.2.2/${platform}/${program}`, "#!/bin/sh\nexit 1\n"), 0o755);
    await expect(open(mirror).fetchProviders(workdir)).rejects.toThrow(/Failed to install provider/);
    expect(existsSync(join(workdir.checkout, tracked))).toBe(false);
    expect(existsSync(trace)).toBe(false);
  });

  it("is no backend that is opened where none is wanted", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/state`;
      const backend = { type: "http", config: { address: url, retry_max: 0 }, hash: 1 };
      const workdir = await checkoutWith({
        "app/main.tf": `terraform {\n  backend "http" {\n    address = "${url}"\n  }\n}\n`,
        "app/.terraform/terraform.tfstate": JSON.stringify({ version: 3, terraform_version: "1.11.4", backend }),
      });
      await open().fetchProviders(workdir);
      expect(asked).toEqual([]);
    } finally {
      server.close();
    }
  });

  it("is no module that counts as fetched from its source", async () => {
    const listed = { Key: "m", Source: "git::file:///nowhere.git", Dir: ".terraform/modules/m" };
    const workdir = await checkoutWith({
      "app/main.tf": 'module "m" {\n  source = "git::file:///nowhere.git"\n}\n',
      "app/.terraform/modules/modules.json": JSON.stringify({ Modules: [{ Key: "", Source: "", Dir: "." }, listed] }),
      "app/.terraform/modules/m/main.tf": 'output "x" {\n  value = "made up"\n}\n',
    });
    await expect(open().fetchModules(workdir, { anew: true })).rejects.toThrow(/get in app/);
  });
});

describe("a provider that several roots have", () => {
  it("is fetched once where their lock files have its hash, and counts for no root that has another", async () => {
    const good = "#!/bin/sh\nexit 1\n";
    const packed = (content: string) => writeZip([{ name: program, content }]);
    const zip = `mirror/${address}/terraform-provider-null_3.2.2_${platform}.zip`;
    await folder.write(zip, packed(good));
    const lock = (hash: string) =>
      `provider "${address}" {\n  version = "3.2.2"\n  hashes = [\n    "${hash}",\n  ]\n}\n`;
    const root = `terraform {\n  required_providers {\n    null = { source = "hashicorp/null" }\n  }\n}\n`;
    const files: Record<string, string> = {};
    for (const [name, hash] of [
      ["one", hashOf(good)],
      ["two", hashOf(good)],
      ["other", hashOf("something else")],
    ] as const) {
      files[`${name}/main.tf`] = root;
      files[`${name}/.terraform.lock.hcl`] = lock(hash);
    }
    const workdir = await checkoutWith(files);
    await folder.write("cache/.keep", "");
    const terraform = open(join(folder.path, "mirror"));
    const fetch = (name: string) =>
      terraform.fetchProviders({ ...workdir, root: name }, { cache: join(folder.path, "cache") });
    await fetch("one");
    // Where it came from has it no more: what is there now has another hash.
    await folder.write(zip, packed("#!/bin/sh\nexit 2\n"));
    await fetch("two");
    const there = join(workdir.checkout, "two", ".terraform", "providers", address, "3.2.2", platform, program);
    expect(await readFile(there, "utf8")).toBe(good);
    await expect(fetch("other")).rejects.toThrow(/Failed to install provider/);
    await terraform.forgetFetched({ ...workdir, root: "two" });
    expect(existsSync(join(workdir.checkout, "two", ".terraform"))).toBe(false);
    await fetch("two");
    expect(await readFile(there, "utf8")).toBe(good);
  });
});
