import { DeliveryError } from "../../domain/errors.ts";

/** Of jobs that go for one run at the same time one is first each time; more than that is no coincidence. */
const mostTries = 3;

/**
 * Decides, and anew by what is true then where another job worked on the same run meanwhile: nothing of what was kept until
 * then is written, and whoever started this job would have to start it again. `once` begins from the record each time.
 */
export async function decidingAnew<Value>(
  progress: (line: string) => void,
  once: () => Promise<Value>,
): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once();
    } catch (error) {
      if (!willBeAnew(error) || tries === mostTries) throw error;
      progress(`${error.message}. It is decided anew`);
    }
  }
}

/** Another job was first: nobody has to hear of it. */
export function willBeAnew(error: unknown): error is DeliveryError {
  return error instanceof DeliveryError && error.code === "store-conflict";
}
