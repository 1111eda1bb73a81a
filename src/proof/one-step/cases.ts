import type { Ground } from "./ground.ts";
import { sayingsAt } from "./people.ts";
import type { Case, Person, Relation } from "./relations.ts";
import { wordsOf } from "./usual.ts";

/** What one relation, or one person, can be otherwise than usual. */
interface Alternatives {
  readonly of: Relation | "people";
  readonly each: readonly Partial<Case>[];
}

/** Every relation that can be otherwise, with its words but the usual one. */
function alternativesOf(ground: Ground, usual: Case): readonly Alternatives[] {
  const words = wordsOf(ground);
  const relations = (Object.keys(words) as readonly Relation[]).map((of): Alternatives => {
    const others = (words[of] as readonly string[]).filter((word) => word !== usual[of]);
    return { of, each: others.map((word) => ({ [of]: word })) };
  });
  const people: Alternatives = {
    of: "people",
    each: onePersonOtherwise(ground, usual.people).map((all) => ({ people: all })),
  };
  return [...relations, people].filter(({ each }) => each.length > 0);
}

/** The first of those who say yes says something else, or wrote or started it; or the stranger says yes. */
function onePersonOtherwise(ground: Ground, people: readonly Person[]): readonly (readonly Person[])[] {
  const replaced = (index: number, change: Partial<Person>) =>
    people.map((person, at) => {
      if (at === index) return { ...person, ...change };
      return change.starts === true ? { ...person, starts: false } : person;
    });
  const [first] = people;
  if (first === undefined) return [];
  const says = sayingsAt(ground).filter((word) => word !== first.says);
  const stranger = people.length - 1;
  return [
    ...says.map((word) => replaced(0, { says: word })),
    replaced(0, { writes: true }),
    replaced(0, { starts: true }),
    ...(stranger > 0
      ? [replaced(stranger, { says: "yes" }), replaced(stranger, { says: "yes", writes: false, starts: false })]
      : []),
  ];
}

/** Of what forbids nothing, so many words of each relation are combined with others: they differ little. */
const mostHarmless = 2;

/**
 * Visits the cases of a row, those first that differ in the fewest relations from the usual one, which comes first of
 * all: everything that differs in one relation or two; what differs in three of which at least two forbid nothing by
 * themselves, for what forbids many times over hides what is forgotten; all that people can say, write and start
 * together; and a covering array, in which every three words of three relations meet.
 */
export function visitCases(
  ground: Ground,
  usual: Case,
  { isAllowed, visit }: { readonly isAllowed: (about: Case) => boolean; readonly visit: (about: Case) => void },
): void {
  const alternatives = alternativesOf(ground, usual);
  visit(usual);
  for (const { each } of alternatives) for (const one of each) visit({ ...usual, ...one });
  visitPairs(alternatives, (one, other) => visit({ ...usual, ...one, ...other }));
  const harmless = alternatives.map(({ of, each }) => ({
    of,
    each: each.filter((one) => isAllowed({ ...usual, ...one })).slice(0, mostHarmless),
  }));
  visitPairs(harmless, (one, other, both) => {
    const meeting = { ...usual, ...one, ...other };
    for (const { of, each } of alternatives)
      if (!both.includes(of)) for (const third of each) visit({ ...meeting, ...third });
  });
  if (ground.gates.length > 0 && ground.isFirst)
    visitPeople(ground, usual.people, (people) => visit({ ...usual, people }));
  visitCoveringArray(alternatives, (changes) => visit(Object.assign({}, usual, ...changes)));
}

function visitPairs(
  alternatives: readonly Alternatives[],
  visit: (one: Partial<Case>, other: Partial<Case>, both: readonly Alternatives["of"][]) => void,
): void {
  alternatives.forEach((first, index) => {
    for (const second of alternatives.slice(index + 1)) {
      const both = [first.of, second.of];
      for (const one of first.each) for (const other of second.each) visit(one, other, both);
    }
  });
}

/** From this many people on, a stranger says only what could be taken for somebody else's word. */
const mostInFull = 3;

/**
 * Everything that the people of a row can say, write and start together. Two of one role are told apart by nothing, so
 * only one order of them is visited; one person at most starts an apply.
 */
function visitPeople(ground: Ground, people: readonly Person[], visit: (people: readonly Person[]) => void): void {
  const sayings = sayingsAt(ground);
  const few = sayings.filter((says) => says === "nothing" || says === "yes" || says === "yes, then no");
  const states = (person: Person, index: number): readonly Person[] =>
    (people.length > mostInFull && index === people.length - 1 ? few : sayings).flatMap((says) =>
      [false, true].flatMap((writes) => [false, true].map((starts) => ({ ...person, says, writes, starts }))),
    );
  const all = people.slice(-mostInFull - 1).map(states);
  const fixed = people.slice(0, -mostInFull - 1);
  const choose = (chosen: readonly Person[], least: number, isStarted: boolean): void => {
    const own = all[chosen.length];
    if (own === undefined) {
      visit([...fixed, ...chosen]);
      return;
    }
    const next = all[chosen.length + 1];
    const isSame = next !== undefined && next[0]?.role === own[0]?.role;
    own.forEach((person, index) => {
      if (index < least || (person.starts && isStarted)) return;
      choose([...chosen, person], isSame ? index : 0, isStarted || person.starts);
    });
  };
  choose([], 0, false);
}

/**
 * Every three words of three relations together in one case at least: the values of all polynomials of degree two over
 * a field of prime order, one relation for each point, differ in any three points independently.
 */
function visitCoveringArray(
  alternatives: readonly Alternatives[],
  visit: (changes: readonly Partial<Case>[]) => void,
): void {
  const sizes = alternatives.map(({ each }) => each.length + 1);
  const order = primeFrom(Math.max(2, alternatives.length, ...sizes));
  for (let square = 0; square < order; square++) {
    for (let slope = 0; slope < order; slope++) {
      for (let start = 0; start < order; start++) {
        const changes = alternatives.flatMap(({ each }, point) => {
          const value = (square * point * point + slope * point + start) % order;
          const one = each[(value % (each.length + 1)) - 1];
          return one === undefined ? [] : [one];
        });
        visit(changes);
      }
    }
  }
}

function primeFrom(least: number): number {
  for (let candidate = least; ; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor > candidate) return candidate;
  }
}
