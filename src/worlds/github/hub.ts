import type { Clock } from "../../delivery/ports.ts";
import type { Forge } from "../real/forge/index.ts";
import type { GitHubApp } from "./app.ts";
import type { Tokens } from "./bearer.ts";
import type { Issuer } from "./issuer.ts";
import type { Kept } from "./kept.ts";
import type { Limits } from "./limits.ts";
import type { HubEvent, Webhooks } from "./telling.ts";

/** What an account pays for decides what a private repository can have. */
export type AccountPlan = "free" | "team" | "enterprise";

/** Everything behind the server: the forge and what GitHub knows besides. */
export interface Hub {
  readonly forge: Forge;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly app: GitHubApp;
  readonly issuer: Issuer;
  readonly plan: AccountPlan;
  /** Logins that are organisations: their members are whoever is in one of their teams. */
  readonly organizations: readonly string[];
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly url: () => string;
  /** What is kept of the repository of that name, as the forge writes it. */
  kept(repository: string): Kept;
  nextId(): number;
  /** Notes something that is asked for and not known here: the test fails by it. */
  unknown(what: string): void;
  /** Tells of something that the forge knows nothing of. */
  tell(event: HubEvent): void;
  webhooks(): Webhooks;
  /** Somebody wants another attempt of a run. */
  runAgain(repository: string, run: number, failedOnly: boolean): void;
  /** Somebody wants the end of a run; whether anybody ends it. */
  cancelRun(repository: string, run: number): boolean;
  /** Somebody lets a run start that waited for that. */
  approveRun(repository: string, run: number): void;
}

/** Where links in an answer lead: under the same base as the request came in by. */
export interface Site {
  readonly hub: Hub;
  readonly api: string;
  readonly web: string;
}
