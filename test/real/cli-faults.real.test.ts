import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpState, startHttpState } from "../../src/testing/http-state.ts";
import { main, run } from "./support/command-line.ts";
import { expectFailure, expectTold, type Failure, validDocumentOf } from "./support/documents.ts";
import { flowText, makeRepository, quick, rootFile, rootModule, type TestRepository } from "./support/repository.ts";

const repositories: TestRepository[] = [];
afterAll(() => {
  for (const repository of repositories) repository.remove();
});

function aRepository(files: Readonly<Record<string, string>>): TestRepository {
  const repository = makeRepository(files);
  repositories.push(repository);
  return repository;
}

const web = "dev/web";
const ordinary = () => {
  const repository = aRepository({ "plangate.yaml": flowText });
  repository.commit({ [rootFile]: rootModule({ command: [repository.around, quick] }) });
  return repository;
};

async function digestOf({ top }: TestRepository): Promise<string> {
  const document = validDocumentOf(await run(top, ["plan", web, "--json"]));
  return (document.bundle as { digest: string }).digest;
}

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
    const repository = ordinary();
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
    const repository = ordinary();
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

describe("what plangate keeps", () => {
  let repository: TestRepository;
  let home: string;
  beforeAll(async () => {
    repository = ordinary();
    home = join(repository.top, ".plangate");
    await digestOf(repository);
  });
  const plan = ["plan", web];

  /** Does something to the home for the time of a test. */
  async function withHome(change: () => void, look: () => Promise<void>): Promise<void> {
    cpSync(home, `${home} before`, { recursive: true });
    try {
      change();
      await look();
    } finally {
      rmSync(home, { recursive: true });
      renameSync(`${home} before`, home);
    }
  }

  it("in a store that is damaged, or of a newer plangate: is left alone", async () => {
    const store = join(home, "store.sqlite");
    const commands = [
      plan,
      ["runs"],
      ["ledger", "list"],
      ["ledger", "verify"],
      ["apply", web, "--plan", `sha256:${"0".repeat(64)}`],
    ];
    const damaged = () => {
      for (const file of [`${store}-wal`, `${store}-shm`]) rmSync(file, { force: true });
      writeFileSync(store, "this is no database, and was never one ".repeat(200));
    };
    await withHome(damaged, async () => {
      const before = readFileSync(store);
      for (const command of commands)
        await expectFailure(repository.top, command, {
          exit: 1,
          code: "store-corrupt",
          summary: /store\.sqlite/,
          hint: /keep a copy/,
        });
      expect(readFileSync(store)).toEqual(before);
    });
    await withHome(
      () => sql(store, "UPDATE meta SET value = '99' WHERE name = 'version'"),
      async () => {
        for (const command of commands)
          await expectFailure(repository.top, command, {
            exit: 1,
            code: "store-newer",
            summary: /version 99/,
            hint: /newer plangate/,
          });
      },
    );
  });

  it("in a ledger that somebody altered: which entry", async () => {
    const alter = () =>
      sql(
        join(home, "store.sqlite"),
        "DROP TRIGGER ledger_is_never_altered; UPDATE ledger SET body = replace(body, 'dev/web', 'dev/wob') WHERE seq = 3",
      );
    await withHome(alter, async () => {
      const ran = await expectFailure(repository.top, ["ledger", "verify"], {
        exit: 3,
        code: "ledger-broken",
        summary: /entry 3/,
        hint: /head/,
      });
      expect(ran.brokenAt).toMatchObject({ seq: 3 });
    });
  });

  it("in keys that others can read: is not used", async () => {
    const key = join(home, "keys", "signing-key.pem");
    await withHome(
      () => chmodSync(key, 0o644),
      async () => {
        await expectFailure(repository.top, plan, {
          exit: 1,
          code: "keys-exposed",
          summary: /signing-key\.pem can be read by other users/,
          hint: /chmod/,
        });
      },
    );
    await withHome(
      () => rmSync(key),
      async () => {
        await expectFailure(repository.top, plan, {
          exit: 1,
          code: "keys-missing",
          summary: /signing-key\.pem/,
          hint: /backup/,
        });
      },
    );
  });

  const bundles: readonly { name: string; code: string; change: (bundle: string) => void }[] = [
    { name: "is gone", code: "bundle-missing", change: (bundle) => rmSync(bundle, { recursive: true }) },
    {
      name: "lacks a part",
      code: "bundle-missing",
      change: (bundle) => rmSync(join(bundle, partsOf(bundle)[0] ?? "")),
    },
    {
      name: "has another part",
      code: "bundle-altered",
      change: (bundle) => writeFileSync(join(bundle, partsOf(bundle)[0] ?? ""), "another"),
    },
    {
      name: "has two parts exchanged",
      code: "bundle-altered",
      change: (bundle) => {
        const [one = "", other = ""] = partsOf(bundle);
        renameSync(join(bundle, one), join(bundle, "x"));
        renameSync(join(bundle, other), join(bundle, one));
        renameSync(join(bundle, "x"), join(bundle, other));
      },
    },
    {
      name: "has another manifest",
      code: "bundle-altered",
      change: (bundle) =>
        manifest(bundle, ({ text, signature }) => ({ text: text.replace('"add":1', '"add":2'), signature })),
    },
    {
      name: "has no signature",
      code: "bundle-unsigned",
      change: (bundle) => manifest(bundle, ({ text }) => ({ text, signature: "" })),
    },
    {
      name: "has a signature of another text",
      code: "bundle-unsigned",
      change: (bundle) =>
        manifest(bundle, ({ text, signature }) => ({
          text,
          signature: `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
        })),
    },
    {
      name: "has a manifest that cannot be read",
      code: "bundle-altered",
      change: (bundle) => writeFileSync(join(bundle, "manifest.json"), "{"),
    },
  ];
  it.each(bundles)("as a bundle that $name: is never applied", async ({ code, change }) => {
    const digest = await digestOf(repository);
    change(join(home, "bundles", digest.slice("sha256:".length)));
    const ran = await run(repository.top, ["apply", web, "--plan", digest, "--json"]);
    expectTold(ran, {
      exit: ran.code === 1 ? 1 : 3,
      code,
      summary: /./,
      hint: /plangate plan dev\/web|new plan|applies it/,
    });
    expect(repository.effects()).toEqual([]);
    const { runs } = validDocumentOf(await run(repository.top, ["runs", "--json", "--limit", "1"]));
    expect(runs).toEqual([
      expect.objectContaining({ state: expect.stringMatching(/^(refused|waiting)$/), lost: false }),
    ]);
    expect((await run(repository.top, ["ledger", "verify"])).code).toBe(0);
  });

  it("as a bundle whose configuration is not that of its commit: is never applied", async () => {
    const other = ordinary();
    const [mine, theirs] = [await digestOf(repository), await digestOf(other)];
    const folder = (at: TestRepository, digest: string) =>
      join(at.top, ".plangate", "bundles", digest.slice("sha256:".length));
    rmSync(folder(repository, mine), { recursive: true });
    cpSync(folder(other, theirs), folder(repository, mine), { recursive: true });
    const ran = await run(repository.top, ["apply", web, "--plan", mine, "--json"]);
    expectTold(ran, { exit: 3, code: "bundle-altered", summary: /manifest/, hint: /plangate plan dev\/web/ });
    expect([...repository.effects(), ...other.effects()]).toEqual([]);
  });
});

function sql(file: string, text: string): void {
  const db = new DatabaseSync(file);
  db.exec(text);
  db.close();
}

function partsOf(bundle: string): readonly string[] {
  return readdirSync(bundle)
    .filter((name) => name.startsWith("part-"))
    .sort();
}

function manifest(bundle: string, change: (signed: { text: string; signature: string }) => object): void {
  const file = join(bundle, "manifest.json");
  chmodSync(file, 0o600);
  writeFileSync(
    file,
    JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")) as { text: string; signature: string })),
  );
}

/** A disk of its own needs a mount, which some machines keep for themselves. */
const mounting = spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"], {
  encoding: "utf8",
});

describe("a disk that is full", () => {
  beforeAll(() => {
    if (mounting.status === 0) return;
    throw new Error(
      `this machine does not let a test mount a small disk (unshare -rm): ${mounting.stderr ?? mounting.error}`,
    );
  });

  const diskFull: Failure = { exit: 1, code: "disk-full", summary: /./, hint: /[Ff]ree/ };

  it("while planning: says so wherever it comes first, and nothing is half written", async () => {
    const repository = ordinary();
    const home = join(repository.top, ".plangate");
    await digestOf(repository);
    let failures = 0;
    for (const left of [8, 40, 56, 72]) {
      const ran = await full(repository, left, ["plan", web, "--json"]);
      if (ran.code === 0) continue;
      failures++;
      expectTold(ran, diskFull);
      expect(readdirSync(join(home, "bundles")).filter((name) => name.startsWith("."))).toEqual([]);
      expect((await run(repository.top, ["ledger", "verify"])).code).toBe(0);
    }
    expect(failures).toBeGreaterThan(1);
    expect((await run(repository.top, ["plan", web])).code).toBe(0);
  });

  it("when an apply would begin: nothing is started, and the plan is as good as before", async () => {
    const repository = ordinary();
    const digest = await digestOf(repository);
    expectTold(await full(repository, 8, ["apply", web, "--plan", digest, "--json"]), diskFull);
    expect(repository.effects()).toEqual([]);
    expect((await run(repository.top, ["apply", web, "--plan", digest])).code).toBe(0);
    expect(repository.effects()).toEqual(["applied"]);
  });

  /** Runs a command with the home on a disk that has so much room left, and puts what is there afterwards back. */
  async function full({ top, around }: TestRepository, left: number, args: readonly string[]) {
    const home = join(top, ".plangate");
    const script = [
      "set -e",
      `used=$(du -sk "$HOME_DIR" | cut -f1)`,
      `mkdir -p "$KEPT"; cp -a "$HOME_DIR/." "$KEPT"`,
      `mount -t tmpfs -o size=$((used + ${left}))k tmpfs "$HOME_DIR"`,
      `cp -a "$KEPT/." "$HOME_DIR"`,
      "set +e",
      `"$NODE" "$MAIN" "$@"; code=$?`,
      `rm -rf "$KEPT"; cp -a "$HOME_DIR" "$KEPT"; exit $code`,
    ].join("\n");
    const kept = join(around, "kept");
    const env = { ...process.env, NODE: process.execPath, MAIN: main, HOME_DIR: home, KEPT: kept };
    const { status, stdout, stderr } = spawnSync("unshare", ["-rm", "sh", "-c", script, "sh", ...args], {
      cwd: top,
      env,
      encoding: "utf8",
    });
    rmSync(home, { recursive: true });
    renameSync(kept, home);
    return { code: status, signal: null, stdout, stderr };
  }
});
