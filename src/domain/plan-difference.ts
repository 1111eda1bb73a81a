import type { Digest } from "./digest.ts";
import { isList, isObject, type JsonObject, type JsonValue, member, sameValue } from "./json-value.ts";
import type { PlanJson, ResourceChange, ValueChange } from "./plan-json.ts";
import { type MeaningKind, type MeaningOptions, type MeaningPart, meaningOf } from "./plan-meaning.ts";
import { makeRedactor, type Redactor, sensitiveValuesOf } from "./redaction.ts";
import { type OwnedHere, ownedPaths, type RuntimeOwned, type RuntimeOwnedPlace } from "./runtime-owned.ts";
import { SecretValue, type SeenValue, seenText, seenValue } from "./seen-value.ts";

/** One thing that two plans say differently. Texts are for people and never hold a sensitive value. */
export interface Difference {
  /** Of the resource; `output.NAME`, `var.NAME`, `check.NAME`, `provider.NAME`, or `plan` for the plan as a whole. */
  readonly address: string;
  /** Inside the resource: `tags.Name`, `ingress[0].cidr_blocks`. */
  readonly path?: string;
  readonly left: string;
  readonly right: string;
  readonly why: string;
}

export interface PlanComparison {
  /** Exactly when the two digests are equal. */
  readonly same: boolean;
  readonly meaning: readonly [Digest, Digest];
  /** The weightiest first: what is deleted or replaced, then other actions, then code that runs, then values. */
  readonly differences: readonly Difference[];
  /** How many more there are. */
  readonly more: number;
  /** Left out of the comparison since something else sets them at run time; to be shown beside the outcome. */
  readonly runtimeOwned: readonly RuntimeOwnedPlace[];
}

/**
 * Compares two plans by meaning and says how they differ, as a person would.
 *
 * Values are named by resource and path. Of sensitive ones, of variables, provider settings and provisioners it is only
 * said that they differ.
 */
export function comparePlans(
  left: PlanJson,
  right: PlanJson,
  options: MeaningOptions & { readonly most?: number },
): PlanComparison {
  const leftMeaning = meaningOf(left, options);
  const rightMeaning = meaningOf(right, options);
  const meaning = [leftMeaning.digest, rightMeaning.digest] as const;
  const places = new Map(
    [...leftMeaning.runtimeOwned, ...rightMeaning.runtimeOwned].map((place) => [
      `${place.address} ${place.path}`,
      place,
    ]),
  );
  const runtimeOwned = [...places.values()];
  if (leftMeaning.digest === rightMeaning.digest) {
    return { same: true, meaning, differences: [], more: 0, runtimeOwned };
  }
  const redact = makeRedactor({ values: [...sensitiveValuesOf(left), ...sensitiveValuesOf(right)] });
  const context: Context = { redact, owned: options.runtimeOwned ?? [] };
  const found: Ranked[] = [];
  for (const pair of differingPairs(leftMeaning.parts, rightMeaning.parts)) {
    for (const difference of describePair(pair, context)) found.push({ rank: rankOf(pair), difference });
  }
  found.sort((one, other) => one.rank - other.rank);
  const most = options.most ?? 50;
  const differences = found.slice(0, most).map(({ difference }) => difference);
  return { same: false, meaning, differences, more: Math.max(0, found.length - most), runtimeOwned };
}

interface Ranked {
  readonly rank: number;
  readonly difference: Difference;
}

interface Context {
  readonly redact: Redactor;
  readonly owned: readonly RuntimeOwned[];
}

/** Two parts that stand for the same thing and differ, or one that only one plan has. */
interface Pair {
  readonly kind: MeaningKind;
  readonly name: string;
  readonly left: MeaningPart | undefined;
  readonly right: MeaningPart | undefined;
}

function differingPairs(left: readonly MeaningPart[], right: readonly MeaningPart[]): readonly Pair[] {
  const grouped = new Map<string, { readonly left: MeaningPart[]; readonly right: MeaningPart[] }>();
  const group = (part: MeaningPart): { readonly left: MeaningPart[]; readonly right: MeaningPart[] } => {
    const key = JSON.stringify([part.kind, part.name, deposedKeyOf(part)]);
    const known = grouped.get(key) ?? { left: [], right: [] };
    grouped.set(key, known);
    return known;
  };
  for (const part of left) group(part).left.push(part);
  for (const part of right) group(part).right.push(part);
  const pairs: Pair[] = [];
  for (const parts of grouped.values()) {
    const onlyLeft = without(parts.left, parts.right);
    const onlyRight = without(parts.right, parts.left);
    for (let index = 0; index < Math.max(onlyLeft.length, onlyRight.length); index++) {
      const [one, other] = [onlyLeft[index], onlyRight[index]];
      const some = one ?? other;
      if (some !== undefined) pairs.push({ kind: some.kind, name: some.name, left: one, right: other });
    }
  }
  return pairs;
}

