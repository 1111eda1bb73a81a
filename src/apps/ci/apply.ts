import type { Store } from "../../delivery/ports.ts";
import { DeliveryError, InputError } from "../../domain/errors.ts";
import type { Run } from "../../domain/run.ts";
import type { Environment } from "../../flow/flow.ts";
import { openApplyingHost, openJob } from "../../hosts/actions/index.ts";
import { variablesOf } from "../../hosts/tool.ts";
import { inertLine, inlineCode } from "../../views/inert.ts";
import { bringApplied } from "./applied-commits.ts";
import { hostOptions } from "./deciding.ts";
import { mustHave } from "./job.ts";
import { placeJobKeys } from "./job-keys.ts";
import { readVariables } from "./job-variables.ts";
import { openKept } from "./kept.ts";
import { leave } from "./leave.ts";
import { type ApplyOrder, applyOrdersIn, environmentHeldBy, placeKeyOf } from "./matrix.ts";
import { type Ci, type CiResult, mustBeTrusted, type OpenJob, withJob } from "./open-job.ts";
import { mustOpenOnlyFor } from "./public-keys.ts";
import { nextSteps, nextText, tellDelivered } from "./tell-delivered.ts";

/** Applies runs of one environment that were approved, each decided on once more with everything looked at again. */
export function applyCommand(ci: Ci): Promise<CiResult> {
  return withJob(ci, async (opened) => {
    mustBeTrusted(ci, opened);
    const held = mustHave(ci.env, "PLANGATE_ENVIRONMENT");
    const environment = environmentHeldBy(opened.flow, held);
    if (environment === undefined)
      throw refused(`${JSON.stringify(held)} is neither an environment nor a gate of the flow`);
    await mustOpenOnlyFor(ci.env, opened.publicKeys, { environment, held });
    const orders = applyOrdersIn(mustHave(ci.env, "PLANGATE_ORDERS"), opened.flow, environment);
    const store = await ci.outside.store();
    try {
      for (const order of orders) await mustBeOrdered(store, opened, { held, order });
      return await applyAll(ci, opened, { store, held, environment, orders });
    } finally {
      await store.close();
    }
  });
}

/** The record has to have the run, for this stack, and asked for by a row that is applied in this very place. */
async function mustBeOrdered(
  store: Store,
  { flow }: OpenJob,
  { held, order }: { readonly held: string; readonly order: ApplyOrder },
): Promise<void> {
  const run = await store.run(order.run);
  if (run === undefined || run.stack !== order.stack)
    throw refused(`${order.run} is no run of ${order.stack} on the record`);
  const place = placeKeyOf(flow, run);
  if (place !== held && place?.endsWith(`/${held}`) !== true)
    throw refused(`${order.run} of ${order.stack} is applied at ${place ?? "no environment"}, and not at ${held}`);
}

interface Applying {
  readonly store: Store;
  /** The environment on GitHub that the job is in: that of the flow, or a gate of it. */
  readonly held: string;
  readonly environment: string;
  readonly orders: readonly ApplyOrder[];
}

