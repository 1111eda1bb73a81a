import type { Facts, StackFacts } from "../../domain/facts.ts";
import { environmentOf, type RunId, stackBaseName } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { deliveredContent } from "./content.ts";
import { refFactsOf } from "./refs.ts";
import type { Setting } from "./setting.ts";
import { stackFacts } from "./stack-facts.ts";
import { type ModelWorld, runOf } from "./world.ts";

type Found = Omit<Facts, "now">;

/** Every run whose apply was asked for, of those that somebody or something may have woken. */
export function dueFacts(setting: Setting, world: ModelWorld, wanted: (run: Run) => boolean): Found {
  const due = world.runs.filter(
    (run) => run.due !== null && (run.state === "planned" || run.state === "waiting") && wanted(run),
  );
  return { stacks: due.flatMap((run) => factsOfRun(setting, world, run) ?? []) };
}

export function factsOfRun(setting: Setting, world: ModelWorld, run: Run): StackFacts | null {
  const content = deliveredContent(world, run);
  if (content === null) return null;
  const facts = stackFacts(setting, world, { stack: run.stack, content, run, source: run.source });
  const ref = run.due?.kind === "dispatch" ? refFactsOf(setting, world, run.due.ref) : undefined;
  return ref === undefined ? facts : { ...facts, ref };
}

export function runFacts(setting: Setting, world: ModelWorld, id: RunId): Found {
  const facts = factsOfRun(setting, world, runOf(world, id));
  return { stacks: facts === null ? [] : [facts] };
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
