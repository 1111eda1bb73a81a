import { openRepository } from "../../src/adapters/git/index.ts";
import { type GitHubForgeAbout, openGitHubForge } from "../../src/adapters/github/forge/index.ts";
import type { Flow } from "../../src/flow/index.ts";
import { flowWords } from "../../src/hosts/flow-words.ts";
import { type GitHub, openGitHub } from "../../src/worlds/github/index.ts";
import { infra, smallForge } from "../../src/worlds/real/forge/small-forge.ts";
import type { ForgeStage } from "../contract/forge-stage.ts";
import { checkExchange } from "./described.ts";

export interface GitHubStage extends ForgeStage {
  readonly github: GitHub;
  /** The port as somebody else, or otherwise. */
  openPort(about: Partial<GitHubForgeAbout>): ForgeStage["port"];
}

/** A GitHub over HTTP, every exchange checked, and the adapter as plangate's app; nothing is waited for. */
export async function githubStage(dir: string, flow: Flow): Promise<GitHubStage> {
  let opened: GitHub | undefined;
  const small = await smallForge(dir, async (about) => {
    opened = await openGitHub({ ...about, check: checkExchange });
    return opened.forge;
  });
  const github = opened as GitHub;
  const repository = openRepository(small.forge.dirOf(infra), { PATH: process.env.PATH });
  const [owner = "", repo = ""] = infra.split("/");
  const about: GitHubForgeAbout = {
    apiUrl: github.url,
    host: small.forge.state.host,
    owner,
    repo,
    identity: { kind: "app", appId: String(github.app.id), privateKey: github.app.privateKey },
    flow: flowWords(flow),
    clock: { now: () => small.later(0) },
    repository,
    bringHead: async () => undefined,
    runsAtGate: async () => [],
    showAtGate: async () => undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
    patience: { second: 1, spaced: false },
    keep: 0,
  };
  return {
    github,
    small,
    port: openGitHubForge(about),
    openPort: (other) => openGitHubForge({ ...about, ...other }),
    async close() {
      repository.close();
      await github.close();
    },
  };
}
