import { type Glob, startOf, step } from "./glob.ts";

/** Branches as a class describes them: what one of `match` matches and none of `except`, and all of `also`. */
export interface BranchSet {
  readonly match: readonly Glob[];
  readonly except: readonly Glob[];
  readonly also: readonly Glob[];
}

/** How many steps the searches over one file may take together; a real file needs some hundreds. */
export interface SearchBudget {
  steps: number;
}

/** For each set, where its patterns may stand after some characters. */
type Places = readonly {
  readonly match: readonly ReadonlySet<number>[];
  readonly except: readonly ReadonlySet<number>[];
  readonly also: readonly ReadonlySet<number>[];
}[];

/**
 * The shortest name of a branch that is in every set: exact, since patterns are finite automata and one letter stands
 * for all that no pattern tells apart. Undefined when there is none, `"unknown"` when the budget ends first.
 */
export function branchInAll(
  sets: readonly BranchSet[],
  budget: SearchBudget,
): { readonly name: string } | "unknown" | undefined {
  const alphabet = alphabetOf(sets.flatMap(({ match, except, also }) => [...match, ...except, ...also]));
  const seen = new Set<string>();
  let walks = [
    {
      name: "",
      places: sets.map(({ match, except, also }): Places[number] => ({
        match: match.map(startOf),
        except: except.map(startOf),
        also: also.map(startOf),
      })),
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
  const after = (globs: readonly Glob[], at: readonly ReadonlySet<number>[] = []) =>
    globs.map((glob, each) => step(glob, at[each] ?? none, character));
  return sets.map(({ match, except, also }, index) => ({
    match: after(match, places[index]?.match),
    except: after(except, places[index]?.except),
    also: after(also, places[index]?.also),
  }));
}

function keyOf(places: Places, character: string): string {
  const text = (sets: readonly ReadonlySet<number>[]) => sets.map((set) => [...set].sort().join(",")).join("|");
  return `${character === "/"} ${places.map(({ match, except, also }) => `${text(match)} ${text(except)} ${text(also)}`).join(" ")}`;
}

function isInAll(sets: readonly BranchSet[], places: Places): boolean {
  return sets.every(({ match, except, also }, index) => {
    const { [index]: at } = places;
    return (
      match.some((glob, each) => ends(glob, at?.match[each])) &&
      !except.some((glob, each) => ends(glob, at?.except[each])) &&
      also.every((glob, each) => ends(glob, at?.also[each]))
    );
  });
}

function ends(glob: Glob, places: ReadonlySet<number> | undefined): boolean {
  return places?.has(glob.tokens.length) === true;
}

/**
 * Every character that a pattern names, a letter that none names, and where there are sets, all they may tell apart;
 * where there are tickets, also what makes one.
 */
function alphabetOf(globs: readonly Glob[]): readonly string[] {
  const tokens = globs.flatMap((glob) => glob.tokens);
  const named = tokens.flatMap((token) => (token.kind === "one" ? (token.text ?? []) : []));
  const hasTickets = tokens.some(({ kind }) => kind === "machine");
  const hasSets = globs.some(({ pattern }) => pattern.includes("["));
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const sampled = hasSets
    ? `${letters}${letters.toUpperCase()}0123456789-_.`
    : ([...letters].find((letter) => !named.includes(letter)) ?? "0");
  const ticket = hasTickets ? ["-", "_", [..."123456789"].find((digit) => !named.includes(digit)) ?? "0"] : [];
  return [...new Set([...sampled, ...ticket, ...named, "/"])];
}
