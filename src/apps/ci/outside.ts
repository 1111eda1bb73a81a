import type { Deployments } from "../../adapters/github/deployments.ts";
import type { LiveSettings } from "../../adapters/github/settings/index.ts";
import type { WorkflowRun } from "../../adapters/github/workflow-runs.ts";
import type { ChangeReader } from "../../delivery/ports/change-reader.ts";
import type { BundleStore, Clock, Forge, Repository, Store } from "../../delivery/ports.ts";
import type { CommitSha } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";

export type SeenRun = WorkflowRun;

/** What jobs need of GitHub's runs of workflows. */
export interface Workflows {
  /** `undefined` when this repository has no such run. */
  run(id: number): Promise<SeenRun | undefined>;
  /** Whether nothing is left of it but jobs that wait for people. */
  onlyWaits(id: number): Promise<boolean>;
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
  forge(about: ForgeAbout): Promise<Forge>;
  readonly workflows: Workflows;
  /** Tells people what is applied, with the ledger's head. */
  readonly deployments: Pick<Deployments, "begin" | "end">;
  /** What GitHub has of the repository's settings, for jobs that run before anything is checked out. */
  readonly settings: Pick<LiveSettings, "environments" | "file">;
  /** Bundles where the flow keeps them; those for artifacts are left in the folder, to be uploaded. */
  bundles(out: string, place: Flow["bundles"]): BundleStore;
  /** The flow at a commit. */
  flowAt(commit: CommitSha, reader: FlowReading): Promise<Flow>;
  /** Moves the branches and tags of the repository in a folder to where they are at this moment. */
  renew(dir: string): Promise<void>;
  /** Brings commits or refs that the repository in a folder lacks. */
  bring(dir: string, wanted: readonly string[]): Promise<void>;
}

/** What looking at the forge takes of a job. */
export interface ForgeAbout {
  readonly flow: Flow;
  readonly repository: Repository;
  /** Where that lies. */
  readonly dir: string;
  readonly store: Store;
}

/** What reading a flow takes. */
export interface FlowReading {
  readonly file: string;
  readonly reader: Pick<ChangeReader, "fileAt">;
  readonly treeOf: (commit: CommitSha) => Promise<Parameters<ChangeReader["fileAt"]>[0]>;
}
