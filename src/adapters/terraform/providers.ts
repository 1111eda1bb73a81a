import type { Workdir } from "../../delivery/ports.ts";
import { mustRun, type Program } from "./command.ts";

/** `init -backend=false`: providers by the hashes of the lock file that is there, and modules; nothing of either is run. */
export async function fetchProviders(program: Program, workdir: Workdir): Promise<void> {
  await mustRun(program, workdir, {
    args: ["init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly"],
  });
}
