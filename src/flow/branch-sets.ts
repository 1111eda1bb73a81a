import { type Glob, startOf, step } from "./glob.ts";

/** Branches as a class describes them: what one of `match` matches and none of `except`. */
export interface BranchSet {
  readonly match: readonly Glob[];
  readonly except: readonly Glob[];
}

/** How many steps the searches over one file may take together; a real file needs some hundreds. */
export interface SearchBudget {
  steps: number;
}

/** For each set, where its patterns may stand after some characters. */
type Places = readonly {
  readonly match: readonly ReadonlySet<number>[];
  readonly except: readonly ReadonlySet<number>[];
}[];

/**
 * The shortest name of a branch that is in every set: exact, since patterns are finite automata and one letter stands
 * for all that no pattern tells apart. Undefined when there is none, `"unknown"` when the budget ends first.
 */
export function branchInAll(
  sets: readonly BranchSet[],
  budget: SearchBudget,
): { readonly name: string } | "unknown" | undefined {
  const alphabet = alphabetOf(sets.flatMap(({ match, except }) => [...match, ...except]));
  const seen = new Set<string>();
  let walks = [
    {
      name: "",
      places: sets.map((set): Places[number] => ({ match: set.match.map(startOf), except: set.except.map(startOf) })),
    },
  ];
  while (walks.length > 0) {
    const next: typeof walks = [];
    for (const walk of walks) {
      for (const character of alphabet) {
        // No branch starts with a slash, ends in one, or has two in a row.
        if (character === "/" && (walk.name === "" || walk.name.endsWith("/"))) continue;
        if (budget.steps-- <= 0) return "unknown";
        const places = stepAll(sets, walk.places, character);
        const key = keyOf(places, character);
        if (seen.has(key) || places.some(({ match }) => match.every((set) => set.size === 0))) continue;
        seen.add(key);
        const name = walk.name + character;
        if (character !== "/" && isInAll(sets, places)) return { name };
        next.push({ name, places });
      }
    }
    walks = next;
  }
  return undefined;
}

function stepAll(sets: readonly BranchSet[], places: Places, character: string): Places[number][] {
  const none: ReadonlySet<number> = new Set();
  return sets.map(({ match, except }, index) => ({
    match: match.map((glob, at) => step(glob, places[index]?.match[at] ?? none, character)),
    except: except.map((glob, at) => step(glob, places[index]?.except[at] ?? none, character)),
  }));
}

function keyOf(places: Places, character: string): string {
  const text = (sets: readonly ReadonlySet<number>[]) => sets.map((set) => [...set].sort().join(",")).join("|");
  return `${character === "/"} ${places.map(({ match, except }) => `${text(match)} ${text(except)}`).join(" ")}`;
}

function isInAll(sets: readonly BranchSet[], places: Places): boolean {
  return sets.every(({ match, except }, index) => {
    const ends = (globs: readonly Glob[], at: readonly ReadonlySet<number>[] = []) =>
      globs.some((glob, each) => at[each]?.has(glob.tokens.length));
    return ends(match, places[index]?.match) && !ends(except, places[index]?.except);
  });
}

/** Every character that a pattern names, a letter and a digit that none names, and where there are sets, all they may tell apart. */
function alphabetOf(globs: readonly Glob[]): readonly string[] {
  const tokens = globs.flatMap((glob) => glob.tokens).filter((token) => token.kind === "one");
  const named = tokens.flatMap(({ text }) => text ?? []);
  const hasSets = globs.some(({ pattern }) => pattern.includes("["));
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const sampled = hasSets
    ? `${letters}${letters.toUpperCase()}0123456789-_.`
    : ([...letters].find((letter) => !named.includes(letter)) ?? "0");
  return [...new Set([...sampled, ...named, "/"])];
}
