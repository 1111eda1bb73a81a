import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpState, startHttpState } from "../../src/testing/http-state.ts";
import { run } from "./support/command-line.ts";
import { expectFailure, type Failure, validDocumentOf } from "./support/documents.ts";
import { aRepository, ordinaryRepository, web } from "./support/made-repositories.ts";
import { flowText, rootFile, rootModule, type TestRepository } from "./support/repository.ts";

/** A folder that holds nothing of the PATH but Git, and these programs. */
function programs(repository: TestRepository, scripts: Readonly<Record<string, string>>): string {
  const folder = join(repository.around, `programs ${Object.keys(scripts).join()}`);
  mkdirSync(folder);
  for (const name of ["git", "sh"])
    symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(folder, name));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describe("a flow file", () => {
  it("that is not there, or wrong in several places: every problem at once, each with its place", async () => {
    const repository = aRepository({ [rootFile]: rootModule({}) });
    await expectFailure(repository.top, ["plan", web], {
      exit: 2,
      code: "flow-missing",
      summary: /plangate\.yaml/,
      hint: /plangate init/,
    });
    await expectFailure(repository.top, ["--flow", "other.yaml", "plan", web], {
      exit: 2,
      code: "flow-missing",
      summary: /other\.yaml/,
      hint: /--flow/,
    });
    const broken = flowText
      .replace("accepts: [work]", "accepts: [wrok]")
      .replace("on: dispatch", "on: dispatchh")
      .replace("version: 1", "version: 7");
    repository.commit({ "plangate.yaml": broken });
    const ran = await run(repository.top, ["plan", web, "--json"]);
    expect(ran.code).toBe(2);
    const lines = broken.split("\n");
    const places = validDocumentOf(ran).diagnostics.map(
      (one) => one as { file?: string; line?: number; column?: number },
    );
    expect(places.length).toBeGreaterThanOrEqual(3);
    for (const { file, line, column } of places) {
      expect(file).toBe("plangate.yaml");
      expect(lines[(line ?? 0) - 1]?.length).toBeGreaterThanOrEqual(column ?? 0);
    }
    expect((await run(repository.top, ["plan", web])).stderr).toMatch(/^plangate\.yaml:1:10 error /m);
  });

  it("whose stack is named nearly: which one may be meant", async () => {
    const repository = ordinaryRepository();
    await expectFailure(repository.top, ["plan", "dev/wbe"], {
      exit: 2,
      code: "unknown-stack",
      summary: /"dev\/wbe"/,
      hint: /"dev\/web"/,
    });
    await expectFailure(repository.top, ["verify", "somewhere/else"], {
      exit: 2,
      code: "unknown-stack",
      summary: /"somewhere\/else"/,
      hint: /dev\/web/,
    });
  });
});

describe("a folder", () => {
  it("that is no repository, a bare one, Git's own, or has no commit yet", async () => {
    const repository = aRepository({ "plangate.yaml": flowText });
    const { around, top } = repository;
    for (const command of [
      ["plan", web],
      ["init"],
      ["runs"],
      ["ledger", "list"],
      ["verify", web],
      ["apply", web, "--plan", `sha256:${"0".repeat(64)}`],
    ])
      await expectFailure(around, command, {
        exit: 2,
        code: "not-a-repository",
        summary: /not in a Git repository/,
        hint: /git init/,
      });
    const bare = { exit: 2, code: "bare-repository", summary: /nothing is checked out/, hint: /checkout/ } as const;
    execFileSync("git", ["clone", "--quiet", "--bare", top, join(around, "bare.git")]);
    await expectFailure(join(around, "bare.git"), ["plan", web], bare);
    await expectFailure(join(top, ".git"), ["plan", web], bare);
    const empty = join(around, "empty");
    execFileSync("git", ["init", "--quiet", empty]);
    const noCommit = { exit: 2, code: "no-commit", summary: /no commit/, hint: /[Cc]ommit/ } as const;
    await expectFailure(empty, ["plan", web], noCommit);
  });
});

describe("a terraform", () => {
  it("that is not there, too old, or not what it says", async () => {
    const repository = ordinaryRepository();
    const old = programs(repository, { terraform: `echo '{"terraform_version":"1.5.7"}'` });
    await expectFailure(repository.top, ["plan", web], {
      exit: 2,
      code: "tool-too-old",
      summary: /1\.5\.7/,
      hint: /1\.10/,
      how: { env: { PATH: old } },
    });
    const nothing = programs(repository, {});
    await expectFailure(repository.top, ["plan", web], {
      exit: 2,
      code: "tool-missing",
      summary: /terraform/,
      hint: /PATH/,
      how: { env: { PATH: nothing } },
    });
    const named = { env: { PLANGATE_TOOL: join(repository.around, "no tool") } };
    await expectFailure(repository.top, ["plan", web], {
      exit: 2,
      code: "tool-missing",
      summary: /no tool/,
      hint: /Install/,
      how: named,
    });
    const deaf = programs(repository, { terraform: "echo no", tofu: "" });
    expect((await run(repository.top, ["plan", web, "--json"], { env: { PATH: deaf } })).code).not.toBe(0);
    await expectFailure(repository.top, ["plan", web], {
      exit: 2,
      code: "setting-wrong",
      summary: /PLANGATE_LOCK_TIMEOUT/,
      hint: /30s/,
      how: { env: { PLANGATE_LOCK_TIMEOUT: "soon" } },
    });
    // What needs no tool works without one.
    for (const command of [["runs"], ["ledger", "verify"]])
      expect((await run(repository.top, command, { env: { PATH: nothing } })).code).toBe(0);
    expect(repository.effects()).toEqual([]);
  });
});

