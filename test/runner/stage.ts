/**
 * From nothing to a repository that delivers: what a new user does, command by command, on the look-alike GitHub.
 * Nothing is put there past the command line, Git over HTTP, and GitHub's own interface.
 */
import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Octokit } from "octokit";
import { version } from "../../src/apps/cli/version.ts";
import { publicKeysFile } from "../../src/domain/public-keys.ts";
import { type PresetName, parseFlow } from "../../src/flow/index.ts";
import type { GitHub } from "../../src/worlds/github/index.ts";
import { openAuditor } from "../github/auditor.ts";
import { at, infra, type SmallGitHub, smallGitHub } from "../github/small-github.ts";
import { documentOf, type Ran } from "../real/support/command-line.ts";
import { programsFor } from "./index.ts";
import { stageFiles } from "./stage-files.ts";

export interface StageAbout {
  readonly preset: PresetName;
  /** Leaves out what only looks, and the pauses between changes of settings. */
  readonly quick?: boolean;
  /** Everybody sees it, and may fork it. */
  readonly public?: boolean;
  /** What somebody edits in the flow besides. */
  readonly edit?: (flow: string) => string;
  /** GitHub's clock; the machine's own when left out. */
  readonly now?: () => number;
  /** Called when GitHub is there and nothing has been pushed yet. */
  readonly opened?: (stage: Pick<UserStage, "github" | "dir" | "programs" | "secrets">) => Promise<void>;
}

/** What GitHub gives nobody back, for whoever plays its runners. */
export interface StageSecrets {
  readonly repository: Record<string, string>;
  readonly environments: Record<string, Record<string, string>>;
}

/** A repository on the look-alike, brought as far as `audit` has nothing left to say. */
export interface UserStage {
  readonly github: GitHub;
  readonly small: SmallGitHub;
  readonly repository: string;
  readonly dir: string;
  /** What jobs, too, find first on their PATH: plangate as it is published, the same for all that this stage does. */
  readonly programs: string;
  /** Where states lie: `states/ENVIRONMENT/STACK.tfstate`. */
  readonly states: string;
  readonly secrets: StageSecrets;
  /** What was typed and how it ended, oldest first. */
  readonly typed: readonly Typed[];
  /** A clone of somebody's own, made when it is first asked for. */
  cloneOf(person: string): Promise<Clone>;
  /** plangate's command line in root's clone. */
  plangate(args: readonly string[]): Promise<Ran>;
  /** GitHub's interface as somebody. */
  as(person: string): Promise<Octokit>;
  close(): Promise<void>;
}

export interface Typed extends Ran {
  readonly args: readonly string[];
}

const execute = promisify(execFile);

/** Somebody's clone, over HTTP with their token. */
export interface Clone {
  readonly dir: string;
  git(...args: readonly string[]): Promise<string>;
  write(files: Readonly<Record<string, string | null>>): void;
  /** Branches off `from` as it is on GitHub, commits these files and pushes. */
  pushed(branch: string, about: PushAbout): Promise<string>;
}

export interface PushAbout {
  readonly files: Readonly<Record<string, string | null>>;
  /** Left out: on top of the branch itself. */
  readonly from?: string;
  readonly message?: string;
}

/** Does what a new user does; fails with what was said where a command does not end as it should. */
export async function openStage(about: StageAbout): Promise<UserStage> {
  const small = await smallGitHub({
    empty: true,
    private: about.public !== true,
    clock: { now: about.now ?? Date.now },
  });
  const stage = stageOn(small, await programsFor(join(small.dir, "programs")));
  try {
    await about.opened?.(stage);
    await setUp(stage, about);
  } catch (error) {
    await small.close().catch(() => undefined);
    throw error;
  }
  return stage;
}

function stageOn(small: SmallGitHub, programs: string): UserStage {
  const { github, dir } = small;
  const clones = new Map<string, Clone>();
  const typed: Typed[] = [];
  const stage: UserStage = {
    github,
    small,
    repository: infra,
    dir,
    programs,
    states: join(dir, "states"),
    secrets: { repository: {}, environments: {} },
    typed,
    as: (person) => small.as(person),
    async cloneOf(person) {
      const clone = clones.get(person) ?? (await makeClone(small, person));
      clones.set(person, clone);
      return clone;
    },
    async plangate(args) {
      const { dir: cwd } = await stage.cloneOf("root");
      const env = {
        ...homeOf(dir, "root"),
        GITHUB_TOKEN: await github.tokenFor({ person: "root" }),
        GITHUB_API_URL: github.url,
      };
      const ran = await npx(join(stage.programs, "npx"), args, { cwd, env });
      typed.push({ args, ...ran });
      return ran;
    },
    close: () => small.close(),
  };
  return stage;
}

/** Runs the published command line of this very version. */
function npx(program: string, args: readonly string[], how: { cwd: string; env: NodeJS.ProcessEnv }): Promise<Ran> {
  return new Promise((ended, failed) => {
    const env = { PATH: process.env.PATH, NO_COLOR: "1", ...how.env };
    const child = spawn(program, ["--yes", `plangate@${version()}`, ...args], {
      cwd: how.cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
      });
    child.once("error", failed);
    child.once("close", (code, signal) => ended({ code, signal, ...said }));
  });
}

function homeOf(dir: string, person: string): Readonly<Record<string, string>> {
  return { HOME: join(dir, "homes", person), GIT_CONFIG_NOSYSTEM: "1" };
}

