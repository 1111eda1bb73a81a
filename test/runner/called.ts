import type { KeptRun, Permissions } from "../../src/worlds/github/index.ts";
import { InvalidWorkflow } from "./errors.ts";
import type { RunnerAbout } from "./host.ts";
import { checkCall } from "./inputs.ts";
import { permissionsOf, refuseMore } from "./permissions.ts";
import { refusedUse } from "./pinned.ts";
import { readWorkflow } from "./read-workflow.ts";
import { fileAt } from "./repository-files.ts";
import type { Workflow } from "./workflow.ts";

/** A workflow that another one calls. */
export interface Called {
  readonly workflow: Workflow;
  /** As its identity says it: `acme/infra/.github/workflows/x.yml@refs/heads/main`. */
  readonly ref: string;
}

export interface CallAbout {
  readonly uses: string;
  readonly kept: KeptRun;
  /** The called workflow that calls in turn; null: the one that was started. */
  readonly from: string | null;
}

/** Finds the file: beside its caller at the caller's commit, or in a repository at a ref. */
export async function resolveCall(
  about: RunnerAbout,
  caller: Workflow,
  { uses, kept, from }: CallAbout,
): Promise<Called> {
  const { github, repository } = about;
  const refused = refusedUse(about, uses);
  if (refused !== null) throw new InvalidWorkflow(refused);
  const local = /^\.\/(\.github\/workflows\/[^/@]+\.ya?ml)$/.exec(uses)?.[1];
  const [, other = "", path = "", ref = ""] =
    /^([\w.-]+\/[\w.-]+)\/(\.github\/workflows\/[^/@]+\.ya?ml)@(.+)$/.exec(uses) ?? [];
  if (local === undefined && other === "")
    throw new InvalidWorkflow(`${caller.path}: invalid workflow reference ${uses}`);
  if (local !== undefined) {
    // What a workflow of another repository calls beside itself is that repository's.
    if (from !== null && !from.startsWith(`${repository}/`)) throw new InvalidWorkflow(`${uses} beside ${from}`);
    const text = await fileAt(github.forge, repository, `${kept.commit}:${local}`);
    if (text === undefined) throw new InvalidWorkflow(`${caller.path}: workflow was not found: ${uses}`);
    return { workflow: await readWorkflow(local, text), ref: `${repository}/${local}@${kept.ref}` };
  }
  const there = github.forge.state.repositories.find(({ name }) => name.toLowerCase() === other.toLowerCase());
  const text =
    there && (there.name === repository || !there.private)
      ? await fileAt(github.forge, there.name, `${ref}:${path}`)
      : undefined;
  if (text === undefined) throw new InvalidWorkflow(`${caller.path}: workflow was not found: ${uses}`);
  const full = /^[0-9a-f]{40}$/.test(ref) || ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
  return { workflow: await readWorkflow(path, text), ref: `${there?.name}/${path}@${full}` };
}

const deepest = 10;

/** Looks at every call before anything starts; throws what GitHub starts such a run not for. */
export async function checkCalls(
  about: RunnerAbout,
  { workflow, kept, ceiling, from = null, depth = 0 }: CheckAbout,
): Promise<void> {
  if (depth > deepest)
    throw new InvalidWorkflow(`${workflow.path}: workflows call each other more than ${deepest} deep`);
  for (const job of workflow.jobs.values()) {
    if (depth > 0) refuseMore(`The nested job '${job.id}'`, permissionsOf(job, workflow, ceiling), ceiling);
    if (job.call === null) continue;
    const { uses, with: given, secrets } = job.call;
    const called = await resolveCall(about, workflow, { uses, kept, from });
    checkCall(called.workflow, job.id, { with: given, secrets });
    await checkCalls(about, {
      workflow: called.workflow,
      kept,
      ceiling: permissionsOf(job, workflow, ceiling),
      from: called.ref,
      depth: depth + 1,
    });
  }
}

export interface CheckAbout {
  readonly workflow: Workflow;
  readonly kept: KeptRun;
  readonly ceiling: Permissions;
  readonly from?: string | null;
  readonly depth?: number;
}
