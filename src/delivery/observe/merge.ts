import type { Event } from "../../domain/event.ts";
import type { Facts, PullRequestFacts, StackFacts } from "../../domain/facts.ts";
import type { CommitSha } from "../../domain/names.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import type { Transition } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import type { Delivery } from "../delivery.ts";
import type { Content } from "./content.ts";
import { beforeChange } from "./line.ts";
import { isAltered } from "./pull-request.ts";
import { applyFacts, planFacts } from "./stack-facts.ts";

/** The stacks that a merge alters, in the environments of the branch's `merge` rows, each with what is stored for it. */
export async function mergeFacts(delivery: Delivery, event: Event & { kind: "merge" }): Promise<Omit<Facts, "now">> {
  const change = (await delivery.forge.pullRequest(event.pullRequest)) ?? null;
  const head = await branchHead(delivery, event.branch);
  const parent = await standingBefore(delivery, event);
  if (head === null || parent === null) return { pullRequest: change, stacks: [] };
  const merged: Content = { commit: event.commit, base: null, tree: await delivery.repository.treeOf(event.commit) };
  const before: Content = { commit: parent, base: null, tree: await delivery.repository.treeOf(parent) };
  const source: RunSource = {
    kind: "merge",
    pullRequest: event.pullRequest,
    branch: event.branch,
    commit: head.commit,
  };
  const runs = await delivery.store.runs({ pullRequest: event.pullRequest });
  const stacks: StackFacts[] = [];
  for (const { name, row } of await stacksOfRows(delivery, event.branch, head)) {
    const run = row.do.includes("apply")
      ? (runs.find((candidate) => candidate.stack === name && candidate.source.kind === "pull-request") ?? null)
      : null;
    const altered = await isAltered(delivery, name, before, merged);
    if (!altered && !(run !== null && isOpen(run.state))) continue;
    const facts = await mergedStack(delivery, { stack: name, content: head, run, source, ref: event.branch });
    stacks.push(altered ? facts : { ...facts, affected: false });
  }
  return { pullRequest: change, stacks };
}

/** What the branch was before the merge; a rebase brought several commits. One that somebody made by hand has its parent alone. */
async function standingBefore(delivery: Delivery, event: Event & { kind: "merge" }): Promise<CommitSha | null> {
  const holding = await delivery.forge.pullRequestsOf(event.commit);
  const before = holding.some(({ number }) => number === event.pullRequest)
    ? await beforeChange(delivery, event.commit, event.pullRequest)
    : null;
  return before ?? (await delivery.repository.resolve(`${event.commit}^1`)) ?? null;
}

function mergedStack(delivery: Delivery, subject: Parameters<typeof planFacts>[1]): Promise<StackFacts> {
  return subject.run !== null && (isOpen(subject.run.state) || subject.run.state === "planning")
    ? applyFacts(delivery, subject)
    : planFacts(delivery, subject);
}

/** `/plangate plan` after the merge: every stack that the flow delivers on a merge, with the newest run that was to deliver it. */
export async function mergedCommandFacts(delivery: Delivery, change: PullRequestFacts): Promise<Omit<Facts, "now">> {
  const head = await branchHead(delivery, change.base);
  if (head === null) return { pullRequest: change, stacks: [] };
  const source: RunSource = { kind: "merge", pullRequest: change.number, branch: change.base, commit: head.commit };
  const runs = await delivery.store.runs({ pullRequest: change.number });
  const stacks: StackFacts[] = [];
  for (const { name } of await stacksOfRows(delivery, change.base, head)) {
    const own = runs.filter((run) => run.stack === name);
    const run: Run | null = own.find((candidate) => candidate.source.kind === "merge") ?? own[0] ?? null;
    if (run !== null) stacks.push(await planFacts(delivery, { stack: name, content: head, run, source }));
  }
  return { pullRequest: change, stacks };
}

async function branchHead(delivery: Delivery, branch: string): Promise<Content | null> {
  const commit = await delivery.repository.resolve(`refs/heads/${branch}`);
  return commit === undefined ? null : { commit, base: null, tree: await delivery.repository.treeOf(commit) };
}

async function stacksOfRows(
  delivery: Delivery,
  branch: string,
  at: Content,
): Promise<readonly { name: Run["stack"]; row: Transition }[]> {
  const into = branchClassOf(delivery.flow, branch)?.name;
  const rows = delivery.flow.when.filter((row) => row.on === "merge" && row.into === into);
  const found: { name: Run["stack"]; row: Transition }[] = [];
  for (const [name, stack] of await delivery.configuration.stacks(at.tree)) {
    const row = rows.find((candidate) => candidate.environment === stack.environment);
    if (row !== undefined) found.push({ name, row });
  }
  return found;
}
