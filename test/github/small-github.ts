import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "octokit";
import type { CommitSha } from "../../src/domain/names.ts";
import { type GitHub, type GitHubAbout, openGitHub, type TokenAbout } from "../../src/worlds/github/index.ts";
import type { ActName, ActRequest, ActValue } from "../../src/worlds/real/forge/index.ts";
import { must } from "../../src/worlds/real/forge/small-forge.ts";
import { checkExchange } from "./described.ts";

export const owner = "acme";
export const repo = "infra";
export const infra = `${owner}/${repo}`;
/** What every request about the repository says. */
export const at = { owner, repo };

/** A GitHub with one repository: root administers, ann, bob and eve write, sam is a stranger; every answer is checked. */
export interface SmallGitHub {
  readonly github: GitHub;
  readonly dir: string;
  /** Seconds onwards. */
  later(seconds?: number): void;
  /** octokit as it is, without its waiting between writes. */
  as(about: TokenAbout | string): Promise<Octokit>;
  /** A commit on top of a branch, pushed to it past the API; the branch is made from main when it is not there. */
  pushed(by: string, branch: string, files: Readonly<Record<string, string | null>>): Promise<CommitSha>;
  did<Name extends ActName>(name: Name, by: string, request: ActRequest<Name>): Promise<ActValue<Name>>;
  tip(ref: string): Promise<CommitSha | undefined>;
  /** Ends it; what was asked wrongly fails the test. */
  close(): Promise<void>;
}

export async function smallGitHub(
  about: Partial<GitHubAbout> & {
    readonly private?: boolean;
    /** Nothing was pushed to it yet. */
    readonly empty?: boolean;
  } = {},
): Promise<SmallGitHub> {
  const dir = mkdtempSync(join(tmpdir(), "github-"));
  let now = Date.UTC(2026, 0, 6, 10);
  const { private: hidden = true, empty = false, ...more } = about;
  const github = await openGitHub({
    dir: join(dir, "forge"),
    clock: { now: () => now },
    check: checkExchange,
    ...more,
  });
  const { forge } = github;
  for (const login of ["ann", "bob", "eve", "root", "sam"])
    forge.addUser({ login, name: login.toUpperCase(), emails: [`${login}@acme.example`] });
  forge.setTeam({ slug: "acme/devops", members: ["ann", "bob"] });
  must(await forge.createRepository("root", { name: infra, private: hidden }), "create");
  const did: SmallGitHub["did"] = async (name, by, request) => {
    now += 2000;
    return must(await forge.act(name, { by, repository: infra, ...request }), name);
  };
  for (const login of ["ann", "bob", "eve"]) await did("role", "root", { login, role: "write" });
  const tip = (ref: string) => forge.look(infra, async ({ refs }) => refs.get(ref));
  const small: SmallGitHub = {
    github,
    dir,
    did,
    tip,
    later(seconds = 1) {
      now += seconds * 1000;
    },
    async as(who) {
      const token = await github.tokenFor(typeof who === "string" ? { person: who } : who);
      return octokitWith(github.url, token);
    },
    async pushed(by, branch, files) {
      const parent = (await tip(`refs/heads/${branch}`)) ?? (await tip("refs/heads/main")) ?? null;
      const message = `Change ${Object.keys(files).join(", ")}`;
      const after = await forge.commit({ repository: infra, parent, files, message, author: by });
      await did("push", by, { ref: `refs/heads/${branch}`, after });
      return after;
    },
    async close() {
      try {
        await github.close();
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    },
  };
  if (!empty) await small.pushed("root", "main", { "stacks/network/main.tf": "# one\n", "README.md": "hello\n" });
  return small;
}

const nothing = () => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export function octokitWith(baseUrl: string, auth: string): Octokit {
  return new Octokit({ baseUrl, auth, throttle: { enabled: false }, retry: { enabled: false }, log: quiet });
}
