import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The digest of the digests of the files below the workspace that the patterns name; empty where none is. */
export function hashOf(workspace: string, patterns: readonly string[]): string {
  const all = patterns.flatMap((pattern) => pattern.split("\n")).filter((pattern) => pattern !== "");
  const without = all.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  const excluded = new Set(without.flatMap((pattern) => globSync(pattern, { cwd: workspace })));
  const named = all.filter((pattern) => !pattern.startsWith("!"));
  const found = new Set(named.flatMap((pattern) => globSync(pattern, { cwd: workspace })));
  const files = [...found].filter((file) => !excluded.has(file)).sort();
  const whole = createHash("sha256");
  let any = false;
  for (const file of files) {
    const path = join(workspace, file);
    if (!statSync(path).isFile()) continue;
    any = true;
    whole.update(createHash("sha256").update(readFileSync(path)).digest());
  }
  return any ? whole.digest("hex") : "";
}
