import type { CommitSha, StackName, TreeSha } from "../../domain/names.ts";
import type { Run, RunSource } from "../../domain/run.ts";
import type { Stack } from "../../flow/flow.ts";
import { instanceName, instanceOf, placeOf, templateName } from "../../flow/instances.ts";
import type { Delivery } from "../delivery.ts";
import { environmentNamed } from "../variables.ts";

/** A commit, and the files that are meant by it: for a pull request those that would be there after the merge. */
export interface Content {
  readonly commit: CommitSha;
  readonly base: CommitSha | null;
  readonly tree: TreeSha;
}

/** The content of one commit. */
export async function contentAt({ repository }: Delivery, commit: CommitSha): Promise<Content> {
  return { commit, base: null, tree: await repository.treeOf(commit) };
}

/** Where a branch is now; null when it is not there. */
export async function branchHead(delivery: Delivery, branch: string): Promise<Content | null> {
  const commit = await delivery.repository.resolve(`refs/heads/${branch}`);
  return commit === undefined ? null : contentAt(delivery, commit);
}

/** What planning a source plans; null when it cannot be merged. */
export async function contentOf(delivery: Delivery, source: RunSource): Promise<Content | null> {
  switch (source.kind) {
    case "pull-request": {
      const merged = await delivery.repository.mergeTree(source.base, source.head);
      return "tree" in merged ? { commit: source.head, base: source.base, tree: merged.tree } : null;
    }
    case "merge":
    case "push":
    case "dispatch":
    case "schedule":
      return contentAt(delivery, source.commit);
    case "local":
      return source.tree === null
        ? contentAt(delivery, source.commit)
        : { commit: source.commit, base: null, tree: source.tree };
  }
}

/**
 * What an apply of the run would deliver now. After a merge or a push that is the head of the branch at this moment: a
 * later merge, or a revert, is part of it. What is destroyed is what was planned to be, wherever branches are by now.
 */
export async function deliveredContent(delivery: Delivery, run: Run): Promise<Content | null> {
  const { due } = run;
  if (run.mode === "normal") {
    if (due?.kind === "merge" || due?.kind === "push") return branchHead(delivery, due.ref);
    if (due?.kind === "dispatch" || due?.kind === "release") return contentAt(delivery, due.commit);
  }
  return contentOf(delivery, run.source);
}

/** The stack of that name at a content; one of an instance is made from what the flow gives for its environment. */
export async function stackAt(
  delivery: Pick<Delivery, "flow"> & { readonly configuration: Pick<Delivery["configuration"], "stacks"> },
  name: StackName,
  { tree }: Pick<Content, "tree">,
): Promise<Stack | undefined> {
  const place = placeOf(delivery.flow, name);
  const stacks = await delivery.configuration.stacks(tree);
  if (place === undefined || place.instance === null) return stacks.get(name);
  const template = stacks.get(templateName(delivery.flow, name));
  return template === undefined ? undefined : instanceOf(template, Number(place.instance));
}

/**
 * The names of the stacks that the environments have at a content. Of an environment per pull request only the instance
 * of the one that is named: what its stacks are made from is none itself, and has no state.
 */
export async function stackNamesAt(
  delivery: Delivery,
  { tree }: Content,
  about: { readonly environments: ReadonlySet<string>; readonly pullRequest: number | null },
): Promise<readonly StackName[]> {
  const { environments, pullRequest } = about;
  const names: StackName[] = [];
  for (const [name, { environment }] of await delivery.configuration.stacks(tree)) {
    if (!environments.has(environment)) continue;
    if (!environmentNamed(delivery, environment).perPullRequest) names.push(name);
    else if (pullRequest !== null) names.push(instanceName(name, pullRequest));
  }
  return names;
}
