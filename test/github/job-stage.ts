import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GitHubForgeAbout } from "../../src/adapters/github/forge/index.ts";
import { digestOf } from "../../src/domain/digest.ts";
import type { StackName } from "../../src/domain/names.ts";
import type { Permissions } from "../../src/worlds/github/index.ts";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { smallFlow } from "../contract/forge-stage.ts";
import { type GitHubStage, githubStage } from "./forge-stage.ts";

export const network = "prod/network" as StackName;
/** The plan that people saw of it. */
export const seen = digestOf("seen");

type Repository = GitHubStage["small"]["forge"]["state"]["repositories"][number];

/** What a job is opened with that finds `run` waiting at a gate, where people were shown the plan `seen` of `network`. */
export const atGate = (run: { readonly id: number }): Partial<GitHubForgeAbout> => ({
  runsAtGate: async () => [{ run: run.id, asked: [{ stack: network, plan: seen }] }],
});

/** A GitHub with one repository, and the adapter as the jobs of workflows have it. */
export interface JobStage extends GitHubStage {
  /** What the adapters of jobs told on their way. */
  readonly lines: readonly string[];
  /** As a job with its `GITHUB_TOKEN`. */
  asJob(permissions: Permissions, more?: Partial<GitHubForgeAbout>): Promise<GitHubStage["port"]>;
  /** Ann asks to merge `dev/x`, which is there, into `main`. */
  openX(body?: string): Promise<unknown>;
  /** The comments of its pull requests. */
  comments(): Repository["comments"];
  /** From now on it shows strangers nothing: what is public anybody may read. */
  makePrivate(): void;
}

/** In a folder of its own, which goes with it. */
export async function jobStage(): Promise<JobStage> {
  const dir = mkdtempSync(join(tmpdir(), "forge-"));
  const stage = await githubStage(dir, smallFlow);
  const lines: string[] = [];
  const repository = stage.small.forge.state.repositories[0] as Repository;
  return {
    ...stage,
    lines,
    async asJob(permissions, more = {}) {
      const token = await stage.github.tokenFor({ job: permissions, repository: infra });
      return stage.openPort({ identity: { kind: "token", token }, progress: (line) => void lines.push(line), ...more });
    },
    openX: (body = "") => stage.small.did("open", "ann", { head: "dev/x", base: "main", title: "T", body }),
    comments: () => repository.comments,
    makePrivate: () => void Object.assign(repository, { private: true }),
    async close() {
      await stage.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
