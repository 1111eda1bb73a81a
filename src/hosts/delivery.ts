import type { LocalRepository } from "../adapters/git/index.ts";
import { readModuleInterface, readModuleReferences } from "../adapters/hcl/index.ts";
import { openConfiguration } from "../delivery/configuration.ts";
import type { Delivery, ShownAt } from "../delivery/delivery.ts";
import type { Presented } from "../delivery/roles/presentation.ts";
import type { Digest } from "../domain/digest.ts";
import { InternalError } from "../domain/errors.ts";
import { renderSection, sectionBudget } from "../views/section.ts";

/** What a host gives of its own; the rest of a delivery is the same wherever it runs. */
export interface DeliveryParts
  extends Omit<
    Delivery,
    "repository" | "configuration" | "render" | "keepWhole" | "readingOf" | "keepReading" | "proveFlow" | "signal"
  > {
  readonly repository: LocalRepository;
  /** For digests of what is secret. */
  readonly secretKey: Uint8Array;
  readonly proveFlow?: Delivery["proveFlow"] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A delivery that reads configuration from the repository, and shows a plan in the process that read it. */
export function makeDelivery({ secretKey, proveFlow, signal, ...parts }: DeliveryParts): Delivery {
  const { flow, repository, roles, variables } = parts;
  const readings = new Map<Digest, Presented & { kind: "presented" }>();
  return {
    ...parts,
    configuration: openConfiguration({
      flow,
      repository,
      readReferences: readModuleReferences,
      readInterface: readModuleInterface,
      tool: () => roles.tool(),
      variables,
      secretKey,
    }),
    readingOf: (digest) => readings.get(digest),
    keepReading: (digest, made) => void readings.set(digest, made),
    render: (run, stored, shown = alone) => {
      const made = readings.get(stored.digest) ?? missing(stored.digest);
      return renderSection({ run, stored, flow, made, whole: shown.whole, budget: sectionBudget(shown) });
    },
    ...(proveFlow === undefined ? {} : { proveFlow }),
    ...(signal === undefined ? {} : { signal }),
  };
}

const alone: ShownAt = { pullRequest: null, among: 1, whole: null };

function missing(digest: Digest): never {
  throw new InternalError(`plan ${digest} is to be shown and was not read in this process`);
}
