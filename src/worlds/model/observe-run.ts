import type { Facts, StackFacts } from "../../domain/facts.ts";
import { environmentOf, type RunId, stackBaseName } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { deliveredContent } from "./content.ts";
import { refFactsOf } from "./refs.ts";
import type { Setting } from "./setting.ts";
import { otherRuns, stackFacts } from "./stack-facts.ts";
import { type ModelWorld, runOf } from "./world.ts";

type Found = Omit<Facts, "now">;

/** Every run whose apply was asked for, of those that somebody or something may have woken. */
export function dueFacts(setting: Setting, world: ModelWorld, wanted: (run: Run) => boolean): Found {
  const due = world.runs.filter(
    (run) => run.due !== null && (run.state === "planned" || run.state === "waiting") && wanted(run),
  );
  return { stacks: due.map((run) => factsOfRun(setting, world, run)) };
}

/** What is true of a run's stack. When what it would deliver conflicts, its inputs are not known, and the run is all the same. */
export function factsOfRun(setting: Setting, world: ModelWorld, run: Run): StackFacts {
  const content = deliveredContent(world, run);
  if (content === null) return conflictFacts(world, run);
  const facts = stackFacts(setting, world, { stack: run.stack, content, run, source: run.source });
  const ref = run.due?.kind === "dispatch" ? refFactsOf(setting, world, run.due.ref) : undefined;
  return ref === undefined ? facts : { ...facts, ref };
}

function conflictFacts(world: ModelWorld, run: Run): StackFacts {
  const { stack, source } = run;
  const commit = source.kind === "pull-request" ? source.head : source.commit;
  const plan = run.plan === null ? null : (world.plans[run.plan] ?? null);
  return { stack, environment: environmentOf(stack), commit, run, plan, source, others: otherRuns(world, stack, run) };
}

export function runFacts(setting: Setting, world: ModelWorld, id: RunId): Found {
  return { stacks: [factsOfRun(setting, world, runOf(world, id))] };
}

/** The verified run, and the runs of the same stack in later environments that may have waited for it. */
export function verifiedFacts(setting: Setting, world: ModelWorld, id: RunId): Found {
  const own = runFacts(setting, world, id);
  const { stack } = runOf(world, id);
  const later = setting.flow.environments
    .filter(({ after }) => after.includes(environmentOf(stack)))
    .map(({ name }) => name);
  const waiting = dueFacts(
    setting,
    world,
    (run) => later.includes(environmentOf(run.stack)) && stackBaseName(run.stack) === stackBaseName(stack),
  );
  return { stacks: [...own.stacks, ...waiting.stacks] };
}
