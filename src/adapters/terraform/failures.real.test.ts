import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Workdir } from "../../delivery/ports.ts";
import { digestOf } from "../../domain/digest.ts";
import { temporaryFolder } from "../../testing/programs.ts";
import { openTerraform, type TerraformOptions } from "./index.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let logged: string[];
beforeEach(async () => {
  folder = await temporaryFolder();
  logged = [];
});
afterEach(() => folder.remove());

const redactor: TerraformOptions["redactor"] = (env) => (text) =>
  Object.values(env).reduce((shown, value) => shown.replaceAll(value, "***"), text);

function workdirIn(checkout: string, env: Record<string, string> = {}): Workdir {
  return { checkout: join(folder.path, checkout), root: ".", env, log: { write: (text) => void logged.push(text) } };
}

/** A program that stands first on the PATH under Terraform's name and answers `version` like the real one. */
async function fake(script: string, more: Partial<TerraformOptions> = {}) {
  const version = `[ "$1" = version ] && { echo '{"terraform_version":"1.11.4"}'; exit 0; }`;
  await folder.program("bin/terraform", `${version}\n${script}`);
  await mkdir(join(folder.path, "root"), { recursive: true });
  const env = { PATH: `${join(folder.path, "bin")}:${process.env.PATH}` };
  return openTerraform({ program: "terraform", env, redactor, grace: 100, ...more });
}
const plain = { varFiles: [], mode: "normal", out: "p" } as const;

describe("the program", () => {
  const env = { PATH: process.env.PATH };

  it("is missing: says so, and what to do", async () => {
    const terraform = openTerraform({ program: "opentofu", binary: "no-such-tofu", env, redactor });
    await expect(terraform.version()).rejects.toMatchObject({
      code: "tool-missing",
      reaction: "stop",
      hint: expect.stringMatching(/PATH/),
    });
  });

  it("is too old: says what was found", async () => {
    const binary = await folder.program("old", `echo '{"terraform_version":"1.9.8"}'`);
    const terraform = openTerraform({ program: "terraform", binary, env, redactor });
    await expect(terraform.version()).rejects.toMatchObject({ code: "tool-too-old", reaction: "stop" });
    await expect(terraform.version()).rejects.toThrow(/is Terraform 1\.9\.8; plangate needs 1\.10\.0 or later/);
  });

  it("is something else altogether", async () => {
    const binary = await folder.program("other", "echo hello");
    const terraform = openTerraform({ program: "terraform", binary, env, redactor });
    await expect(terraform.version()).rejects.toMatchObject({ code: "tool-missing" });
  });

  it("is OpenTofu, driven the same way", async () => {
    const binary = await folder.program("tofu", `echo '{"terraform_version":"1.10.3"}'`);
    const terraform = openTerraform({ program: "opentofu", binary, env, redactor });
    expect(await terraform.version()).toEqual({ name: "opentofu", version: "1.10.3" });
  });
});

describe("failures that the real program cannot be made to show", () => {
  it("names a full disk", async () => {
    const terraform = await fake('echo "Error: Failed to write plan\n\nwrite p: no space left on device" >&2; exit 1');
    await expect(terraform.plan(workdirIn("root"), plain)).rejects.toMatchObject({
      code: "disk-full",
      reaction: "stop",
    });
  });

  it("cancels a plan that hangs", async () => {
    const terraform = await fake("trap '' INT; while :; do sleep 0.05; done");
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const planning = terraform.plan({ ...workdirIn("root"), signal: stop.signal }, plain);
    await expect(planning).rejects.toMatchObject({ code: "cancelled", reaction: "stop" });
  }, 30_000);

  it("gives a plan no more time than it has", async () => {
    const terraform = await fake("sleep 60", { timeout: 100 });
    await expect(terraform.plan(workdirIn("root"), plain)).rejects.toMatchObject({ code: "timed-out" });
  });

  it("shows no secret in log, summary or detail", async () => {
    const terraform = await fake('echo "using hunter2"; echo "Error: bad token hunter2\n\nit was hunter2" >&2; exit 1');
    const workdir = workdirIn("root", { TOKEN: "hunter2" });
    expect(await terraform.plan(workdir, plain)).toMatchObject({
      kind: "failed",
      summary: "bad token ***: it was ***",
    });
    const pulling = terraform.stateVersion(workdir).catch((error: unknown) => JSON.stringify(error) + String(error));
    expect(await pulling).toContain("bad token ***");
    expect(logged.join("") + (await pulling)).not.toContain("hunter2");
  });

  it("does not believe a plan that wrote no file", async () => {
    const terraform = await fake("exit 2");
    await expect(terraform.plan(workdirIn("root"), plain)).rejects.toMatchObject({ code: "plan-file-missing" });
  });

  it("counts an apply as started when it was killed, or when anything was said about a resource", async () => {
    const killed = await fake("kill -9 $$");
    expect(await killed.apply(workdirIn("root"), "p", async () => undefined)).toMatchObject({ started: true });
    const busy = await fake('echo "x: Creating..."; echo "\nError: Saved plan is stale\n" >&2; exit 1');
    expect(await busy.apply(workdirIn("root"), "p", async () => undefined)).toMatchObject({ started: true });
  });

  it.each([
    ["{}", "state-unreadable"],
    ["nonsense", "state-unreadable"],
    ['{"lineage":"l","serial":"3"}', "state-unreadable"],
  ])("does not take %s for a state", async (text, code) => {
    const terraform = await fake(`echo '${text}'`);
    await expect(terraform.stateVersion(workdirIn("root"))).rejects.toMatchObject({ code });
  });
});

