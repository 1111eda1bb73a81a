import type { Environment } from "../../flow/index.ts";
import { accountOf, projectOf } from "../homes.ts";
import { environmentSecrets } from "../names.ts";
import { bundleSecrets, bundlesStep } from "./bundles-identity.ts";
import { expression } from "./expressions.ts";
import type { Making } from "./making.ts";
import { nodeVersion, pinned, runner, toolVersionOf } from "./pins.ts";
import type { YamlRecord } from "./yaml.ts";

/** Where plangate runs, and below which it leaves what is uploaded. */
const workFolder = expression("runner.temp");

/** What every job has, and its steps. */
export function job(
  name: string,
  {
    about,
    minutes,
    steps,
  }: { readonly about: YamlRecord; readonly minutes: number; readonly steps: readonly YamlRecord[] },
): YamlRecord {
  return { name, ...about, "runs-on": runner, "timeout-minutes": minutes, steps };
}

/** The whole history, since what is delivered may be any commit of it; no credential stays behind in its configuration. */
export function checkout(): YamlRecord {
  return {
    name: "Get the repository",
    uses: pinned("actions/checkout"),
    with: { "fetch-depth": 0, "persist-credentials": false },
  };
}

/** Node, without anything from a cache that other runs may have written. */
export function setUpNode(): YamlRecord {
  return {
    name: "Set up Node",
    uses: pinned("actions/setup-node"),
    with: { "node-version": nodeVersion, "package-manager-cache": false },
  };
}

/** Terraform or OpenTofu itself, not a wrapper around it. */
export function setUpTool({ flow }: Making): YamlRecord {
  return flow.tool === "terraform"
    ? {
        name: "Set up Terraform",
        uses: pinned("hashicorp/setup-terraform"),
        with: { terraform_version: toolVersionOf(flow), terraform_wrapper: false },
      }
    : {
        name: "Set up OpenTofu",
        uses: pinned("opentofu/setup-opentofu"),
        with: { tofu_version: toolVersionOf(flow), tofu_wrapper: false },
      };
}

/**
 * Takes on the identity that the job's environment names in its variables, in the clouds that it names there. The cloud
 * decides by the job's own token whether it may. What AWS gives cannot be renewed, so it is asked for as long as the job
 * may take; Google's is renewed by whoever uses it.
 */
export function takeOnIdentity(
  minutes: number,
  { s3 = {}, gcs = {} }: { readonly s3?: YamlRecord; readonly gcs?: YamlRecord } = {},
): readonly YamlRecord[] {
  return [
    {
      name: "Take on the identity in AWS",
      ...(Object.keys(s3).length === 0 ? {} : { id: bundlesStep }),
      if: "vars.PLANGATE_AWS_ROLE != ''",
      uses: pinned("aws-actions/configure-aws-credentials"),
      with: {
        "role-to-assume": expression("vars.PLANGATE_AWS_ROLE"),
        "aws-region": expression("vars.PLANGATE_AWS_REGION"),
        "role-duration-seconds": minutes * 60,
        "mask-aws-account-id": true,
        ...s3,
      },
    },
    {
      name: "Take on the identity in Google Cloud",
      ...(Object.keys(gcs).length === 0 ? {} : { id: bundlesStep }),
      if: "vars.PLANGATE_GCP_PROVIDER != ''",
      uses: pinned("google-github-actions/auth"),
      with: {
        workload_identity_provider: expression("vars.PLANGATE_GCP_PROVIDER"),
        service_account: expression("vars.PLANGATE_GCP_SERVICE_ACCOUNT"),
        ...gcs,
      },
    },
  ];
}

/** What names the identity of a job, for plangate to hold it to where the flow has the environments; nothing where it does not say. */
export function namedIdentity(environments: readonly Environment[]): YamlRecord {
  const has = (home: (environment: Environment) => string | null) => environments.some((one) => home(one) !== null);
  const names = [
    ...(has(accountOf) ? ["PLANGATE_AWS_ROLE"] : []),
    ...(has(projectOf) ? ["PLANGATE_GCP_PROVIDER", "PLANGATE_GCP_SERVICE_ACCOUNT"] : []),
  ];
  return Object.fromEntries(names.map((name) => [name, expression(`vars.${name}`)]));
}

