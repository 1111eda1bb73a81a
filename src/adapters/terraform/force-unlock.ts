import type { Workdir } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { mustRun, type Program } from "./command.ts";

/** Releases Terraform's state lock whose holder is gone. A person asked for it; whether it is true is theirs to know. */
export async function forceUnlock(program: Program, workdir: Workdir, lockId: string): Promise<void> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_./:=+-]*$/.test(lockId)) {
    throw new DeliveryError({
      code: "lock-id-invalid",
      message: `${JSON.stringify(lockId)} is not the id of a state lock`,
      reaction: "stop",
    });
  }
  await mustRun(program, workdir, { args: ["force-unlock", "-force", lockId] });
}
