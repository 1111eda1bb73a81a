import { afterEach, describe, expect, it } from "vitest";
import { publicKeysFile, publicKeysText } from "../../src/domain/public-keys.ts";
import { type Flow, parseFlow, presetNames, renderPreset } from "../../src/flow/index.ts";
import { fullFlow } from "../../src/testing/full-flow.ts";
import { openAuditor } from "./auditor.ts";
import { infra, owner, repo, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;
afterEach(() => small.close());

function flowOf(text: string) {
  const { value, diagnostics } = parseFlow(text, { file: "f" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** Everything that a flow can say, for people whom the small GitHub knows, acting as `app`. */
const asApp = (app: string) =>
  flowOf(
    fullFlow
      .replace("host: server", "host: actions")
      .replace("app: acme-plangate", `app: ${app}`)
      .replaceAll("cem", "eve"),
  );

const ofRepository = (name: string) => ({ name, environment: null });

const auditor = (flow: Flow, who: string) => openAuditor(small, flow, who);

describe("an audit of a repository", () => {
  it.each(presetNames)("sets what %s needs, and then finds nothing", async (name) => {
    small = await smallGitHub({ private: false });
    const { look, fix } = await auditor(flowOf(renderPreset(name)), "root");
    expect(await fix()).toBeGreaterThan(8);
    expect((await look()).findings).toEqual([]);
    expect(await fix()).toBe(0);
  });

  it("sets what an app needs, and then nobody else passes", async () => {
    small = await smallGitHub({ private: false });
    const { look, fix } = await auditor(asApp(small.github.app.slug), "root");
    await fix();
    expect((await look()).findings).toEqual([]);
    const pushed = small.did("push", "ann", {
      ref: "refs/heads/plangate/record",
      after: (await small.tip("refs/heads/main")) ?? null,
    });
    await expect(pushed).rejects.toThrow();
  });

  it("takes nothing for good that somebody who writes may not see", async () => {
    small = await smallGitHub({ private: false });
    const flow = flowOf(renderPreset("gitflow"));
    await (await auditor(flow, "root")).fix();
    const { look } = await auditor(flow, "ann");
    const { findings } = await look();
    expect(findings.length).toBeGreaterThan(3);
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["setting-hidden"]));
  });

  it("of a private repository asks nobody where the plan has nobody to ask, and forks nothing", async () => {
    small = await smallGitHub({ private: true, plan: "team" });
    const kept = small.github.kept(infra);
    kept.settings = {
      ...kept.settings,
      privateForks: { run: true, writeTokens: true, secrets: true, approval: false },
    };
    const { look, fix } = await auditor(flowOf(renderPreset("trunk-demo")), "root");
    await fix();
    expect((await look()).findings).toEqual([]);
    expect(kept.settings.privateForks).toEqual({ run: false, writeTokens: false, secrets: false, approval: true });
  });

  it("tells what a free plan has not, and finds the rest", async () => {
    small = await smallGitHub({ private: true, plan: "free" });
    const { notOffered, findings } = await (await auditor(flowOf(renderPreset("trunk-demo")), "root")).look();
    expect(notOffered.map(({ feature }) => feature)).toContain("rulesets");
    expect(findings.map(({ code }) => code)).not.toContain("ruleset-missing");
  });

  it("says which keys are missing where, until they are there, and finds one that is out of place", async () => {
    small = await smallGitHub({ private: false });
    const { look, fix } = await auditor(flowOf(renderPreset("trunk-demo")), "root");
    expect((await look()).missingKeys).toMatchObject(["PLANGATE_SEAL_KEY", "PLANGATE_VERIFY_KEY"].map(ofRepository));
    expect((await look()).lacksPublicKeys).toBe(true);
    const environments = { prod: "z" };
    await small.pushed("root", "main", { [publicKeysFile]: publicKeysText({ seal: "x", verify: "y", environments }) });
    expect(await look()).toMatchObject({ lacksPublicKeys: false, environmentsWithoutKey: ["test"] });
    await fix();
    const { rest } = await small.as("root");
    const put = (environment: string, name: string) =>
      rest.actions.createOrUpdateEnvironmentSecret({
        ...{ owner, repo, environment_name: environment, secret_name: name },
        ...{ key_id: "1", encrypted_value: Buffer.alloc(48).toString("base64") },
      });
    const { missingKeys } = await look();
    expect(missingKeys.map(({ name, environment, file }) => `${environment} ${name} ${file}`)).toEqual([
      "null PLANGATE_SEAL_KEY PLANGATE_SEAL_KEY",
      "null PLANGATE_VERIFY_KEY PLANGATE_VERIFY_KEY",
      "plangate PLANGATE_OPEN_KEY plangate/PLANGATE_OPEN_KEY",
      "plangate PLANGATE_DIGEST_KEY PLANGATE_DIGEST_KEY",
      "plangate PLANGATE_SIGN_KEY plangate/PLANGATE_SIGN_KEY",
      "prod PLANGATE_OPEN_KEY prod/PLANGATE_OPEN_KEY",
      "prod PLANGATE_DIGEST_KEY PLANGATE_DIGEST_KEY",
      "demo-test PLANGATE_OPEN_KEY test/PLANGATE_OPEN_KEY",
      "demo-test PLANGATE_DIGEST_KEY PLANGATE_DIGEST_KEY",
      "teardown-test PLANGATE_OPEN_KEY test/PLANGATE_OPEN_KEY",
      "teardown-test PLANGATE_DIGEST_KEY PLANGATE_DIGEST_KEY",
    ]);
    for (const { name, environment } of missingKeys) {
      if (environment === null) await rest.actions.createRepoVariable({ owner, repo, name, value: "x" });
      else await put(environment, name);
    }
    const replaced = [{ code: "keys-replaced", where: "variable PLANGATE_VERIFY_KEY", declared: "y", live: "x" }];
    expect(await look()).toMatchObject({ missingKeys: [], findings: replaced, lacksPublicKeys: false });
    await rest.actions.updateRepoVariable({ owner, repo, name: "PLANGATE_VERIFY_KEY", value: "y" });
    expect((await look()).findings).toEqual([]);
    await put("test-plan", "PLANGATE_OPEN_KEY");
    expect((await look()).findings.map(({ code }) => code)).toEqual(["key-out-of-place"]);
  });

  it("finds a key that writes", async () => {
    small = await smallGitHub({ private: false });
    const kept = small.github.kept(infra);
    kept.settings = { ...kept.settings, deployKeys: [{ title: "sync", readOnly: false }] };
    const { findings } = await (await auditor(flowOf(renderPreset("gitflow")), "root")).look();
    expect(findings).toContainEqual(expect.objectContaining({ code: "deploy-key-writes", where: 'deploy key "sync"' }));
  });
});
