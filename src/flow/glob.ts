import { type Machine, ticketSomewhere, ticketWithSlug, ticketWord } from "./ticket.ts";

/**
 * Patterns for branch names as GitHub's: `*` is anything up to the next `/`, `**` anything at all, `?` one character,
 * `[a-z]` one of these and `[!a-z]` one of none; none of the last three is a `/`. A backslash takes the next character
 * as it is. A folder of double stars may be no folder: `a/` + `**` + `/b` matches `a/b`. `{ticket}` is a ticket's id,
 * with more words behind it or without.
 *
 * Matching walks the name once and keeps the set of places in the pattern where it may be, so no pattern is slow.
 */
export interface Glob {
  readonly pattern: string;
  readonly tokens: readonly GlobToken[];
  /** The one name that it matches, when it has no wildcard. */
  readonly literal: string | null;
}

export type GlobToken =
  | { readonly kind: "one"; readonly takes: (character: string) => boolean; readonly text: string | null }
  /** Any number of characters; with `slash` also `/`. */
  | { readonly kind: "many"; readonly slash: boolean }
  /** Any number of whole folders, each with its `/`. */
  | { readonly kind: "folders" }
  | { readonly kind: "machine"; readonly machine: Machine };

/** Matches every name that holds a ticket as a word of its own. */
export const holdsTicket: Glob = {
  pattern: ticketWord,
  tokens: [{ kind: "machine", machine: ticketSomewhere }],
  literal: null,
};

/** Reads a pattern; the sentence says why when it is none. */
export function parseGlob(pattern: string): Glob | { readonly why: string } {
  const tokens: GlobToken[] = [];
  const characters = [...pattern];
  let literal: string | null = "";
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? "";
    if (character === "*") {
      literal = null;
      const double = characters[index + 1] === "*";
      const afterSlash = index === 0 || characters[index - 1] === "/";
      if (double && afterSlash && characters[index + 2] === "/") tokens.push({ kind: "folders" });
      else tokens.push({ kind: "many", slash: double });
      if (double) index++;
      if (tokens.at(-1)?.kind === "folders") index++;
    } else if (character === "{" && characters.slice(index, index + ticketWord.length).join("") === ticketWord) {
      literal = null;
      tokens.push({ kind: "machine", machine: ticketWithSlug });
      index += ticketWord.length - 1;
    } else if (character === "?") {
      literal = null;
      tokens.push({ kind: "one", takes: (other) => other !== "/", text: null });
    } else if (character === "[") {
      literal = null;
      const set = parseSet(characters, index);
      if (set === undefined) return { why: `"${pattern}" opens a [ that nothing closes.` };
      tokens.push({ kind: "one", takes: set.takes, text: null });
      index = set.end;
    } else {
      const plain = character === "\\" ? characters[++index] : character;
      if (plain === undefined) return { why: `"${pattern}" ends in a backslash.` };
      if (literal !== null) literal += plain;
      tokens.push({ kind: "one", takes: (other) => other === plain, text: plain });
    }
  }
  return { pattern, tokens, literal };
}

function parseSet(characters: readonly string[], start: number) {
  const negated = characters[start + 1] === "!" || characters[start + 1] === "^";
  const first = start + (negated ? 2 : 1);
  // A ] that comes first stands for itself.
  const end = characters.indexOf("]", first + 1);
  if (end === -1) return undefined;
  const ranges: (readonly [string, string])[] = [];
  for (let index = first; index < end; ) {
    const from = characters[index] ?? "";
    const isRange = characters[index + 1] === "-" && index + 2 < end;
    ranges.push([from, (isRange ? characters[index + 2] : from) ?? from]);
    index += isRange ? 3 : 1;
  }
  const within = (character: string) => ranges.some(([from, to]) => from <= character && character <= to);
  return { end, takes: (character: string) => character !== "/" && within(character) !== negated };
}

export function matchesGlob(glob: Glob, name: string): boolean {
  if (glob.literal !== null) return glob.literal === name;
  let places = startOf(glob);
  for (const character of name) {
    places = step(glob, places, character);
    if (places.size === 0) return false;
  }
  return places.has(glob.tokens.length);
}

/** Where in the pattern a walk may stand before the first character. */
export function startOf(glob: Glob): ReadonlySet<number> {
  const places = new Set<number>();
  reach(glob, 0, places);
  return places;
}

/** States of a machine are parts of a place, so it has fewer than these. */
const machineStates = 8;

/**
 * Where it may stand after one more character. A half place (`n + 0.5`) is inside a folder that `folders` takes; an
 * eighth is a state of a machine.
 */
export function step(glob: Glob, places: ReadonlySet<number>, character: string): ReadonlySet<number> {
  const next = new Set<number>();
  for (const place of places) {
    const at = Math.floor(place);
    const token = glob.tokens[at];
    if (token === undefined) continue;
    if (token.kind === "one") {
      if (token.takes(character)) reach(glob, at + 1, next);
    } else if (token.kind === "many") {
      if (token.slash || character !== "/") reach(glob, at, next);
    } else if (token.kind === "machine") {
      for (const state of token.machine.next((place - at) * machineStates, character)) {
        next.add(at + state / machineStates);
        if (token.machine.ends.includes(state)) reach(glob, at + 1, next);
      }
    } else if (character === "/") {
      if (place !== at) reach(glob, at, next);
    } else {
      next.add(at + 0.5);
    }
  }
  return next;
}

/** Adds a place, and those that can be reached from it without a character. */
function reach(glob: Glob, place: number, places: Set<number>): void {
  for (let at = place; !places.has(at); at++) {
    places.add(at);
    const { kind } = glob.tokens[at] ?? { kind: "one" };
    if (kind === "one" || kind === "machine") return;
  }
}
