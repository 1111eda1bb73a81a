import { join } from "node:path";
import {
  findWorktree,
  openRepository,
  readStatus,
  readUserEmail,
  type Worktree,
  type WorktreeStatus,
  worktreeTree,
} from "../../adapters/git/index.ts";
import { systemClock } from "../../adapters/system/index.ts";
import { DeliveryError, InputError } from "../../domain/errors.ts";
import type { CommitSha, Login, TreeSha } from "../../domain/names.ts";
import { type Flow, onlyBranchOf, parseFlow } from "../../flow/index.ts";
import { type Embedded, openEmbedded } from "../../hosts/embedded/index.ts";
import { actAs } from "./act-as.ts";
import { type Context, directoryOf } from "./context.ts";
import { flowMissing, readFlowText } from "./flow-file.ts";
import { prepareHome } from "./home.ts";
import { localForge } from "./local-forge.ts";

/** A repository as a local command finds it. */
export interface Local {
  readonly worktree: Worktree;
  readonly status: WorktreeStatus;
  readonly commit: CommitSha;
  /** What is on disk, when that is not the commit. */
  readonly dirtyTree: TreeSha | null;
  readonly by: Login;
  readonly flow: Flow;
  readonly embedded: Embedded;
}

/**
 * Opens the repository that the command was started in, its flow, and its store. `protectedFlow` takes the flow of the
 * protected branch, as everything that applies must; else the one on disk counts.
 */
export async function openLocal(context: Context, about: { readonly protectedFlow: boolean }): Promise<Local> {
  const env = context.env as NodeJS.ProcessEnv;
  const worktree = await findWorktree(directoryOf(context.options), env);
  // The flow is read while Git looks; its problems are told after Git's.
  const reading = readFlow(context, worktree);
  reading.catch(() => undefined);
  const [status, email] = await Promise.all([readStatus(worktree, env), readUserEmail(worktree, env)]);
  if (status.head === null) {
    throw new DeliveryError({
      code: "no-commit",
      message: `${worktree.top} has no commit yet`,
      reaction: "stop",
      hint: "Commit your configuration first: a plan is made from a commit.",
    });
  }
  const onDisk = await reading;
  const flow = about.protectedFlow ? await flowInForce(context, worktree, onDisk) : onDisk;
  const repository = openRepository(worktree.top, env);
  const home = await prepareHome(worktree.mainTop);
  const embedded = await openEmbedded({
    repository: worktree.top,
    home,
    flow,
    flowFile: context.options.flow,
    clock: systemClock,
    forge: localForge({ flow, repository, clock: systemClock }),
    env: context.env,
    actAs: await actAs(flow, { env: context.env, home }),
    proveFlow: async (changed) => (await import("./prove-flow.ts")).proveInCheck(changed, context.signal),
    progress: context.progress,
    signal: context.signal,
    localStateBase: (root) => join(worktree.mainTop, root),
  });
  const by = `email:${email ?? "unknown@localhost"}` as Login;
  return {
    worktree,
    status,
    commit: status.head,
    dirtyTree: status.isDirty ? await worktreeTree(worktree, env) : null,
    by,
    flow,
    embedded,
  };
}

/** The flow file on disk. */
export async function readFlow(context: Context, worktree: Worktree): Promise<Flow> {
  const file = context.options.flow;
  const text = await readFlowText(context, worktree);
  if (text === undefined) throw new InputError([flowMissing(file)]);
  return flowIn(text, file);
}

function flowIn(text: string, file: string): Flow {
  const parsed = parseFlow(text, { file });
  if (parsed.value === undefined) throw new InputError(parsed.diagnostics);
  return parsed.value;
}

/** The flow of the protected branch: a change of the flow is judged by the flow before it. */
async function flowInForce(context: Context, worktree: Worktree, onDisk: Flow): Promise<Flow> {
  const repository = openRepository(worktree.top, context.env as NodeJS.ProcessEnv);
  try {
    for (const branch of onDisk.branches) {
      const name = branch.protected ? onlyBranchOf(branch) : undefined;
      const commit = name === undefined ? undefined : await repository.resolve(`refs/heads/${name}`);
      if (name === undefined || commit === undefined) continue;
      const entry = (await repository.listTree(commit)).find((candidate) => candidate.path === context.options.flow);
      const [blob] = entry === undefined ? [] : await repository.readBlobs([entry.blob]);
      if (blob !== undefined) return flowIn(new TextDecoder().decode(blob), `${name}:${context.options.flow}`);
    }
    return onDisk;
  } finally {
    repository.close();
  }
}
