import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPreset } from "../../src/flow/index.ts";
import { at, infra, type SmallGitHub, smallGitHub } from "../github/small-github.ts";
import { run } from "../real/support/command-line.ts";
import { good, topic, unused } from "./samples.ts";
import { linterPrograms } from "./stand-ins.ts";

let small: SmallGitHub;
let programs: string;
let count = 0;

beforeAll(async () => {
  small = await smallGitHub();
  programs = linterPrograms(join(small.dir, "programs"));
  await small.pushed("root", "main", {
    "plangate.yaml": renderPreset("trunk-stored-plan"),
    "stacks/app/main.tf": good,
    "stacks/app/more.tf": "# more\n",
    "stacks/gone/main.tf": good,
  });
});

afterAll(() => small.close());

type Files = Readonly<Record<string, string | null>>;

/** What the check says of a pull request that alters these files, as the job of the workflow runs it. */
async function checked(check: string, files: Files, path = programs) {
  const branch = `dev/${++count}`;
  const head = await small.pushed("ann", branch, files);
  const temp = mkdtempSync(join(small.dir, "job-"));
  const [workspace, beside, event] = [join(temp, "repository"), join(temp, "beside"), join(temp, "event.json")];
  mkdirSync(beside);
  execFileSync("git", ["clone", "--quiet", small.github.forge.dirOf(infra), workspace]);
  const base = { ref: "main", sha: await small.tip("refs/heads/main") };
  const pull_request = { number: 7, base, head: { ref: branch, sha: head } };
  writeFileSync(event, JSON.stringify({ repository: { default_branch: "main" }, pull_request }));
  const ran = await run(beside, ["ci", "check-files", check], {
    env: {
      PATH: `${path}:${process.env.PATH}`,
      HOME: temp,
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_EVENT_PATH: event,
      GITHUB_REPOSITORY: `${at.owner}/${at.repo}`,
      GITHUB_API_URL: small.github.url,
      GITHUB_SERVER_URL: small.github.url,
      GITHUB_RUN_ID: "1",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_REF: "refs/pull/7/merge",
      GITHUB_OUTPUT: join(temp, "output"),
      GITHUB_STEP_SUMMARY: join(temp, "summary"),
      GITHUB_TOKEN: "ghs_of-the-job",
      RUNNER_TEMP: temp,
      SECRET_OF_THE_MACHINE: "not for what is run",
    },
  });
  const summary = existsSync(join(temp, "summary")) ? readFileSync(join(temp, "summary"), "utf8") : "";
  return { ...ran, summary };
}

describe("ci check-files", () => {
  it("tells what is wrong in each folder that the change alters, as text that nothing takes for a command", async () => {
    const { code, stdout, summary } = await checked("tflint", {
      "stacks/app/more.tf": null,
      "stacks/gone/main.tf": null,
      "::error::/main.tf": unused,
      "README.md": "words",
    });
    expect(code).toBe(1);
    const said = [
      "tflint looked at 2 folders, all that the change alters",
      '::error::/main.tf:7: variable "unused" is declared but not used (terraform_unused_declarations)',
    ];
    expect(stdout.trim().replaceAll("\u200b", "").split("\n")).toEqual(said);
    expect(stdout).not.toMatch(/^::/m);
    expect(summary).toContain("tflint looked at 2 folders");
  });

  it("tells a badly written file from one whose name it ends with", async () => {
    const { code, stdout } = await checked("fmt", {
      "app/main.tf": good.replace('"1"', '"2"'),
      "main.tf": "a  =  1\n",
    });
    expect(code).toBe(1);
    expect(stdout.trim().split("\n").slice(1)).toEqual([expect.stringMatching(/^main\.tf is not written/)]);
    const other = await checked("fmt", { "main.tf": good.replace('"1"', '"3"'), "app/main.tf": "a  =  1\n" });
    expect(other.stdout.trim().split("\n").slice(1)).toEqual([expect.stringMatching(/^app\/main\.tf is not written/)]);
  });

  it("fails where it reads nothing of what is altered", async () => {
    const { code, stderr } = await checked("tfsec", { "stacks/app/more.tofu": topic });
    expect(code).not.toBe(0);
    expect(stderr).toContain("check-saw-nothing");
    const other = await checked("tfsec", { "README.md": "words" });
    expect([other.code, other.stdout.trim()]).toEqual([
      0,
      "tfsec looked at 0 folders, since the change alters no such file",
    ]);
  });

  it("says once that there is no such program", async () => {
    const files = { "stacks/app/main.tf": unused, "stacks/other/main.tf": unused };
    const { code, stdout, stderr } = await checked("tfsec", files, join(small.dir, "nothing"));
    expect(code).not.toBe(0);
    expect(stdout).not.toContain("looked at");
    expect(stderr.match(/tool-missing/g)).toHaveLength(1);
    expect(stderr).toContain("Install tfsec");
  });
});
