import type { StateLockHolder, Workdir } from "../../delivery/ports.ts";
import { type Program, runCommand, subject } from "./command.ts";
import { stateLockHolder } from "./lock-error.ts";
import { outsideFailure } from "./outside-failure.ts";

/** No object of anybody's. */
const nobodys = "terraform_data.plangate_asks_who_holds_the_state_lock";

/**
 * Who holds Terraform's state lock; null when nobody does. Terraform has no command that only looks, so this takes the
 * lock for a moment, around a command that finds nothing to do: the state is read and never written. It waits a little,
 * so that whoever has it for a moment only is not shown as its holder.
 */
export async function readStateLock(program: Program, workdir: Workdir): Promise<StateLockHolder | null> {
  const command = { args: ["untaint", "-no-color", "-allow-missing", "-lock-timeout=2s", nobodys] };
  const result = await runCommand(program, workdir, command);
  if (result.exitCode === 0) return null;
  const holder = stateLockHolder(result.stderr);
  if (holder === null)
    throw outsideFailure({ subject: subject(program, workdir, command), root: workdir.root }, result);
  return holder;
}