/** A step that runs beside the repository and not in it, where nothing of a change has a say. */
export function beside({ run, ...step }: YamlRecord & { readonly run: string }): YamlRecord {
  return { ...step, "working-directory": workFolder, run };
}

/**
 * One command of plangate, beside the repository: a `.npmrc` or a `node_modules` there would otherwise say which plangate
 * runs. It finds the repository at `GITHUB_WORKSPACE`.
 */
export function plangate(
  making: Making,
  command: string,
  { name, ...about }: YamlRecord & { readonly name: string },
): YamlRecord {
  return beside({ name, ...about, run: `${making.plangate} ci ${command}` });
}

/**
 * GitHub interrupts the program that a step begins with, and nobody else, when somebody cancels the run; ten seconds later it
 * kills all of them. So the shell becomes npm, which hands the interrupt to its own shell. That has to become plangate: sh
 * would end alone, and leave a tool that is killed in the middle, with the state locked.
 */
const heard = { NPM_CONFIG_SCRIPT_SHELL: "bash" };

/** A command that starts the tool, and has no secret that is not the tool's. */
export function plangateWithTool(
  making: Making,
  command: string,
  { env, ...about }: YamlRecord & { readonly name: string; readonly env: YamlRecord },
): YamlRecord {
  return beside({ ...about, env: { ...env, ...heard }, run: `exec ${making.plangate} ci ${command}` });
}

/** What opens, signs, or acts for plangate. */
const ownSecrets = ["GITHUB_TOKEN", ...environmentSecrets, ...bundleSecrets];

/** With these a program asks GitHub for the job's own token, as whoever it likes to be taken for one by. */
const tokenRequest = ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"];

/**
 * A command that starts the tool, and has secrets that are not the tool's. Whatever the tool reads may say
 * `file("/proc/1234/environ")`, which is every process of the same user, so no process has them in its variables: the
 * shell hands them over by standard input, and is gone before the tool is started.
 */
export function plangateBesideTool(
  making: Making,
  command: string,
  { env, ...about }: YamlRecord & { readonly name: string; readonly env: YamlRecord },
): YamlRecord {
  const secrets = ownSecrets.filter((name) => name in env);
  const without = [...secrets, ...tokenRequest].map((name) => `  -u ${name} \\\n`).join("");
  const given = secrets.map((name) => ` ${name} "$${name}"`).join("");
  const run = `exec env \\\n${without}  ${making.plangate} ci ${command} \\\n  < <(printf '%s\\0'${given})\n`;
  return beside({ ...about, env: { ...env, ...heard, PLANGATE_SECRETS: "stdin" }, run });
}

/** A command that people run in their checkout too, started beside it all the same. */
export function plangateIn(making: Making, command: string, name: string): YamlRecord {
  return beside({ name, run: `${making.plangate} -C "$GITHUB_WORKSPACE" ${command}` });
}

/** Keeps what plangate left in `plangate-out`, or in another folder beside it. `missing`: whether there has to be something. */
export function upload(
  { retention }: Making,
  {
    name,
    missing,
    step = "Keep what came of it",
    folder = "plangate-out",
    ...about
  }: YamlRecord & {
    readonly name: string;
    readonly missing: "error" | "ignore";
    readonly step?: string;
    readonly folder?: string;
  },
): YamlRecord {
  return {
    name: step,
    ...about,
    uses: pinned("actions/upload-artifact"),
    with: {
      name,
      path: `${workFolder}/${folder}/`,
      // The folder is plangate's own, and a lock file's name begins with a dot.
      "include-hidden-files": true,
      "if-no-files-found": missing,
      "retention-days": retention,
      overwrite: true,
    },
  };
}
