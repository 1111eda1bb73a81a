import type { Home } from "./places.ts";
import { askedFor, bucketOf, globsMeet, headOf, locksOf, type StatePlace } from "./states.ts";
import { filled, type Template } from "./terraform-json.ts";

/**
 * The objects of others' states in AWS, and their locks, as few patterns as cover them: a policy has room for few. A pattern
 * may cover more that lies among them, and meets nothing of `own`, which are states and bundles that the identity reaches.
 */
export function statesOfOthers(others: readonly Home[], own: readonly StatePlace[]): readonly Template[] {
  return others.flatMap((other) =>
    [...Map.groupBy(other.states, ({ bucket }) => bucket).values()].flatMap((places) => patternsOf(other, places, own)),
  );
}

/** What of one environment is in one bucket. */
function patternsOf(
  { environment, partition }: Home,
  places: readonly StatePlace[],
  own: readonly StatePlace[],
): readonly Template[] {
  const objects = places.flatMap((place) => place.objects ?? []);
  const bucket = places[0]?.bucket ?? null;
  const near = own.filter((place) => place.bucket === null || bucket === null || place.bucket === bucket);
  const below = filled`arn:${partition}:s3:::${bucketOf({ bucket, objects: null }, environment, "aws")}/`;
  return [
    ...joined(objects, (pattern) => near.every((place) => isApart(pattern, objects, place))).map(
      (pattern) => filled`${below}${pattern}`,
    ),
    ...(objects.length === places.length ? [] : [filled`${below}${askedFor("prefix", environment, "aws")}*`]),
  ];
}

/** One pattern for all where that may be, else one for each with its lock, else each as it is. */
function joined(objects: readonly string[], mayBe: (pattern: string) => boolean): readonly string[] {
  const over = (some: readonly string[]): readonly string[] | null => {
    const whole = patternOver(some.flatMap((one) => [one, locksOf(one)]));
    return whole !== null && mayBe(whole) ? [whole] : null;
  };
  return over(objects) ?? objects.flatMap((one) => over([one]) ?? [one, locksOf(one)]);
}

/** The longest beginning and end that all have, with anything between; null of none. */
function patternOver([first, ...rest]: readonly string[]): string | null {
  if (first === undefined) return null;
  const same = (at: (text: string, index: number) => string | undefined, most: number) => {
    let length = 0;
    while (length < most && rest.every((one) => at(one, length) === at(first, length))) length++;
    return length;
  };
  const shortest = Math.min(first.length, ...rest.map(({ length }) => length));
  const beginning = same((text, index) => text[index], shortest);
  const end = same((text, index) => text.at(-1 - index), shortest - beginning);
  return `${first.slice(0, beginning)}*${first.slice(first.length - end)}`.replaceAll(/\*+/g, "*");
}

/** Whether a pattern over `objects` meets nothing of a place that `objects` do not meet themselves. */
function isApart(pattern: string, objects: readonly string[], { objects: own }: StatePlace): boolean {
  if (own !== null) return ![own, locksOf(own)].some((one) => globsMeet(pattern, one));
  // What the user gives differs from each of them in how it begins, and from nothing that is shorter.
  return objects.some((one) => headOf(one) === headOf(pattern));
}
