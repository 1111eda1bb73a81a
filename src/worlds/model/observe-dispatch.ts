import type { Event } from "../../domain/event.ts";
import type { Facts, RefFacts, StackFacts } from "../../domain/facts.ts";
import { type Login, type StackName, stackBaseName } from "../../domain/names.ts";
import type { PlanMode } from "../../domain/plan.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import { rowsOfCron, rowsOfJob, rowsOfRelease } from "../../engine/index.ts";
import type { Transition } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { ofProject } from "../../flow/releases.ts";
import { branchesAtStart } from "../scene.ts";
import { branchOfClass } from "./branches.ts";
import { contentAt } from "./content.ts";
import { moduleFacts } from "./modules.ts";
import { altersStack } from "./observe-branch.ts";
import { latestRelease, refFactsOf } from "./refs.ts";
import { type Setting, stacksOf } from "./setting.ts";
import { placeIn, stackFacts } from "./stack-facts.ts";
import { commitOf, type ModelWorld, stateOf } from "./world.ts";

type Found = Omit<Facts, "now">;

/** The ref that somebody wants released, delivered or taken down, and the stacks that this is about. */
export function dispatchFacts(setting: Setting, world: ModelWorld, event: Event & { kind: "dispatch" }): Found {
  const rows = rowsOfJob(setting.flow, event.job);
  const ref = refFactsOf(setting, world, event.ref);
  if (ref === undefined) return { stacks: [] };
  const about = { ref, by: event.by, named: namesIn(event.inputs.stacks) };
  const stacks = rows.flatMap((row) =>
    row.do.includes("release") ? neededStacks(setting, world, row, ref) : deliveredStacks(setting, world, row, about),
  );
  const found: Found = { stacks, ref, latestRelease: latestRelease(setting, world) };
  if (!rows.some((row) => row.do.includes("release"))) return found;
  const classes = setting.flow.releases.filter((release) => !ofProject(release));
  return { ...found, modules: moduleFacts(setting, world, commitOf(world, ref.commit), classes) };
}

/** What the flow delivers by itself when something is released. */
export function releaseFacts(setting: Setting, world: ModelWorld, event: Event & { kind: "release" }): Found {
  const ref = refFactsOf(setting, world, `tag:${event.tag}`);
  if (ref === undefined) return { stacks: [] };
  const rows = rowsOfRelease(setting.flow, event.tag);
  const stacks = rows.flatMap((row) => deliveredStacks(setting, world, row, { ref, by: event.by, named: [] }));
  return { stacks, ref, latestRelease: latestRelease(setting, world) };
}

function namesIn(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

interface Wanted {
  readonly ref: RefFacts;
  readonly by: Login;
  /** With or without environment; none: all, or those that the branch alters. */
  readonly named: readonly string[];
}

function deliveredStacks(
  setting: Setting,
  world: ModelWorld,
  row: Transition,
  { ref, by, named }: Wanted,
): readonly StackFacts[] {
  if (row.environment === null) return [];
  const source: RunSource = { kind: "dispatch", by, ref: ref.ref, commit: ref.commit };
  const content = contentAt(world, ref.commit);
  const destroys = row.do.includes("destroy");
  const plans = row.do.includes("plan") || row.do.includes("plan-destroy");
  const isCut = ref.release === null && branchClassOf(setting.flow, ref.ref)?.cutFrom != null;
  return stacksOf(setting, row.environment, null)
    .filter((stack) =>
      named.length > 0
        ? named.includes(stack) || named.includes(stackBaseName(stack))
        : !isCut || altersStack(setting, world, ref.ref, stack),
    )
    .map((stack) => {
      const run = plans ? null : storedFor(world, stack, destroys ? "destroy" : "normal");
      const about = { stack, content, run, source, ref: ref.ref };
      const stands = stateOf(world, stack).applied !== null;
      return stackFacts(setting, world, destroys ? { ...about, affected: stands } : about);
    })
    .filter(({ inputs, applied }) => inputs !== null || applied !== null);
}

/** What a release is judged by: every stack of the environments that have to have it, or a plan of it, first. */
function neededStacks(setting: Setting, world: ModelWorld, row: Transition, ref: RefFacts): readonly StackFacts[] {
  const content = contentAt(world, ref.commit);
  return row.needs
    .flatMap((need) => stacksOf(setting, need.environment, null))
    .map((stack) => {
      const run = world.runs.findLast((known) => known.stack === stack && isDelivery(known)) ?? null;
      return stackFacts(setting, world, { stack, content, run, ref: ref.ref });
    });
}

/** The newest plan that is there, or under way, for a delivery. */
function storedFor(world: ModelWorld, stack: StackName, mode: PlanMode): Run | null {
  const isStored = (run: Run) => run.stack === stack && run.mode === mode && isDelivery(run);
  return world.runs.findLast((run) => isStored(run) && (isOpen(run.state) || run.state === "planning")) ?? null;
}

function isDelivery({ source }: Run): boolean {
  return source.kind === "merge" || source.kind === "push" || source.kind === "dispatch";
}

/** Everything that is applied where a schedule looks, at the commit that is applied there. */
export function scheduleFacts(setting: Setting, world: ModelWorld, { cron }: Event & { kind: "schedule" }): Found {
  const environments = new Set(rowsOfCron(setting.flow, cron).flatMap(({ environment }) => environment ?? []));
  const stacks = [...environments].flatMap((environment) =>
    stacksOf(setting, environment, null).flatMap((stack) => {
      const { applied } = stateOf(world, stack);
      if (applied === null) return [];
      const ref = refApplied(setting, world, stack);
      const source: RunSource = { kind: "schedule", cron, ref, commit: applied.commit };
      const run = world.runs.findLast(
        (known) =>
          known.stack === stack &&
          known.source.kind === "schedule" &&
          (isOpen(known.state) || known.state === "planning"),
      );
      return [
        stackFacts(setting, world, { stack, content: contentAt(world, applied.commit), run: run ?? null, source, ref }),
      ];
    }),
  );
  return { stacks };
}

/** The ref that is applied; of what was there before plangate, the first branch that the environment is applied from. */
function refApplied(setting: Setting, world: ModelWorld, stack: StackName): string {
  const { flow } = setting;
  const { applied } = stateOf(world, stack);
  const due = world.runs.find(({ id }) => id === applied?.run)?.due;
  if (due != null) return due.ref;
  const { appliesFrom } = placeIn(setting, stack).environment;
  return appliesFrom.flatMap((name) => branchOfClass(flow, name) ?? [])[0] ?? branchesAtStart(flow)[0] ?? "main";
}
