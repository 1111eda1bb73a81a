/**
 * Whether a name fits a list of patterns as GitHub filters branches, tags and paths: read in order, the last that fits
 * counts, and one after `!` takes away what those before it gave.
 */
export function fitsPatterns(patterns: readonly string[], name: string): boolean {
  let fits = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) fits &&= !fitsPattern(pattern.slice(1), name);
    else fits ||= fitsPattern(pattern, name);
  }
  return fits;
}

/** `*` stops at `/`, `**` does not, `?` and `+` repeat what stands before them, `[…]` is one of these characters. */
export function fitsPattern(pattern: string, name: string): boolean {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at] ?? "";
    if (pattern.startsWith("**/", at)) {
      source += "(?:.*/)?";
      at += 2;
    } else if (pattern.startsWith("**", at)) {
      source += ".*";
      at += 1;
    } else if (letter === "*") source += "[^/]*";
    else if (letter === "?" || letter === "+") source += letter;
    else if (letter === "[") {
      const end = pattern.indexOf("]", at);
      if (end < 0) throw new Error(`${pattern} has a [ without an end`);
      source += pattern.slice(at, end + 1);
      at = end;
    } else if (letter === "\\") {
      at += 1;
      source += escaped(pattern[at] ?? "");
    } else source += escaped(letter);
  }
  return new RegExp(`^${source}$`).test(name);
}

function escaped(letter: string): string {
  return letter.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
