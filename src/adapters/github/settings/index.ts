/** The settings of a repository on GitHub: read as they are, and changed one step at a time. */
import { DeliveryError } from "../../../domain/errors.ts";
import type { Seen, SeenEnvironment, SeenSettings, SettingsStep } from "../../../domain/seen-settings.ts";
import { type ClientAbout, openClient } from "../client.ts";
import { answerOf } from "../failure.ts";
import { ask, type Connection } from "./connection.ts";
import { readFileAt } from "./contents.ts";
import { performStep } from "./perform.ts";
import { readEnvironments, readSettings } from "./read.ts";
import { named } from "./schema.ts";

export interface LiveSettings {
  /** Everything as it is now. Fails where GitHub cannot be asked; what the token may not see is told as hidden. */
  read(): Promise<SeenSettings>;
  /** The environments alone, which a token may see that only reads runs. */
  environments(): Promise<Seen<readonly SeenEnvironment[]>>;
  /** The text of a file at a branch; undefined where there is none. */
  file(path: string, branch: string): Promise<string | undefined>;
  /** Makes one change. Fails with the right that the token lacks, and has then changed nothing. */
  perform(step: SettingsStep): Promise<void>;
}

export interface SettingsAbout extends ClientAbout {
  readonly owner: string;
  readonly repo: string;
  /** Apps that are declared, by the names in their addresses: GitHub's settings know them by number. */
  readonly apps: readonly string[];
  /** Environments whose keys are looked at; none when left out. */
  readonly environments?: readonly string[];
}

export function openSettings({ owner, repo, apps, environments = [], ...client }: SettingsAbout): LiveSettings {
  const to: Connection = { octokit: openClient(client), owner, repo };
  let known: Promise<ReadonlyMap<string, number>> | undefined;
  const ids = () => {
    known ??= appIds(to, apps);
    return known;
  };
  return {
    read: async () => readSettings(to, await ids(), environments),
    environments: () => readEnvironments(to, { admin: false }),
    file: (path, branch) => readFileAt(to, path, branch),
    perform: async (step) => performStep(to, await ids(), step),
  };
}

/** An app that is not found is left out: then what is live differs, and a change that needs its number says why it fails. */
async function appIds(to: Connection, apps: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = await Promise.all(
    apps.map(async (app) => {
      const doing = { what: `looking up the app ${app}`, right: "none for a public app" };
      try {
        const { id } = await ask(to, named, { route: "GET /apps/{app_slug}", with: { app_slug: app }, doing });
        return [[app, id] as const];
      } catch (error) {
        const status = error instanceof DeliveryError ? answerOf(error.cause)?.status : undefined;
        if (status === 404 || status === 403) return [];
        throw error;
      }
    }),
  );
  return new Map(found.flat());
}
