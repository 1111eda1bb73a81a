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

/** A row with all that can be otherwise in it, and whether its promises let a case be applied. */
export interface Asking {
  readonly ground: Ground;
  readonly usual: Case;
  readonly alternatives: readonly Alternatives[];
  readonly isAllowed: (about: Case) => boolean;
}

export function askingOf(ground: Ground, usual: Case, isAllowed: Asking["isAllowed"]): Asking {
  return { ground, usual, alternatives: alternativesOf(ground, usual), isAllowed };
}

/**
 * The cases of a row in stages, those first that differ in the fewest relations from the usual one: everything that
 * differs in one relation, in two; what differs in three of which at least two forbid nothing by themselves, for what
 * forbids many times over hides what is forgotten; all that people can say, write and start together; and a covering
 * array, in which every three words of three relations meet.
 */
export const stages: readonly ((asking: Asking) => Iterable<Case>)[] = [
  ({ usual }) => [usual],
  singles,
  doubles,
  triples,
  ({ ground, usual }) => (ground.gates.length > 0 && ground.isFirst ? peopleTogether(ground, usual) : []),
  coveringArray,
];

function* singles({ usual, alternatives }: Asking): Generator<Case> {
  for (const { each } of alternatives) for (const one of each) yield { ...usual, ...one };
}

function* doubles({ usual, alternatives }: Asking): Generator<Case> {
  for (const [one, other] of pairsOf(alternatives)) yield { ...usual, ...one, ...other };
}

function* triples({ usual, alternatives, isAllowed }: Asking): Generator<Case> {
  const harmless = alternatives.map(({ of, each }) => ({
    of,
    each: each.filter((one) => isAllowed({ ...usual, ...one })).slice(0, mostHarmless),
  }));
  for (const [one, other, both] of pairsOf(harmless)) {
    for (const { of, each } of alternatives)
      if (!both.includes(of)) for (const third of each) yield { ...usual, ...one, ...other, ...third };
  }
}

type Pair = readonly [one: Partial<Case>, other: Partial<Case>, both: readonly Alternatives["of"][]];

function* pairsOf(alternatives: readonly Alternatives[]): Generator<Pair> {
  for (const [index, first] of alternatives.entries()) {
    for (const second of alternatives.slice(index + 1)) {
      const both = [first.of, second.of];
      for (const one of first.each) for (const other of second.each) yield [one, other, both];
    }
  }
}

/** More people than this are not varied together, and from so many on a stranger says only what could pass for somebody's word. */
const mostTogether = 4;
const mostInFull = 3;

/**
 * Everything that the people of a row can say, write and start together. Two of one role are told apart by nothing, so
 * only one order of them is looked at; one person at most starts an apply.
 */
function* peopleTogether(ground: Ground, usual: Case): Generator<Case> {
  const { people } = usual;
  const sayings = sayingsAt(ground);
  const few = sayings.filter((says) => says === "nothing" || says === "yes" || says === "yes, then no");
  const all = people
    .slice(-mostTogether)
    .map((person, index, those) =>
      (those.length > mostInFull && index === those.length - 1 ? few : sayings).flatMap((says) =>
        [false, true].flatMap((writes) => [false, true].map((starts) => ({ ...person, says, writes, starts }))),
      ),
    );
  const others = people.slice(0, -mostTogether);
  for (const chosen of choices(all, [], 0)) yield { ...usual, people: [...others, ...chosen] };
}

/** One of each list, of two people of one role the second not before the first, and one who starts at most. */
function* choices(
  all: readonly (readonly Person[])[],
  chosen: readonly Person[],
  least: number,
): Generator<readonly Person[]> {
  const own = all[chosen.length];
  if (own === undefined) {
    yield chosen;
    return;
  }
  const isSame = all[chosen.length + 1]?.[0]?.role === own[0]?.role;
  const isStarted = chosen.some(({ starts }) => starts);
  for (const [index, person] of own.entries()) {
    if (index >= least && !(person.starts && isStarted)) yield* choices(all, [...chosen, person], isSame ? index : 0);
  }
}

/**
 * Every three words of three relations together in one case at least: the values of all polynomials of degree two over
 * a field of prime order, one relation for each point, differ in any three points independently.
 */
function* coveringArray({ usual, alternatives }: Asking): Generator<Case> {
  const sizes = alternatives.map(({ each }) => each.length + 1);
  const order = primeFrom(Math.max(2, alternatives.length, ...sizes));
  for (let square = 0; square < order; square++) {
    for (let slope = 0; slope < order; slope++) {
      for (let start = 0; start < order; start++) {
        const about = { ...usual };
        for (const [point, { each }] of alternatives.entries()) {
          const value = (square * point * point + slope * point + start) % order;
          Object.assign(about, each[(value % (each.length + 1)) - 1]);
        }
        yield about;
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
