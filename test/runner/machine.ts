import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Masks, openMasks } from "./masks.ts";
import { endOrphans } from "./shell.ts";

/** One job's machine: folders of its own, and what its steps have left for the next ones. */
export interface Machine {
  /** As on GitHub's, which lie beside each other: `_temp`, and the repository in a folder twice of its name. */
  readonly temp: string;
  readonly workspace: string;
  readonly home: string;
  readonly toolCache: string;
  readonly eventPath: string;
  readonly masks: Masks;
  /** What was put into `GITHUB_ENV`. */
  readonly env: Map<string, string>;
  /** What was put into `GITHUB_PATH`, the newest first. */
  readonly paths: string[];
  /** What actions do when the job ends, the last one first. */
  readonly after: (() => void | Promise<void>)[];
  readonly trackingId: string;
  readonly isLost: () => boolean;
  /** All that runs on it ends at once, and nothing more begins. */
  lose(): void;
  end(): Promise<void>;
}

export function openMachine(dir: string, repository: string, event: unknown): Machine {
  const name = repository.split("/")[1] ?? repository;
  const temp = join(dir, "_temp");
  const folders = {
    temp,
    workspace: join(dir, name, name),
    home: join(dir, "home"),
    toolCache: join(dir, "_tool"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  mkdirSync(join(temp, "_github_workflow"));
  const eventPath = join(temp, "_github_workflow", "event.json");
  writeFileSync(eventPath, JSON.stringify(event));
  const trackingId = `github_${randomUUID()}`;
  let lost = false;
  const after: (() => void | Promise<void>)[] = [];
  return {
    ...folders,
    eventPath,
    masks: openMasks(),
    env: new Map(),
    paths: [],
    after,
    trackingId,
    isLost: () => lost,
    lose() {
      lost = true;
      endOrphans(trackingId);
    },
    async end() {
      for (const done of after.toReversed()) await done();
      endOrphans(trackingId);
    },
  };
}
