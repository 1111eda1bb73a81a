import type { Environment, Flow, StackPattern } from "../../flow/index.ts";
import { fill } from "../../flow/templates.ts";
import { type Expression, expression, quoted } from "./terraform-json.ts";

/** What holds states: buckets of AWS, which keep each under a key, or of Google, which keep each below a prefix. */
export type Cloud = "aws" | "gcp";

/** Where states of an environment lie, as far as the backend settings of one entry of stacks tell. */
export interface StatePlace {
  /** Null: a file says it, or the configuration. */
  readonly bucket: string | null;
  /** The objects that hold states, with `*` for what differs between stacks; null as above. */
  readonly objects: string | null;
}

/** What of a name is itself in a policy, a condition and a template alike. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._/=+@-]*$/;

/** The places of an environment's states, each once. Settings count in their order: a file may say anything anew. */
export function statePlaces(flow: Flow, environment: Environment, cloud: Cloud): readonly StatePlace[] {
  const places = flow.stacks
    .filter((pattern) => pattern.in.includes(environment.name))
    .map((pattern) => placeOf(pattern, environment, cloud));
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

function placeOf({ backend }: StackPattern, { name, perPullRequest }: Environment, cloud: Cloud): StatePlace {
  const settings = new Map<string, string>();
  for (const setting of backend) {
    const at = setting.indexOf("=");
    if (at < 0) settings.clear();
    else settings.set(setting.slice(0, at).trim(), setting.slice(at + 1).trim());
  }
  const told = (setting: string) => {
    const value = settings.get(setting);
    if (value === undefined) return null;
    const filledWith = (any: string) =>
      fill(value, { environment: name, stack: any, instance: perPullRequest ? `${any}/` : "" });
    // A star that is written would stand for itself, and only ours may not.
    return plainName.test(filledWith("x")) ? filledWith("*") : null;
  };
  const bucket = told("bucket");
  return {
    bucket: bucket?.includes("*") === true ? null : bucket,
    objects: cloud === "aws" ? told("key") : belowPrefix(told("prefix")),
  };
}

/** Conditions of Google compare the beginning of a name alone. */
function belowPrefix(prefix: string | null): string | null {
  if (prefix === null) return null;
  return prefix.includes("*") ? `${headOf(prefix)}*` : `${prefix.replace(/\/+$/, "")}/*`;
}

/** The files that Terraform locks states with, beside them. */
export function locksOf(objects: string): string {
  return `${objects}.tflock`;
}

/** Whether some text fits both, where `*` stands for any text. */
export function globsMeet(left: string, right: string): boolean {
  const [one, other] = [headOf(left), headOf(right)];
  if (!one.startsWith(other) && !other.startsWith(one)) return false;
  const width = right.length + 1;
  const met = new Array<boolean>((left.length + 1) * width).fill(false);
  for (let l = left.length; l >= 0; l--) {
    for (let r = right.length; r >= 0; r--) {
      const [a, b] = [left[l], right[r]];
      const at = (up: number, over: number) => met[(l + up) * width + r + over] === true;
      met[l * width + r] =
        a === "*"
          ? at(1, 0) || (b !== undefined && at(0, 1))
          : b === "*"
            ? at(0, 1) || (a !== undefined && at(1, 0))
            : a === b && (a === undefined || at(1, 1));
    }
  }
  return met[0] === true;
}

/** What of a pattern is the same in all that fits it: its text before the first `*`. */
export function headOf(pattern: string): string {
  return pattern.split("*", 1)[0] ?? "";
}

/** An environment whose identities reach its states. */
export interface StatesOf {
  readonly environment: string;
  readonly states: readonly StatePlace[];
}

/** What the states of a cloud are asked from the user by: a map with an entry for each environment. */
export function stateVariable(cloud: Cloud): string {
  return `${cloud}_states`;
}

export function bucketOf({ bucket }: StatePlace, environment: string, cloud: Cloud): string | Expression {
  return bucket ?? askedFor("bucket", environment, cloud);
}

export function askedFor(what: "bucket" | "prefix" | "kms_key_arn", environment: string, cloud: Cloud): Expression {
  return expression(`var.${stateVariable(cloud)}[${quoted(environment)}].${what}`);
}
