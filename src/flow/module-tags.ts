import { rcompare } from "semver";
import type { Flow } from "./flow.ts";
import { releaseClassOf } from "./releases.ts";

/** The newest of a module's release tags, by its version; null when there is none. */
export function newestModuleTag(
  flow: Flow,
  of: { readonly release: string; readonly module: string },
  tags: readonly string[],
): { readonly tag: string; readonly version: string } | null {
  const own = tags.flatMap((tag) => {
    const found = releaseClassOf(flow, tag);
    return found?.id === of.release && found.module === of.module ? [{ tag, version: found.version }] : [];
  });
  return own.sort((left, right) => rcompare(left.version, right.version))[0] ?? null;
}
