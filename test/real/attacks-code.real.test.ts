// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../src/testing/programs.ts";
import { type Arena, type ArenaAbout, openArena, provisioner, root } from "./support/arena.ts";

let arena: Arena;
afterEach(() => arena?.close());

const open = async (files: Readonly<Record<string, string | null>>, about?: ArenaAbout) => {
  arena = await openArena(files, about);
};
const notAllowed = { state: "refused", code: "not-allowed-in-plan" } as const;
const app = (more: string) => ({ "stacks/app/main.tf": root(more) });
const external = 'data "external" "x" {\n  program = ["sh", "-c", "echo {}"]\n}\n';
const checked = `check "c" {\n  ${external}  assert {\n    condition     = terraform_data.this.id != ""\n    error_message = "x"\n  }\n}\n`;

describe("programs that the flow does not allow", () => {
  it.each([
    ["a provisioner", app(provisioner("true")), "has a local-exec provisioner"],
    [
      "one of a resource that is there no times",
      app(provisioner("true").replace("{\n", "{\n  count = 0\n")),
      "local-exec",
    ],
    [
      "one that runs when an object goes",
      app(provisioner("true").replace("command", "when = destroy\n    command")),
      "local-exec",
    ],
    [
      "one in a module of a module",
      {
        ...app('module "a" {\n  source = "../../mods/a"\n}\n'),
        "mods/a/main.tf": 'module "b" {\n  source = "./b"\n}\n',
        "mods/a/b/main.tf": provisioner("true"),
      },
      "module.a.module.b.terraform_data.runs has a local-exec provisioner",
    ],
    [
      "one in the JSON syntax",
      {
        ...app(""),
        "stacks/app/x.tf.json": JSON.stringify({
          resource: { terraform_data: { x: { provisioner: [{ "local-exec": { command: "true" } }] } } },
        }),
      },
      "local-exec",
    ],
    [
      "one in an override",
      {
        ...app(""),
        "stacks/app/x_override.tf":
          'resource "terraform_data" "this" {\n  provisioner "local-exec" {\n    command = "true"\n  }\n}\n',
      },
      "local-exec",
    ],
    ["one in a file that looks like a leftover", { ...app(""), "stacks/app/#x.tf": provisioner("true") }, "local-exec"],
    ["data that a program gives", app(external), "has a program run while planning"],
    ["such data inside a check", app(checked), "has a program run while planning"],
    [
      "a plugin beside the configuration",
      { ...app(""), "stacks/app/terraform-provisioner-local-exec": "#!/bin/sh\n" },
      "would start stacks/app/terraform-provisioner-local-exec",
    ],
  ] as const)("are refused: %s", async (_, files, why) => {
    await open(files);
    expect(await arena.plan("dev/app")).toMatchObject({ ...notAllowed, why: expect.stringContaining(why) });
  });

  it("are refused where no plan shows them, also when provisioners are allowed: in a removed block", async () => {
    await open(app(""), { allow: "{ provisioners: [local-exec] }" });
    await arena.apply(await arena.plan("dev/app"));
    const removed = `removed {\n  from = terraform_data.this\n  lifecycle {\n    destroy = true\n  }\n  provisioner "local-exec" {\n    when    = destroy\n    command = "touch ${arena.trace("removed")}"\n  }\n}\n`;
    arena.commit({ "stacks/app/main.tf": `terraform {\n  backend "local" {}\n}\n${removed}` });
    expect(await arena.plan("dev/app")).toMatchObject({ ...notAllowed, why: expect.stringContaining("removed block") });
    const twice = '{"removed": [{"from": "terraform_data.this"}], "removed": []}';
    arena.commit({ "stacks/app/main.tf": root(), "stacks/app/x.tf.json": twice });
    expect((await arena.plan("dev/app")).state).not.toBe("waiting");
  });

  it("run nothing while planning or presenting when they are plugins, data or what comes with a module", async () => {
    await open(app(""));
    const plugin = `#!/bin/sh\ntouch ${arena.trace("plugin")}\n`;
    const data = external.replace("echo {}", `touch ${arena.trace("data")}; echo {}`);
    arena.commit({ "stacks/app/terraform-provisioner-evil": plugin, "stacks/app/x.tf": provisioner("true", "evil") });
    arena.commit({ "stacks/net/main.tf": root(data) });
    for (const stack of ["dev/app", "dev/net"]) expect(await arena.plan(stack)).toMatchObject(notAllowed);
    arena.commit({
      "stacks/git/main.tf": root(`module "x" {\n  source = "git::ext::sh -c touch% ${arena.trace("ext")}"\n}\n`),
    });
    expect(await arena.plan("dev/git")).toMatchObject({ state: "failed" });
    expect(arena.traces()).toEqual([]);
  });
});

