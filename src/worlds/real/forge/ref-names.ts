import { type Glob, matchesGlob, parseGlob } from "../../../flow/glob.ts";

/** Why a ref cannot have this name, or null. Git's own rules, and those that GitHub puts on top of them. */
export function whyNoRefName(ref: string): string | null {
  const short = /^refs\/(?:heads|tags)\/(.+)$/s.exec(ref)?.[1];
  if (short === undefined) return `${JSON.stringify(ref)} is neither a branch nor a tag`;
  if (!isRefName(ref)) return `${JSON.stringify(ref)} is not a valid ref name`;
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(short)) {
    return "Sorry, branch or tag names consisting of 40 hex characters are not allowed.";
  }
  if (short.startsWith("refs/")) return "Sorry, branch or tag names starting with 'refs/' are not allowed.";
  return null;
}

/** As `git check-ref-format`. Quotes, dollars and a leading dash are in order; spaces and control characters are not. */
function isRefName(ref: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/.test(ref);
}

/** A name that stands in the way of this one, since a ref is a file and cannot be a folder too. */
export function refInTheWay(ref: string, refs: Iterable<string>): string | undefined {
  for (const other of refs) {
    if (other.startsWith(`${ref}/`) || ref.startsWith(`${other}/`)) return other;
  }
  return undefined;
}

export function branchOf(ref: string): string | undefined {
  return ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : undefined;
}

export function tagOf(ref: string): string | undefined {
  return ref.startsWith("refs/tags/") ? ref.slice("refs/tags/".length) : undefined;
}

/** Whether a name matches a pattern as GitHub writes them. */
export function matches(pattern: string, name: string): boolean {
  const glob: Glob | { readonly why: string } = parseGlob(pattern);
  return "tokens" in glob && matchesGlob(glob, name);
}
