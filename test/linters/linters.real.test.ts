import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type LinterName, openLinter } from "../../src/adapters/terraform/index.ts";
import { environmentRedactor } from "../../src/domain/redaction.ts";
import { broken, good, topic, unused } from "./samples.ts";
import { linterPrograms, realLinters } from "./stand-ins.ts";

const scratch = mkdtempSync(join(tmpdir(), "linters-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const programs = linterPrograms(join(scratch, "programs"));

type Files = Readonly<Record<string, string>>;

/** What a linter finds in `stacks/app` of a checkout with these files. */
async function found(name: LinterName, files: Files, about: { readonly path?: string; readonly root?: string } = {}) {
  const checkout = mkdtempSync(join(scratch, "checkout-"));
  for (const [path, text] of Object.entries({ "stacks/app/main.tf": good, ...files })) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
    if (text.startsWith("#!")) chmodSync(join(checkout, path), 0o755);
  }
  const { path = programs, root = "stacks/app" } = about;
  const workdir = { checkout, root, env: {}, log: { write: () => undefined }, signal: new AbortController().signal };
  const env = {
    PATH: `${path}:${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: scratch,
    SECRET: "not for what is run",
    GITHUB_TOKEN: "ghs_x",
  };
  const findings = await openLinter(name)({ env, redactor: environmentRedactor, workdir });
  return findings.map(({ file, line, message, rule }) => `${file}:${line} ${rule} ${message}`);
}

const unusedAt = (place: string) => `${place} terraform_unused_declarations variable "unused" is declared but not used`;
const topicAt = (place: string) =>
  `${place} aws-sns-enable-topic-encryption HIGH: Topic does not have encryption enabled.`;
const bad = { "stacks/app/main.tf": unused };
const public_ = { "stacks/app/topic.tf": topic };

describe(realLinters === undefined ? "stand-ins of the linters" : "the linters", () => {
  it.each<[what: string, linter: LinterName, files: Files, findings: readonly string[]]>([
    ["what is good", "tflint", {}, []],
    ["what is good", "tfsec", {}, []],
    ["what is bad", "tflint", bad, [unusedAt("stacks/app/main.tf:7")]],
    ["what is bad", "tfsec", public_, [topicAt("stacks/app/topic.tf:1")]],
    [
      "what is bad in a folder below, which is looked into by itself",
      "tfsec",
      { "stacks/app/below/topic.tf": topic },
      [],
    ],
    [
      "settings of the repository",
      "tflint",
      { ...bad, ".tflint.hcl": 'rule "terraform_unused_declarations" {\n  enabled = false\n}\n' },
      [],
    ],
    [
      "settings that are nearer",
      "tflint",
      {
        ...bad,
        ".tflint.hcl": 'rule "terraform_unused_declarations" {\n  enabled = false\n}\n',
        "stacks/.tflint.hcl": "",
      },
      [unusedAt("stacks/app/main.tf:7")],
    ],
    [
      "settings that would end well",
      "tflint",
      { ...bad, "stacks/app/.tflint.hcl": "config {\n  force = true\n}\n" },
      [unusedAt("stacks/app/main.tf:7")],
    ],
    [
      "settings of the repository",
      "tfsec",
      { ...public_, ".tfsec/config.json": '{"exclude": ["aws-sns-enable-topic-encryption"]}' },
      [],
    ],
    [
      "settings that would end well",
      "tfsec",
      { ...public_, ".tfsec/config.json": '{"soft_fail": true}' },
      [topicAt("stacks/app/topic.tf:1")],
    ],
    [
      "settings that are none",
      "tfsec",
      { ...public_, ".tfsec/config.json": "{nope" },
      [topicAt("stacks/app/topic.tf:1")],
    ],
    ["a folder by the name of settings", "tflint", { ...bad, ".tflint.hcl/x": "" }, [unusedAt("stacks/app/main.tf:7")]],
  ])("tell %s: %s", async (_what, linter, files, findings) => {
    expect(await found(linter, files)).toEqual(findings);
  });

  it("look at the repository's top too", async () => {
    expect(await found("tflint", { "main.tf": unused }, { root: "." })).toEqual([unusedAt("main.tf:7")]);
    expect(await found("tfsec", { "main.tf": topic }, { root: "." })).toEqual([topicAt("main.tf:1")]);
  });

  it("say what they cannot read", async () => {
    const [message, ...more] = await found("tflint", { "stacks/app/main.tf": broken });
    expect([message, more]).toEqual([
      expect.stringMatching(/^stacks\/app\/main\.tf:1 null Unclosed configuration block/),
      [],
    ]);
    await expect(found("tfsec", { "stacks/app/main.tf": broken })).rejects.toMatchObject({
      code: "linter-failed",
      detail: expect.stringContaining("Unclosed configuration block"),
    });
  });

  it.each<LinterName>(["tflint", "tfsec"])("are missed where there is no %s", async (linter) => {
    await expect(found(linter, bad, { path: join(scratch, "nothing") })).rejects.toMatchObject({
      code: "tool-missing",
    });
  });

  it("say why a plugin that settings name could not be fetched, and find nothing without it", async () => {
    const plugin =
      'plugin "aws" {\n  enabled = true\n  version = "0.40.0"\n  source = "github.invalid/x/tflint-ruleset-aws"\n}\n';
    await expect(found("tflint", { ...bad, ".tflint.hcl": plugin })).rejects.toMatchObject({
      code: "linter-failed",
      message: expect.stringContaining("its plugins could not be fetched"),
    });
    const installed = 'plugin "aws" {\n  enabled = true\n}\n';
    expect(await found("tflint", { ...bad, ".tflint.hcl": installed })).toEqual([
      expect.stringContaining('null:null null Failed to initialize plugins; Plugin "aws" not found in '),
    ]);
  });

  it("give a program of the change nothing of ours, and take nothing that it does for good", async () => {
    const told = join(scratch, "hostile-plugin-ran");
    const findings = await found("tflint", {
      ...bad,
      "stacks/app/.tflint.hcl": 'config {\n  plugin_dir = "./plugins"\n}\nplugin "evil" {\n  enabled = true\n}\n',
      "stacks/app/plugins/tflint-ruleset-evil": `#!/bin/sh\nenv > ${told}\n`,
    });
    expect(findings).toEqual([expect.stringContaining("Failed to initialize plugins")]);
    expect(existsSync(told)).toBe(true);
    expect(readFileSync(told, "utf8")).not.toMatch(/GITHUB_|SECRET|ghs_/);
  });
});
