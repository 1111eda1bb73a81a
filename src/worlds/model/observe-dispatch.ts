import type { Event } from "../../domain/event.ts";
import type { Facts } from "../../domain/facts.ts";
import type { StackName } from "../../domain/names.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import { contentAt } from "./content.ts";
import { latestRelease, refFactsOf } from "./refs.ts";
import type { Setting } from "./setting.ts";
import { stackFacts } from "./stack-facts.ts";
import type { ModelWorld } from "./world.ts";

/** The ref that somebody wants released or delivered, and every stack of the environments that the row names. */
export function dispatchFacts(
  setting: Setting,
  world: ModelWorld,
  event: Event & { kind: "dispatch" },
): Omit<Facts, "now"> {
  const row = setting.flow.when.find((candidate) => candidate.on === "dispatch" && candidate.job === event.job);
  const ref = refFactsOf(setting, world, event.ref);
  if (row === undefined || ref === undefined) return { stacks: [], ...(ref === undefined ? {} : { ref }) };
  const releases = row.do.includes("release");
  const environments = releases ? row.needs.map((need) => need.environment) : [row.environment];
  const source: RunSource = { kind: "dispatch", by: event.by, ref: ref.ref, commit: ref.commit };
  const content = contentAt(world, ref.commit);
  const stacks = setting.stacks
    .filter(({ environment }) => environments.includes(environment))
    .map(({ name }) => {
      const run = storedFor(world, name, releases);
      return stackFacts(setting, world, { stack: name, content, run, ref: ref.ref, ...(releases ? {} : { source }) });
    });
  return { stacks, ref, latestRelease: latestRelease(setting, world) };
}

/** The newest run that was planned for delivery; an ended one says something to a release, and is no plan for an apply. */
function storedFor(world: ModelWorld, stack: StackName, ended: boolean): Run | null {
  const planned = (run: Run) => run.stack === stack && (run.source.kind === "merge" || run.source.kind === "dispatch");
  return world.runs.findLast((run) => planned(run) && (ended || isOpen(run.state) || run.state === "planning")) ?? null;
}
