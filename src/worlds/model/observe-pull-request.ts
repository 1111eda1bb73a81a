import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import type { StackName } from "../../domain/names.ts";
import { isOpen, pullRequestOf, type Run, type RunSource } from "../../domain/run.ts";
import type { Transition } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { contentAt, contentOf } from "./content.ts";
import { mergeBaseOf } from "./git.ts";
import { beforeChange } from "./history.ts";
import { inputsOf } from "./inputs.ts";
import { dueFacts, factsOfRun } from "./observe-run.ts";
import { factsOf } from "./pull-requests.ts";
import type { Setting } from "./setting.ts";
import { stackFacts } from "./stack-facts.ts";
import { commitOf, type ModelWorld, type PullRequest, pullRequestNumbered } from "./world.ts";

type Found = Omit<Facts, "now">;

function rowsInto(setting: Setting, on: Transition["on"], branch: string): readonly Transition[] {
  const into = branchClassOf(setting.flow, branch)?.name;
  return setting.flow.when.filter((row) => row.on === on && row.into === into);
}

/** The stacks that an open pull request alters, in the environments that the flow plans for it, and those it had plans of. */
export function pullRequestFacts(setting: Setting, world: ModelWorld, number: number): Found {
  const change = pullRequestNumbered(world, number);
  if (change === undefined) return { stacks: [], pullRequest: null };
  const pullRequest = factsOf(world, change);
  if (change.state !== "open")
    return { ...dueFacts(setting, world, (run) => pullRequestOf(run.source) === number), pullRequest };
  const base = world.branches[change.base];
  const source = sourceOfChange(world, change);
  const content = source === null ? null : contentOf(world, source);
  if (base === undefined || source === null || content === null) return { stacks: [], pullRequest };
  const environments = rowsInto(setting, "pull_request", change.base).map((row) => row.environment);
  const stacks: StackFacts[] = [];
  for (const { name, environment } of setting.stacks) {
    if (!environments.includes(environment)) continue;
    const run = ownRun(world, name, number);
    const affected = inputsOf(setting, content.tree, name) !== inputsOf(setting, base.tree, name);
    if (affected || (run !== null && isOpen(run.state)))
      stacks.push(stackFacts(setting, world, { stack: name, content, run, source, affected }));
  }
  return { stacks, pullRequest };
}

function sourceOfChange(world: ModelWorld, change: PullRequest): RunSource | null {
  const base = world.branches[change.base];
  if (base === undefined || mergeBaseOf(base, change.head) === undefined) return null;
  return { kind: "pull-request", pullRequest: change.number, head: change.head.sha, base: base.sha };
}

/** The newest run that planned this pull request itself. */
function ownRun(world: ModelWorld, stack: StackName, number: number): Run | null {
  return (
    world.runs.findLast(
      (run) => run.stack === stack && run.source.kind === "pull-request" && run.source.pullRequest === number,
    ) ?? null
  );
}

/** `/plangate plan` after the merge: what the flow delivers on a merge, with the newest run that was to deliver it. */
export function mergedCommandFacts(setting: Setting, world: ModelWorld, number: number): Found {
  const change = pullRequestNumbered(world, number);
  const head = change === undefined ? undefined : world.branches[change.base];
  if (change === undefined || head === undefined) return { stacks: [] };
  const source: RunSource = { kind: "merge", pullRequest: number, branch: change.base, commit: head.sha };
  const environments = rowsInto(setting, "merge", change.base).map((row) => row.environment);
  const stacks = setting.stacks.flatMap(({ name, environment }) => {
    if (!environments.includes(environment)) return [];
    const own = world.runs.filter((run) => run.stack === name && pullRequestOf(run.source) === number);
    const run = own.findLast((candidate) => candidate.source.kind === "merge") ?? own.at(-1);
    return run === undefined
      ? []
      : [stackFacts(setting, world, { stack: name, content: contentAt(world, head.sha), run, source })];
  });
  return { stacks, pullRequest: factsOf(world, change) };
}

export function closedFacts(setting: Setting, world: ModelWorld, number: number): Found {
  const runs = world.runs.filter(
    (run) =>
      run.source.kind === "pull-request" &&
      run.source.pullRequest === number &&
      (isOpen(run.state) || run.state === "planning"),
  );
  return { stacks: runs.map((run) => factsOfRun(setting, world, run)) };
}

/** The stacks that a merge alters, in the environments of the branch's `merge` rows, each with what is stored for it. */
export function mergeFacts(setting: Setting, world: ModelWorld, event: Event & { kind: "merge" }): Found {
  const change = pullRequestNumbered(world, event.pullRequest);
  const head = world.branches[event.branch];
  const merged = commitOf(world, event.commit);
  const parent = beforeChange(world, merged, event.pullRequest) ?? merged.parents[0];
  if (change === undefined || head === undefined || parent === undefined) return { stacks: [] };
  const source: RunSource = { kind: "merge", pullRequest: event.pullRequest, branch: event.branch, commit: head.sha };
  const content = contentAt(world, head.sha);
  const rows = rowsInto(setting, "merge", event.branch);
  const stacks = setting.stacks.flatMap(({ name, environment }) => {
    const row = rows.find((candidate) => candidate.environment === environment);
    if (row === undefined) return [];
    const run = row.do.includes("apply") ? ownRun(world, name, event.pullRequest) : null;
    const altered = inputsOf(setting, merged.tree, name) !== inputsOf(setting, parent.tree, name);
    if (!altered && !(run !== null && isOpen(run.state))) return [];
    const facts = stackFacts(setting, world, { stack: name, content, run, source, ref: event.branch });
    return [altered ? facts : { ...facts, affected: false }];
  });
  return { stacks, pullRequest: factsOf(world, change) };
}