/** The parts whose digest the others do not have, each counted as often as it stands there. */
function without(parts: readonly MeaningPart[], others: readonly MeaningPart[]): readonly MeaningPart[] {
  const left = others.map(({ digest }) => digest);
  return parts.filter(({ digest }) => {
    const at = left.indexOf(digest);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
}

function deposedKeyOf({ kind, from }: MeaningPart): string | null {
  return isResource(kind) ? ((from as ResourceChange).deposed ?? null) : null;
}

function isResource(kind: MeaningKind): boolean {
  return kind === "resource" || kind === "deferred" || kind === "drift";
}

function rankOf({ kind, left, right }: Pair): number {
  switch (kind) {
    case "resource": {
      const [one, other] = [actionsOf(left), actionsOf(right)];
      if (one === other) return 4;
      return /delete|forget/.test(`${one} ${other}`) ? 0 : 1;
    }
    case "provisioners":
      return 2;
    case "action":
      return 3;
    case "deferred":
    case "drift":
      return 5;
    case "output":
      return 6;
    case "check":
      return 7;
    case "plan":
      return 8;
    case "provider":
    case "variable":
    case "other":
      return 9;
  }
}

function actionsOf(part: MeaningPart | undefined): string {
  return part === undefined ? "" : (part.from as ResourceChange).change.actions.join(", ");
}

const hidden = "(not shown)";
const absent = "(absent)";

function describePair(pair: Pair, context: Context): readonly Difference[] {
  const { kind, name } = pair;
  const shown = shownSide(pair);
  switch (kind) {
    case "resource":
    case "deferred":
    case "drift":
      return describeResource(pair, context);
    case "output":
      return describeOutput(pair, context);
    case "provisioners":
      return [{ address: name, ...shown(hidden), why: "other code runs when it is created or destroyed" }];
    case "variable":
      return [{ address: `var.${name}`, ...shown(hidden), why: "the variable has another value" }];
    case "provider":
      return [{ address: `provider.${name}`, ...shown(hidden), why: "the provider has other settings" }];
    case "action":
      return [{ address: name, ...shown(hidden), why: "another action is invoked" }];
    case "check":
      return [{ address: name, ...shown("(fails)", "(does not fail)"), why: "a check fails, or fails otherwise" }];
    case "plan": {
      const texts = { left: textOf(pair.left, context), right: textOf(pair.right, context) };
      const why = name === "tool" ? "the plans were made by different versions" : `one plan is ${name} and one is not`;
      return [{ address: "plan", path: name, ...texts, why }];
    }
    case "other":
      return [{ address: "plan", path: name, ...shown(hidden), why: "something this version does not know differs" }];
  }
}

/** What to print for a side whose content is not printed: the one word where it is there, the other where it is not. */
function shownSide({
  left,
  right,
}: Pair): (there: string, not?: string) => { readonly left: string; readonly right: string } {
  return (there, not = absent) => ({
    left: left === undefined ? not : there,
    right: right === undefined ? not : there,
  });
}

function textOf(part: MeaningPart | undefined, { redact }: Context): string {
  return part === undefined ? absent : seenText(part.from as JsonValue, redact);
}

function describeResource(pair: Pair, context: Context): readonly Difference[] {
  const { kind, name: address } = pair;
  const left = pair.left?.from as ResourceChange | undefined;
  const right = pair.right?.from as ResourceChange | undefined;
  if (left === undefined || right === undefined) {
    const only = left === undefined ? "only the right plan" : "only the left plan";
    const does = kind === "deferred" ? "puts this off" : kind === "drift" ? "found that this drifted" : "changes this";
    return [{ address, left: actionText(left), right: actionText(right), why: `${only} ${does}` }];
  }
  const found: Difference[] = [];
  if (actionText(left) !== actionText(right)) {
    found.push({ address, left: actionText(left), right: actionText(right), why: "another action" });
  }
  const owned = ownedPaths(context.owned)(address);
  found.push(...describeMembers({ address, left, right, context }));
  found.push(...describeChange({ address, left: left.change, right: right.change, context }, owned));
  if (found.length > 0) return found;
  return [{ address, left: hidden, right: hidden, why: "it differs in how it is put off or marked" }];
}

function actionText(resource: ResourceChange | undefined): string {
  return resource === undefined ? "(no change)" : resource.change.actions.join(", then ");
}

/** Two sides of one thing. */
interface Sides<T> {
  readonly address: string;
  readonly left: T;
  readonly right: T;
  readonly context: Context;
}

function describeMembers({ address, left, right, context }: Sides<ResourceChange>): readonly Difference[] {
  const found: Difference[] = [];
  const [one, other] = [left as unknown as JsonObject, right as unknown as JsonObject];
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    if (key === "change" || sameValue(member(one, key), member(other, key))) continue;
    const texts = [one, other].map((side) => seenText(member(side, key), context.redact));
    const [leftText = "", rightText = ""] = texts;
    found.push({ address, path: key, left: leftText, right: rightText, why: whyMember[key] ?? `its ${key} differs` });
  }
  return found;
}

const whyMember: Readonly<Record<string, string>> = {
  index: "the index is of another kind or value",
  provider_name: "another provider does it",
  previous_address: "it had another address before",
  action_reason: "it happens for another reason",
};

function describeOutput(pair: Pair, context: Context): readonly Difference[] {
  const address = `output.${pair.name}`;
  const left = pair.left?.from as ValueChange | undefined;
  const right = pair.right?.from as ValueChange | undefined;
  if (left === undefined || right === undefined) {
    const only = left === undefined ? "only the right plan" : "only the left plan";
    const texts = [left, right].map((side) => side?.actions.join(", ") ?? "(no change)");
    const [leftText = "", rightText = ""] = texts;
    return [{ address, left: leftText, right: rightText, why: `${only} changes this output` }];
  }
  const found = [...describeChange({ address, left, right, context }, undefined)];
  if (left.actions.join() !== right.actions.join()) {
    found.unshift({ address, left: left.actions.join(", "), right: right.actions.join(", "), why: "another action" });
  }
  return found.length > 0 ? found : [{ address, left: hidden, right: hidden, why: "it is marked otherwise" }];
}

/** What is compared apart from the rest of a change. */
const apart = new Set(["actions", "before", "after", "after_unknown", "before_sensitive", "after_sensitive"]);

function describeChange(sides: Sides<ValueChange>, owned: OwnedHere | undefined): readonly Difference[] {
  const { address, left, right, context } = sides;
  const found: Difference[] = [];
  const compare = (one: SeenValue | undefined, other: SeenValue | undefined, why: string): void => {
    for (const { path, left: leftSeen, right: rightSeen } of differingPaths(one, other, "")) {
      const isSecret = leftSeen instanceof SecretValue || rightSeen instanceof SecretValue;
      const leftText = isSecret ? secretText(leftSeen) : seenText(leftSeen, context.redact);
      const rightText = isSecret ? secretText(rightSeen) : seenText(rightSeen, context.redact);
      found.push({
        address,
        ...(path === "" ? {} : { path }),
        left: leftText,
        right: leftText === rightText && !isSecret ? "(another value, not shown)" : rightText,
        why: isSecret ? "a sensitive value differs" : why,
      });
    }
  };
  compare(seenValue(left, "after", owned), seenValue(right, "after", owned), "it becomes another value");
  // Another action looks at other values before and marks others: that says nothing new.
  if (left.actions.join() !== right.actions.join()) return found;
  for (const [name, why] of [
    ["after_unknown", "only one plan knows the value already"],
    ["before_sensitive", "only one plan marks it sensitive before"],
    ["after_sensitive", "only one plan marks it sensitive after"],
  ] as const) {
    if (!sameValue(left[name], right[name])) compare(left[name], right[name], why);
  }
  const [one, other] = [left as unknown as JsonObject, right as unknown as JsonObject];
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    if (apart.has(key) || sameValue(member(one, key), member(other, key))) continue;
    compare(member(one, key), member(other, key), whyChange[key] ?? `its ${key} differs`);
  }
  compare(
    seenValue(left, "before", owned),
    seenValue(right, "before", owned),
    "it has another value before the change",
  );
  return found;
}

