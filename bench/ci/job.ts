import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { presentEnvironment } from "../../src/compile/names.ts";
import { madeKeys } from "../../src/testing/made-keys.ts";
import type { Exchange, Permissions } from "../../src/worlds/github/index.ts";
import { infra, type SmallGitHub } from "../../test/github/small-github.ts";
import type { Measured } from "../bench.ts";
import { measureProcess } from "../measure.ts";
import { toolTime } from "./tool.ts";

/** What a command cost, what of that the tool took, and what it asked GitHub for. */
export interface Cost {
  readonly measured: Measured;
  readonly toolMs: number;
  /** By their routes, as GitHub's documentation writes them; questions in GraphQL by their names. */
  readonly requests: readonly string[];
  /** How many requests Git itself made. */
  readonly git: number;
}

export interface Ended extends Cost {
  /** By the names of the job's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The folder that is uploaded. */
  readonly out: string;
}

/** What started a job. */
export interface Started {
  readonly run: number;
  readonly event: string;
  readonly body: object;
}

export interface JobAbout extends Started {
  readonly permissions: Permissions;
  readonly env?: Readonly<Record<string, string>>;
}

/** What all jobs of a stage have. */
export interface JobGround {
  readonly small: SmallGitHub;
  /** The command line, as it is built. */
  readonly main: string;
  /** The tool's stand-in. */
  readonly tool: string;
  /** The folder of keys. */
  readonly keys: string;
}

/** Runs a command as a step of a job does: a process of its own, beside a clone of the repository. */
export async function runInJob(
  { small, main, tool, keys }: JobGround,
  command: string,
  about: JobAbout,
): Promise<Ended> {
  const { github, dir } = small;
  const temp = mkdtempSync(join(dir, `job-${command}-`));
  const [workspace, beside] = [join(temp, "repository"), join(temp, "beside")];
  mkdirSync(beside);
  execFileSync("git", ["clone", "--quiet", github.forge.dirOf(infra), workspace]);
  const body = { repository: { default_branch: "main", private: true }, ...about.body };
  writeFileSync(join(temp, "event.json"), JSON.stringify(body));
  for (const file of ["output", "summary"]) writeFileSync(join(temp, file), "");
  const env = {
    ...madeKeys(keys, command === "apply" ? "test" : presentEnvironment),
    PLANGATE_TOOL: tool,
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_NAME: about.event,
    GITHUB_EVENT_PATH: join(temp, "event.json"),
    GITHUB_REPOSITORY: infra,
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: github.url,
    GITHUB_RUN_ID: String(about.run),
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_REF: "refs/heads/main",
    GITHUB_OUTPUT: join(temp, "output"),
    GITHUB_STEP_SUMMARY: join(temp, "summary"),
    GITHUB_TOKEN: await github.tokenFor({ job: about.permissions, repository: infra }),
    RUNNER_TEMP: temp,
    ...about.env,
  };
  const before = github.exchanges.length;
  const argv = [process.execPath, main, "ci", command] as const;
  const measured = await measureProcess({ argv, cwd: beside, env, warmUp: false }, 1);
  return {
    measured,
    toolMs: toolTime(tool),
    ...requestsIn(github.exchanges.slice(before)),
    outputs: outputsIn(readFileSync(join(temp, "output"), "utf8")),
    out: join(beside, "plangate-out"),
  };
}

/** Where bytes of artifacts lie is no part of the API. */
function requestsIn(exchanges: readonly Exchange[]): Pick<Cost, "requests" | "git"> {
  const requests = exchanges.flatMap(({ route, path, request }) => {
    if (path === "/graphql") return [`GraphQL ${nameOf(request)}`];
    return route === null ? [] : [route];
  });
  return { requests, git: exchanges.filter(({ path }) => /\.git\//.test(path)).length };
}

/** The name of a question, as it is written. */
function nameOf(request: object): string {
  const text = "query" in request && typeof request.query === "string" ? request.query : "";
  return /^\s*query (\w+)/.exec(text)?.[1] ?? "?";
}

function outputsIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name = "", , value = ""]) => [name, value]),
  );
}
