import type { Action } from "../../domain/decision.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { Run } from "../../domain/run.ts";
import type { Delivery } from "../delivery.ts";
import { deliveredContent, stackAt } from "../observe/content.ts";
import { orderFor } from "../observe/stack-facts.ts";
import { currentRun, entry, leaseEnd, moveRun } from "../record.ts";

/** Proves that the apply did what it should. Looking twice does no harm. */
export async function performVerify(
  delivery: Delivery,
  action: Action & { kind: "verify" },
): Promise<readonly Event[]> {
  const run = await currentRun(delivery, action.run);
  if (run.state !== "applied" && run.state !== "verifying") return [];
  // What is gone has nothing left to look at; it is still applied only when whoever destroyed it was lost just then.
  if (run.mode === "destroy") return settleGone(delivery, run);
  if (run.state === "applied") await moveRun(delivery, run.id, "verifying");
  const content = await deliveredContent(delivery, run);
  const stack = content === null ? undefined : await stackAt(delivery, run.stack, content);
  if (content === null || stack === undefined)
    throw new InternalError(`${run.stack} was applied and is not in its commit`);
  const { initKey } = await delivery.configuration.content(stack, content.tree);
  const found = await delivery.roles.verify({ ...orderFor(delivery, run, stack, content), initKey });
  const lease = await leaseEnd(delivery, run);
  const checks = found.checks.map(({ name, passed }) => ({ name, passed }));
  const ledger = [
    entry(delivery, "verified", {
      run: run.id,
      stack: run.stack,
      verified: found.verified,
      checks,
      proof: found.proof,
    }),
    ...lease.ledger,
  ];
  const change = found.verified ? {} : ({ code: "verify-failed", why: found.why } as const);
  await moveRun(delivery, run.id, found.verified ? "verified" : "verify-failed", {
    ...change,
    with: { ...lease.change, ledger },
  });
  delivery.progress(`${run.stack}: ${found.verified ? "verified" : "verification failed"}, ${found.why}`);
  return [{ kind: "run-verified", run: run.id, outcome: found.verified ? "verified" : "failed" }, ...lease.events];
}

async function settleGone(delivery: Delivery, run: Run): Promise<readonly Event[]> {
  const lease = await leaseEnd(delivery, run);
  await moveRun(delivery, run.id, "verified", { with: { ...lease.change, ledger: lease.ledger } });
  return [{ kind: "run-verified", run: run.id, outcome: "verified" }, ...lease.events];
}
