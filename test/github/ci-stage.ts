import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommitSha } from "../../src/domain/names.ts";
import { renderPreset } from "../../src/flow/index.ts";
import { madeKeys } from "../../src/testing/made-keys.ts";
import type { Permissions } from "../../src/worlds/github/index.ts";
import { type Ran, run } from "../real/support/command-line.ts";
import { dispatchable, trusted } from "./compiled-rights.ts";
import { infra, type SmallGitHub, smallGitHub } from "./small-github.ts";

export interface StepAbout {
  readonly run: number;
  readonly event: string;
  /** Of the event, on top of the repository. */
  readonly body: object;
  readonly permissions: Permissions;
  readonly env?: Readonly<Record<string, string>>;
  readonly more?: readonly string[];
}

/** How a step ended, what it gave as outputs of the step, and the folder that it leaves files in. */
export type StepRan = Ran & { readonly output: string; readonly out: string };

/** A GitHub whose repository has a stack and plangate's keys, and the commands that its workflows run. */
export interface CiStage {
  readonly small: SmallGitHub;
  readonly flowText: string;
  /** Starts a run of the trusted workflow. */
  start(about: {
    readonly event: string;
    readonly ref: string;
    readonly commit?: CommitSha;
  }): ReturnType<SmallGitHub["github"]["runs"]["start"]>;
  /** Runs a step of a job with plangate's own command line, as the workflow does. */
  step(name: string, about: StepAbout): Promise<StepRan>;
}

export const rootModule = `terraform {
  backend "local" {}
}
resource "terraform_data" "this" {
  input = "1"
}
`;

/** It goes with its `small`. */
export async function ciStage(): Promise<CiStage> {
  const small = await smallGitHub();
  const flowText = renderPreset("trunk-stored-plan")
    .replace(/^ {4}backend: .*$/m, `    backend: ["path=${small.dir}/states/{environment}/{instance}{stack}.tfstate"]`)
    .replace(/^ {4}vars: .*\n/m, "");
  await small.pushed("root", "main", {
    [trusted]: dispatchable,
    "plangate.yaml": flowText,
    "stacks/app/main.tf": rootModule,
  });
  const clone = join(small.dir, "clone");
  execFileSync("git", ["clone", "--quiet", small.github.forge.dirOf(infra), clone]);
  const made = await run(clone, ["ci", "keys", join(small.dir, "keys")]);
  if (made.code !== 0) throw new Error(`no keys were made: ${made.stderr}`);
  const keys = readFileSync(join(small.dir, "keys", "keys.json"), "utf8");
  await small.pushed("root", "main", { ".github/plangate/keys.json": keys });
  return {
    small,
    flowText,
    start: (about) => small.github.runs.start({ repository: infra, workflow: trusted, by: "ann", ...about }),
    step: (name, about) => runStep(small, name, about),
  };
}

async function runStep(small: SmallGitHub, name: string, about: StepAbout): Promise<StepRan> {
  const temp = mkdtempSync(join(small.dir, `job-${name}-`));
  const workspace = join(temp, "repository");
  mkdirSync(join(temp, "beside"), { recursive: true });
  execFileSync("git", ["clone", "--quiet", small.github.forge.dirOf(infra), workspace]);
  writeFileSync(join(temp, "event.json"), JSON.stringify({ repository: { default_branch: "main" }, ...about.body }));
  for (const file of ["output", "summary"]) writeFileSync(join(temp, file), "");
  const env = madeKeys(
    join(small.dir, "keys"),
    name === "apply" ? (about.env?.PLANGATE_ENVIRONMENT ?? "") : "plangate",
  );
  const ran = await run(join(temp, "beside"), ["ci", name, ...(about.more ?? [])], {
    env: {
      ...env,
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_NAME: about.event,
      GITHUB_EVENT_PATH: join(temp, "event.json"),
      GITHUB_REPOSITORY: infra,
      GITHUB_API_URL: small.github.url,
      GITHUB_SERVER_URL: small.github.url,
      GITHUB_RUN_ID: String(about.run),
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_REF: "refs/heads/main",
      GITHUB_OUTPUT: join(temp, "output"),
      GITHUB_STEP_SUMMARY: join(temp, "summary"),
      GITHUB_TOKEN: await small.github.tokenFor({ job: about.permissions, repository: infra }),
      RUNNER_TEMP: temp,
      ...about.env,
    },
  });
  return { ...ran, output: readFileSync(join(temp, "output"), "utf8"), out: join(temp, "beside", "plangate-out") };
}
