import type { Digest } from "../../domain/digest.ts";
import type { Instant } from "../../domain/names.ts";
import type { BundlePart, StoredPlan } from "../../domain/plan.ts";
import type { ReadPlan } from "../../domain/read-plan.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import type { Flow } from "../../flow/flow.ts";
import type {
  BackendSettings,
  BundleStore,
  FetchedModule,
  Opener,
  ReadPlanFile,
  ReadReferences,
  Repository,
  RunLogs,
  Sealer,
  Signer,
  Terraform,
  WorkFolders,
} from "../ports.ts";
import type { Order } from "./work.ts";

/** What present has: it opens, compares, renders and signs, and runs none of the change's code. */
export interface PresentRights {
  readonly repository: Pick<Repository, "listTree" | "readBlobs">;
  readonly terraform: Pick<Terraform, "show" | "version">;
  readonly readPlanFile: ReadPlanFile;
  readonly opener: Opener;
  /**
   * Closes for whoever presents and for whoever applies to that environment of the flow, and for no one else.
   *
   * @throws DeliveryError where nothing is known that closes for whoever applies there.
   */
  readonly sealerFor: (environment: string) => Sealer;
  readonly signer: Signer;
  /** For digests of secrets. */
  readonly secretKey: Uint8Array;
  readonly bundles: BundleStore;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
  /**
   * Why a plan file that writes there does not write where the stack's state lives by the flow, as the rest of a sentence;
   * null when it does. Found without the change's code.
   */
  readonly whyOtherBackend: (order: Order, found: BackendSettings) => Promise<string | null>;
  /** What the sources of modules outside the repository have, fetched independently of the plan. */
  readonly fetchModules: (order: Order) => Promise<readonly FetchedModule[]>;
  readonly readReferences: ReadReferences;
}

/** What present makes of a plan: stored and signed, or refused with a reason. */
export type Presented =
  | {
      readonly kind: "presented";
      readonly stored: StoredPlan;
      readonly reading: ReadPlan;
      /** There is nothing to do, by the plan itself. */
      readonly empty: boolean;
      /** Files that planning made, which an apply gets too. */
      readonly generated: readonly BundlePart[];
    }
  | Refused;

export interface Refused {
  readonly kind: "refused";
  readonly code: ReasonCode;
  readonly sentence: string;
}

export interface Presentation {
  readonly order: Order;
  readonly flow: Flow;
  readonly inputs: Digest;
  readonly speculative: StoredPlan["speculative"];
  /** Values that nobody is to read, whatever the plan marks; without it those of the order's variables. */
  readonly secrets?: readonly string[];
  readonly now: Instant;
}

export function refused(code: ReasonCode, sentence: string): Refused {
  return { kind: "refused", code, sentence };
}
