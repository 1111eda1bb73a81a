import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/index.ts";
import { systemClock } from "../../src/adapters/system/index.ts";
import { login, stackName } from "../../src/testing/builders.ts";
import { run } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { flowText, makeRepository, rootFile, rootModule, type TestRepository } from "./support/repository.ts";

let repository: TestRepository;
let top: string;
beforeEach(() => {
  repository = makeRepository({});
  top = repository.top;
});
afterEach(() => repository.remove());

/** What `terraform init` leaves in the folder of a root module. */
function initialised(root: string, type: string, config: object): void {
  const file = join(top, root, ".terraform", "terraform.tfstate");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ version: 3, backend: { type, config, hash: 1 } }));
}

describe("a root module's own folder", () => {
  it("that is initialised for another environment is refused by every local command", {
    timeout: 240_000,
  }, async () => {
    repository.commit({ "plangate.yaml": flowText, [rootFile]: rootModule({}) });
    const { bundle } = validDocumentOf(await run(top, ["plan", "dev/web", "--json"]));
    const { digest } = bundle as { digest: string };
    initialised("infra/web shop", "local", { path: "../../../prod-web.tfstate", workspace_dir: null });
    for (const command of ["plan", "verify", "drift"]) {
      const ran = await run(top, [command, "dev/web", "--json"]);
      expect(ran.code).toBe(2);
      expect(validDocumentOf(ran).diagnostics).toEqual([
        expect.objectContaining({
          code: "terraform-folder-mixed-up",
          summary: expect.stringContaining("prod/web (prod)"),
        }),
      ]);
    }
    await expectFailure(top, ["apply", "dev/web", "--plan", digest], {
      exit: 2,
      code: "terraform-folder-mixed-up",
      summary: /infra\/web shop\/\.terraform is initialised for prod\/web \(prod\), not for dev\/web/,
      hint: /terraform '-chdir=infra\/web shop' init -reconfigure -backend-config=path=\.\.\/\.\.\/\.\.\/dev-web\.tfstate/,
    });
    // An absolute path to the very state is the stack's own.
    initialised("infra/web shop", "local", { path: join(repository.around, "dev-web.tfstate") });
    expect(validDocumentOf(await run(top, ["plan", "dev/web", "--json"]))).toMatchObject({ ok: true });
  });

  it("that is bound to no stack's backend is refused, and one that says nothing is not", {
    timeout: 240_000,
  }, async () => {
    repository.commit({ "plangate.yaml": flowText, [rootFile]: rootModule({}) });
    initialised("infra/web shop", "s3", { bucket: "somebody-elses", key: "state" });
    await expectFailure(top, ["plan", "dev/web"], {
      exit: 2,
      code: "terraform-folder-mixed-up",
      summary: /a backend that is no stack's of the flow/,
      hint: /Remove the folder/,
    });
    for (const text of ["", "not JSON", "null", '{"version":3}', '{"backend":{"type":"local","config":null}}']) {
      writeFileSync(join(top, "infra/web shop/.terraform/terraform.tfstate"), text);
      expect(validDocumentOf(await run(top, ["plan", "dev/web", "--json"])), text).toMatchObject({ ok: true });
    }
  });

  it("is told by the settings files of one root module for all environments", { timeout: 240_000 }, async () => {
    const flow = flowText.replace(
      'backend: ["path=../../../{environment}-{stack}.tfstate"]',
      'backend: ["infra/web shop/backend-{environment}.hcl"]',
    );
    expect(flow).toContain(".hcl");
    repository.commit({
      "plangate.yaml": flow,
      [rootFile]: rootModule({}),
      "infra/web shop/backend-dev.hcl": 'path = "../../../dev.tfstate"\n',
      "infra/web shop/backend-prod.hcl": 'path = "../../../prod.tfstate"\n',
    });
    initialised("infra/web shop", "local", { path: "../../../dev.tfstate" });
    expect(validDocumentOf(await run(top, ["plan", "dev/web", "--json"]))).toMatchObject({ ok: true });
    await expectFailure(top, ["plan", "prod/web"], {
      exit: 2,
      code: "terraform-folder-mixed-up",
      summary: /is initialised for dev\/web \(dev\), not for prod\/web/,
      hint: /-backend-config=backend-prod\.hcl/,
    });
  });
});