async function applyAll(ci: Ci, opened: OpenJob, { store, held, environment, orders }: Applying): Promise<CiResult> {
  await bringApplied(ci, opened, store);
  const keys = placeJobKeys("apply", ci.env, opened.home);
  const forge = await ci.outside.forge({ ...opened, store });
  const kept = openKept(ci, opened, { environment });
  const host = await openApplyingHost({
    ...hostOptions(ci, opened, { store, forge, keys: keys.dir }),
    heard: kept.heard,
    keepState: kept.keepState,
    seen: (name) => seenOf(opened, { name, own: environment }),
    given: { at: held, variables: readVariables(ci.env) },
  });
  // They were read, and the tool that is started from here on may read any file.
  keys.remove();
  const errors: DeliveryError[] = [];
  try {
    const runs = orders.map(({ run }) => run);
    const job = openJob(host.delivery, { kind: "apply", environment, runs }, ci.watching);
    for (const { run, stack } of orders) {
      try {
        if (await isFlowStill(ci, opened)) await job.goOn(run);
        else {
          ci.progress(`${stack}: the flow changed since this job began, so another job decides by what it says now`);
          await job.putOff(run);
        }
      } catch (error) {
        // The other stacks are none the worse for it.
        if (!(error instanceof DeliveryError)) throw error;
        errors.push(error);
        ci.progress(`${stack}: ${error.message}`);
        ci.outputs.summary(`- ${inlineCode(`${stack}: ${error.message}`)}`);
      } finally {
        await kept.tell(run, stack, await host.logOf(run));
      }
    }
    kept.end();
    const { delivered, left } = job.done();
    await leave(ci, host.delivery, { kind: "apply", left });
    const ends = await endsOf(store, orders);
    const exitCode = errors.length > 0 ? 1 : exitCodeOf(ends);
    const told = tellDelivered(ci, delivered, exitCode);
    const [first] = errors;
    if (first !== undefined && errors.length === 1) throw first;
    return {
      ...told,
      text: [
        ...ends.map(endText),
        ...nextText(nextSteps(ends.flatMap(({ code }) => code ?? []))),
        ...errors.map(({ message, hint = "" }) => `${inertLine(message)} ${inertLine(hint)}`),
      ].join("\n"),
      fields: {
        ...told.fields,
        runs: ends.map(({ id, stack, state, code, why }) => ({ run: id, stack, state, code, why })),
      },
    };
  } finally {
    host.close();
    keys.remove();
  }
}

/**
 * Looks where branches are at this very moment: much can be pushed while jobs wait for a machine, or stacks for one
 * another. Whether the flow in force is still the one that this job decides by.
 */
async function isFlowStill(
  { outside, flowFile: file }: Ci,
  { dir, repository, reader, defaultBranch, flow }: OpenJob,
): Promise<boolean> {
  await outside.renew(dir);
  const commit = await repository.resolve(`refs/heads/${defaultBranch}`);
  if (commit === undefined) return false;
  try {
    const now = await outside.flowAt(commit, { file, reader, treeOf: (of) => repository.treeOf(of) });
    return JSON.stringify(now) === JSON.stringify(flow);
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** What the tool gets to see in the environment whose identity this job has, and in no other. */
function seenOf(
  { flow, env }: OpenJob,
  { name, own }: { readonly name: string; readonly own: string },
): Readonly<Record<string, string>> {
  const environment: Environment | undefined = flow.environments.find((one) => one.name === name && name === own);
  return environment === undefined ? {} : variablesOf(environment, env);
}

async function endsOf(store: Store, orders: readonly ApplyOrder[]): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const { run } of orders) {
    const found = await store.run(run);
    if (found !== undefined) runs.push(found);
  }
  return runs;
}

const done: ReadonlySet<Run["state"]> = new Set(["verified", "no-changes"]);
const broken: ReadonlySet<Run["state"]> = new Set(["failed", "interrupted", "verify-failed", "applying", "applied"]);

function exitCodeOf(runs: readonly Run[]): CiResult["exitCode"] {
  if (runs.some(({ state }) => broken.has(state))) return 1;
  // What is planned anew under its lease goes on by itself.
  return runs.every(({ state }) => done.has(state) || state === "approved") ? 0 : 3;
}

function endText({ stack, state, why }: Run): string {
  if (state === "verified") return `${stack}: applied and verified`;
  if (state === "waiting") return `${stack}: not yet, ${inertLine(why ?? "something is still waited for")}`;
  if (state === "approved") return `${stack}: is planned anew first`;
  return `${stack}: ${state}${why === null ? "" : `, ${inertLine(why)}`}`;
}

function refused(why: string): DeliveryError {
  return new DeliveryError({
    code: "orders-refused",
    message: `reading PLANGATE_ORDERS: ${why}`,
    reaction: "stop",
    hint: "Start plangate's workflow anew: it hands over what the record has.",
  });
}
