import { join } from "node:path";
import { at, infra, octokitWith, type SmallGitHub, smallGitHub } from "../github/small-github.ts";
import type { Open } from "./host.ts";
import { openRunner, programsFor, type RanRun, type Runner, type RunnerAbout } from "./index.ts";

/** A small GitHub whose workflows run, for trying one at a time. */
export interface SmallRunner {
  readonly small: SmallGitHub;
  readonly runner: Runner;
  /** Called around steps, once they are there. */
  readonly hooks: Open<NonNullable<RunnerAbout["hooks"]>>;
  /** Conclusions by the names that people see; of the last run when left out. */
  jobs(run?: RanRun): Readonly<Record<string, string | null>>;
  /** Puts `ci.yml` on a branch, main when left out, and waits for what comes of it. */
  workflow(text: string, branch?: string): Promise<void>;
  secret(name: string, value: string): Promise<void>;
  environment(name: string, about: EnvironmentAbout): Promise<void>;
  /** Somebody from outside forks the repository, changes `dev` there, and opens a pull request for it. */
  forked(by: string, files: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

export interface EnvironmentAbout {
  readonly reviewers: readonly string[];
  readonly refs: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
}

export interface SmallRunnerAbout {
  readonly private?: boolean;
  readonly clouds?: { readonly aws: string; readonly google: string };
  readonly clock?: { readonly now: () => number };
}

export async function openSmallRunner({ clouds, ...about }: SmallRunnerAbout = {}): Promise<SmallRunner> {
  const small = await smallGitHub(about);
  const secrets: { repository: Record<string, string>; environments: Record<string, Record<string, string>> } = {
    repository: {},
    environments: {},
  };
  const programs = await programsFor(join(small.dir, "programs"));
  const { github, dir } = small;
  const hooks: SmallRunner["hooks"] = {};
  const more = { hooks, ...(clouds === undefined ? {} : { clouds }) };
  const runner = openRunner({ github, repository: infra, dir: join(dir, "jobs"), programs, secrets, ...more });
  const { rest } = await small.as("root");
  const encrypted = { encrypted_value: Buffer.alloc(64, 1).toString("base64"), key_id: "0" };
  let closed = false;
  return {
    small,
    runner,
    hooks,
    jobs: (run = runner.runs.at(-1)) =>
      Object.fromEntries((run?.jobs ?? []).map(({ name, conclusion }) => [name, conclusion])),
    async workflow(text, branch = "main") {
      await small.pushed("root", branch, { ".github/workflows/ci.yml": text });
      await runner.settled();
    },
    async secret(name, value) {
      const { key_id } = (await rest.actions.getRepoPublicKey(at)).data;
      await rest.actions.createOrUpdateRepoSecret({ ...at, secret_name: name, ...encrypted, key_id });
      secrets.repository[name] = value;
    },
    async environment(name, { reviewers, refs, secrets: told }) {
      await small.did("environment", "root", { name, reviewers, refs });
      const where = { ...at, environment_name: name };
      const { key_id } = (await rest.actions.getEnvironmentPublicKey(where)).data;
      for (const secret_name of Object.keys(told))
        await rest.actions.createOrUpdateEnvironmentSecret({ ...where, secret_name, ...encrypted, key_id });
      secrets.environments[name] = { ...told };
    },
    async forked(by, files) {
      const fork = await small.did("fork", by, {});
      const parent = (await small.tip("refs/heads/main")) ?? null;
      const { forge } = github;
      const after = await forge.commit({ repository: fork.name, parent, files, message: "Outside", author: by });
      await forge.act("push", { by, repository: fork.name, ref: "refs/heads/dev", after });
      const theirs = octokitWith(github.url, await github.tokenFor({ person: by }));
      await theirs.rest.pulls.create({ ...at, title: "Outside", head: `${by}:dev`, base: "main" });
      await runner.settled();
    },
    async close() {
      if (closed) return;
      closed = true;
      try {
        await runner.close();
      } finally {
        await small.close();
      }
    },
  };
}
