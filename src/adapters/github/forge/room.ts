import type { Login } from "../../../domain/names.ts";
import type { Octokit } from "../client.ts";
import type { Connection } from "../settings/connection.ts";
import type { GitHubForgeAbout } from "./about.ts";
import type { Activity } from "./activity.ts";

/** What every part of the adapter works with. */
export interface Room {
  readonly about: GitHubForgeAbout;
  /** Asks and changes. */
  readonly to: Connection;
  /** Asks alone, and need not be spaced. */
  readonly reader: Octokit;
  readonly activity: Activity;
  /** People with write access, and apps left out: theirs are the words that count. */
  readonly pushers: () => Promise<ReadonlySet<Login>>;
  /** Who is behind addresses, as far as GitHub told it by the way. */
  readonly emails: Map<string, Login>;
}
