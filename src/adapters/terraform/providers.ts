import type { Workdir } from "../../delivery/ports.ts";
import { mustRun, type Program } from "./command.ts";
import { forgetFetched } from "./fetched.ts";

/**
 * `init -backend=false`: providers by the hashes of the lock file that is there, and modules; nothing of either is run. All
 * of it comes from registries and sources, and nothing from the checkout.
 */
export async function fetchProviders(program: Program, workdir: Workdir): Promise<void> {
  await forgetFetched(workdir);
  await mustRun(program, workdir, {
    args: ["init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly"],
  });
}
