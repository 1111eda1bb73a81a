import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Workdir } from "../../delivery/ports.ts";
import { digestOf } from "../../domain/digest.ts";
import { type HttpState, startHttpState } from "../../testing/http-state.ts";
import { temporaryFolder } from "../../testing/programs.ts";
import { openTerraform, type TerraformOptions } from "./index.ts";

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

function open(more: Partial<TerraformOptions> = {}) {
  return openTerraform({
    program: "terraform",
    env: process.env,
    redactor: (env) => (text) => Object.values(env).reduce((shown, value) => shown.replaceAll(value, "***"), text),
    localStateBase: (root) => join(folder.path, "kept", root),
    lockTimeout: 0,
    ...more,
  });
}

/** A checkout with one root module; `log` has what was written to the run log. */
async function rootWith(main: string, more: Partial<Workdir> & { files?: Record<string, string>; root?: string } = {}) {
  const root = more.root ?? "stacks/the app";
  await folder.write(`checkout/${root}/main.tf`, main);
  for (const [path, text] of Object.entries(more.files ?? {})) await folder.write(`checkout/${path}`, text);
  const log: string[] = [];
  const workdir: Workdir = {
    checkout: join(folder.path, "checkout"),
    root,
    env: more.env ?? {},
    log: { write: (text) => void log.push(text) },
    ...(more.signal === undefined ? {} : { signal: more.signal }),
  };
  return { workdir, log: () => log.join(""), path: (name: string) => join(workdir.checkout, root, name) };
}

const local = 'terraform {\n  backend "local" {}\n}\n';
const data = 'resource "terraform_data" "x" {\n  input = "one"\n}\n';
let states = 0;
function http(): { path: string; block: string } {
  const path = `/s${++states}`;
  const url = state.url + path;
  const settings = ["address", "lock_address", "unlock_address"].map((name) => `    ${name} = "${url}"`).join("\n");
  return { path, block: `terraform {\n  backend "http" {\n${settings}\n    retry_max = 0\n  }\n}\n` };
}
const plain = { varFiles: [], mode: "normal" } as const;
const noBackend = { backend: [], reuse: null };
const nothing = async () => undefined;
const slow =
  'resource "terraform_data" "slow" {\n  provisioner "local-exec" {\n    command = "echo $$ > pid; sleep 30"\n  }\n}\n';

async function appears(file: string): Promise<void> {
  for (let tries = 0; tries < 1000 && !existsSync(file); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a change's life", () => {
  it("is planned, shown, applied once, and read back", async () => {
    const terraform = open();
    const { workdir, path } = await rootWith(
      `${local}variable "v" {}\n${data.replace('"one"', "var.v")}output "o" {\n  value = "s-\${var.v}"\n  sensitive = true\n}\n`,
      { files: { "vars of prod.tfvars": 'v = "two"\n' } },
    );
    await terraform.init(workdir, noBackend);
    expect(await terraform.stateVersion(workdir)).toEqual({ lineage: null, serial: 0 });
    const about = { ...plain, varFiles: ["vars of prod.tfvars"], out: path("p") };
    expect(await terraform.plan(workdir, about)).toEqual({ kind: "changes" });
    const shown = JSON.parse(Buffer.from(await terraform.show(workdir, path("p"))).toString("utf8"));
    expect(shown).toMatchObject({ applyable: true, complete: true, errored: false });

    const pids: number[] = [];
    expect(await terraform.apply(workdir, path("p"), async (pid) => void pids.push(pid))).toEqual({ kind: "applied" });
    expect(pids).toHaveLength(1);
    const after = await terraform.stateVersion(workdir);
    expect(after).toEqual({ lineage: expect.stringMatching(/^[0-9a-f-]{36}$/), serial: expect.any(Number) });
    expect(after.serial).toBeGreaterThan(0);
    expect(await terraform.outputs(workdir)).toEqual({ o: { value: "s-two", sensitive: true } });

    expect(await terraform.apply(workdir, path("p"), nothing)).toMatchObject({
      kind: "failed",
      summary: "Saved plan is stale",
      started: false,
      stateLock: null,
    });
    expect(await terraform.plan(workdir, about)).toEqual({ kind: "no-changes" });
    expect(await terraform.plan(workdir, { ...about, mode: "destroy" })).toEqual({ kind: "changes" });
    expect(await terraform.plan(workdir, { ...about, mode: "refresh-only" })).toEqual({ kind: "no-changes" });
  });

  it("is not applied from a plan that failed, of which no file is left", async () => {
    const terraform = open();
    const unmet =
      '  lifecycle {\n    precondition {\n      condition = terraform_data.x.input == "two"\n      error_message = "not two"\n    }\n  }\n';
    const { workdir, path } = await rootWith(`${local}${data}resource "terraform_data" "y" {\n${unmet}}\n`);
    await terraform.init(workdir, noBackend);
    const outcome = await terraform.plan(workdir, { ...plain, out: path("p") });
    expect(outcome).toEqual({ kind: "failed", summary: "Resource precondition failed", stateLock: null });
    expect(existsSync(path("p"))).toBe(false);
  });

  it("replaces a file of the plan's name that the checkout brought along", async () => {
    const terraform = open();
    const { workdir, path } = await rootWith(`${local}nonsense {}\n`, { files: { "stacks/the app/p": "forged" } });
    await expect(terraform.init(workdir, noBackend)).rejects.toMatchObject({ code: "init-failed" });
    expect(await terraform.plan(workdir, { ...plain, out: path("p") })).toMatchObject({ kind: "failed" });
    expect(existsSync(path("p"))).toBe(false);
  });

  it("takes only a whole plan file: anything else never starts", async () => {
    const terraform = open();
    const { workdir, path } = await rootWith(local + data, { files: { "stacks/the app/p": "forged" } });
    await terraform.init(workdir, noBackend);
    expect(await terraform.apply(workdir, path("p"), nothing)).toMatchObject({ kind: "failed", started: false });
  });
});

