import { join } from "node:path";
import { openWorkFolders } from "../../adapters/folders/index.ts";
import { openRepository } from "../../adapters/git/index.ts";
import { planKeys } from "../../adapters/keys/index.ts";
import { writeHandedPlan } from "../../adapters/sealed-plans/index.ts";
import { openRunLogs, systemIds } from "../../adapters/system/index.ts";
import type { TerraformOptions } from "../../adapters/terraform/index.ts";
import type { Roles } from "../../delivery/delivery.ts";
import { stackAt } from "../../delivery/observe/content.ts";
import { type PlanOrder, planOrderKey } from "../../delivery/plan-order.ts";
import type { Clock, PlanOutcome, Repository } from "../../delivery/ports.ts";
import { makePlan, type PlanRights } from "../../delivery/roles/plan.ts";
import type { Order } from "../../delivery/roles/work.ts";
import { environmentNamed, variablesFor } from "../../delivery/variables.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { StackName, TreeSha } from "../../domain/names.ts";
import type { ToolError } from "../../domain/tool-error.ts";
import type { Environment, Flow, Stack } from "../../flow/flow.ts";
import { stacksIn } from "../../flow/stacks.ts";
import { graceInJob, toolFor, variablesOf } from "../tool.ts";
import { sealGiven } from "./given-variables.ts";

export interface PlanJobOptions {
  readonly repository: string;
  /** For work folders and logs; nothing in it outlives the job. */
  readonly home: string;
  readonly flow: Flow;
  /** A folder with the key that closes, and no other. */
  readonly keys: string;
  /** Where plans are put for the job that takes them up. */
  readonly out: string;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The variables of an environment that are no secrets. */
  readonly given: (environment: Environment) => Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly localStateBase?: TerraformOptions["localStateBase"];
  /** Puts something between the job and the role, such as a test in which the worker dies. */
  readonly wrapPlan?: (plan: Roles["plan"]) => Roles["plan"];
}

/**
 * Makes the plans that were ordered, one after the other, and closes them. Runs the change's code, so what comes of it is
 * a claim; one that fails is handed over as failed, and the others are made all the same.
 */
export async function planInJob(options: PlanJobOptions, orders: readonly PlanOrder[]): Promise<readonly HandedOver[]> {
  const { home, flow, env, progress } = options;
  const repository = openRepository(options.repository, env as NodeJS.ProcessEnv);
  try {
    const rights: PlanRights = {
      repository,
      terraform: toolFor(flow, env, { ...graceInJob, initCache: undefined, localStateBase: options.localStateBase }),
      sealer: await planKeys(options.keys),
      folders: openWorkFolders(join(home, "work")),
      logs: openRunLogs(join(home, "logs")),
    };
    const plan: Roles["plan"] = (here) => makePlan(rights, here);
    const planning = options.wrapPlan?.(plan) ?? plan;
    const handed: HandedOver[] = [];
    for (const order of orders) {
      progress(`${order.stack}: planning commit ${order.commit.slice(0, 12)}`);
      const outcome = await planOne(planning, order, {
        here: () => orderHere(options, repository, order),
        given: ({ environment }) => sealGiven(rights.sealer, options.given(environmentNamed({ flow }, environment))),
        out: options.out,
      });
      const failed = outcome.kind === "failed" && outcome.stateLock === null ? outcome : null;
      handed.push({ stack: order.stack, failed: failed?.summary ?? null, errors: failed?.errors ?? [] });
    }
    return handed;
  } finally {
    repository.close();
  }
}

export interface HandedOver {
  readonly stack: StackName;
  /** Why there is no plan, in short; null where there is one, or where a state lock was in the way, which is waited for. */
  readonly failed: string | null;
  /** What the tool said was wrong, all of it; empty where something else failed. */
  readonly errors: readonly ToolError[];
}

interface PlanningOne {
  readonly here: () => Promise<Order>;
  /** Closes what the stack was planned with. */
  readonly given: (stack: Stack) => Promise<Readonly<Record<string, Uint8Array>>>;
  readonly out: string;
}

async function planOne(plan: Roles["plan"], order: PlanOrder, { here, given, out }: PlanningOne): Promise<PlanOutcome> {
  try {
    const own = await here();
    const { outcome, parts, folder } = await plan(own);
    await folder.remove();
    const more = outcome.kind === "failed" ? {} : await given(own.stack);
    await writeHandedPlan(out, planOrderKey(order), { outcome, parts: { ...parts, ...more } });
    return outcome;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const summary = [error.message, error.hint].filter(Boolean).join(". ");
    const outcome = { kind: "failed", summary, stateLock: null } as const;
    await writeHandedPlan(out, planOrderKey(order), { outcome, parts: {} });
    return outcome;
  }
}

async function orderHere(
  { flow, env, clock, signal }: PlanJobOptions,
  repository: Repository,
  order: PlanOrder,
): Promise<Order> {
  const tree = await contentOf(repository, order);
  const stack = await stackAt(
    { flow, configuration: { stacks: () => stacksOf(flow, repository, tree) } },
    order.stack,
    {
      tree,
    },
  );
  if (stack === undefined) {
    throw new DeliveryError({
      code: "stack-unknown",
      message: `planning ${order.stack}: it is not in commit ${order.commit}`,
      reaction: "stop",
      hint: "Start the workflow that ordered it again.",
    });
  }
  return {
    run: systemIds(clock).run(),
    stack,
    commit: order.commit,
    base: order.base,
    tree,
    mode: order.mode,
    variables: variablesFor({ flow, variables: (of) => variablesOf(of, env) }, stack),
    initKey: null,
    ...(signal === undefined ? {} : { signal }),
  };
}

async function stacksOf(flow: Flow, repository: Repository, tree: TreeSha): Promise<ReadonlyMap<StackName, Stack>> {
  const paths = (await repository.listTree(tree)).map(({ path }) => path);
  return new Map((stacksIn(flow, paths).value ?? []).map((stack) => [stack.name, stack]));
}

/** The content is made anew from the commits, so that the tree is in this clone; it has to be the one that was ordered. */
async function contentOf(repository: Repository, { commit, base, tree }: PlanOrder): Promise<TreeSha> {
  const merged = base === null ? { tree: await repository.treeOf(commit) } : await repository.mergeTree(base, commit);
  if ("tree" in merged && merged.tree === tree) return tree;
  throw new DeliveryError({
    code: "content-moved",
    message: `commit ${commit.slice(0, 12)}${base === null ? "" : ` merged into ${base.slice(0, 12)}`} is not the content that was ordered`,
    reaction: "stop",
    hint: "Push again, or start the workflow anew: plans are ordered from what is there then.",
  });
}
