import type { Event } from "../../domain/event.ts";
import type { Facts, PullRequestFacts, PushFacts, StackFacts } from "../../domain/facts.ts";
import type { CommitSha } from "../../domain/names.ts";
import type { RunSource } from "../../domain/run.ts";
import { rowsOfPush } from "../../engine/index.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import type { Delivery } from "../delivery.ts";
import { alteredStacks, environmentsOf, forkContent, forkPoint } from "./altered.ts";
import { backMergesOf } from "./back-merges.ts";
import { branchHead, contentAt } from "./content.ts";
import { pushedCommit } from "./pushed.ts";
import { judgedFacts } from "./stack-facts.ts";

type PushEvent = Event & { readonly kind: "push" };

/** What a push brought, and the stacks that the branch alters where the flow does something about it; of a deleted branch, what it held. */
export async function pushFacts(delivery: Delivery, event: PushEvent): Promise<Omit<Facts, "now">> {
  const { branch, commit, by } = event;
  if (commit === null) return { stacks: [], push: null, held: await delivery.store.holds({ branch }) };
  const open = await openFrom(delivery, branch);
  const push = await whatCame(delivery, { ...event, commit }, open);
  const head = await branchHead(delivery, branch);
  if (head === null) return { stacks: [], push };
  const environments = environmentsOf(rowsOfPush(delivery.flow, branch));
  const isProtected = branchClassOf(delivery.flow, branch)?.protected === true;
  const before =
    isProtected && event.before !== null
      ? await contentAt(delivery, event.before)
      : await forkContent(delivery, branch, head);
  const source: RunSource = { kind: "push", branch, commit: head.commit, by };
  const stacks: StackFacts[] = [];
  for (const stack of await alteredStacks(delivery, { before, after: head }, { environments, pullRequest: null })) {
    const runs = await delivery.store.runs({ stack, limit: 100 });
    const run = runs.find((candidate) => candidate.source.kind === "push" && candidate.source.branch === branch);
    const facts = await judgedFacts(delivery, { stack, content: head, run: run ?? null, source, ref: branch });
    stacks.push(applies(delivery, event, facts) ? facts : { ...facts, affected: true });
  }
  const backMerges = await backMergesOf(delivery, branch, head.commit);
  return { stacks, push, backMerges, ...(open[0] === undefined ? {} : { pullRequest: open[0] }) };
}

/** Where a row only looks, what is applied does not matter: the branch alters the stack. */
function applies({ flow }: Delivery, { branch }: PushEvent, { environment }: StackFacts): boolean {
  return rowsOfPush(flow, branch).some((row) => row.environment === environment && row.do.includes("apply"));
}

/** Counted against what stood there before; of a new branch, against where it began. */
async function whatCame(
  delivery: Delivery,
  { branch, before, commit, by }: PushEvent & { readonly commit: CommitSha },
  open: readonly PullRequestFacts[],
): Promise<PushFacts> {
  const from = before ?? (await forkPoint(delivery, branch, commit));
  const pushed = await pushedCommit(delivery, { branch, before: from, after: commit });
  return {
    ...pushed,
    writers: [...new Set([...pushed.writers, by])],
    openPullRequests: open.map(({ number }) => number),
  };
}

/**
 * Open pull requests from a branch of the repository, into any that the flow knows by its name. No other one is read:
 * strangers open as many as they like, with whatever they like in them.
 */
async function openFrom({ flow, forge }: Delivery, branch: string): Promise<readonly PullRequestFacts[]> {
  const bases = flow.branches.filter(({ accepts }) => accepts.length > 0).flatMap((base) => onlyBranchOf(base) ?? []);
  const numbers = await Promise.all(bases.map((base) => forge.openBetween(branch, base)));
  const open = await Promise.all(numbers.map((number) => (number === null ? undefined : forge.pullRequest(number))));
  return open.filter((one) => one !== undefined);
}
