import { DeliveryError } from "../../domain/errors.ts";
import type { RunId } from "../../domain/names.ts";
import type { KeptState, Salvage } from "../ports/salvage.ts";
import type { ApplyOutcome, Terraform, Workdir } from "../ports.ts";

export interface Unsaved {
  readonly run: RunId;
  readonly workdir: Workdir;
  readonly state: Uint8Array;
  /** The file that the tool left. */
  readonly file: string;
}

type Failed = ApplyOutcome & { readonly kind: "failed" };

/**
 * Keeps the state that a failed apply could not write, tries to write it after all, and tells in the outcome which of both it
 * came to. What is asked to stop tries nothing any more. Never throws what the outside does: how the apply ended is to be told
 * whatever else fails.
 */
export async function salvageState(
  { salvage, terraform }: { readonly salvage: Salvage; readonly terraform: Pick<Terraform, "pushState"> },
  outcome: Failed,
  unsaved: Unsaved,
): Promise<Failed> {
  const kept = await salvage.keep(unsaved.run, unsaved.state).catch(notKept);
  if (await pushedAfterAll(salvage, terraform, unsaved)) {
    await kept.remove();
    const { unsavedState: _, ...saved } = outcome;
    return { ...saved, summary: `${saved.summary}. The state could be written to its backend a little later` };
  }
  return { ...outcome, unsavedState: kept.place, summary: `${kept.told}. What failed: ${outcome.summary}` };
}

async function pushedAfterAll(
  { tries, pause }: Salvage,
  terraform: Pick<Terraform, "pushState">,
  { workdir, file }: Unsaved,
): Promise<boolean> {
  for (const duration of tries) {
    await pause(duration, workdir.signal);
    if (workdir.signal?.aborted) return false;
    try {
      await terraform.pushState(workdir, file);
      return true;
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      workdir.log.write(`${error.message}\n`);
    }
  }
  return false;
}

function notKept(error: unknown): KeptState {
  if (!(error instanceof DeliveryError)) throw error;
  return {
    place: "nowhere",
    told: `The state could not be written to its backend and could not be kept, ${error.message}: import what the apply made, or remove it by hand`,
    remove: async () => undefined,
  };
}
