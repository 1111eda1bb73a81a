import type { StateLockHolder } from "../../delivery/ports.ts";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { instantText, type StackName } from "../../domain/names.ts";
import type { BranchHold, Run, StackLease } from "../../domain/run.ts";
import { inertLine } from "../../views/inert.ts";
import type { Result } from "./context.ts";
import { howToGoOn } from "./how-to-go-on.ts";
import { runFields } from "./run-fields.ts";
import type { Fields } from "./schema.ts";

/** Both locks of a stack, as they are found. */
export interface Locks {
  readonly lease: StackLease | null;
  /** The run that holds the lease. */
  readonly run: Run | null;
  /** Whether the process that holds it is there, or cannot be seen from here. */
  readonly holderThere: boolean;
  readonly stateLock: StateLockHolder | null;
  /** Why nobody knows about the state lock; null when it was asked for. */
  readonly unknown: string | null;
  /** The branch that the stack belongs to, which is no lock: it keeps other branches out until it is merged or deleted. */
  readonly hold: BranchHold | null;
}

/** `run`: the one that held the lease, as it is now. */
export function unlockFields(stack: StackName, locks: Locks, run: Run | null = locks.run): Fields<"unlock"> {
  const { lease, holderThere, stateLock, unknown, hold } = locks;
  return {
    stack,
    lease:
      lease === null
        ? null
        : {
            run: lease.run,
            fence: lease.fence,
            host: lease.holder.host,
            pid: lease.holder.pid,
            since: instantText(lease.since),
            there: holderThere,
          },
    run: run === null ? null : runFields(run),
    stateLock,
    stateLockUnknown: unknown,
    hold: hold === null ? null : { branch: hold.branch, by: hold.by, since: instantText(hold.since) },
  };
}

export function lockText(stack: StackName, locks: Locks, run: Run | null = locks.run): string {
  const { lease, holderThere, stateLock, unknown, hold } = locks;
  const lines: string[] = [];
  if (lease === null) lines.push(`Nobody holds the lease of ${stack}.`);
  else {
    const { host, pid } = lease.holder;
    const there = holderThere ? "there, or not to be seen from here" : "gone";
    lines.push(
      `The lease of ${stack} is held by ${lease.run} (${locks.run?.state ?? "unknown"}) since ${instantText(lease.since)}: process ${pid} on ${host}, which is ${there}.`,
    );
    lines.push(`  End it: plangate unlock ${stack} --lease${holderThere ? ' --force "why"' : ""}`);
  }
  if (lease === null && run !== null) {
    const next = howToGoOn(run, false);
    lines.push(`${run.id} is ${run.state} now${next === null ? "." : `: ${next}.`}`);
  }
  if (unknown !== null) lines.push(`Who holds the state lock could not be asked: ${inertLine(unknown)}.`);
  else if (stateLock === null) lines.push("Nobody holds the state lock.");
  else {
    const { id, who, operation, since } = stateLock;
    lines.push(
      inertLine(
        `The state lock is held by ${who ?? "somebody whom the backend does not name"}${operation === null ? "" : `, for ${operation}`}${since === null ? "" : `, since ${since}`}.`,
      ),
    );
    lines.push(inertLine(`  Release it: plangate unlock ${stack} --state-lock ${id ?? "ID"}`));
  }
  if (hold !== null) {
    lines.push(
      inertLine(`${stack} belongs to the branch ${hold.branch} since ${instantText(hold.since)} (${hold.by}).`),
    );
    lines.push(`  Free it by merging or deleting the branch, or in a pull request: /plangate release ${stack}`);
  }
  return lines.join("\n");
}

/** The domain says no: with everything that is known, so that the person can judge. */
export function refused(stack: StackName, locks: Locks, why: Pick<Diagnostic, "code" | "summary" | "hint">): Result {
  return {
    exitCode: 3,
    diagnostics: [{ severity: "error", ...why }],
    fields: unlockFields(stack, locks),
    text: lockText(stack, locks),
  };
}
