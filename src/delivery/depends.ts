import { matchesGlob } from "../flow/glob.ts";
import { globsOf } from "../flow/match.ts";

/** Whether a path is one of those that the flow says a stack depends on. */
export function dependsOn(patterns: readonly string[]): (path: string) => boolean {
  const globs = globsOf(patterns);
  return (path) => globs.some((glob) => matchesGlob(glob, path));
}
