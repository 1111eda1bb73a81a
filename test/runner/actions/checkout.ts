import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runProgram } from "../shell.ts";
import { type Action, type ActionAt, Failed, flag } from "./action.ts";

/** Real Git, over HTTP, with the job's token, into the workspace. */
export const checkout: Action = {
  inputs: [
    "repository",
    "ref",
    "token",
    "path",
    "fetch-depth",
    "fetch-tags",
    "persist-credentials",
    "clean",
    "show-progress",
  ],
  async run(at) {
    const dir = resolve(at.machine.workspace, at.with.path ?? ".");
    if (dir !== at.machine.workspace && !dir.startsWith(`${at.machine.workspace}/`))
      throw new Failed(`Repository path '${dir}' is not under '${at.machine.workspace}'`);
    mkdirSync(dir, { recursive: true });
    for (const entry of readdirSync(dir)) rmSync(join(dir, entry), { recursive: true, force: true });
    const wanted = wantedOf(at);
    const credentials = writeCredentials(at);
    const remembered = ["-c", `include.path=${credentials}`];
    const git = (...args: readonly string[]) => runGit(at, dir, [...remembered, ...args]);
    await git("init", "--quiet", "--initial-branch=main", ".");
    await git("remote", "add", "origin", `${at.github.url}/${wanted.repository}.git`);
    await fetchInto(at, wanted, git);
    const { branch, commit } = wanted;
    await (branch === null
      ? git("checkout", "--quiet", "--force", "--detach", commit)
      : git("checkout", "--quiet", "--force", "-B", branch, `refs/remotes/origin/${branch}`));
    const forget = () => rmSync(credentials, { force: true });
    // Kept for later steps, in a file that the repository's own configuration only names.
    if (flag(at, "persist-credentials", true)) {
      await runGit(at, dir, ["config", "--local", `includeIf.gitdir:${dir}/.git.path`, credentials]);
      at.machine.after.push(forget);
    } else forget();
    return { ref: at.with.ref ?? at.kept.ref, commit };
  },
};

interface Wanted {
  readonly repository: string;
  readonly commit: string;
  /** Checked out as this branch; null: at the commit alone. */
  readonly branch: string | null;
  /** Where the commit is got from, and what it is called here. */
  readonly refspec: string;
}

function wantedOf({ repository: own, kept, with: { repository = own, ref = "" } }: ActionAt): Wanted {
  if (ref === "" && repository === own) {
    const branch = /^refs\/heads\/(.+)$/.exec(kept.ref)?.[1] ?? null;
    const tag = kept.ref.startsWith("refs/tags/");
    const there =
      branch === null ? kept.ref.replace(/^refs\/pull\//, "refs/remotes/pull/") : `refs/remotes/origin/${branch}`;
    // A tag stays what it is, with what was said in it.
    const refspec = tag ? `+${kept.ref}:${kept.ref}` : `+${kept.commit}:${there}`;
    return { repository, commit: kept.commit, branch, refspec };
  }
  const name = ref === "" ? "main" : ref;
  if (/^[0-9a-f]{40}$/.test(name)) return { repository, commit: name, branch: null, refspec: name };
  if (name.startsWith("refs/") && !name.startsWith("refs/heads/"))
    return { repository, commit: "FETCH_HEAD", branch: null, refspec: name };
  const branch = name.replace(/^refs\/heads\//, "");
  const here = `refs/remotes/origin/${branch}`;
  return { repository, commit: here, branch, refspec: `+refs/heads/${branch}:${here}` };
}

type Git = (...args: readonly string[]) => Promise<void>;

async function fetchInto(at: ActionAt, { refspec }: Wanted, git: Git): Promise<void> {
  const depth = Number(at.with["fetch-depth"] ?? 1);
  const tags = flag(at, "fetch-tags", false) || depth === 0 ? [] : ["--no-tags"];
  const quiet = ["fetch", "--quiet", "--prune", "--no-recurse-submodules"];
  if (depth > 0) return git(...quiet, ...tags, `--depth=${depth}`, "origin", refspec);
  await git(...quiet, "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*");
  // What started the run, also when the branch has moved since.
  await git("fetch", "--quiet", "--no-tags", "origin", refspec);
}

function writeCredentials(at: ActionAt): string {
  const token = at.with.token ?? at.token;
  at.machine.masks.add(token);
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  at.machine.masks.add(basic);
  const file = join(at.machine.temp, `git-credentials-${randomUUID()}.config`);
  writeFileSync(file, `[http "${at.github.url}/"]\n\textraheader = AUTHORIZATION: basic ${basic}\n`, { mode: 0o600 });
  return file;
}

async function runGit({ env, log, cancel }: ActionAt, cwd: string, args: readonly string[]): Promise<void> {
  const code = await runProgram({
    command: "git",
    args,
    cwd,
    env: { ...env, GIT_TERMINAL_PROMPT: "0" },
    line: log,
    cancel,
  });
  if (code !== 0) throw new Failed(`The process 'git ${args.join(" ")}' failed with exit code ${code}`);
}
