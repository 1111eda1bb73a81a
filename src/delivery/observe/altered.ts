import type { CommitSha, StackName } from "../../domain/names.ts";
import type { Transition } from "../../flow/flow.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import type { Delivery } from "../delivery.ts";
import { type Content, contentAt, stackAt, stackNamesAt } from "./content.ts";

/** The environments that rows of the flow are about. */
export function environmentsOf(rows: readonly Transition[]): ReadonlySet<string> {
  return new Set(rows.flatMap(({ environment }) => environment ?? []));
}

/** The stacks of the environments that a change alters, those that come or go by it among them; ordered by name. */
export async function alteredStacks(
  delivery: Delivery,
  change: { readonly before: Content; readonly after: Content },
  about: { readonly environments: ReadonlySet<string>; readonly pullRequest: number | null },
): Promise<readonly StackName[]> {
  const { before, after } = change;
  if (before.tree === after.tree || about.environments.size === 0) return [];
  const [were, are] = await Promise.all([stackNamesAt(delivery, before, about), stackNamesAt(delivery, after, about)]);
  const altered: StackName[] = [];
  for (const name of [...new Set([...were, ...are])].sort())
    if (await isAltered(delivery, name, before, after)) altered.push(name);
  return altered;
}

/** Whether a stack is made from something else at `after` than at `before`. */
export async function isAltered(
  delivery: Delivery,
  name: StackName,
  before: Content,
  after: Content,
): Promise<boolean> {
  const [old, fresh] = await Promise.all([stackAt(delivery, name, before), stackAt(delivery, name, after)]);
  if (old === undefined || fresh === undefined) return old !== fresh;
  const [oldContent, freshContent] = await Promise.all([
    delivery.configuration.content(old, before.tree),
    delivery.configuration.content(fresh, after.tree),
  ]);
  return oldContent.inputs !== freshContent.inputs;
}

/**
 * Where a branch began: its merge base with the branch that its class is cut from, else with the default branch. Null when
 * they have nothing in common, or when that branch is not there.
 */
export async function forkPoint(delivery: Delivery, branch: string, head: CommitSha): Promise<CommitSha | null> {
  const from = await cutFrom(delivery, branch);
  return from === undefined ? null : ((await delivery.repository.mergeBase(from, head)) ?? null);
}

async function cutFrom({ flow, repository }: Delivery, branch: string): Promise<CommitSha | undefined> {
  const name = branchClassOf(flow, branch)?.cutFrom;
  const parent = flow.branches.find((candidate) => candidate.name === name);
  const only = parent === undefined ? undefined : onlyBranchOf(parent);
  const commit = only === undefined ? undefined : await repository.resolve(`refs/heads/${only}`);
  // A clone knows the default branch from where it came; a bare repository has it as its own.
  return commit ?? (await repository.resolve("refs/remotes/origin/HEAD")) ?? repository.resolve("HEAD");
}

/** Where a branch began, as a content; that of the branch itself when nobody can tell, which then alters nothing. */
export async function forkContent(delivery: Delivery, branch: string, head: Content): Promise<Content> {
  const commit = await forkPoint(delivery, branch, head.commit);
  return commit === null ? head : contentAt(delivery, commit);
}
