import { type Digest, digestOf } from "../../domain/digest.ts";
import type { StackName } from "../../domain/names.ts";
import type { PlanCounts, PlanManifest, StoredPlan } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import type { Content } from "./content.ts";
import { whyUnexpected } from "./expectation.ts";
import { type Tree, treeShaOf } from "./git.ts";
import { inputPaths, inputsOf, isConfigurationIn } from "./inputs.ts";
import { countsBetween, countsOfDestroy } from "./plan-counts.ts";
import { type Setting, stackCalled } from "./setting.ts";
import { placeIn, tool } from "./stack-facts.ts";
import { isValue } from "./values.ts";
import { type ModelWorld, stateOf } from "./world.ts";

/** What planning gave. */
export type Made =
  | { readonly kind: "made"; readonly plan: StoredPlan; readonly empty: boolean }
  | { readonly kind: "failed"; readonly code: "plan-failed" | "expectation-failed"; readonly why: string };

type Gives = "same-meaning" | "different" | "empty" | "error";

/**
 * Plans a stack at a content, in the run's mode. What the story scripted for the stack's next plan is taken out; else a
 * plan has changes when an input differs from what is applied or an object drifted, and one that destroys when anything
 * stands; it means the same while none of that moves.
 */
export function makePlan(
  setting: Setting,
  world: ModelWorld,
  about: { readonly run: Run; readonly content: Content | null; readonly speculative: StoredPlan["speculative"] },
): { readonly world: ModelWorld; readonly made: Made } {
  const { run, content } = about;
  const scripted = world.script.plans.find((step) => step.stack === run.stack);
  const next = scripted === undefined ? world : withoutScripted(world, scripted);
  const inputs = content === null ? null : inputsOf(setting, content.tree, run.stack);
  if (content === null)
    return { world: next, made: failed(`the pull request of ${run.stack} cannot be merged into its base branch`) };
  if (inputs === null)
    return { world: next, made: failed(`${run.stack} is not in commit ${content.commit.slice(0, 12)}`) };
  if (scripted?.gives === "error") return { world: next, made: failed(`terraform could not plan ${run.stack}`) };
  if (!namesBackend(setting, content.tree, run.stack))
    return { world: next, made: failed(`the root module of ${run.stack} names no backend`) };
  const unexpected = run.mode === "normal" ? whyUnexpected(setting, content.tree, run.stack) : null;
  if (unexpected !== null) return { world: next, made: { ...failed(unexpected), code: "expectation-failed" } };
  // What is destroyed is what stands, whatever a story says of the next plan.
  const gives = run.mode === "destroy" ? undefined : scripted?.gives;
  const manifest = manifestOf(setting, world, { run, content, inputs, gives });
  const digest = digestOf(`plan ${run.id} ${world.now} ${Object.keys(world.plans).length}`);
  const settled = run.mode === "destroy" ? isGone(world, run.stack) : isSettled(world, run.stack, inputs);
  const empty = gives === undefined ? settled : gives === "empty";
  return {
    world: next,
    made: {
      kind: "made",
      empty,
      plan: { digest, manifest, speculative: about.speculative, shown: [], carriedFrom: null },
    },
  };
}

/** The main file of a root names its backend where a story gives it no text. */
function namesBackend(setting: Setting, tree: Tree, name: StackName): boolean {
  const root = stackCalled(setting, name)?.root ?? ".";
  return Object.entries(tree).some(([path, text]) => {
    if (!isConfigurationIn(root, path)) return false;
    return isValue(text) ? /(?:^|\/)main\.tf$/.test(path) : /^\s*backend\s+"/m.test(text);
  });
}

function failed(why: string): Made & { kind: "failed" } {
  return { kind: "failed", code: "plan-failed", why };
}

function withoutScripted(world: ModelWorld, taken: ModelWorld["script"]["plans"][number]): ModelWorld {
  return { ...world, script: { ...world.script, plans: world.script.plans.filter((step) => step !== taken) } };
}

function isGone(world: ModelWorld, stack: StackName): boolean {
  const { applied, standing } = stateOf(world, stack);
  return applied === null && standing === null;
}

/** Nothing to do: these inputs are applied, or were planned empty since, and no object drifted. */
function isSettled(world: ModelWorld, stack: StackName, inputs: Digest): boolean {
  const { applied, settled, drift, repaired } = stateOf(world, stack);
  return drift === repaired && [applied, ...settled].some((known) => known?.inputs === inputs);
}

function meaningOf(
  world: ModelWorld,
  { stack, mode }: Run,
  about: { readonly inputs: Digest; readonly gives: Gives | undefined },
): Digest {
  const { applied, drift, repaired } = stateOf(world, stack);
  const count = Object.keys(world.plans).length;
  if (about.gives === "different") return digestOf(`a meaning of its own ${stack} ${count}`);
  if (about.gives === "same-meaning") {
    const last = world.runs.findLast((run) => run.stack === stack && run.plan !== null)?.plan;
    const known = last === null || last === undefined ? undefined : world.plans[last];
    if (known !== undefined) return known.manifest.meaning;
  }
  return digestOf(`meaning ${mode} ${stack} ${about.inputs} ${applied?.inputs} ${drift - repaired}`);
}

function countsOf(setting: Setting, world: ModelWorld, { stack, mode }: Run, content: Content): PlanCounts {
  const { applied } = stateOf(world, stack);
  const before = applied === null ? {} : (world.commits[applied.commit]?.tree ?? {});
  const paths = [before, content.tree].flatMap((tree) => inputPaths(setting, tree, stack) ?? []);
  return mode === "destroy" ? countsOfDestroy(before, paths) : countsBetween(before, content.tree, paths);
}

function manifestOf(
  setting: Setting,
  world: ModelWorld,
  about: { readonly run: Run; readonly content: Content; readonly inputs: Digest; readonly gives: Gives | undefined },
): PlanManifest {
  const { run, content, inputs } = about;
  const { environment, instance } = placeIn(setting, run.stack);
  return {
    version: 1,
    run: run.id,
    stack: run.stack,
    environment: environment.name,
    instance,
    root: run.stack,
    mode: run.mode,
    commit: content.commit,
    base: content.base,
    tree: treeShaOf(content.tree),
    tool,
    providers: [],
    modules: [],
    backend: { type: "local", workspace: "default", identity: inputs },
    state: stateOf(world, run.stack).version,
    account: null,
    inputs,
    variables: {},
    meaning: meaningOf(world, run, about),
    counts: countsOf(setting, world, run, content),
    parts: [],
    createdAt: world.now,
    keyId: "model",
  };
}
