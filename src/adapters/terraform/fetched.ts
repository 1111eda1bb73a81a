import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Workdir } from "../../delivery/ports.ts";
import { rootFolder } from "./command.ts";

/** Where the tool keeps what it fetched for a root module, and which backend it took. */
export function fetchedFolder(workdir: Workdir): string {
  return join(rootFolder(workdir), ".terraform");
}

/**
 * Removes what lies there, or the link that does. Git can hold such a folder: the tool would take a provider in it for one
 * that it fetched, since the lock file beside it has its hash, would compare no module in it with its source, and would
 * open the backend that it names.
 */
export function forgetFetched(workdir: Workdir): Promise<void> {
  return rm(fetchedFolder(workdir), { recursive: true, force: true });
}
