/**
 * Ticket ids in the names of branches: letters and digits with a number behind, such as `NET-12`, or a bare number.
 * As small machines that read a name character by character, so that patterns with a ticket can be searched like others.
 */
export interface Machine {
  /** Where it may stand after one more character. It starts in state 0. */
  readonly next: (state: number, character: string) => readonly number[];
  /** States in which what was read is whole. */
  readonly ends: readonly number[];
}

const isLetter = (character: string) => /^[A-Za-z]$/.test(character);
const isDigit = (character: string) => /^\d$/.test(character);
const isWord = (character: string) => isLetter(character) || isDigit(character);

/** The word of a pattern that stands for a ticket. */
export const ticketWord = "{ticket}";

export function asksForTicket(pattern: string): boolean {
  return pattern.includes(ticketWord);
}

const letters = 1;
const dash = 2;
const number = 3;
const beforeSlug = 4;
const slug = 5;

/** `NET-12`, `12`, and with more words behind: `NET-12-resize-the-nat`. */
export const ticketWithSlug: Machine = {
  next(state, character) {
    if (state === 0) return isLetter(character) ? [letters] : isDigit(character) ? [number] : [];
    if (state === letters) return isWord(character) ? [letters] : character === "-" ? [dash] : [];
    if (state === dash) return isDigit(character) ? [number] : [];
    if (state === number) return isDigit(character) ? [number] : character === "-" ? [beforeSlug] : [];
    return character === "/" ? [] : [slug];
  },
  ends: [number, slug],
};

const inWord = 4;
const found = 5;

/** A whole name that holds a ticket as a word of its own: `fix/NET-12_resize`. */
export const ticketSomewhere: Machine = {
  next(state, character) {
    if (state === found) return [found];
    if (state === number) return isDigit(character) ? [number] : isWord(character) ? [] : [found];
    if (state === dash) return isDigit(character) ? [number] : [];
    if (state === letters) return isWord(character) ? [letters] : character === "-" ? [dash] : [];
    if (state === inWord) return isWord(character) ? [inWord] : [0];
    if (isLetter(character)) return [inWord, letters];
    return isDigit(character) ? [inWord, number] : [0];
  },
  ends: [number, found],
};