async function makeClone({ github, dir }: SmallGitHub, person: string): Promise<Clone> {
  const home = homeOf(dir, person);
  mkdirSync(home.HOME ?? "", { recursive: true });
  const env = { PATH: process.env.PATH, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", ...home };
  const inFolder = async (cwd: string, args: readonly string[]) =>
    (await execute("git", args, { cwd, env, encoding: "utf8" })).stdout.trim();
  const token = await github.tokenFor({ person });
  const settings = {
    "user.name": person.toUpperCase(),
    "user.email": `${person}@acme.example`,
    "init.defaultBranch": "main",
    "credential.helper": `!f() { echo username=${person}; echo password=${token}; }; f`,
  };
  for (const [name, value] of Object.entries(settings)) await inFolder(dir, ["config", "--global", name, value]);
  const folder = join(dir, "clones", person);
  mkdirSync(dirname(folder), { recursive: true });
  await inFolder(dir, ["clone", "--quiet", `${github.url}/${infra}.git`, folder]);
  const git = (...args: readonly string[]) => inFolder(folder, args);
  const clone: Clone = {
    dir: folder,
    git,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        if (text === null) rmSync(file);
        else writeFileSync(file, text);
      }
    },
    async pushed(branch, { files, from = branch, message = `Change ${Object.keys(files).join(", ")}` }) {
      await git("fetch", "--quiet", "--prune", "origin");
      await git("checkout", "--quiet", "-B", branch, `origin/${from}`, "--no-track");
      clone.write(files);
      await git("add", "--all");
      await git("commit", "--quiet", "--message", message);
      await git("push", "--quiet", "origin", `${branch}:refs/heads/${branch}`);
      return git("rev-parse", "HEAD");
    },
  };
  return clone;
}

/** Runs a command as typed; any other end than the one that a new user needs is a fault, told with what was said. */
async function type(stage: UserStage, args: readonly string[], code = 0): Promise<Ran> {
  const ran = await stage.plangate(args);
  if (ran.code === code) return ran;
  throw new Error(`plangate ${args.join(" ")} ended with ${ran.code}, not ${code}:\n${ran.stdout}\n${ran.stderr}`);
}

async function setUp(
  stage: UserStage,
  { preset, quick = false, edit: more = (text) => text }: StageAbout,
): Promise<void> {
  const root = await stage.cloneOf("root");
  const { files, branches, init, edit } = stageFiles(preset, stage.states);
  root.write(files);
  await root.git("add", "--all");
  await type(stage, ["init", "--preset", preset, "--owners", "ann,bob", ...init]);
  const flow = join(root.dir, "plangate.yaml");
  writeFileSync(flow, more(edit(readFileSync(flow, "utf8"))));
  if (!quick) {
    await type(stage, ["check"]);
    await type(stage, ["prove", "--budget", "2000"]);
  }
  await type(stage, ["compile"]);
  const keys = join(stage.dir, "keys");
  await type(stage, ["ci", "keys", keys]);
  root.write({ [publicKeysFile]: readFileSync(join(keys, basename(publicKeysFile)), "utf8") });
  await root.git("add", "--all");
  await root.git("commit", "--quiet", "--message", "Deliver with plangate");
  for (const branch of branches) await root.git("branch", branch);
  await root.git("push", "--quiet", "origin", "main", ...branches);
  if (quick) await fixAtOnce(stage, readFileSync(flow, "utf8"));
  else {
    await type(stage, ["audit"], 3);
    await type(stage, ["audit", "--fix", "--yes"]);
  }
  for (const { code, hint = "" } of documentOf(await type(stage, ["audit", "--json"])).diagnostics) {
    if (code === "key-missing") await putKey(stage, keys, hint);
  }
  if (quick) return;
  const { diagnostics } = documentOf(await type(stage, ["audit", "--json"]));
  if (diagnostics.length > 0) throw new Error(`there is still something left: ${JSON.stringify(diagnostics)}`);
}

/** What `audit --fix` does, without the pauses between changes that GitHub asks for. */
async function fixAtOnce({ small }: UserStage, text: string): Promise<void> {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  await (await openAuditor(small, value, "root")).fix();
}

/** Does what the line says that `audit` tells for a key that is missing, as GitHub's own command line does it. */
async function putKey(stage: UserStage, folder: string, hint: string): Promise<void> {
  const [, kind, name = "", , environment, file = ""] =
    /^gh (variable|secret) set ([A-Z_]+)( --env ([\w.-]+))? < FOLDER\/([\w./-]+);/.exec(hint) ?? [];
  const value = readFileSync(join(folder, file), "utf8");
  const { rest } = await stage.as("root");
  if (kind === "variable" && environment === undefined) {
    await rest.actions.createRepoVariable({ ...at, name, value });
    return;
  }
  if (kind !== "secret" || environment === undefined) throw new Error(`this is no line for a key: ${hint}`);
  const where = { ...at, environment_name: environment };
  const { key_id } = (await rest.actions.getEnvironmentPublicKey(where)).data;
  // GitHub's private half is nobody's here: what it would open stands in `secrets`.
  const encrypted_value = Buffer.alloc(48 + value.length, 1).toString("base64");
  await rest.actions.createOrUpdateEnvironmentSecret({ ...where, secret_name: name, key_id, encrypted_value });
  stage.secrets.environments[environment] = { ...stage.secrets.environments[environment], [name]: value };
}
