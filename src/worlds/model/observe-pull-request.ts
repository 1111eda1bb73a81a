import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import type { StackName } from "../../domain/names.ts";
import { isOpen, pullRequestOf, type Run, type RunSource } from "../../domain/run.ts";
import { rowsInto } from "../../engine/index.ts";
import { placeOf } from "../../flow/instances.ts";
import { contentAt, contentOf } from "./content.ts";
import { mergeBaseOf } from "./git.ts";
import { beforeChange } from "./history.ts";
import { inputsOf } from "./inputs.ts";
import { afterMerge, backMergesOf } from "./observe-branch.ts";
import { dueFacts, factsOfRun, standingFacts, standingInstances } from "./observe-run.ts";
import { factsOf } from "./pull-requests.ts";
import { type Setting, stacksOf } from "./setting.ts";
import { stackFacts, whereabouts } from "./stack-facts.ts";
import { commitOf, type ModelWorld, type PullRequest, pullRequestNumbered } from "./world.ts";

type Found = Omit<Facts, "now">;

/** The stacks that an open pull request alters, in the environments that the flow plans for it, and those it has plans of. */
export function pullRequestFacts(setting: Setting, world: ModelWorld, number: number): Found {
  const change = pullRequestNumbered(world, number);
  if (change === undefined) return { stacks: [], pullRequest: null };
  const pullRequest = factsOf(setting, world, change);
  if (change.state !== "open")
    return { ...dueFacts(setting, world, (run) => pullRequestOf(run.source) === number), pullRequest };
  const base = world.branches[change.base];
  const source = sourceOfChange(world, change);
  const content = source === null ? null : contentOf(world, source);
  if (base === undefined || source === null || content === null) return { stacks: [], pullRequest };
  const named = rowsInto(setting.flow, "pull_request", change.base).flatMap(({ environment }) =>
    environment === null ? [] : stacksOf(setting, environment, number),
  );
  const open = world.runs.filter((run) => isOpen(run.state) && isPlanOf(run, number)).map(({ stack }) => stack);
  const stacks: StackFacts[] = [];
  for (const name of new Set([...named, ...open])) {
    const run = ownRun(world, name, number);
    const affected = inputsOf(setting, content.tree, name) !== inputsOf(setting, base.tree, name);
    if ((affected && named.includes(name)) || (run !== null && isOpen(run.state)))
      stacks.push(stackFacts(setting, world, { stack: name, content, run, source, affected }));
  }
  return { stacks, pullRequest };
}

function sourceOfChange(world: ModelWorld, change: PullRequest): RunSource | null {
  const base = world.branches[change.base];
  if (base === undefined || mergeBaseOf(base, change.head) === undefined) return null;
  return { kind: "pull-request", pullRequest: change.number, head: change.head.sha, base: base.sha };
}

/** It planned this pull request itself, and not what its merge brought. */
function isPlanOf({ source }: Run, number: number): boolean {
  return source.kind === "pull-request" && source.pullRequest === number;
}

/** The newest run that planned this pull request itself. */
function ownRun(world: ModelWorld, stack: StackName, number: number): Run | null {
  return world.runs.findLast((run) => run.stack === stack && isPlanOf(run, number)) ?? null;
}

/** `/plangate plan` after the merge: what the merge altered, with the newest run that was to deliver it. */
export function mergedCommandFacts(setting: Setting, world: ModelWorld, number: number): Found {
  const change = pullRequestNumbered(world, number);
  const head = change === undefined ? undefined : world.branches[change.base];
  if (change === undefined || head === undefined) return { stacks: [] };
  const source: RunSource = { kind: "merge", pullRequest: number, branch: change.base, commit: head.sha };
  const content = contentAt(world, head.sha);
  const stacks = mergeStacks(setting, change.base).flatMap((name) => {
    if (!isAlteredByMerge(setting, world, change, name)) return [];
    const run =
      world.runs.findLast((candidate) => candidate.stack === name && isForDelivery(candidate)) ??
      world.runs.findLast((candidate) => candidate.stack === name && pullRequestOf(candidate.source) === number) ??
      null;
    return [stackFacts(setting, world, { stack: name, content, run, source, ref: change.base })];
  });
  return { stacks, pullRequest: factsOf(setting, world, change) };
}

function isForDelivery(run: Run): boolean {
  return run.source.kind === "pull-request" ? run.due?.kind === "merge" : run.source.kind !== "local";
}