describe("init", () => {
  it("puts a relative local state where it outlives the checkout", async () => {
    const { workdir } = await rootWith('terraform {\n  backend "local" {\n    path = "deep/x.tfstate"\n  }\n}\n');
    const backend = await open().init(workdir, noBackend);
    expect(backend).toMatchObject({ type: "local", workspace: "default" });
    expect(backend.settings.path).toBe(join(folder.path, "kept/stacks/the app/deep/x.tfstate"));
  });

  it.each([
    { name: "from a setting", backend: ["path=y.tfstate"], path: "kept/stacks/the app/y.tfstate" },
    { name: "from a file of settings", backend: ["env/b.hcl"], path: "kept/stacks/the app/z.tfstate" },
  ])("finds the local path $name", async ({ backend, path }) => {
    const { workdir } = await rootWith(local, { files: { "env/b.hcl": 'path = "z.tfstate"\n' } });
    expect((await open().init(workdir, { backend, reuse: null })).settings.path).toBe(join(folder.path, path));
  });

  it("is not misled by a comment that speaks of a local backend", async () => {
    const { block, path } = http();
    const { workdir } = await rootWith(`/*\n  backend "local" {}\n*/\n${block}`);
    expect(await open().init(workdir, noBackend)).toMatchObject({
      type: "http",
      settings: { address: state.url + path },
    });
  });

  it("refuses a relative local state that nothing would keep", async () => {
    const { workdir } = await rootWith(local);
    await expect(open({ localStateBase: undefined }).init(workdir, noBackend)).rejects.toMatchObject({
      code: "backend-missing",
    });
  });

  it("refuses a root module without a backend", async () => {
    const { workdir } = await rootWith(data);
    await expect(open().init(workdir, noBackend)).rejects.toMatchObject({ code: "backend-missing", reaction: "stop" });
  });

  it("refuses backend files outside the checkout", async () => {
    const { workdir } = await rootWith(local);
    await expect(open().init(workdir, { backend: ["../b.hcl"], reuse: null })).rejects.toMatchObject({
      code: "path-outside",
    });
  });

  it("names the first thing that is wrong with a configuration", async () => {
    const { workdir } = await rootWith(`${local}resource "terraform_data" {}\n`);
    const failing = open().init(workdir, noBackend);
    await expect(failing).rejects.toMatchObject({ code: "init-failed", reaction: "stop" });
    await expect(failing).rejects.toThrow(/terraform init in stacks\/the app: Missing name for resource/);
  });

  it("does not use what the checkout brings as .terraform", async () => {
    const { workdir, path } = await rootWith(local, {
      files: {
        "stacks/the app/.terraform/modules/modules.json": "{}",
        "stacks/the app/.terraform/terraform.tfstate": "{}",
      },
    });
    await open().init(workdir, noBackend);
    expect(existsSync(path(".terraform/modules"))).toBe(false);
  });
});

