import type { Workdir } from "../../delivery/ports.ts";
import { fetchArgs } from "../../domain/static-checks.ts";
import { mustRun, type Program } from "./command.ts";
import { forgetFetched } from "./fetched.ts";

/**
 * `init -backend=false`: providers by the hashes of the lock file that is there, and modules; nothing of either is run. All
 * of it comes from registries and sources, and nothing from the checkout. What `cache` holds of an earlier root is used
 * where this one's lock file has its hash too.
 */
export async function fetchProviders(
  program: Program,
  workdir: Workdir,
  { cache }: { readonly cache?: string } = {},
): Promise<void> {
  await forgetFetched(workdir);
  await mustRun(program, workdir, {
    providerCache: cache,
    args: fetchArgs,
  });
}
