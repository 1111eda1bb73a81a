import { join } from "node:path";
import { openBundleFolder } from "../../../adapters/bundles/index.ts";
import { planKeys, presentKeys } from "../../../adapters/keys/index.ts";
import type { Planned } from "../../../delivery/roles/plan.ts";
import { type Digest, shortDigest } from "../../../domain/digest.ts";
import { InternalError } from "../../../domain/errors.ts";
import type { Login, StackName } from "../../../domain/names.ts";
import type { PlanJson } from "../../../domain/plan-json.ts";
import { parsePlanJson } from "../../../domain/plan-json.ts";
import type { Run } from "../../../domain/run.ts";
import { parseFlow, stacksIn } from "../../../flow/index.ts";
import { swapSnapshot } from "../../../testing/plan-file.ts";
import { renderVerdict } from "../../../views/verdict.ts";
import type { Happened } from "../../../worlds/happened.ts";
import { isOn, openRealWorld, type RealStage } from "../../../worlds/real/index.ts";
import type { WorldStep } from "../../../worlds/step.ts";
import { appFile, demoFiles, demoFlow } from "./files.ts";

/** Where the demo plays: the real world, with what its acts ask of it again and again. */
export interface DemoStage {
  readonly world: RealStage;
  readonly home: string;
  /** Does steps and gives what happened. */
  play(...steps: readonly WorldStep[]): Promise<Happened>;
  /** The newest run of a stack. */
  run(stack: string): Promise<Run>;
  /** The stack's section of the comment on a pull request, as people see it. */
  comment(pullRequest: string, stack: string): string;
  planJson(plan: Digest): Promise<PlanJson>;
  /** While the work goes on, whoever plans puts another configuration into the plan file than it planned. */
  withSwappedPlans<T>(work: () => Promise<T>): Promise<T>;
}

export async function openDemoStage(
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<DemoStage> {
  const home = join(dir, ".plangate");
  const { value: flow } = parseFlow(demoFlow, { file: "plangate.yaml" });
  if (flow === undefined) throw new InternalError("the flow of the demo does not parse");
  const people = new Map(["ann", "bob"].map((login) => [login as Login, ["owners"]]));
  let swapping = false;
  const world = await openRealWorld({
    dir,
    env,
    scene: {
      flow,
      people,
      at: Date.now(),
      start: "empty",
      stacks: stacksIn(flow, Object.keys(demoFiles)).value ?? [],
      modules: {},
      owners: {},
    },
    ground: {
      flow,
      home,
      forge: join(home, "demo", "forge"),
      states: join(home, "demo", "states"),
      fixture: {
        firstFiles: demoFiles,
        contentFor: () => appFile({ replicas: 2 }),
      },
      localStateBase: (root) => join(dir, root),
      killed: "half-way",
      wrapRoles: (roles) => ({
        ...roles,
        plan: async (order) => (swapping ? swapped(await roles.plan(order), home) : roles.plan(order)),
      }),
    },
  });
  return {
    world,
    home,
    play: async (...steps) => {
      for (const step of steps) await world.perform(step);
      return world.happened();
    },
    run: async (stack) => {
      const [run] = await world.delivery.store.runs({ stack: stack as StackName, limit: 1 });
      if (run === undefined) throw new InternalError(`the demo has no run of ${stack}`);
      return run;
    },
    comment: (title, stack) => sectionOf(world, title, stack),
    withSwappedPlans: async (work) => {
      swapping = true;
      return work().finally(() => {
        swapping = false;
      });
    },
    planJson: async (plan) => {
      const sealed = await openBundleFolder(join(home, "bundles")).part(plan, "plan.json");
      const { opener } = await presentKeys(join(home, "keys"));
      const parsed = sealed === undefined ? undefined : parsePlanJson(await opener.open(sealed)).value;
      if (parsed === undefined) throw new InternalError(`the plan ${shortDigest(plan)} cannot be read back`);
      return parsed;
    },
  };
}

/** Sealed like any other: everybody who plans can seal. */
async function swapped(planned: Planned, home: string): Promise<Planned> {
  const sealed = planned.parts.tfplan;
  if (sealed === undefined) return planned;
  const { opener } = await presentKeys(join(home, "keys"));
  const file = await opener.open(sealed);
  const sealer = await planKeys(join(home, "keys"));
  const evil = appFile({ replicas: 3 }).replace("shop-", "evil-");
  return {
    ...planned,
    parts: { ...planned.parts, tfplan: await sealer.seal(swapSnapshot(file, { "main.tf": evil })) },
  };
}

/** plangate's comment on the pull request of that title, without its marks and folded details. */
function sectionOf(world: RealStage, title: string, stack: string): string {
  const [repository] = world.forge.state.repositories;
  const number = repository?.pullRequests.find((change) => change.title === title)?.number;
  const comment = repository?.comments.findLast(
    (candidate) => isOn(candidate, number ?? 0) && candidate.body.includes(`### \`${stack}\``),
  );
  const body = comment?.body ?? "";
  const section = body.slice(body.indexOf(`### \`${stack}\``));
  const end = section.indexOf("\n### ", 1);
  return (end < 0 ? section : section.slice(0, end)).replaceAll(/<!--.*?-->\n?/g, "").trim();
}

/** Why something does not go on: the verdicts that did not say yes, as people read them. */
export function whyNot({ reasons }: Happened): string {
  const last =
    reasons.findLast((verdict) => verdict.answer !== "yes" && verdict.rule === "apply") ??
    reasons.findLast((verdict) => verdict.answer !== "yes");
  if (last === undefined) return "";
  const obstacles = (last.children ?? []).filter((child) => child.answer !== "yes");
  return (obstacles.length === 0 ? [last] : obstacles).map((verdict) => renderVerdict(verdict)).join("\n");
}
