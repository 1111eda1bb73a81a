import type { StateLockHolder } from "../../delivery/ports.ts";
import { printedErrors, unwrapped } from "./diagnostics.ts";

/** Backends whose "Lock Info" is about the one who asks, not about the one who holds the lock. */
const infoIsOwn = /already locked for workspace creation|workspace is already locked|HTTP remote state already locked/i;

/**
 * Who holds Terraform's state lock, when a command failed because somebody does; null when it failed otherwise, so
 * also when the lock could not even be asked for.
 *
 * Local files, S3, GCS, Azure and Kubernetes tell everything about the holder. The http backend tells the holder's
 * id alone, PostgreSQL nothing.
 */
export function stateLockHolder(stderr: string): StateLockHolder | null {
  const error = printedErrors(stderr).find(({ summary }) =>
    /^Error (acquiring|locking) (the )?(destination )?state/.test(summary),
  );
  if (error === undefined) return null;
  const said = unwrapped(error.detail);
  if (infoIsOwn.test(said)) {
    const id = /state already locked: ID=(\S+)/.exec(said)?.[1] ?? null;
    return { id, who: null, operation: null, since: null };
  }
  if (!/^Lock Info:/m.test(error.detail)) return null;
  const field = (name: string) =>
    new RegExp(`^\\s+${name}:[ \\t]+(\\S.*)$`, "m").exec(error.detail)?.[1]?.trim() ?? null;
  const holder = {
    id: field("ID"),
    who: field("Who"),
    operation: operationName(field("Operation")),
    since: instant(field("Created")),
  };
  return holder.id === null && holder.who === null ? null : holder;
}

/** `OperationTypeApply` → `apply` */
function operationName(written: string | null): string | null {
  return written === null ? null : written.replace(/^OperationType/, "").toLowerCase() || null;
}

/** Go's way to print an instant, `2026-11-21 09:25:05.991854294 +0000 UTC`, as RFC 3339. */
function instant(written: string | null): string | null {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? \+0000 UTC$/.exec(written ?? "");
  return parts === null ? written : `${parts[1]}T${parts[2]}Z`;
}
