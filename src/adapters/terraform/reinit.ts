import type { BackendSettings, Workdir } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { rootFolder } from "./command.ts";
import { forgetInit, type InitAbout, type Initialiser, initialise } from "./init.ts";

/** Bounds what is remembered of folders that are gone. */
const remembered = 1000;

/**
 * An init that may take its work from an earlier one, and what makes up for it when that turns out not to do: the
 * first command that says init is required gets a real one, once, and is run again.
 */
export function initAndRetry(from: Initialiser) {
  const reused = new Map<string, InitAbout>();

  return {
    async init(workdir: Workdir, about: InitAbout): Promise<BackendSettings> {
      const root = rootFolder(workdir);
      reused.delete(root);
      const settings = await initialise(from, workdir, about);
      if (from.cache !== undefined && about.reuse !== null) {
        for (const oldest of reused.size >= remembered ? reused.keys().take(1) : []) reused.delete(oldest);
        reused.set(root, about);
      }
      return settings;
    },

    async retrying<T>(workdir: Workdir, run: () => Promise<T>): Promise<T> {
      try {
        return await run();
      } catch (error) {
        const about = reused.get(rootFolder(workdir));
        if (about === undefined || !(error instanceof DeliveryError) || error.code !== "init-required") throw error;
        reused.delete(rootFolder(workdir));
        await forgetInit(from, workdir, about);
        await initialise(from, workdir, about);
        return run();
      }
    },
  };
}
