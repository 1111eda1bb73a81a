import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GitHub, openGitHub } from "../../src/worlds/github/index.ts";
import { must } from "../../src/worlds/real/forge/small-forge.ts";
import { root } from "../parts.ts";
import { openBeside } from "./beside.ts";
import { forgetHere, type Here, writeHere } from "./here.ts";

export const plans = ["free", "team", "enterprise"] as const;

export interface ServeAbout {
  /** What the repository's owner pays GitHub for. */
  readonly plan: (typeof plans)[number];
  readonly public: boolean;
}

/** A look-alike GitHub with one empty repository and a few people. */
export interface Served {
  readonly here: Here;
  /** Everything of it; gone after `close()`. */
  readonly dir: string;
  /** A folder that stays as long as it runs. */
  readonly states: string;
  /** The GitHub App that is installed there, and the file with its private key. */
  readonly app: { readonly id: number; readonly slug: string; readonly key: string };
  /** The file that makes a shell somebody's. */
  shellOf(person: string): string;
  /** Ends it. Returns what it was asked for and does not know. */
  close(): Promise<string | undefined>;
}

const repository = "acme/infra";
/** root administers, the next write, sam is nobody's colleague. */
const roles = { root: "admin", ann: "write", bob: "write", dan: "write", sam: null } as const;

export async function serve(about: ServeAbout): Promise<Served> {
  const dir = mkdtempSync(join(tmpdir(), "plangate-github-"));
  const github = await openGitHub({ dir: join(dir, "forge"), clock: { now: () => Date.now() }, plan: about.plan });
  await populate(github, about);
  const beside = await openBeside({ github, repository, dir });
  const people = Object.fromEntries(
    await Promise.all(Object.keys(roles).map(async (person) => [person, await github.tokenFor({ person })] as const)),
  );
  const here: Here = { url: github.url, beside: beside.url, key: beside.key, repository, people };
  const states = join(dir, "states");
  mkdirSync(states);
  const { id, slug, privateKey } = github.app;
  const app = { id, slug, key: join(dir, `${slug}.pem`) };
  writeFileSync(app.key, privateKey, { mode: 0o600 });
  writeHere(dir, here);
  writePrograms(dir);
  for (const person of Object.keys(people)) writeShell(dir, here, person);
  return {
    here,
    dir,
    states,
    app,
    shellOf: (person) => join(dir, person),
    async close() {
      forgetHere(dir);
      let problems: string | undefined;
      try {
        await beside.close();
        await github.close();
      } catch (error) {
        problems = error instanceof Error ? error.message : String(error);
      }
      rmSync(dir, { recursive: true, force: true });
      return problems;
    },
  };
}

async function populate({ forge }: GitHub, about: ServeAbout): Promise<void> {
  for (const login of Object.keys(roles)) forge.addUser({ login, name: login, emails: [emailOf(login)] });
  must(await forge.createRepository("root", { name: repository, private: !about.public }), "create");
  for (const [login, role] of Object.entries(roles)) {
    if (role === "write") must(await forge.act("role", { by: "root", repository, login, role }), "role");
  }
}

const emailOf = (person: string) => `${person}@acme.example`;

/** `gh` and `plangate` as people type them. */
function writePrograms(dir: string): void {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  const programs = {
    gh: [join(root, "scripts/github/main.ts"), "gh"],
    plangate: [join(root, "src/apps/cli/main.ts")],
  };
  for (const [name, words] of Object.entries(programs)) {
    const line = [process.execPath, ...words].map(quoted).join(" ");
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${line} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
}

/** A file for `.`: who somebody is to Git, to GitHub, and to plangate. */
function writeShell(dir: string, here: Here, person: string): void {
  const token = here.people[person] ?? "";
  const address = new URL(`/${here.repository}.git`, here.url);
  Object.assign(address, { username: person, password: token });
  const variables = {
    PLANGATE_GITHUB: dir,
    GITHUB_API_URL: here.url,
    GITHUB_TOKEN: token,
    GH_TOKEN: token,
    GIT_AUTHOR_NAME: person,
    GIT_AUTHOR_EMAIL: emailOf(person),
    GIT_COMMITTER_NAME: person,
    GIT_COMMITTER_EMAIL: emailOf(person),
    INFRA: String(address),
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const path = `case ":$PATH:" in *:${quoted(join(dir, "bin"))}:*) ;; *) export PATH=${quoted(join(dir, "bin"))}:"$PATH" ;; esac`;
  writeFileSync(join(dir, person), `${[...lines, path].join("\n")}\n`, { mode: 0o600 });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
