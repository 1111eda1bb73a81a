import { readQuickly } from "../../adapters/hcl/quick.ts";
import { findAffected } from "../../delivery/affected/affected.ts";
import type { PlanOrder } from "../../delivery/plan-order.ts";
import type { ReadReferences } from "../../delivery/ports.ts";
import type { CommitSha, StackName, TreeSha } from "../../domain/names.ts";
import { environmentOf } from "../../domain/names.ts";
import { rowsInto, rowsOfPush } from "../../engine/index.ts";
import type { Flow, Transition } from "../../flow/flow.ts";
import { instanceName, placeOf } from "../../flow/instances.ts";
import { inertLine } from "../../views/inert.ts";
import { mayHave } from "./job.ts";
import { group } from "./matrix.ts";
import { type Ci, type CiResult, type OpenJob, withJob } from "./open-job.ts";
import { changeIn, pushIn } from "./payload.ts";

/**
 * Orders the plans of what a change touches, from Git alone. It is a guess of what will be asked for: whoever decides, on
 * the default branch, orders what is missing, and looks at nothing that it does not want.
 */
export function touchedCommand(ci: Ci): Promise<CiResult> {
  return withJob(ci, async (opened) => {
    const change = await changeOf(ci, opened);
    const orders = change === undefined ? [] : await ordersOf(ci, opened, change);
    const { matrix, over } = group(orders, ({ stack }) => placeOf(opened.flow, stack)?.environment.name ?? "");
    for (const { stack } of over)
      ci.progress(`${stack}: more is touched than one run can plan, so it is planned after it`);
    ci.outputs.output("plans", JSON.stringify(matrix));
    const stacks = orders.map(({ stack }) => stack);
    const text =
      stacks.length === 0 ? "No stack that is planned for this change is touched." : stacks.map(inertLine).join("\n");
    return { exitCode: 0, text, fields: { stacks } };
  });
}

interface TouchingChange {
  readonly before: TreeSha;
  /** What would be there after the merge, or what was pushed. */
  readonly after: TreeSha;
  readonly commit: CommitSha;
  readonly base: CommitSha | null;
  /** The environments that rows of this workflow plan for it. */
  readonly rows: readonly Transition[];
  readonly pullRequest: number | null;
}

async function changeOf(ci: Ci, opened: OpenJob): Promise<TouchingChange | undefined> {
  const { repository, flow } = opened;
  const change = changeIn(ci.payload);
  if (change !== undefined) {
    const base = (await repository.resolve(`refs/heads/${change.base.ref}`)) ?? change.base.sha;
    const head = change.head.sha;
    const merged = await repository.mergeTree(base, head);
    if ("conflicts" in merged) {
      ci.progress("it cannot be merged: there are conflicts, so nothing is planned");
      return undefined;
    }
    const rows = rowsInto(flow, "pull_request", change.base.ref);
    const before = await repository.treeOf(base);
    return { before, after: merged.tree, commit: head, base, rows, pullRequest: change.number };
  }
  const push = pushIn(ci.payload);
  if (push === undefined || push.after === null) return undefined;
  const from = await beforePush(opened, { commit: push.after, before: push.before });
  if (from === undefined) return undefined;
  const [before, after] = [await repository.treeOf(from), await repository.treeOf(push.after)];
  return { before, after, commit: push.after, base: null, rows: rowsOfPush(flow, push.branch), pullRequest: null };
}

/** Where the branch left the default branch: what was pushed before may never have been planned. */
async function beforePush(
  { repository, defaultBranch }: OpenJob,
  { commit, before }: { readonly commit: CommitSha; readonly before: CommitSha | null },
): Promise<CommitSha | undefined> {
  const main = await repository.resolve(`refs/heads/${defaultBranch}`);
  const fork = main === undefined ? undefined : await repository.mergeBase(main, commit);
  return fork === undefined || fork === commit ? (before ?? undefined) : fork;
}

/** The parser is loaded for the first file that is not plain. */
const readReferences: ReadReferences = async (text, path) =>
  (await import("../../adapters/hcl/index.ts")).readModuleReferences(text, path);

const keepNothing = { read: async () => undefined, trees: async () => [], write: async () => undefined };

async function ordersOf(ci: Ci, opened: OpenJob, change: TouchingChange): Promise<readonly PlanOrder[]> {
  const { flow, reader } = opened;
  const workflow = mayHave(ci.env, "PLANGATE_WORKFLOW");
  const environments = new Set(
    change.rows
      .filter((row) => row.workflow === workflow && row.do.includes("plan"))
      .flatMap(({ environment }) => environment ?? []),
  );
  if (environments.size === 0) return [];
  // Both sides by the flow in force: a change of the flow changes nothing before it is there.
  const text = { blob: "in-force", parse: async () => flow };
  const { before, after, commit, base } = change;
  const found = await findAffected(
    { reader, keeper: keepNothing, readReferences, readQuickly },
    { before: { tree: before, flow: text }, after: { tree: after, flow: text }, flowFile: ci.flowFile },
  );
  return found.stacks
    .filter(({ deleted }) => deleted !== true)
    .flatMap(({ stack }) => namesFor(flow, stack, change.pullRequest))
    .filter((stack) => environments.has(placeOf(flow, stack)?.environment.name ?? ""))
    .map((stack) => ({ stack, commit, base, tree: after, mode: "normal" }));
}

/** Of an environment per pull request, the instance of this one. */
function namesFor(flow: Flow, stack: StackName, pullRequest: number | null): readonly StackName[] {
  const environment = flow.environments.find(({ name }) => name === environmentOf(stack));
  if (environment?.perPullRequest !== true) return [stack];
  return pullRequest === null ? [] : [instanceName(stack, pullRequest)];
}
