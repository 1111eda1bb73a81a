import { fitsPatterns } from "./patterns.ts";
import type { Filter, Trigger, Workflow } from "./workflow.ts";

/** What happened, as far as a workflow can choose by it. */
export interface Happened {
  readonly event: string;
  readonly action: string | null;
  /** What `branches` is about: what was pushed, or the base of a pull request. */
  readonly branch: string | null;
  readonly tag: string | null;
  /** What it changes; asked for only when a workflow wants to know. Null: everything counts as changed. */
  readonly paths: () => Promise<readonly string[] | null>;
}

/** Types that count when a workflow names none. */
const typesByDefault: ReadonlyMap<string, readonly string[]> = new Map([
  ["pull_request", ["opened", "synchronize", "reopened"]],
  ["pull_request_target", ["opened", "synchronize", "reopened"]],
]);

/** Whether the workflow starts on it. */
export async function startsOn({ on }: Workflow, happened: Happened): Promise<boolean> {
  const trigger = on.get(happened.event);
  if (trigger === undefined) return false;
  const types = trigger.types ?? typesByDefault.get(happened.event) ?? null;
  if (types !== null && !types.includes(happened.action ?? "")) return false;
  if (!fitsRef(trigger, happened)) return false;
  // Paths are looked at for no tag.
  if (trigger.paths === null || happened.tag !== null) return true;
  const paths = await happened.paths();
  return paths === null || fitsPaths(trigger.paths, paths);
}

/** A push of a tag starts nothing where only branches are named, and the other way round. */
function fitsRef({ branches, tags }: Trigger, { branch, tag }: Happened): boolean {
  if (branches === null && tags === null) return true;
  if (tag !== null) return tags !== null && fits(tags, tag);
  return branch === null || (branches !== null && fits(branches, branch));
}

function fits({ patterns, ignore }: Filter, name: string): boolean {
  return fitsPatterns(patterns, name) !== ignore;
}

/** One path that counts is enough. */
function fitsPaths(filter: Filter, paths: readonly string[]): boolean {
  return paths.some((path) => fits(filter, path));
}
