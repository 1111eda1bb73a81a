import type * as z from "zod";
import { isRecord } from "../domain/unknown-value.ts";
import type { WrittenFlow } from "./schema.ts";
import { limits } from "./schema-words.ts";

/** A part at the top of the flow file. */
export type Section = keyof WrittenFlow;

/**
 * What of a file with errors can still be looked at, so that every problem is found in one run. Entries that the
 * schema complains about are left out whole; `damaged` names the sections that are not as they were written.
 */
export interface Salvaged {
  readonly written: WrittenFlow;
  readonly damaged: ReadonlySet<Section>;
  /** For the entries that are left, their index in the list as written. */
  readonly indexes: Readonly<Record<"stacks" | "releases" | "when", readonly number[]>>;
}

const lists = ["stacks", "releases", "when"] as const;
const records = ["teams", "branches", "gates", "environments"] as const;
const objects = ["repository", "apply", "allow", "require"] as const;

/** `data` is what the schema looked at and `issues` all that it found: whatever is not named there is as it should be. */
export function salvage(data: unknown, issues: readonly z.core.$ZodIssue[]): Salvaged {
  const source = isRecord(data) ? data : {};
  const bad = new Map<Section, Set<string | number>>();
  for (const { path } of issues) {
    const [section, entry] = path as [Section | undefined, (string | number)?];
    // Without a section it is the whole file, or a key of it that nobody knows.
    if (section === undefined) continue;
    const entries = bad.get(section) ?? new Set();
    bad.set(section, entries.add(entry ?? ""));
  }
  const result: Record<string, unknown> = { version: 1 };
  const indexes = { stacks: [] as number[], releases: [] as number[], when: [] as number[] };
  for (const section of lists) {
    const list = Array.isArray(source[section]) && source[section].length <= limits[section] ? source[section] : [];
    indexes[section] = [...list.keys()].filter((index) => bad.get(section)?.has(index) !== true);
    result[section] = indexes[section].map((index) => list[index]);
  }
  for (const section of [...objects, ...records]) {
    const record = isRecord(source[section]) ? Object.entries(source[section]) : [];
    const most = section in limits ? limits[section as keyof typeof limits] : limits.items;
    result[section] = Object.fromEntries(
      record.slice(0, most).filter(([key]) => bad.get(section as Section)?.has(key) !== true),
    );
  }
  for (const section of ["host", "identity", "assurance", "tool", "toolVersion", "sweep", "bundles"] as const) {
    if (!bad.has(section) && source[section] !== undefined) result[section] = source[section];
  }
  return { written: result as WrittenFlow, damaged: new Set(bad.keys()), indexes };
}