const whyChange: Readonly<Record<string, string>> = {
  replace_paths: "something else makes it be replaced",
  importing: "another object is imported",
  generated_config: "other configuration is generated for it",
};

/** Says nothing of an unmarked value either, when the other side is sensitive: the two may be equal. */
function secretText(seen: SeenValue | undefined): string {
  return seen === undefined ? absent : "(sensitive value)";
}

interface DifferingPath {
  readonly path: string;
  readonly left: SeenValue | undefined;
  readonly right: SeenValue | undefined;
}

function differingPaths(
  left: SeenValue | undefined,
  right: SeenValue | undefined,
  path: string,
): readonly DifferingPath[] {
  if (left === right) return [];
  if (left instanceof SecretValue && right instanceof SecretValue) {
    return sameValue(left.value, right.value) ? [] : [{ path, left, right }];
  }
  if (left instanceof SecretValue || right instanceof SecretValue) return [{ path, left, right }];
  if (isList(left) && isList(right)) {
    const longest = Math.max(left.length, right.length);
    return Array.from({ length: longest }, (_, index) => index).flatMap((index) =>
      differingPaths(left[index], right[index], `${path}[${index}]`),
    );
  }
  if (isObject(left) && isObject(right)) {
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      differingPaths(member(left, key), member(right, key), pathWith(path, key)),
    );
  }
  return sameValue(left, right) ? [] : [{ path, left, right }];
}

function pathWith(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
