import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { gitFailure, gitMissing, notARepository } from "./git-error.ts";

/** Variables as an app got them; what Git may see of them is chosen by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where Git runs, and with what environment. Made by `gitIn`. */
export interface Git {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a person's Git needs to know about them and their machine. Nothing that starts with `GIT_` is among it. */
const passedOn = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "XDG_CONFIG_HOME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SYSTEMROOT",
  "USERPROFILE",
  "APPDATA",
];

/**
 * Git in a folder, as its user has configured it and yet without what a repository or an environment could make it
 * start or reach: no hooks, no file system monitor, no pager, no prompt, no network, no replaced objects.
 *
 * The repository is found as Git finds it, but never a bare one that lies in the way, as in a hostile checkout.
 */
export function gitFrom(dir: string, env: Environment): Git {
  const known = passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  return {
    dir: resolve(dir),
    env: {
      ...Object.fromEntries(known),
      LC_ALL: "C",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_TERMINAL_PROMPT: "0",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_NO_LAZY_FETCH: "1",
      GIT_PAGER: "cat",
    },
  };
}

/**
 * As `gitFrom`, and the folder itself may be a bare repository: it is used because it was named. The top of a checkout
 * stays one, even when the files in it look like a bare repository.
 */
export function gitIn(dir: string, env: Environment): Git {
  const git = gitFrom(dir, env);
  const has = (name: string) => existsSync(join(git.dir, name));
  const bare = !has(".git") && has("HEAD") && has("objects") && has("refs");
  return bare ? { ...git, env: { ...git.env, GIT_DIR: git.dir } } : git;
}

/** The last three let a merge come out as the forge's does, whatever the user has set for their own. */
const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "protocol.allow=never",
  "safe.bareRepository=explicit",
  "gc.auto=0",
  "maintenance.auto=false",
  "merge.renames=true",
  "merge.directoryRenames=conflict",
  "merge.renormalize=false",
].flatMap((setting) => ["-c", setting]);

/** The whole argument list for a subcommand. */
export function gitArgs(args: readonly string[]): readonly string[] {
  return ["--literal-pathspecs", ...settings, ...args];
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitInput {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Says that these exit codes are values. */
export function exits(...codes: readonly number[]): (result: GitResult) => boolean {
  return ({ exitCode }) => codes.includes(exitCode);
}

/** Runs one Git command to its end. A result that is not accepted is an error that says why. */
export async function runGit(
  git: Git,
  args: readonly string[],
  about: GitInput & { readonly accepts?: (result: GitResult) => boolean } = {},
): Promise<GitResult> {
  const result = await startGit(git, args, about);
  if ((about.accepts ?? exits(0))(result)) return result;
  throw await gitFailure(args, git.dir, { ...result, version: () => gitVersion(git) });
}

function startGit(git: Git, args: readonly string[], { stdin, env }: GitInput): Promise<GitResult> {
  return new Promise((ended, reject) => {
    const child = spawn("git", gitArgs(args), { cwd: git.dir, env: { ...git.env, ...env }, stdio: "pipe" });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", (error) => reject(existsSync(git.dir) ? gitMissing(error) : notARepository(git.dir)));
    child.once("close", (code) => {
      ended({ exitCode: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
    // Git may end before it has read everything; its exit code says what matters.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}

/** `git version 2.39.5` and the like; empty when even that fails. */
async function gitVersion(git: Git): Promise<string> {
  const { stdout } = await startGit(git, ["--version"], {});
  return stdout.toString().trim();
}