describe("an init that is reused", () => {
  const reuse = digestOf("inputs of init");
  const withModule = `${local}module "m" {\n  source = "./m"\n}\n`;
  const files = { "stacks/the app/m/main.tf": data };

  it("runs once, also when many want it at the same time", async () => {
    const terraform = open({ initCache: join(folder.path, "cache") });
    const first = await rootWith(withModule, { files });
    await Promise.all([1, 2, 3, 4].map(() => terraform.version()));
    const many = await Promise.all(
      ["a", "b", "c"].map((root) => rootWith(withModule, { root, files: { [`${root}/m/main.tf`]: data } })),
    );
    await Promise.all(many.map(({ workdir }) => terraform.init(workdir, { backend: ["path=/tmp/x"], reuse })));
    const again = await rootWith(withModule, { files });
    await terraform.init(again.workdir, { backend: ["path=/tmp/x"], reuse: null });
    await terraform.init(first.workdir, { backend: [], reuse });
    const backend = await terraform.init(again.workdir, { backend: [], reuse });
    expect(again.log().match(/\$ terraform init/g)).toHaveLength(1);
    expect(backend.settings.path).toBe(join(folder.path, "kept/stacks/the app/terraform.tfstate"));
    expect(await terraform.plan(again.workdir, { ...plain, out: again.path("p") })).toEqual({ kind: "changes" });
    expect((await readdir(join(folder.path, "cache"))).some((name) => name.startsWith("."))).toBe(false);
  });

  it.each(["terraform.tfstate", "modules/modules.json"])(
    "runs again when %s of the kept one was altered",
    async (name) => {
      const cache = join(folder.path, "cache");
      const terraform = open({ initCache: cache });
      const { workdir, log } = await rootWith(withModule, { files });
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
    const terraform = open({ initCache: join(folder.path, "cache") });
    const before = await rootWith(local + data);
    await terraform.init(before.workdir, { backend: [], reuse });
    const { workdir, log, path } = await rootWith(withModule, { files });
    await terraform.init(workdir, { backend: [], reuse });
    expect(await terraform.plan(workdir, { ...plain, out: path("p") })).toEqual({ kind: "changes" });
    expect(log().match(/\$ terraform init/g)).toHaveLength(1);
  });

  it("does not count half-written ones", async () => {
    const cache = join(folder.path, "cache");
    const terraform = open({ initCache: cache });
    const { workdir, log } = await rootWith(local);
    await terraform.init(workdir, { backend: [], reuse });
    const [entry] = await readdir(cache);
    await rm(join(cache, entry ?? "", "plangate.json"));
    await mkdir(join(cache, ".new-something"), { recursive: true });
    await terraform.init(workdir, { backend: [], reuse });
    expect(log().match(/\$ terraform init/g)).toHaveLength(2);
  });
});

describe("the state lock", () => {
  it("of a local state names who holds it, since when and for what", async () => {
    const terraform = open();
    const stop = new AbortController();
    const { workdir, path } = await rootWith(local + slow, { signal: stop.signal });
    await terraform.init(workdir, noBackend);
    await terraform.plan(workdir, { ...plain, out: path("p") });
    const other = { ...workdir, signal: new AbortController().signal };
    const applying = terraform.apply(workdir, path("p"), nothing);
    await appears(path("pid"));

    const holder = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      who: expect.stringContaining("@"),
      operation: "apply",
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    };
    expect(await terraform.plan(other, { ...plain, out: path("q") })).toEqual({
      kind: "failed",
      summary: "Error acquiring the state lock",
      stateLock: holder,
    });
    expect(await terraform.apply(other, path("p"), nothing)).toMatchObject({
      kind: "failed",
      started: false,
      stateLock: holder,
    });
    stop.abort();
    expect(await applying).toMatchObject({ kind: "failed", started: true });
  });

  it("of an http state gives the holder's id, and can be released by hand", async () => {
    const terraform = open();
    const { block, path: statePath } = http();
    const { workdir, path } = await rootWith(block + data);
    await terraform.init(workdir, noBackend);
    expect(await terraform.plan(workdir, { ...plain, out: path("p") })).toEqual({ kind: "changes" });
    state.lock(statePath, { id: "their-lock", who: "eve" });
    const stateLock = { id: "their-lock", who: null, operation: null, since: null };
    expect(await terraform.plan(workdir, { ...plain, out: path("q") })).toMatchObject({ kind: "failed", stateLock });
    expect(await terraform.apply(workdir, path("p"), nothing)).toMatchObject({
      kind: "failed",
      started: false,
      stateLock,
    });
    await expect(terraform.forceUnlock(workdir, "-force")).rejects.toMatchObject({ code: "lock-id-invalid" });
    await terraform.forceUnlock(workdir, "their-lock");
    expect(state.lockedBy(statePath)).toBeUndefined();
    expect(await terraform.apply(workdir, path("p"), nothing)).toEqual({ kind: "applied" });
  });
});