describe("a root module", () => {
  let repository: TestRepository;
  let state: HttpState;
  beforeAll(async () => {
    state = await startHttpState();
    state.lock("/locked", { id: "the-lock", who: "bob@laptop" });
    repository = aRepository({});
    const local = (name: string) =>
      `terraform {\n  backend "local" {\n    path = "${repository.around}/${name}.tfstate"\n  }\n}\n`;
    const http = (url: string) =>
      `terraform {\n  backend "http" {\n    address = "${url}"\n    lock_address = "${url}"\n    unlock_address = "${url}"\n  }\n}\n`;
    const thing = 'resource "terraform_data" "this" {\n  input = "one"\n}\n';
    const flow = flowText
      .replace(/ {2}- \{ root.*\n/, '  - { root: "any/{stack}", in: [dev] }\n')
      .replace("provisioners: [local-exec]", "provisioners: []");
    repository.commit({
      "plangate.yaml": flow
        .replace("  prod: { appliesFrom: [main], approvals: { by: [ann, bob] }, after: [dev] }\n", "")
        .replace(/.*in: prod.*\n/, ""),
      "any/syntax/main.tf": `${local("syntax")}resource "terraform_data" {`,
      "any/module/main.tf": `${local("module")}module "there" {\n  source = "../../nowhere"\n}\n`,
      "any/backendless/main.tf": thing,
      "any/unlocked/main.tf": `${local("unlocked")}terraform {\n  required_providers {\n    thing = { source = "example.com/acme/thing" }\n  }\n}\n`,
      "any/unreachable/main.tf": http(`http://127.0.0.1:${await closedPort()}/state`) + thing,
      "any/locked/main.tf": http(`${state.url}/locked`) + thing,
      "any/failing/main.tf": `${local("failing")}resource "terraform_data" "this" {\n  lifecycle {\n    precondition {\n      condition     = length(terraform.workspace) == 0\n      error_message = "It cannot be."\n    }\n  }\n}\n`,
      "any/provisioned/main.tf": `${local("provisioned")}resource "terraform_data" "this" {\n  provisioner "local-exec" {\n    command = "touch '${repository.around}/ran'"\n  }\n}\n`,
    });
  });
  afterAll(() => state.close());

  /** A provider that can be had and is nothing, so that no registry is asked. */
  function mirror(): string {
    const folder = join(repository.around, "mirror");
    const place = join(
      folder,
      "example.com/acme/thing/1.0.0",
      `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`,
    );
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "terraform-provider-thing_v1.0.0"), "");
    return folder;
  }

  const cases: readonly ({ stack: string } & Failure)[] = [
    {
      stack: "syntax",
      exit: 1,
      code: "init-failed",
      summary: /any\/syntax|syntax|block|Missing name/i,
      hint: /\.plangate\/logs\/run-/,
    },
    { stack: "module", exit: 1, code: "init-failed", summary: /any\/module/, hint: /\.plangate\/logs\/run-/ },
    { stack: "backendless", exit: 2, code: "backend-missing", summary: /any\/backendless/, hint: /backend/ },
    { stack: "unlocked", exit: 2, code: "lock-file-missing", summary: /any\/unlocked/, hint: /providers lock/ },
    { stack: "unreachable", exit: 1, code: "backend-unreachable", summary: /any\/unreachable/, hint: /can be reached/ },
    {
      stack: "locked",
      exit: 1,
      code: "state-locked",
      summary: /state of dev\/locked is locked .*the-lock/,
      hint: /plangate plan dev\/locked/,
    },
    { stack: "failing", exit: 1, code: "plan-failed", summary: /precondition/i, hint: /\.plangate\/logs\/run-/ },
    { stack: "provisioned", exit: 3, code: "not-allowed-in-plan", summary: /local-exec/, hint: /allow/ },
  ];
  it.each(cases)("that is $stack: $code", async ({ stack, ...failure }) => {
    const document = await expectFailure(repository.top, ["plan", `dev/${stack}`], {
      ...failure,
      how: { env: { PLANGATE_PROVIDER_MIRROR: mirror() } },
    });
    expect(document.bundle).toBeUndefined();
    expect((await run(repository.top, ["ledger", "verify"])).code).toBe(0);
    const { runs } = validDocumentOf(await run(repository.top, ["runs", `dev/${stack}`, "--json"]));
    for (const made of runs as readonly { state: string; plan: null }[])
      expect(made).toMatchObject({ state: expect.stringMatching(/^(failed|refused)$/), plan: null });
    expect(readdirSync(repository.around)).not.toContain("ran");
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
