import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import {
  appears,
  data,
  local,
  noBackend,
  nothing,
  plain,
  slow,
  terraformStage,
} from "../../../test/terraform/terraform-stage.ts";

const stage = terraformStage();

describe("a change's life", () => {
  it("is planned, shown, applied once, and read back", async () => {
    const terraform = stage.open();
    const { workdir, path } = await stage.rootWith(
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
      summary: expect.stringMatching(/^Saved plan is stale: /),
      started: false,
      stateLock: null,
    });
    expect(await terraform.plan(workdir, about)).toEqual({ kind: "no-changes" });
    expect(await terraform.plan(workdir, { ...about, mode: "destroy" })).toEqual({ kind: "changes" });
    expect(await terraform.plan(workdir, { ...about, mode: "refresh-only" })).toEqual({ kind: "no-changes" });
  });

  it("is not applied from a plan that failed, of which no file is left", async () => {
    const terraform = stage.open();
    const unmet =
      '  lifecycle {\n    precondition {\n      condition = terraform_data.x.input == "two"\n      error_message = "not two"\n    }\n  }\n';
    const { workdir, path } = await stage.rootWith(`${local}${data}resource "terraform_data" "y" {\n${unmet}}\n`);
    await terraform.init(workdir, noBackend);
    const outcome = await terraform.plan(workdir, { ...plain, out: path("p") });
    const root = "stacks/the app";
    expect(outcome).toEqual({
      kind: "failed",
      summary: expect.stringMatching(/^Resource precondition failed \(stacks\/the app\/main\.tf:\d+\): not two$/),
      errors: [
        {
          summary: "Resource precondition failed",
          place: { file: `${root}/main.tf`, line: expect.any(Number) },
          address: null,
          detail: "not two",
        },
      ],
      stateLock: null,
    });
    expect(existsSync(path("p"))).toBe(false);
  });

  it("replaces a file of the plan's name that the checkout brought along", async () => {
    const terraform = stage.open();
    const { workdir, path } = await stage.rootWith(`${local}nonsense {}\n`, {
      files: { "stacks/the app/p": "forged" },
    });
    await expect(terraform.init(workdir, noBackend)).rejects.toMatchObject({ code: "init-failed" });
    expect(await terraform.plan(workdir, { ...plain, out: path("p") })).toMatchObject({ kind: "failed" });
    expect(existsSync(path("p"))).toBe(false);
  });

  it("takes only a whole plan file: anything else never starts", async () => {
    const terraform = stage.open();
    const { workdir, path } = await stage.rootWith(local + data, { files: { "stacks/the app/p": "forged" } });
    await terraform.init(workdir, noBackend);
    expect(await terraform.apply(workdir, path("p"), nothing)).toMatchObject({ kind: "failed", started: false });
  });
});

describe("an apply that goes wrong", () => {
  it("is stopped in good order, saves what it did, and leaves no process behind", async () => {
    const terraform = stage.open();
    const stop = new AbortController();
    const { block, path: statePath } = stage.http();
    const { workdir, path } = await stage.rootWith(
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
    expect(stage.state.lockedBy(statePath)).toBeUndefined();
    expect(stage.state.read(statePath)).toContain('"name": "x"');
  });

  it("keeps the state that the backend did not take", async () => {
    const terraform = stage.open();
    const { block } = stage.http();
    const { workdir, path } = await stage.rootWith(block + data, {
      files: { "stacks/the app/errored.tfstate": "forged" },
    });
    await terraform.init(workdir, noBackend);
    await terraform.plan(workdir, { ...plain, out: path("p") });
    stage.state.refuseWrites(500);
    const outcome = await terraform
      .apply(workdir, path("p"), nothing)
      .finally(() => stage.state.refuseWrites(undefined));
    expect(outcome).toMatchObject({ kind: "failed", started: true, unsavedState: path("errored.tfstate") });
    expect(await readFile(path("errored.tfstate"), "utf8")).toContain('"name": "x"');
  });

  it("started when a provisioner failed", async () => {
    const terraform = stage.open();
    const { workdir, path } = await stage.rootWith(local + slow.replace(/command = .*/, 'command = "exit 1"'));
    await terraform.init(workdir, noBackend);
    await terraform.plan(workdir, { ...plain, out: path("p") });
    expect(await terraform.apply(workdir, path("p"), nothing)).toMatchObject({ kind: "failed", started: true });
  });

  it("did not start when it was cancelled before", async () => {
    const { workdir, path } = await stage.rootWith(local + data, { signal: AbortSignal.abort() });
    expect(await stage.open().apply(workdir, path("p"), nothing)).toMatchObject({ kind: "failed", started: false });
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
    const terraform = stage.open({ env });
    const { workdir, path, log } = await stage.rootWith(
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
    const { workdir } = await stage.rootWith(local, { env: { TF_CLI_ARGS_plan: "-destroy" } });
    await expect(stage.open().init(workdir, noBackend)).rejects.toMatchObject({ code: "variable-refused" });
  });

  it("does not put credentials of the backend into the log", async () => {
    const { block } = stage.http();
    const { workdir, log } = await stage.rootWith(block + data);
    const { settings } = await stage
      .open()
      .init(workdir, { backend: ["username=me", "password=hunter2"], reuse: null });
    expect(settings).toMatchObject({ username: "me", password: "hunter2" });
    expect(log()).toContain("password=***");
    expect(log()).not.toContain("hunter2");
  });
});
