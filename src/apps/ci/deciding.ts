import type { Forge, Store } from "../../delivery/ports.ts";
import type { StackName } from "../../domain/names.ts";
import type { StateVersion } from "../../domain/plan.ts";
import { type JobHost, type JobOptions, openDecidingHost } from "../../hosts/actions/index.ts";
import { placeJobKeys } from "./job-keys.ts";
import type { Ci, OpenJob } from "./open-job.ts";
import { mustOpenOnlyFor, recipientAt } from "./public-keys.ts";
import { openWholePlans } from "./whole-plans.ts";

/** What a job that decides works with besides its repository. */
export interface Deciding {
  readonly store: Store;
  readonly forge: Forge;
}

export interface DecidingWith extends Deciding {
  readonly handedOver: readonly string[];
  readonly seen: ReadonlyMap<StackName, StateVersion>;
}

/** Opens what decides and presents, with the keys for as long as that takes. */
export async function inDecidingHost<Value>(
  ci: Ci,
  opened: OpenJob,
  { store, forge, handedOver, seen }: DecidingWith,
  use: (host: JobHost) => Promise<Value>,
): Promise<Value> {
  // Where nothing is to be opened nothing is loaded for it.
  if (handedOver.length > 0) await mustOpenOnlyFor(ci.env, opened.publicKeys, null);
  const keys = placeJobKeys("present", ci.env, opened.home);
  try {
    const host = await openDecidingHost({
      ...hostOptions(ci, opened, { store, forge, keys: keys.dir }),
      handedOver,
      seen,
      wholePlans: openWholePlans(ci, opened.flow),
      recipientAt: (environment) => recipientAt(opened.publicKeys, environment),
      proveFlow: async (changed) => (await import("../cli/prove-flow.ts")).proveInCheck(changed, ci.signal),
    });
    // They were read, and the tool that is started from here on may read any file.
    keys.remove();
    try {
      return await use(host);
    } finally {
      host.close();
    }
  } finally {
    keys.remove();
  }
}

/** What hosts of all kinds take of a job. */
export function hostOptions(ci: Ci, opened: OpenJob, about: Pick<JobOptions, "store" | "forge" | "keys">): JobOptions {
  const { job, outside, flowFile, progress, signal } = ci;
  const { dir, home, flow, env } = opened;
  return {
    ...about,
    repository: dir,
    home,
    flow,
    flowFile,
    bundles: outside.bundles(job.out, flow.bundles),
    clock: outside.clock,
    holder: job.holder,
    env,
    progress,
    signal,
  };
}