describe("providers", () => {
  const platform = `linux_${arch() === "x64" ? "amd64" : arch()}`;
  const needsProvider = `terraform {
  backend "local" {}
  required_providers {
    thing = {
      source = "example.com/acme/thing"
    }
  }
}
`;
  /** A provider that can be installed and not started: enough to see what init says about it. */
  async function mirror(): Promise<string> {
    await folder.program(
      `mirror of mine/example.com/acme/thing/1.0.0/${platform}/terraform-provider-thing_v1.0.0`,
      "exit 1",
    );
    return join(folder.path, "mirror of mine");
  }
  async function open(more: Partial<TerraformOptions> = {}) {
    const localStateBase = () => join(folder.path, "kept");
    const env = process.env;
    return openTerraform({
      program: "terraform",
      env,
      redactor,
      localStateBase,
      providerMirror: await mirror(),
      ...more,
    });
  }
  const noBackend = { backend: [], reuse: null };

  async function lock(checkout: string): Promise<void> {
    const args = ["providers", "lock", `-fs-mirror=${await mirror()}`, `-platform=${platform}`];
    await promisify(execFile)("terraform", args, { cwd: join(folder.path, checkout), env: { PATH: process.env.PATH } });
  }

  it("are refused without a dependency lock file", async () => {
    await folder.write("a/main.tf", needsProvider);
    const failing = (await open()).init(workdirIn("a"), noBackend);
    await expect(failing).rejects.toMatchObject({
      code: "lock-file-missing",
      reaction: "stop",
      hint: expect.stringMatching(/terraform -chdir=\. providers lock/),
    });
  });

  it("are refused when the lock file does not cover them", async () => {
    await folder.write("a/main.tf", needsProvider);
    await folder.write("a/.terraform.lock.hcl", "# nothing\n");
    await expect((await open()).init(workdirIn("a"), noBackend)).rejects.toMatchObject({ code: "lock-file-outdated" });
  });

  it("come from the mirror when the lock file has them, and are reused with an init", async () => {
    await folder.write("a/main.tf", needsProvider);
    await lock("a");
    const terraform = await open({ initCache: join(folder.path, "cache") });
    const about = { backend: [], reuse: digestOf("x") };
    await terraform.init(workdirIn("a"), about);
    await terraform.init(workdirIn("a"), about);
    expect(logged.join("").match(/\$ terraform init/g)).toHaveLength(1);
    const summary = expect.stringMatching(/^Failed to load plugin schemas: /);
    expect(await terraform.plan(workdirIn("a"), plain)).toMatchObject({ kind: "failed", summary, stateLock: null });
  });

  it("that were swapped after they were locked never run", async () => {
    await folder.write("a/main.tf", needsProvider);
    await lock("a");
    const terraform = await open({ initCache: join(folder.path, "cache") });
    const about = { backend: [], reuse: digestOf("x") };
    await terraform.init(workdirIn("a"), about);
    await terraform.init(workdirIn("a"), about);
    const installed = join(folder.path, `mirror of mine/example.com/acme/thing/1.0.0/${platform}`);
    await writeFile(join(installed, "terraform-provider-thing_v1.0.0"), `#!/bin/sh\ntouch '${folder.path}/ran'\n`);
    await chmod(join(installed, "terraform-provider-thing_v1.0.0"), 0o755);
    await expect(terraform.plan(workdirIn("a"), plain)).rejects.toMatchObject({ code: "provider-altered" });
    expect(existsSync(join(folder.path, "ran"))).toBe(false);
  });

  it("that are nowhere to be found are worth another try", async () => {
    await folder.write("a/main.tf", needsProvider);
    await lock("a");
    await rm(join(folder.path, "mirror of mine/example.com"), { recursive: true });
    const env = process.env;
    const terraform = openTerraform({ program: "terraform", env, redactor, providerMirror: undefined });
    await expect(terraform.init(workdirIn("a"), noBackend)).rejects.toMatchObject({
      code: "registry-unreachable",
      reaction: "retry",
    });
  });
});