describe("providers", () => {
  const pinned = (address: string) =>
    `provider "${address}" {\n  version = "1.0.0"\n  hashes = [\n    "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",\n  ]\n}\n`;

  it("are refused before anything is started when the list does not name them, or the lock file can be read in two ways", async () => {
    await open(app(""), { allow: "{ providers: [hashicorp/*] }" });
    arena.commit({ "stacks/app/.terraform.lock.hcl": pinned("evil.example/evil/evil") });
    expect(await arena.plan("dev/app")).toMatchObject({
      ...notAllowed,
      why: expect.stringContaining("evil.example/evil/evil"),
    });
    const hidden = pinned("registry.terraform.io/hashicorp/aws").replace(
      "  hashes",
      `/*\n}\n#*/ }\n#*/ provider "evil.example/evil/evil" { version = "1.0.0" }\n/*\n  hashes`,
    );
    arena.commit({ "stacks/app/.terraform.lock.hcl": hidden });
    expect(await arena.plan("dev/app")).toMatchObject({
      ...notAllowed,
      why: expect.stringContaining("not in the form"),
    });
  });
});

describe("a module from elsewhere whose tag moves", () => {
  const git = (folder: string, ...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=X", "-c", "user.email=x@x.example", "-C", folder, ...args], {
      encoding: "utf8",
    });

  it("between plan and present is not signed; between present and apply is not applied, also when only a script beside it changed", async () => {
    const elsewhere = await temporaryFolder();
    try {
      git(elsewhere.path, "init", "-q", "-b", "main");
      const release = async (files: Readonly<Record<string, string>>) => {
        for (const [name, text] of Object.entries(files)) await elsewhere.write(name, text);
        git(elsewhere.path, "add", "-A");
        git(elsewhere.path, "commit", "-q", "-m", "x");
        git(elsewhere.path, "tag", "-f", "v1");
      };
      await open(app(""), { allow: "{ provisioners: [local-exec] }" });
      const runs = (trace: string) => `#!/bin/sh\ntouch ${arena.trace(trace)}\n`;
      const script =
        'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = "sh ${path.module}/../scripts/run.sh"\n  }\n}\n';
      await release({ "net/main.tf": script, "scripts/run.sh": runs("good") });
      const source = `git::file://${elsewhere.path.replaceAll(" ", "%20")}//net?ref=v1`;
      arena.commit(app(`module "net" {\n  source = ${JSON.stringify(source)}\n}\n`));
      const moved = await arena.plan("dev/app", async () => {
        await release({ "net/main.tf": script.replace("run.sh", "other.sh") });
        return undefined;
      });
      expect(moved).toMatchObject({
        state: "refused",
        code: "snapshot-differs",
        why: expect.stringContaining('module "net"'),
      });
      await release({ "net/main.tf": `${script}# again\n` });
      const run = await arena.plan("dev/app");
      expect(run).toMatchObject({ state: "waiting" });
      await release({ "scripts/run.sh": runs("evil") });
      expect(await arena.apply(run)).toMatchObject({ state: "refused", code: "snapshot-differs" });
      expect(arena.traces()).toEqual([]);
      expect(await arena.apply(await arena.plan("dev/app"))).toMatchObject({ state: "verified" });
      expect(arena.traces()).toEqual(["evil"]);
    } finally {
      await elsewhere.remove();
    }
  });
});