function mergeStacks(setting: Setting, branch: string): readonly StackName[] {
  const environments = rowsInto(setting.flow, "merge", branch).map((row) => row.environment);
  return [...new Set(environments)].flatMap((name) => (name === null ? [] : stacksOf(setting, name, null)));
}

/** Against the commit that the base branch had before it. */
function isAlteredByMerge(setting: Setting, world: ModelWorld, change: PullRequest, stack: StackName): boolean {
  const last = change.merged === null ? undefined : world.commits[change.merged.commit];
  if (last === undefined) return false;
  const parent = beforeChange(world, last, change.number) ?? last.parents[0];
  return parent !== undefined && inputsOf(setting, last.tree, stack) !== inputsOf(setting, parent.tree, stack);
}

/** Whatever was planned or stands for a pull request that is over. */
export function closedFacts(setting: Setting, world: ModelWorld, number: number): Found {
  const change = pullRequestNumbered(world, number);
  const standing = standingInstances(setting, world, number);
  const runs = world.runs.filter(
    (run) => isPlanOf(run, number) && (isOpen(run.state) || run.state === "planning") && !standing.includes(run.stack),
  );
  return {
    stacks: [
      ...runs.map((run) => factsOfRun(setting, world, run)),
      ...standing.flatMap((stack) => standingFacts(setting, world, stack) ?? []),
    ],
    ...(change === undefined ? {} : { pullRequest: factsOf(setting, world, change) }),
  };
}

/** The stacks that a merge alters, in the environments of the branch's `merge` rows, each with what is stored for it. */
export function mergeFacts(setting: Setting, world: ModelWorld, event: Event & { kind: "merge" }): Found {
  const { pullRequest: number, branch } = event;
  const change = pullRequestNumbered(world, number);
  const head = world.branches[branch];
  const merged = commitOf(world, event.commit);
  const parent = beforeChange(world, merged, number) ?? merged.parents[0];
  if (change === undefined || head === undefined || parent === undefined) return { stacks: [] };
  const source: RunSource = { kind: "merge", pullRequest: number, branch, commit: head.sha };
  const content = contentAt(world, head.sha);
  const rows = rowsInto(setting.flow, "merge", branch);
  const named = mergeStacks(setting, branch);
  const stacks = named.flatMap((name) => {
    const environment = placeOf(setting.flow, name)?.environment.name;
    const row = rows.find((candidate) => candidate.environment === environment);
    const isStored = row?.do.includes("apply") === true && !row.do.includes("plan");
    const own = ownRun(world, name, number);
    const altered = inputsOf(setting, merged.tree, name) !== inputsOf(setting, parent.tree, name);
    if (!altered && !(own !== null && isOpen(own.state))) return [];
    const run = isStored ? own : null;
    const facts = stackFacts(setting, world, { stack: name, content, run, source, ref: branch });
    return [altered ? facts : { ...facts, affected: false }];
  });
  const standing = standingInstances(setting, world, number);
  const others = world.runs.filter(
    (run) => isPlanOf(run, number) && isOpen(run.state) && !named.includes(run.stack) && !standing.includes(run.stack),
  );
  return {
    stacks: [
      ...stacks,
      ...others.map((run) => factsOfRun(setting, world, run)),
      ...standing.flatMap((stack) => standingFacts(setting, world, stack) ?? []),
    ],
    pullRequest: factsOf(setting, world, change),
    ...afterMerge(setting, world, event, change),
  };
}

/** `/plangate release` and `take`: the stack named, and who holds it. */
export function holdFacts(setting: Setting, world: ModelWorld, event: Event & { kind: "command" }): Found {
  const change = pullRequestNumbered(world, event.pullRequest);
  if (change === undefined) return { stacks: [], pullRequest: null };
  const isThere = event.stack !== null && placeOf(setting.flow, event.stack) !== undefined;
  const stacks =
    isThere && event.stack !== null ? [{ ...whereabouts(setting, world, event.stack), commit: change.head.sha }] : [];
  return { stacks, pullRequest: factsOf(setting, world, change) };
}

/** `/plangate merge`: the pull request, and whether its base was brought back to it. */
export function mergeCommandFacts(setting: Setting, world: ModelWorld, number: number): Found {
  const change = pullRequestNumbered(world, number);
  if (change === undefined) return { stacks: [], pullRequest: null };
  const isThere = world.branches[change.base] !== undefined;
  return {
    stacks: [],
    pullRequest: factsOf(setting, world, change),
    ...(isThere ? { backMerges: backMergesOf(setting, world, change.base) } : {}),
  };
}
