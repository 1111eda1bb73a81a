import type { AppliedFacts, PullRequestFacts, StackFacts } from "../../domain/facts.ts";
import type { CommitSha, Login, StackName } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { branchClassOf } from "../../flow/match.ts";
import { releaseClassOf } from "../../flow/releases.ts";
import type { Content } from "./content.ts";
import { type Commit, commitsBetween, isAncestor } from "./git.ts";
import { inputsOf } from "./inputs.ts";
import { factsOf, holding } from "./pull-requests.ts";
import type { Setting } from "./setting.ts";
import { commitOf, type ModelWorld } from "./world.ts";

interface HistoryAbout {
  readonly stack: StackName;
  readonly content: Content;
  readonly run: Run | null;
  /** What is delivered; null where nobody asked for a delivery. */
  readonly ref: string | null;
  readonly applied: AppliedFacts | null;
}

/**
 * What came to a stack since something was last applied there, and who is behind it: every commit that touches an
 * input, led back to the pull requests that brought it to the branch that is delivered.
 */
export function historyOf(
  setting: Setting,
  world: ModelWorld,
  about: HistoryAbout,
): Pick<StackFacts, "changes" | "pushed" | "writers"> {
  const { content, applied, stack } = about;
  const open =
    content.base === null
      ? undefined
      : world.pullRequests.find((change) => change.state === "open" && change.head.sha === content.commit);
  const writers = new Set<Login>(open === undefined ? [] : factsOf(world, open).writers);
  const changes = new Map<number, PullRequestFacts>();
  const pushed: CommitSha[] = [];
  const to = commitOf(world, content.base ?? content.commit);
  const from =
    applied !== null ? commitOf(world, applied.commit) : content.base !== null ? to : startOf(world, about, to);
  if (from !== null && isTakenBack(setting, world, about, { from, to })) pushed.push(to.sha);
  for (const commit of commitsBetween(from, to)) {
    if (!touches(setting, commit, { stack, from })) continue;
    const holders = holding(world, commit).map((change) => factsOf(world, change));
    const brought = holders.filter(({ base }) => isInto(setting, base, about.ref));
    if (brought.length === 0 && !pushed.includes(commit.sha)) pushed.push(commit.sha);
    for (const change of brought) changes.set(change.number, change);
    for (const login of holders.flatMap((change) => change.writers)) writers.add(login);
    if (holders.length === 0) for (const login of commit.people) writers.add(login);
  }
  return {
    changes: [...changes.values()].sort((left, right) => left.number - right.number),
    pushed,
    writers: [...writers],
  };
}

/** Whether a pull request into `base` brings what it holds to the ref that is delivered. */
function isInto({ flow }: Setting, base: string, ref: string | null): boolean {
  if (ref === null) return true;
  if (!ref.startsWith("tag:")) return base === ref;
  const from = releaseClassOf(flow, ref.slice("tag:".length))?.from;
  return from !== undefined && branchClassOf(flow, base)?.name === from;
}

/** The branch had what is applied, and has it no more. */
function isTakenBack(
  setting: Setting,
  world: ModelWorld,
  { applied, ref, stack }: HistoryAbout,
  { from, to }: { readonly from: Commit; readonly to: Commit },
): boolean {
  const due = world.runs.find(({ id }) => id === applied?.run)?.due;
  if (due?.kind !== "merge" || due.ref !== ref || isAncestor(from, to)) return false;
  return inputsOf(setting, from.tree, stack) !== inputsOf(setting, to.tree, stack);
}

/** Where counting starts when nothing was applied by us yet: before the first change that was to be delivered here. */
function startOf(world: ModelWorld, { stack, run, ref }: HistoryAbout, to: Commit): Commit | null {
  const first =
    world.runs.find(({ stack: of, due }) => of === stack && due?.kind === "merge" && due.ref === ref) ?? run;
  if (first?.source.kind === "pull-request") return commitOf(world, first.source.base);
  if (first?.source.kind !== "merge") return null;
  const { pullRequest } = first.source;
  return pullRequest === null ? (to.parents[0] ?? null) : beforeChange(world, to, pullRequest);
}

/** Where the branch stood before a pull request came to it; null when it has nothing of it. */
export function beforeChange(world: ModelWorld, from: Commit, pullRequest: number): Commit | null {
  let brought = false;
  for (let at: Commit | undefined = from; at !== undefined; at = at.parents[0]) {
    const holds = holding(world, at).some(({ number }) => number === pullRequest);
    if (brought && !holds) return at;
    brought ||= holds;
  }
  return null;
}

/** Against the first parent, and where somebody merged the line from what is applied into something older, against that line. */
function touches(
  setting: Setting,
  commit: Commit,
  { stack, from }: { readonly stack: StackName; readonly from: Commit | null },
): boolean {
  const line = from === null ? undefined : commit.parents.find((parent) => isAncestor(from, parent));
  const inputs = inputsOf(setting, commit.tree, stack);
  return [commit.parents[0], line ?? commit.parents[0]].some(
    (parent) => inputs !== (parent === undefined ? null : inputsOf(setting, parent.tree, stack)),
  );
}