describe("our own environment", () => {
  it("changes neither what is planned nor what is applied, and is given by name only", async () => {
    await open(app('variable "given" {\n  default = "none"\n}\noutput "given" {\n  value = var.given\n}\n'), {
      variables: ["TF_VAR_given"],
      env: {
        TF_CLI_ARGS: "-destroy",
        TF_CLI_ARGS_plan: "-destroy",
        TF_CLI_ARGS_apply: "-lock=false",
        TF_WORKSPACE: "evil",
        TF_DATA_DIR: "/tmp/evil",
        TF_LOG: "trace",
        HTTPS_PROXY: "http://127.0.0.1:9",
        TF_VAR_given: "yes",
        TF_VAR_this: "no",
      },
    });
    expect(await arena.apply(await arena.plan("dev/app"))).toMatchObject({ state: "verified" });
    expect(arena.stateOf("dev/app")).toMatchObject({ outputs: { given: { value: "yes" } } });
  });

  it("is refused to Terraform where the flow names what changes what runs", async () => {
    const named = { variables: ["TF_CLI_ARGS_apply"], env: { TF_CLI_ARGS_apply: "-destroy" } };
    await expect(open(app(""), named)).rejects.toThrow(/variable-refused/);
  });

  it("makes another plan when a value that the plan saw moved before the apply", async () => {
    const env = { TF_VAR_given: "one" };
    await open(app('variable "given" {}\noutput "given" {\n  value = var.given\n}\n'), {
      variables: ["TF_VAR_given"],
      env,
    });
    const run = await arena.plan("dev/app");
    arena.setEnv("TF_VAR_given", "two");
    expect((await arena.apply(run)).state).toBe("waiting");
    expect(arena.told.join("\n")).toMatch(/inputs-moved/);
    expect(arena.stateOf("dev/app")).toBeNull();
  });
});

describe("names that are not meant well", () => {
  it("call nobody, end no block and give no command where they are shown", async () => {
    const key = "@acme/owners ``` </details><img src=x> ::error::x \\u001b[31m";
    const text = `resource "terraform_data" "x" {\n  for_each = toset(["${key}"])\n  input    = each.key\n}\n`;
    await open(app(text));
    const run = await arena.plan("dev/app");
    expect(run).toMatchObject({ state: "waiting" });
    const stored = await arena.embedded.store.plan(run.plan as never);
    if (stored === undefined) throw new Error("no plan");
    const comment = arena.embedded.delivery.render(run, stored);
    expect(comment).toContain("owners");
    expect(comment).not.toContain("\u001b");
    expect(comment).not.toContain("@acme");
    expect(comment).not.toMatch(/^\s*::error/m);
    const outsideCode = comment.replaceAll(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
    expect(outsideCode).not.toMatch(/<img|@acme/);
  });
});

describe("a secret", () => {
  const first = "hunter2-super-secret";
  const second = "hunter3-super-secret";
  const third = "token-of-the-environment";

  it("stands nowhere that people read: neither in logs, nor in the comment, the record, or what is said on the way", async () => {
    const secret =
      'variable "secret" {\n  sensitive = true\n}\nvariable "env" {}\nresource "terraform_data" "copy" {\n  input = { a = var.secret, b = var.env }\n}\n';
    const files = (value: string) => ({ ...app(secret), "stacks/app/x.auto.tfvars": `secret = "${value}"\n` });
    await open(files(first), { variables: ["TF_VAR_env"], env: { TF_VAR_env: third } });
    await arena.apply(await arena.plan("dev/app"));
    arena.commit(files(second));
    const run = await arena.plan("dev/app");
    const stored = await arena.embedded.store.plan(run.plan as never);
    if (stored === undefined) throw new Error("no plan");
    const comment = arena.embedded.delivery.render(run, stored);
    expect(await arena.apply(run)).toMatchObject({ state: "verified" });
    const logs = join(arena.home, "logs");
    const said = [
      comment,
      arena.told.join("\n"),
      ...readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8")),
    ];
    for await (const entry of arena.embedded.store.ledger()) said.push(JSON.stringify(entry));
    said.push(JSON.stringify(await arena.embedded.store.runs({})));
    for (const text of said) for (const value of [first, second, third]) expect(text).not.toContain(value);
    expect(said.join("\n")).toContain("Plan: ");
    for (const name of readdirSync(join(arena.home, "bundles"), { recursive: true }))
      if (
        existsSync(join(arena.home, "bundles", String(name), "manifest.json")) === false &&
        String(name).includes("/")
      )
        expect(readFileSync(join(arena.home, "bundles", String(name)), "latin1")).not.toContain(first);
  });
});
