import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openWorkFolders } from "../../adapters/folders/index.ts";
import { openTerraform } from "../../adapters/terraform/index.ts";
import type { TreeSha } from "../../domain/names.ts";
import type { Stack } from "../../flow/flow.ts";
import { runId } from "../../testing/builders.ts";
import { writeZip } from "../../testing/plan-file.ts";
import { temporaryFolder } from "../../testing/programs.ts";
import type { JobGround } from "./job-delivery.ts";
import { openProviderFolders } from "./provider-folders.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const address = "registry.terraform.io/hashicorp/null";
const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
const program = "terraform-provider-null_v3.2.2_x5";
const platform = `${process.platform}_${arch}`;
const inFolder = `${address}/3.2.2/${platform}/${program}`;
const good = "#!/bin/sh\nexit 1\n";

function lockFor(content: string): string {
  const file = createHash("sha256").update(content).digest("hex");
  const hash = createHash("sha256").update(`${file}  ${program}\n`).digest("base64");
  return `provider "${address}" {\n  version     = "3.2.2"\n  constraints = "~> 3.0"\n  hashes = [\n    "h1:${hash}",\n  ]\n}\n`;
}

it("providers are fetched once for all stacks whose lock file is the same, by its hashes, and nothing of a configuration is read", async () => {
  const mirror = join(folder.path, "mirror");
  const put = (content: string) =>
    folder.write(
      `mirror/${address}/terraform-provider-null_3.2.2_${platform}.zip`,
      writeZip([{ name: program, content }]),
    );
  await put(good);
  const files: Readonly<Record<string, string>> = {
    "one/.terraform.lock.hcl": lockFor(good),
    "one/main.tf": 'module "m" {\n  source = "git::https://127.0.0.1:1/nowhere.git"\n}\n',
    "two/.terraform.lock.hcl": lockFor(good),
    "three/.terraform.lock.hcl": `# Of another day.\n${lockFor(good)}`,
    "other/.terraform.lock.hcl": lockFor("something else"),
    "link/.terraform.lock.hcl": "../one/.terraform.lock.hcl",
    "none/main.tf": "",
  };
  const entries = Object.keys(files).map((path) => ({
    path,
    mode: path.startsWith("link/") ? "120000" : "100644",
    blob: path,
  }));
  const tool = openTerraform({ program: "terraform", env: process.env, providerMirror: mirror });
  const started: string[] = [];
  const providersFor = openProviderFolders({
    repository: {
      listTree: async () => entries,
      readBlobs: async (blobs: readonly string[]) => blobs.map((blob) => Buffer.from(files[blob] ?? "")),
    } as unknown as JobGround["repository"],
    tool: {
      ...tool,
      fetchProviders: (workdir, about) => {
        started.push(workdir.checkout);
        return tool.fetchProviders(workdir, about);
      },
    },
    folders: openWorkFolders(join(folder.path, "work")),
    logs: { open: () => ({ write: () => undefined }) } as unknown as JobGround["logs"],
  });
  const of = (root: string) =>
    providersFor({ run: runId("1"), tree: "7".repeat(40) as TreeSha, stack: { root } as unknown as Stack });
  const [one, two] = await Promise.all([of("one"), of("two")]);
  expect(two).toBe(one);
  expect(await readFile(join(one ?? "", inFolder), "utf8")).toBe(good);
  expect(await Promise.all([of("none"), of("link")])).toEqual([null, null]);
  expect(started).toHaveLength(1);
  await expect(of("other")).rejects.toThrow(/Failed to install provider/);
  // Where it came from has another one by now.
  await put("#!/bin/sh\nexit 2\n");
  expect(await readFile(join((await of("three")) ?? "", inFolder), "utf8")).toBe(good);
});
