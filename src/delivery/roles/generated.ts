import { posix } from "node:path";
import { isConfiguration } from "../../domain/tree.ts";
import { isPlugin } from "./forbidden.ts";
import type { GitFiles } from "./snapshot.ts";

const prefix = "files/";
const mostFiles = 100;
/** Bytes of all of them together. */
export const mostGenerated = 256 * 1024 * 1024;
const longestName = 200;

/** A part of a bundle that planning made: its name under the root module; `undefined` for any other part. */
export function generatedName(part: string): string | undefined {
  return part.startsWith(prefix) ? part.slice(prefix.length) : undefined;
}

export function generatedPart(name: string): string {
  return `${prefix}${name}`;
}

/**
 * Why the files that planning made may not reach an apply, as a sentence; null when they may. Who planned is not
 * believed: a file may lie under the root module, beside what Git has there and never in its place, and must be none
 * that the tool itself reads, so that all it can be is data that the configuration names.
 */
export function forbiddenGenerated(
  parts: readonly { readonly name: string; readonly bytes: number }[],
  git: Pick<GitFiles, "byPath" | "byFolder">,
  root: string,
): string | null {
  const generated = parts.flatMap(({ name, bytes }) => {
    const path = generatedName(name);
    return path === undefined ? [] : [{ path, bytes }];
  });
  if (generated.length > mostFiles)
    return `planning made ${generated.length} files; an apply takes ${mostFiles} at most`;
  const bytes = generated.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > mostGenerated) return `planning made files of ${bytes} bytes; an apply takes ${mostGenerated} at most`;
  const names = new Set(generated.map(({ path }) => path));
  for (const { path } of generated) {
    const why = whyNot(path) ?? whyInTheWay(posix.join(root, path), git) ?? whyInside(path, names);
    if (why !== null) return `planning made the file ${JSON.stringify(path)}, ${why}`;
  }
  return null;
}

function whyNot(path: string): string | null {
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  if (path.length > longestName || !path.isWellFormed())
    return `whose name is longer than ${longestName} characters or broken`;
  if (/[\p{Cc}\p{Cf}\\]/u.test(path)) return "whose name has characters that cannot be shown";
  if ([...folders, name].some((part) => part === "" || part === "." || part === ".."))
    return "whose name leads somewhere else";
  if ([...folders, name].some((part) => /^\.(?:terraform|tofu|git)/i.test(part)))
    return "which the tool reads for itself";
  if (isConfiguration(name) || /\.(?:tf|tofu)(?:\.|$)|\.tofu|\.tfvars|\.tfstate|^(?:terraform|tofu)\.rc$/i.test(name))
    return "which the tool would read as configuration, variables or state";
  if (isPlugin(path)) return "which the tool would start as a program";
  return null;
}

function whyInTheWay(whole: string, git: Pick<GitFiles, "byPath" | "byFolder">): string | null {
  if (git.byPath.has(whole) || git.byFolder.has(whole)) return "where Git has something else";
  for (let folder = posix.dirname(whole); folder !== "." && folder !== "/"; folder = posix.dirname(folder))
    if (git.byPath.has(folder)) return `in ${folder}, which is a file or a link in Git`;
  return null;
}

function whyInside(path: string, names: ReadonlySet<string>): string | null {
  for (let folder = posix.dirname(path); folder !== "." && folder !== "/"; folder = posix.dirname(folder))
    if (names.has(folder)) return `and ${JSON.stringify(folder)} as a file too`;
  return null;
}
