import type { ChangeReader } from "../../delivery/ports/change-reader.ts";
import type { BundleStore, Clock, Forge, Store } from "../../delivery/ports.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";

/** A run of a workflow, as GitHub tells it. */
export interface SeenRun {
  /** From the repository's top: `.github/workflows/plangate-change.yml`. */
  readonly workflow: string;
  readonly attempt: number;
  /** Whether any job of it may still do something. */
  readonly going: boolean;
  /** The commit whose workflow file ran. */
  readonly head: CommitSha;
  /** Whether it ran for a branch of this repository, and not of a fork. */
  readonly fromHere: boolean;
  readonly by: Login;
}

/** What jobs need of GitHub's runs of workflows. */
export interface Workflows {
  /** `undefined` when this repository has no such run. */
  run(id: number): Promise<SeenRun | undefined>;
  /** Starts plangate's own workflow on the default branch. */
  start(inputs: Readonly<Record<string, string>>): Promise<void>;
  /** Brings the artifacts of a run whose names begin so into folders of their own below `into`, and names those. */
  plansOf(run: number, about: { readonly prefix: string; readonly into: string }): Promise<readonly string[]>;
}

/** Everything that the commands reach beyond the checkout: each job is given what its own token may do. */
export interface Outside {
  readonly clock: Clock;
  /** The record of this repository. */
  store(): Promise<Store>;
  forge(flow: Flow): Promise<Forge>;
  readonly workflows: Workflows;
  /** Bundles that are put are left in the folder to be uploaded. */
  bundles(out: string): BundleStore;
  /** The flow at a commit. */
  flowAt(commit: CommitSha, reader: FlowReading): Promise<Flow>;
  /** Brings commits that the checkout may lack. */
  bring(repository: string, refs: readonly string[]): Promise<void>;
}

/** What reading a flow takes. */
export interface FlowReading {
  readonly file: string;
  readonly reader: Pick<ChangeReader, "fileAt">;
  readonly treeOf: (commit: CommitSha) => Promise<Parameters<ChangeReader["fileAt"]>[0]>;
}