describe("an apply that goes wrong", () => {
  it("is stopped in good order, saves what it did, and leaves no process behind", async () => {
    const terraform = open();
    const stop = new AbortController();
    const { block, path: statePath } = http();
    const { workdir, path } = await rootWith(
      `${block}${data}${slow.replace("{", "{\n  depends_on = [terraform_data.x]")}`,
      {
        signal: stop.signal,
      },
    );
    await terraform.init(workdir, noBackend);
    await terraform.plan(workdir, { ...plain, out: path("p") });
    const applying = terraform.apply(workdir, path("p"), nothing);
    await appears(path("pid"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const shell = Number(readFileSync(path("pid"), "utf8"));
    stop.abort();
    expect(await applying).toMatchObject({ kind: "failed", started: true, stateLock: null });
    expect(() => process.kill(shell, 0)).toThrow();
    expect(state.lockedBy(statePath)).toBeUndefined();
    expect(state.read(statePath)).toContain('"name": "x"');
  });

  it("keeps the state that the backend did not take", async () => {
    const terraform = open();
    const { block } = http();
    const { workdir, path } = await rootWith(block + data, { files: { "stacks/the app/errored.tfstate": "forged" } });
    await terraform.init(workdir, noBackend);
    await terraform.plan(workdir, { ...plain, out: path("p") });
    state.refuseWrites(500);
    const outcome = await terraform.apply(workdir, path("p"), nothing).finally(() => state.refuseWrites(undefined));
    expect(outcome).toMatchObject({ kind: "failed", started: true, unsavedState: path("errored.tfstate") });
    expect(await readFile(path("errored.tfstate"), "utf8")).toContain('"name": "x"');
  });

  it("started when a provisioner failed", async () => {
    const terraform = open();
    const { workdir, path } = await rootWith(local + slow.replace(/command = .*/, 'command = "exit 1"'));
    await terraform.init(workdir, noBackend);
    await terraform.plan(workdir, { ...plain, out: path("p") });
    expect(await terraform.apply(workdir, path("p"), nothing)).toMatchObject({ kind: "failed", started: true });
  });

  it("did not start when it was cancelled before", async () => {
    const { workdir, path } = await rootWith(local + data, { signal: AbortSignal.abort() });
    expect(await open().apply(workdir, path("p"), nothing)).toMatchObject({ kind: "failed", started: false });
  });
});

describe("a backend out of reach", () => {
  it("is worth another try, for plan as for the state", async () => {
    const terraform = open();
    const { block } = http();
    const { workdir, path } = await rootWith(block + data);
    await terraform.init(workdir, noBackend);
    const settings = path(".terraform/terraform.tfstate");
    await writeFile(settings, (await readFile(settings, "utf8")).replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:9"));
    const expected = { code: "backend-unreachable", reaction: "retry" };
    await expect(terraform.plan(workdir, { ...plain, out: path("p") })).rejects.toMatchObject(expected);
    await expect(terraform.stateVersion(workdir)).rejects.toMatchObject(expected);
  });

  it("is noticed by init, which reads the state too", async () => {
    const { block } = http();
    const { workdir } = await rootWith(block.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:9"));
    await expect(open().init(workdir, noBackend)).rejects.toMatchObject({
      code: "backend-unreachable",
      reaction: "retry",
    });
  });

  it("is noticed by init where init itself connects", async () => {
    const { workdir } = await rootWith(
      'terraform {\n  backend "pg" {\n    conn_str = "postgres://u:p@127.0.0.1:9/db?sslmode=disable&connect_timeout=2"\n  }\n}\n',
    );
    await expect(open().init(workdir, noBackend)).rejects.toMatchObject({
      code: "backend-unreachable",
      reaction: "retry",
    });
  });
});

describe("what a run may see", () => {
  it("is its own environment, whatever is set where plangate runs", async () => {
    const env = {
      ...process.env,
      TF_CLI_ARGS_plan: "-destroy",
      TF_VAR_v: "theirs",
      TF_LOG: "trace",
      SECRET_OF_HOST: "1",
    };
    const terraform = open({ env });
    const { workdir, path, log } = await rootWith(
      `${local}variable "v" {}\nresource "terraform_data" "x" {\n  input = var.v\n  provisioner "local-exec" {\n    command = "env"\n  }\n}\n`,
      { env: { TF_VAR_v: "our-value" } },
    );
    await terraform.init(workdir, noBackend);
    expect(await terraform.plan(workdir, { ...plain, out: path("p") })).toEqual({ kind: "changes" });
    await terraform.apply(workdir, path("p"), nothing);
    expect(log()).not.toMatch(/SECRET_OF_HOST|TF_LOG|TF_CLI_ARGS|theirs|our-value/);
    expect(log()).toMatch(/TF_VAR_v=\*\*\*/);
  });

  it("does not include what would change the command itself", async () => {
    const { workdir } = await rootWith(local, { env: { TF_CLI_ARGS_plan: "-destroy" } });
    await expect(open().init(workdir, noBackend)).rejects.toMatchObject({ code: "variable-refused" });
  });

  it("does not put credentials of the backend into the log", async () => {
    const { block } = http();
    const { workdir, log } = await rootWith(block + data);
    const { settings } = await open().init(workdir, { backend: ["username=me", "password=hunter2"], reuse: null });
    expect(settings).toMatchObject({ username: "me", password: "hunter2" });
    expect(log()).toContain("password=***");
    expect(log()).not.toContain("hunter2");
  });
});
