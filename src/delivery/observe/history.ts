import type { PersonalAnswer } from "../../domain/answer.ts";
import type { PullRequestFacts } from "../../domain/facts.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import type { Delivery, StackContent } from "../delivery.ts";
import type { Content } from "./content.ts";

/** What came to a stack since something was last applied there, and who is behind it. */
export interface History {
  readonly changes: readonly PullRequestFacts[];
  readonly pushed: readonly CommitSha[];
  readonly writers: readonly Login[];
}

/**
 * Every commit between what is applied and what would be delivered that touches an input of the stack, led back to
 * the pull request that brought it: a squash hides commits, and with them people.
 */
export async function historyOf(
  delivery: Delivery,
  about: { run: Run | null; content: Content; stack: StackContent; applied: CommitSha | null },
): Promise<History> {
  const { run, content } = about;
  const writers = new Set<Login>();
  const changes = new Map<number, PullRequestFacts>();
  const pushed: CommitSha[] = [];
  const open = await openChange(delivery, run, content);
  for (const login of open?.writers ?? []) writers.add(login);
  const to = open === null ? content.commit : (content.base ?? content.commit);
  for (const commit of await delivery.repository.commitsBetween(await from(delivery, about, open !== null), to)) {
    if (!commit.paths.some((path) => about.stack.paths.has(path))) continue;
    const change = await delivery.forge.pullRequestOf(commit.sha);
    if (change === undefined) pushed.push(commit.sha);
    else changes.set(change.number, change);
    const people = change?.writers ?? (await Promise.all(commit.emails.map((email) => delivery.forge.loginOf(email))));
    for (const login of people) writers.add(login);
  }
  return { changes: [...changes.values()].reverse(), pushed, writers: [...writers] };
}

/** The pull request that the run is for, as long as it is not merged. */
async function openChange(delivery: Delivery, run: Run | null, content: Content): Promise<PullRequestFacts | null> {
  if (run?.source.kind !== "pull-request" || content.base === null) return null;
  return (await delivery.forge.pullRequest(run.source.pullRequest)) ?? null;
}

/** Where counting starts when nothing was applied by us yet: at the change itself, since older commits were applied by others. */
async function from(
  delivery: Delivery,
  { run, content, applied }: { run: Run | null; content: Content; applied: CommitSha | null },
  open: boolean,
): Promise<CommitSha | null> {
  if (applied !== null) return applied;
  if (open) return content.base;
  if (run?.source.kind === "merge" || run?.source.kind === "pull-request")
    return (await delivery.repository.resolve(`${content.commit}^1`)) ?? null;
  return null;
}

/** What people said that may be about the run's plans: on its pull request, and at its environment's gate. */
export async function answersFor(
  delivery: Delivery,
  run: Run | null,
  environment: string,
): Promise<readonly PersonalAnswer[]> {
  const number = run?.source.kind === "pull-request" || run?.source.kind === "merge" ? run.source.pullRequest : null;
  const onPullRequest = number === null ? [] : ((await delivery.forge.pullRequest(number))?.answers ?? []);
  const atGate = await delivery.forge.gateAnswers(environment);
  const recorded = await delivery.store.answers({ environment });
  return [...onPullRequest, ...atGate, ...recorded].sort((left, right) => left.at - right.at);
}
