/**
 * What one would write in half an hour: every .tf file on disk is read, a pattern finds module sources, and folders of
 * changed files are followed back. It sees no file() calls, no links, no flow, and only what is checked out.
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [base = "main", head = "HEAD"] = process.argv.slice(2);
const callers = new Map<string, Set<string>>();
const folders = new Set<string>();
for (const path of globSync("**/*.tf")) {
  const folder = dirname(path);
  folders.add(folder);
  for (const [, source = ""] of readFileSync(path, "utf8").matchAll(/^\s*source\s*=\s*"(\.\.?\/[^"]*)"/gm)) {
    const called = join(folder, source);
    callers.set(called, (callers.get(called) ?? new Set()).add(folder));
  }
}
const changed = execFileSync("git", ["diff", "--name-only", `${base}...${head}`], { encoding: "utf8" }).split("\n");
const affected = new Set<string>();
for (const path of changed) {
  for (let at = dirname(path); at !== "."; at = dirname(at)) if (folders.has(at)) affected.add(at);
}
for (const folder of affected) for (const caller of callers.get(folder) ?? []) affected.add(caller);
console.log([...affected].filter((folder) => folder.startsWith("stacks/")).length);
