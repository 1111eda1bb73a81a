import { isThere } from "../../../adapters/system/index.ts";
import { type BreakAbout, breakLease } from "../../../delivery/break-lease.ts";
import { stackAt } from "../../../delivery/observe/content.ts";
import { orderFor } from "../../../delivery/observe/stack-facts.ts";
import type { StateLockHolder } from "../../../delivery/ports.ts";
import { entry, mustWrite } from "../../../delivery/record.ts";
import type { Order } from "../../../delivery/roles/work.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import { parseStackName, type StackName } from "../../../domain/names.ts";
import type { StackLease } from "../../../domain/run.ts";
import type { Context, Given, Result } from "../context.ts";
import { stackCalled } from "../local-stack.ts";
import { type Local, openLocal } from "../open-local.ts";
import { type Locks, lockText, refused, unlockFields } from "../unlock-view.ts";

/**
 * Who holds a stack, and the end of it when a person says so. Nothing ends because time passed or because it seems
 * so: it takes the stack's name typed in full, and a reason where the holder may still be at work.
 */
export async function unlockCommand(context: Context, { operands, options }: Given): Promise<Result> {
  const forced = reasonIn(options.force);
  const lockId = typeof options.stateLock === "string" ? options.stateLock : null;
  const local = await openLocal(context, { protectedFlow: true });
  try {
    const name = await stackHeld(local, operands[0]);
    const order = await orderOf(local, name);
    const locks = await locksOf(local, name, order);
    if (options.lease !== true && lockId === null)
      return { exitCode: 0, fields: unlockFields(name, locks), text: lockText(name, locks) };
    const no = whyNot(name, locks, { lease: options.lease === true, lockId, forced });
    if (no !== undefined) return refused(name, locks, no);
    if (!(await confirmed(context, name, locks)))
      return refused(name, locks, {
        code: "name-not-confirmed",
        summary: `What was typed is not "${name}", so nothing was done.`,
        hint: "Run it again when you are sure that whoever holds it is gone.",
      });
    if (options.lease === true && locks.lease !== null)
      await endLease(local, locks.lease, { by: local.by, reason: forced, holderThere: locks.holderThere });
    if (lockId !== null && order !== undefined) await releaseStateLock(local, order, { lockId, forced, locks });
    const after = await locksOf(local, name, order);
    const run = locks.lease === null ? null : ((await local.embedded.store.run(locks.lease.run)) ?? null);
    return { exitCode: 0, fields: unlockFields(name, after, run), text: lockText(name, after, run) };
  } finally {
    await local.embedded.close();
  }
}

function reasonIn(force: unknown): string | null {
  if (typeof force !== "string") return null;
  if (force.trim() !== "") return force.trim();
  const summary = "--force needs a reason: it is recorded for good.";
  throw new InputError([{ severity: "error", code: "reason-missing", summary }]);
}

/** A stack that is there, or one that is gone and still held. */
async function stackHeld(local: Local, written: unknown): Promise<StackName> {
  const name = parseStackName(String(written));
  const { store } = local.embedded;
  if (name !== undefined && ((await store.lease(name)) ?? (await store.hold(name))) !== undefined) return name;
  return (await stackCalled(local, written)).name;
}

/** What asking about the state takes; `undefined` when the commit here has no such stack. */
async function orderOf(local: Local, name: StackName): Promise<Order | undefined> {
  const { delivery } = local.embedded;
  const content = { commit: local.commit, base: null, tree: await delivery.repository.treeOf(local.commit) };
  const stack = await stackAt(delivery, name, content);
  return stack === undefined ? undefined : orderFor(delivery, null, stack, content);
}

async function locksOf(local: Local, name: StackName, order: Order | undefined): Promise<Locks> {
  const lease = (await local.embedded.store.lease(name)) ?? null;
  const run = lease === null ? null : ((await local.embedded.store.run(lease.run)) ?? null);
  const holderThere = lease !== null && (await isThere(lease.holder));
  const hold = (await local.embedded.store.hold(name)) ?? null;
  return { lease, run, holderThere, hold, ...(await stateLockOf(local, order)) };
}

/** Not being able to ask is no reason not to show the lease. */
async function stateLockOf(local: Local, order: Order | undefined): Promise<Pick<Locks, "stateLock" | "unknown">> {
  if (order === undefined) return { stateLock: null, unknown: "the commit checked out here has no such stack" };
  try {
    return { stateLock: await local.embedded.locks.stateLock(order), unknown: null };
  } catch (error) {
    if (error instanceof DeliveryError) return { stateLock: null, unknown: error.message };
    throw error;
  }
}

function whyNot(
  name: StackName,
  locks: Locks,
  wanted: { readonly lease: boolean; readonly lockId: string | null; readonly forced: string | null },
): { readonly code: string; readonly summary: string; readonly hint?: string } | undefined {
  const { lease, holderThere, stateLock, unknown } = locks;
  const hint = `If you know better: --force "why", which is recorded for good.`;
  if (wanted.lease && lease === null)
    return {
      code: "not-leased",
      summary: `Nobody holds the lease of ${name}.`,
      hint: `\`plangate unlock ${name}\` shows both locks.`,
    };
  if (lease !== null && holderThere && wanted.forced === null) {
    const where = `process ${lease.holder.pid} on ${lease.holder.host}`;
    return {
      code: "holder-there",
      summary: `${lease.run} still holds ${name}: ${where} is there, or cannot be seen from here.`,
      hint,
    };
  }
  if (wanted.lockId === null) return undefined;
  if (unknown !== null && wanted.forced === null)
    return {
      code: "fact-unknown",
      summary: `Who holds the state lock of ${name} could not be asked: ${unknown}.`,
      hint,
    };
  if (unknown === null && stateLock === null)
    return {
      code: "not-locked",
      summary: `Nobody holds the state lock of ${name}.`,
      hint: `\`plangate unlock ${name}\` shows both locks.`,
    };
  // Some backends do not tell the id; then the person's is tried, and the backend says whether it is right.
  if (typeof stateLock?.id === "string" && stateLock.id !== wanted.lockId)
    return {
      code: "other-lock",
      summary: `The state lock of ${name} is ${stateLock.id}, not ${wanted.lockId}.`,
      hint: "Somebody else took it meanwhile: look again who they are.",
    };
  return undefined;
}

async function confirmed(context: Context, name: StackName, locks: Locks): Promise<boolean> {
  context.progress(lockText(name, locks));
  const question = `Whoever holds it must be gone: two at once can destroy the state. Type the stack's name in full (${name}): `;
  return (await context.ask(question)) === name;
}

async function endLease(local: Local, lease: StackLease, about: BreakAbout): Promise<void> {
  const { run, ended } = await breakLease(local.embedded.delivery, lease, about);
  if (ended) return;
  throw new DeliveryError({
    code: "lease-not-ended",
    message: `${run.id} of ${lease.stack} is ${run.state} and still holds the lease`,
    reaction: "retry",
    hint: `\`plangate runs ${lease.stack}\` shows why; then try again.`,
  });
}

async function releaseStateLock(
  local: Local,
  order: Order,
  about: { readonly lockId: string; readonly forced: string | null; readonly locks: Locks },
): Promise<void> {
  const { delivery, locks } = local.embedded;
  const holder: StateLockHolder | null = about.locks.stateLock;
  const body = { stack: order.stack.name, by: local.by, lock: about.lockId, holder, reason: about.forced };
  // On the record before it is done: what happened when it fails half-way is then known too.
  await mustWrite(delivery, { ledger: [entry(delivery, "state-lock-released", body)] });
  await locks.releaseStateLock(order, about.lockId);
}
