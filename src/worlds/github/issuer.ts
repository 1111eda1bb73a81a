import type { RepositoryState, View } from "../real/forge/index.ts";
import type { KeptJob, KeptRun } from "./kept.ts";

/** GitHub as an issuer of identities for jobs: its key, and what it says of a job. */
export interface Issuer {
  /** What `iss` says, and where its configuration lies. */
  readonly url: () => string;
  /** As it is published, for whoever checks a signature. */
  readonly keys: () => unknown;
  issue(job: IssuedTo, audience: string): string;
}

export interface IssuedTo {
  readonly repository: View<RepositoryState>;
  readonly run: KeptRun;
  readonly job: KeptJob;
}