describe("the identity of an environment", () => {
  /** Says what the tool's programs see, from a provisioner. */
  const told = (name: string) => `printf '%s' "$${name}" > "${name.toLowerCase()}"`;
  const seen = (name: string) => readFileSync(join(repository.around, name.toLowerCase()), "utf8");

  async function applyAs(identity: string, env: Readonly<Record<string, string | undefined>>) {
    const flow = flowText.replace(
      "dev: { appliesFrom: [main] }",
      `dev: { kind: dev, appliesFrom: [main], identity: ${identity}, variables: [AWS_ACCESS_KEY_ID, AWS_REGION] }`,
    );
    expect(flow).toContain("identity");
    const names = [
      "AWS_PROFILE",
      "AWS_CONFIG_FILE",
      "AWS_ACCESS_KEY_ID",
      "AWS_REGION",
      "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
    ];
    const command = names.map(told).join("; ");
    repository.commit({ "plangate.yaml": flow, [rootFile]: rootModule({ command: [repository.around, command] }) });
    const how = { env: { AWS_PROFILE: undefined, AWS_CONFIG_FILE: undefined, AWS_ACCESS_KEY_ID: undefined, ...env } };
    const planned = await run(top, ["plan", "dev/web", "--json"], how);
    if (planned.code !== 0) return planned;
    const { digest } = validDocumentOf(planned).bundle as { digest: string };
    return run(top, ["apply", "dev/web", "--plan", digest, "--json"], how);
  }

  it("is a profile, past which no keys of the shell go", { timeout: 240_000 }, async () => {
    const ran = await applyAs("{ aws: { profile: acme-dev } }", {
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_PROFILE: "acme-prod",
      AWS_REGION: "eu-central-1",
    });
    expect(validDocumentOf(ran)).toMatchObject({ ok: true, run: { state: "verified" } });
    expect(["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION"].map(seen)).toEqual(["acme-dev", "", "eu-central-1"]);
  });

  it("is a role, taken from who the person is", { timeout: 240_000 }, async () => {
    const home = join(repository.around, "home");
    mkdirSync(join(home, ".aws"), { recursive: true });
    writeFileSync(join(home, ".aws", "config"), "[profile acme]\nregion = eu-central-1\n");
    const role = "arn:aws:iam::111122223333:role/dev-apply";
    const ran = await applyAs(`{ aws: { role: "${role}" } }`, { HOME: home, AWS_PROFILE: "acme" });
    expect(validDocumentOf(ran)).toMatchObject({ ok: true });
    expect(seen("AWS_PROFILE")).toBe("plangate-dev");
    const file = join(top, ".plangate", "identity", "aws-dev.config");
    expect(seen("AWS_CONFIG_FILE")).toBe(file);
    expect(readFileSync(file, "utf8")).toBe(
      `[profile acme]\nregion = eu-central-1\n[profile plangate-dev]\nrole_arn = ${role}\nsource_profile = acme\nrole_session_name = plangate-dev\n`,
    );
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it("of a role is not passed by with keys of the shell", async () => {
    const ran = await applyAs('{ aws: { role: "arn:aws:iam::111122223333:role/dev-apply" } }', {
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    });
    expect(ran.code).toBe(2);
    expect(validDocumentOf(ran).diagnostics).toEqual([
      expect.objectContaining({ code: "setting-wrong", summary: expect.stringContaining("AWS_ACCESS_KEY_ID") }),
    ]);
  });

  it("is a service account of Google", { timeout: 240_000 }, async () => {
    const account = "deployer@acme-dev.iam.gserviceaccount.com";
    expect(validDocumentOf(await applyAs(`{ gcp: { serviceAccount: ${account} } }`, {}))).toMatchObject({ ok: true });
    expect(seen("GOOGLE_IMPERSONATE_SERVICE_ACCOUNT")).toBe(account);
    rmSync(join(repository.around, "aws_profile"));
  });
});

describe("a stack that a branch holds", () => {
  it("is shown by unlock, and taken from it by nobody at their own terminal", { timeout: 240_000 }, async () => {
    const flow = flowText.replace(
      "dev: { appliesFrom: [main] }",
      "dev: { kind: dev, appliesFrom: [work, main], heldBy: branch }",
    );
    repository.commit({ "plangate.yaml": flow, [rootFile]: rootModule({}) });
    const { bundle } = validDocumentOf(await run(top, ["plan", "dev/web", "--json"]));
    const { digest } = bundle as { digest: string };
    const store = await openSqliteStore(join(top, ".plangate", "store.sqlite"), { clock: systemClock });
    const since = Date.UTC(2026, 0, 6, 10);
    const hold = { stack: stackName("dev/web"), branch: "feature/NET-1", by: login("bob"), since };
    await store.write({ takeHold: hold, ledger: [] });
    await store.close();
    expect(validDocumentOf(await run(top, ["unlock", "dev/web", "--json"])).hold).toEqual({
      branch: "feature/NET-1",
      by: "bob",
      since: "2026-01-06T10:00:00Z",
    });
    const text = await run(top, ["unlock", "dev/web"]);
    expect(text.stdout).toMatch(/dev\/web belongs to the branch feature\/NET-1 .*\n.*\/plangate release dev\/web/);
    await expectFailure(top, ["apply", "dev/web", "--plan", digest], {
      exit: 3,
      code: "held-by-branch",
      summary: /feature\/NET-1 of bob holds dev\/web/,
      hint: /\/plangate release/,
    });
  });
});
