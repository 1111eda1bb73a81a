/** Who owns files, as a CODEOWNERS file names them: `@ann`, `@acme/network`, `ann@acme.example`. */
export type CodeOwner =
  | { readonly kind: "login"; readonly login: string }
  | { readonly kind: "team"; readonly organization: string; readonly team: string }
  | { readonly kind: "email"; readonly email: string };

/** A line of a CODEOWNERS file. Without owners it says that nobody owns what it matches. */
export interface CodeOwnersLine {
  readonly pattern: string;
  readonly owners: readonly CodeOwner[];
  readonly line: number;
}

/** Where GitHub looks for the file: the first that is there counts alone. */
export const codeOwnersPlaces = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

/**
 * Reads a CODEOWNERS file by GitHub's rules. As there, a line that cannot be read is passed over: with a pattern that
 * negates or has character classes, or with something behind it that is no owner.
 */
export function parseCodeOwners(text: string): readonly CodeOwnersLine[] {
  return text.split(/\r\n?|\n/).flatMap((line, index) => {
    const [pattern, ...names] = words(line);
    if (pattern === undefined || isUnreadable(pattern)) return [];
    const owners = names.map(parseOwner);
    return owners.includes(undefined)
      ? []
      : [{ pattern, owners: owners.filter((owner) => owner !== undefined), line: index + 1 }];
  });
}

/** The owners of a path, by the last line that matches it; none when no line does, or when that one names none. */
export function ownersOf(lines: readonly CodeOwnersLine[], path: string): readonly CodeOwner[] {
  return lineFor(lines, path)?.owners ?? [];
}

/** The line that says who owns a path: the last that matches it. */
export function lineFor(lines: readonly CodeOwnersLine[], path: string): CodeOwnersLine | undefined {
  return lines.findLast((line) => matches(line, path));
}

/** Separated by blanks that no backslash takes away, up to a comment. */
function words(line: string): readonly string[] {
  const found: string[] = [];
  for (const [word] of line.matchAll(/(?:\\.|[^\s\\])+/g)) {
    if (word.startsWith("#")) break;
    found.push(word);
  }
  return found;
}

function isUnreadable(pattern: string): boolean {
  return pattern.startsWith("!") || pattern === "/" || /[[\]]|\*\*\*|^\\#/.test(pattern);
}

function parseOwner(name: string): CodeOwner | undefined {
  const [, login] = /^@([a-z0-9][a-z0-9_-]*)$/i.exec(name) ?? [];
  if (login !== undefined) return { kind: "login", login: login.toLowerCase() };
  const [, organization, team] = /^@([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9._-]*)$/i.exec(name) ?? [];
  if (organization !== undefined && team !== undefined) {
    return { kind: "team", organization: organization.toLowerCase(), team: team.toLowerCase() };
  }
  return /^[^@\s]+@[^@\s]+$/.test(name) ? { kind: "email", email: name.toLowerCase() } : undefined;
}

const patterns = new WeakMap<CodeOwnersLine, readonly Folder[]>();

function matches(line: CodeOwnersLine, path: string): boolean {
  const pattern = patterns.get(line) ?? foldersOf(line.pattern);
  patterns.set(line, pattern);
  return matchesSequence(pattern, path.split("/"));
}

/** One step of a pattern: takes one item, or any number of them. */
type Part<Item> = ((item: Item) => boolean) | "any";
type Folder = Part<string>;

/**
 * Patterns are those of `.gitignore`, but for `docs/*`, which does not reach into folders of `docs`. One without a slash,
 * or with one at its end only, matches at any depth.
 */
function foldersOf(pattern: string): readonly Folder[] {
  const names = pattern.split("/");
  if (names[0] === "") names.shift();
  else if (names.length === 1 || (names.length === 2 && names[1] === "")) names.unshift("**");
  if (names.length > 1 && names.at(-1) === "") names[names.length - 1] = "**";
  return names.flatMap((name, index): readonly Folder[] => {
    const isLast = index === names.length - 1;
    if (name === "**") return isLast ? [() => true, "any"] : ["any"];
    const characters = charactersOf(name);
    const takes = (folder: string) => matchesSequence(characters, [...folder]);
    return isLast && name !== "*" ? [takes, "any"] : [takes];
  });
}

function charactersOf(name: string): readonly Part<string>[] {
  return [...name.matchAll(/\\(.)|\*+|\?|./gsu)].map(([text, escaped]) => {
    if (text.startsWith("*")) return "any";
    return text === "?" ? () => true : (character) => character === (escaped ?? text);
  });
}

/** Walks both once, and goes back to the last `any` only, so that no pattern is slow. */
function matchesSequence<Item>(parts: readonly Part<Item>[], items: readonly Item[]): boolean {
  let part = 0;
  let item = 0;
  let back: { part: number; item: number } | null = null;
  while (item < items.length) {
    const takes = parts[part];
    if (takes === "any") {
      back = { part, item };
      part++;
    } else if (takes?.(items[item] as Item) === true) {
      part++;
      item++;
    } else if (back !== null) {
      back.item++;
      part = back.part + 1;
      item = back.item;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === "any");
}
