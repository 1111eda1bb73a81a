import type { Facts, StackFacts } from "../../domain/facts.ts";
import { type RunId, type StackName, stackBaseName } from "../../domain/names.ts";
import { isOpen, type Run } from "../../domain/run.ts";
import { contentOf, deliveredContent } from "./content.ts";
import { flaggedPushes } from "./pushes.ts";
import { refFactsOf } from "./refs.ts";
import { type Setting, stacksOf } from "./setting.ts";
import { otherRuns, placeIn, plannedChange, stackFacts, standingSource, whereabouts } from "./stack-facts.ts";
import { type ModelWorld, runOf, stateOf } from "./world.ts";

type Found = Omit<Facts, "now">;

/** Every run whose apply was asked for, of those that somebody or something may have woken. */
export function dueFacts(setting: Setting, world: ModelWorld, wanted: (run: Run) => boolean): Found {
  const due = world.runs.filter(
    (run) => run.due !== null && (run.state === "planned" || run.state === "waiting") && wanted(run),
  );
  return { stacks: due.map((run) => factsOfRun(setting, world, run)) };
}

/** The clock: every run whose apply was asked for, and every instance in which something stands. */
export function tickFacts(setting: Setting, world: ModelWorld): Found {
  const { stacks } = dueFacts(setting, world, () => true);
  const names = new Set(stacks.map(({ stack }) => stack));
  const standing = world.pullRequests
    .flatMap(({ number }) => standingInstances(setting, world, number))
    .filter((stack) => !names.has(stack));
  return {
    stacks: [...stacks, ...standing.flatMap((stack) => standingFacts(setting, world, stack) ?? [])],
    flagged: flaggedPushes(world),
  };
}

/** The stacks of a pull request's own instances in which something may stand. */
export function standingInstances(setting: Setting, world: ModelWorld, number: number): readonly StackName[] {
  return setting.flow.environments
    .filter(({ perPullRequest }) => perPullRequest)
    .flatMap(({ name }) => stacksOf(setting, name, number))
    .filter((stack) => stateOf(world, stack).standing !== null);
}

/** What stands in an instance, with its open or newest run, and what it would be taken down from. */
export function standingFacts(setting: Setting, world: ModelWorld, stack: StackName): StackFacts | undefined {
  const source = standingSource(world, stack);
  if (source === null) return undefined;
  const own = world.runs.filter((candidate) => candidate.stack === stack && candidate.mode !== "refresh-only");
  const run = own.findLast(({ state }) => isOpen(state) || state === "planning") ?? own.at(-1) ?? null;
  const content = contentOf(world, source);
  if (content !== null) return stackFacts(setting, world, { stack, content, run, source });
  return run === null ? undefined : { ...conflictFacts(setting, world, run), source };
}

/** What is true of a run's stack. When what it would deliver conflicts, its inputs are not known, and the run is all the same. */
export function factsOfRun(setting: Setting, world: ModelWorld, run: Run): StackFacts {
  const content = deliveredContent(world, run);
  if (content === null) return conflictFacts(setting, world, run);
  const facts = stackFacts(setting, world, { stack: run.stack, content, run, source: run.source });
  const asked = run.due?.kind === "dispatch" || run.due?.kind === "release" ? run.due.ref : null;
  const ref = asked === null ? undefined : refFactsOf(setting, world, asked);
  return ref === undefined ? facts : { ...facts, ref };
}

function conflictFacts(setting: Setting, world: ModelWorld, run: Run): StackFacts {
  const { stack, source } = run;
  const commit = source.kind === "pull-request" ? source.head : source.commit;
  const plan = run.plan === null ? null : (world.plans[run.plan] ?? null);
  const others = otherRuns(world, stack, run);
  const pullRequest = plannedChange(setting, world, run);
  return { ...whereabouts(setting, world, stack), commit, run, plan, source, others, pullRequest };
}

export function runFacts(setting: Setting, world: ModelWorld, id: RunId): Found {
  return { stacks: [factsOfRun(setting, world, runOf(world, id))] };
}

/** The verified run, and the runs of the same stack in later environments that may have waited for it. */
export function verifiedFacts(setting: Setting, world: ModelWorld, id: RunId): Found {
  const own = runFacts(setting, world, id);
  const { stack } = runOf(world, id);
  const here = placeIn(setting, stack).environment.name;
  const waiting = dueFacts(
    setting,
    world,
    (run) =>
      placeIn(setting, run.stack).environment.after.includes(here) && stackBaseName(run.stack) === stackBaseName(stack),
  );
  return { stacks: [...own.stacks, ...waiting.stacks] };
}
