import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type LocalRepository, openChangeReader, openRepository } from "../../adapters/git/index.ts";
import { mirrorCheckout } from "../../adapters/git/job-mirror.ts";
import type { Watcher } from "../../delivery/deliver.ts";
import type { ChangeReader } from "../../delivery/ports/change-reader.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { CommitSha } from "../../domain/names.ts";
import type { PublicKeys } from "../../domain/public-keys.ts";
import type { Flow } from "../../flow/flow.ts";
import type { Env, Job } from "./job.ts";
import { withoutKeys } from "./job-keys.ts";
import type { Outputs } from "./outputs.ts";
import type { Outside } from "./outside.ts";
import type { Payload } from "./payload.ts";
import { mustBeKnownKeys } from "./public-keys.ts";

/** What a command starts from. */
export interface Ci {
  readonly job: Job;
  readonly env: Env;
  readonly outside: Outside;
  readonly outputs: Outputs;
  readonly payload: Payload;
  readonly flowFile: string;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
  /** Hears of each decision and of what is done about it. */
  readonly watching: Pick<Watcher, "decided" | "performing">;
}

/** How a command ended: what it says, and whether that is good. */
export interface CiResult {
  /** 0 done; 1 something failed; 3 the domain says no. */
  readonly exitCode: 0 | 1 | 3;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The repository of a job, with the flow that is in force. */
export interface OpenJob {
  /** For what is thrown away with the job. */
  readonly home: string;
  /** A bare repository with the branches of the checkout's remote. */
  readonly dir: string;
  readonly repository: LocalRepository;
  readonly reader: ChangeReader;
  readonly defaultBranch: string;
  readonly flow: Flow;
  /** Those of the default branch; null in a job that is given no public key. */
  readonly publicKeys: PublicKeys | null;
  /** For programs: without keys and tokens. */
  readonly env: Env;
}

/** Opens the job's repository and the flow of its default branch, whatever else is checked out, and throws all away after `use`. */
export async function withJob<Value>(ci: Ci, use: (opened: OpenJob) => Promise<Value>): Promise<Value> {
  const { job, outside, payload, flowFile } = ci;
  const env = withoutKeys(ci.env);
  const home = mkdtempSync(join(job.temp, "plangate-"));
  try {
    const dir = await mirrorCheckout(job.workspace, join(home, "repository.git"), { env });
    const repository = openRepository(dir, env);
    try {
      const reader = openChangeReader(dir, env);
      const defaultBranch = payload.defaultBranch ?? branchOf(job.ref);
      const commit = await repository.resolve(`refs/heads/${defaultBranch}`);
      if (commit === undefined) throw noDefaultBranch(defaultBranch);
      const treeOf = (of: CommitSha) => repository.treeOf(of);
      const publicKeys = await mustBeKnownKeys(ci.env, { reader, tree: await treeOf(commit) });
      const flow = await outside.flowAt(commit, { file: flowFile, reader, treeOf });
      return await use({ home, dir, repository, reader, defaultBranch, flow, publicKeys, env });
    } finally {
      repository.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function branchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}

function noDefaultBranch(name: string): DeliveryError {
  return new DeliveryError({
    code: "not-a-repository",
    message: `looking for the default branch ${JSON.stringify(name)}: the checkout does not have it`,
    reaction: "stop",
    hint: "Check out with `fetch-depth: 0`, as the workflows of `plangate compile` do.",
  });
}

/** Jobs that decide and apply run on the default branch alone: elsewhere a branch says what they do. */
export function mustBeTrusted({ job }: Ci, { defaultBranch }: OpenJob): void {
  if (job.ref === `refs/heads/${defaultBranch}`) return;
  throw new DeliveryError({
    code: "not-on-default-branch",
    message: `this runs on ${JSON.stringify(job.ref)}, and only the default branch ${defaultBranch} says what is decided and applied`,
    reaction: "stop",
    hint: "Start the workflow from the default branch. What it delivers is the input ref.",
  });
}
