import {
  askedFor,
  bucketOf,
  type Cloud,
  globsMeet,
  headOf,
  locksOf,
  type StatePlace,
  type StatesOf,
} from "./states.ts";
import { codeOf, type Expression, quoted } from "./terraform-json.ts";

/** Two environments whose identities would reach each other's states, whatever the user gives. */
export interface WithinReach {
  readonly environments: readonly [string, string];
  readonly bucket: string;
}

/** Whether each environment's states are its own: what cannot be, and what the user's values have to keep apart. */
export interface Reach {
  readonly met: readonly WithinReach[];
  /** Conditions over the user's values, as Terraform writes them. */
  readonly apart: readonly string[];
}

export function reachOf(all: readonly StatesOf[], cloud: Cloud): Reach {
  const met: WithinReach[] = [];
  const apart = new Set<string>();
  for (const [index, left] of all.entries()) {
    for (const right of all.slice(index + 1)) {
      for (const one of left.states) {
        for (const other of right.states) {
          const found = between(
            { environment: left.environment, place: one },
            { environment: right.environment, place: other },
            cloud,
          );
          if (typeof found === "string") apart.add(found);
          else if (found !== null) met.push(found);
        }
      }
    }
  }
  return { met: [...new Map(met.map((one) => [JSON.stringify(one), one])).values()], apart: [...apart] };
}

interface Side {
  readonly environment: string;
  readonly place: StatePlace;
}

/** Null: they cannot meet. A text: what has to hold so that they do not. */
function between(left: Side, right: Side, cloud: Cloud): WithinReach | string | null {
  const [one, other] = [left.place, right.place];
  if (one.bucket !== null && other.bucket !== null && one.bucket !== other.bucket) return null;
  const known = one.objects !== null && other.objects !== null;
  if (known && !meet(one.objects, other.objects)) return null;
  if (known && one.bucket !== null && other.bucket !== null)
    return { environments: [left.environment, right.environment], bucket: one.bucket };
  const conditions = [
    ...(one.bucket !== null && other.bucket !== null
      ? []
      : [`${textOf(bucketOf(one, left.environment, cloud))} != ${textOf(bucketOf(other, right.environment, cloud))}`]),
    ...(known ? [] : [headsApart(beginningOf(left, cloud), beginningOf(right, cloud))]),
  ];
  return conditions.join(" || ");
}

/** An identity also writes locks, so these are no states of another one either. */
function meet(left: string, right: string): boolean {
  const written = (objects: string) => [objects, locksOf(objects)];
  return written(left).some((one) => written(right).some((other) => globsMeet(one, other)));
}

function beginningOf({ environment, place }: Side, cloud: Cloud): string | Expression {
  return place.objects === null ? askedFor("prefix", environment, cloud) : headOf(place.objects);
}

function headsApart(left: string | Expression, right: string | Expression): string {
  const [one, other] = [textOf(left), textOf(right)];
  return `(!startswith(${one}, ${other}) && !startswith(${other}, ${one}))`;
}

function textOf(value: string | Expression): string {
  return typeof value === "string" ? quoted(value) : codeOf(value);
}
