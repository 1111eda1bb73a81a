import type { Flow } from "../../flow/index.ts";

/** What the settings are made from. */
export interface Wanted {
  readonly flow: Flow;
  readonly defaultBranch: string;
  /** The GitHub App that plangate acts as, by the name in its address; null when it acts with the workflow's own token. */
  readonly app: string | null;
}
