import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Digest } from "../../src/domain/digest.ts";
import { ExactNumber, type JsonObject, type JsonValue } from "../../src/domain/json-value.ts";
import { comparePlans } from "../../src/domain/plan-difference.ts";
import type { PlanJson, ResourceChange, ValueChange } from "../../src/domain/plan-json.ts";
import { isIdle, meaningOf } from "../../src/domain/plan-meaning.ts";
import { type CorpusPlan, corpus, corpusPlan, type Path, parsed, placesIn, valueAt, withValue } from "./corpus.ts";

const key = new TextEncoder().encode("a key of a store, for tests only");
const digestOfPlan = (plan: PlanJson): Digest => meaningOf(plan, { key }).digest;

/** A plan that says this one thing: parts are digested one by one, so nothing else can hide a difference in it. */
const alone = (more: Partial<PlanJson>): PlanJson => ({
  formatVersion: "1.2",
  toolVersion: undefined,
  resourceChanges: [],
  resourceDrift: [],
  deferredChanges: [],
  outputChanges: {},
  variables: {},
  checks: [],
  configuration: {},
  errored: undefined,
  complete: undefined,
  applyable: undefined,
  others: {},
  priorSecrets: [],
  ...more,
});

/** Everything that may stand in place of a value and is another value. `undefined` takes it away. */
function* mutationsOf(value: JsonValue): Generator<JsonValue | undefined> {
  yield undefined;
  if (value !== null) yield null;
  if (typeof value === "string") {
    yield `${value}x`;
    yield `${value}\u0000`;
    if (value !== "") yield "";
    if (value.normalize("NFD") !== value) yield value.normalize("NFD");
    if (/^-?\d{1,15}$/.test(value)) yield Number(value);
    yield [value];
  } else if (typeof value === "number") {
    yield value + 1;
    yield String(value);
    yield new ExactNumber(`${value}e400`);
  } else if (typeof value === "boolean") {
    yield !value;
    yield String(value);
    yield value ? 1 : 0;
  } else if (value === null) {
    yield "";
    yield 0;
    yield false;
    yield [];
    yield {};
    yield "null";
  } else if (value instanceof ExactNumber) {
    yield value.decimal;
    yield new ExactNumber(value.decimal.replace("e", "1e"));
  } else if (Array.isArray(value)) {
    yield [...value, null];
    if (value.length > 0) yield [...value, value[0] as JsonValue];
    if (value.length === 0) yield {};
    const turned = [...value].reverse();
    if (JSON.stringify(turned) !== JSON.stringify(value)) yield turned;
  } else {
    yield { ...(value as JsonObject), "added by a test": "x" };
    if (Object.keys(value).length === 0) yield [];
  }
}

const texts = new Set([
  "address",
  "mode",
  "type",
  "name",
  "previous_address",
  "module_address",
  "provider_name",
  "deposed",
  "action_reason",
]);

/** Whether reading would refuse the plan with this in that place, so that no meaning is ever taken of it. */
function isRefused(path: Path, put: JsonValue | undefined): boolean {
  const [first, second, third] = path;
  if (first === "change" && second === "actions" && third !== undefined) return true;
  if (path.length !== 1) return false;
  if (first === "index") return typeof put !== "string" && typeof put !== "number" && put !== undefined;
  return texts.has(first as string) && typeof put !== "string";
}

/** Whether this member is null or absent on both sides, before and after the mutation: as good as absent. */
function isVoid(change: ValueChange, path: Path, put: JsonValue | undefined): boolean {
  const [side, ...rest] = path;
  if (side !== "before" && side !== "after") return false;
  if (typeof rest.at(-1) !== "string") return false;
  const other = valueAt(change[side === "before" ? "after" : "before"], rest);
  const isOpen = valueAt(change.after_unknown, rest) === true;
  const was = valueAt(change[side], rest);
  return (
    !isOpen &&
    (was === null || was === undefined) &&
    (put === null || put === undefined) &&
    (other === null || other === undefined)
  );
}

interface Mutation {
  readonly plan: string;
  readonly where: string;
  readonly before: PlanJson;
  readonly after: PlanJson;
  readonly same: boolean;
}

/** Every mutation of every place of everything that enters, each in a plan of its own. */
function* mutations({ name, plan }: CorpusPlan): Generator<Mutation> {
  for (const resource of plan.resourceChanges) {
    if (isIdle(resource)) continue;
    const before = alone({ resourceChanges: [resource] });
    const value = resource as unknown as JsonValue;
    for (const [path, was] of placesIn(value)) {
      if (path.length === 0 || (path.length === 1 && path[0] === "change")) continue;
      if (path[0] === "change" && path[1] === "actions" && path.length === 2) continue;
      for (const put of mutationsOf(was)) {
        if (isRefused(path, put)) continue;
        if (
          path[1] === "replace_paths" &&
          path.length === 2 &&
          Array.isArray(put) &&
          put.length === (was as JsonValue[]).length
        )
          continue;
        const same = path[0] === "change" && isVoid(resource.change, path.slice(1), put);
        const after = alone({ resourceChanges: [withValue(value, path, put) as unknown as ResourceChange] });
        yield {
          plan: name,
          where: `${resource.address} ${path.join(".")} → ${JSON.stringify(put)}`,
          before,
          after,
          same,
        };
      }
    }
  }
  for (const [output, change] of Object.entries(plan.outputChanges)) {
    if (change.actions[0] === "no-op") continue;
    const before = alone({ outputChanges: { [output]: change } });
    const value = change as unknown as JsonValue;
    for (const [path, was] of placesIn(value)) {
      if (path.length === 0 || path[0] === "actions") continue;
      for (const put of mutationsOf(was)) {
        const same = isVoid(change, path, put) && path.length > 1;
        const after = alone({ outputChanges: { [output]: withValue(value, path, put) as unknown as ValueChange } });
        yield {
          plan: name,
          where: `output.${output} ${path.join(".")} → ${JSON.stringify(put)}`,
          before,
          after,
          same,
        };
      }
    }
  }
  for (const member of ["variables", "configuration"] as const) {
    const entering =
      member === "variables" ? plan.variables : ({ provider_config: plan.configuration.provider_config } as JsonObject);
    const before = alone({ [member]: entering });
    for (const [path, was] of placesIn(entering)) {
      if (path.length < 2) continue;
      for (const put of mutationsOf(was)) {
        const after = alone({ [member]: withValue(entering, path, put) as JsonObject });
        yield { plan: name, where: `${member} ${path.join(".")}`, before, after, same: false };
      }
    }
  }
}

/** Plans in which next to nothing enters. */
function isSmall({ name }: CorpusPlan): boolean {
  return name === "nothing" || name === "checks-quiet";
}

describe("the meaning of a plan, mutated", () => {
  it.each(corpus)("differs for every mutation of every place of $name", (entry) => {
    let looked = 0;
    const wrong: string[] = [];
    let previous: { readonly plan: PlanJson; readonly digest: Digest } | undefined;
    for (const { where, before, after, same } of mutations(entry)) {
      if (previous?.plan !== before) previous = { plan: before, digest: digestOfPlan(before) };
      if ((digestOfPlan(after) === previous.digest) !== same)
        wrong.push(`${where}: should be ${same ? "the same" : "different"}`);
      looked++;
    }
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(looked).toBeGreaterThan(isSmall(entry) ? 5 : 50);
  });

  it("is different exactly when the comparison finds something to say", () => {
    const all = corpus.flatMap((entry) => [...mutations(entry)].filter((_, index) => index % 23 === 0));
    expect(all.length).toBeGreaterThan(1000);
    for (const { where, before, after, same } of all) {
      const comparison = comparePlans(before, after, { key });
      expect(comparison.same, where).toBe(same);
      expect(comparison.same, where).toBe(comparison.meaning[0] === comparison.meaning[1]);
      expect(comparison.differences.length > 0, where).toBe(!same);
    }
  });

  it("survives the way through text: a mutation anywhere in a whole plan that enters makes it another", () => {
    const entry = corpusPlan("aws-change");
    const plan = JSON.parse(entry.text) as JsonObject;
    const places = [...placesIn(plan.resource_changes)].filter(([path]) => {
      const resource = (plan.resource_changes as unknown as readonly ResourceChange[])[path[0] as number];
      return (
        path.length > 3 &&
        resource !== undefined &&
        !isIdle(resource) &&
        typeof valueAt(plan.resource_changes, path) === "string" &&
        path[2] !== "actions"
      );
    });
    const digest = digestOfPlan(entry.plan);
    fc.assert(
      fc.property(fc.nat(places.length - 1), (at) => {
        const [path, value] = places[at] as readonly [Path, JsonValue];
        const mutated = withValue(plan, ["resource_changes", ...path], `${value as string} `);
        expect(digestOfPlan(parsed(JSON.stringify(mutated)))).not.toBe(digest);
      }),
      { numRuns: 60 },
    );
  });
});

/** The same JSON with members, and lists where order means nothing, in another order. */
function shuffled(value: JsonValue, random: () => number): JsonValue {
  if (Array.isArray(value)) return value.map((inner: JsonValue) => shuffled(inner, random));
  if (typeof value !== "object" || value === null) return value;
  const keys = mixed(Object.keys(value), random);
  return Object.fromEntries(keys.map((name) => [name, shuffled((value as JsonObject)[name] as JsonValue, random)]));
}

function mixed<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item);
}

describe("the meaning of a plan", () => {
  it("is not changed by order, white space, time, format version or what repeats it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...corpus),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.constantFrom(0, 1, "\t"),
        (entry, stream, space) => {
          const random = (): number => stream.next().value as number;
          // JSON.parse would round the numbers of this one.
          if (entry.name === "numbers") return;
          const plan = shuffled(JSON.parse(entry.text) as JsonValue, random) as Record<string, JsonValue>;
          if (Array.isArray(plan.resource_changes)) plan.resource_changes = mixed(plan.resource_changes, random);
          if (Array.isArray(plan.checks)) plan.checks = mixed(plan.checks, random);
          plan.relevant_attributes = [];
          plan.timestamp = "1999-01-01T00:00:00Z";
          plan.format_version = "1.99";
          plan.planned_values = {};
          plan.prior_state = {};
          const changed = JSON.stringify(plan, null, space);
          expect(digestOfPlan(parsed(changed))).toBe(digestOfPlan(entry.plan));
          expect(comparePlans(entry.plan, parsed(changed), { key }).same).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is not changed by no-op changes or by drift beside changes", () => {
    for (const { plan } of corpus) {
      const idle = plan.resourceChanges.filter(isIdle);
      if (plan.resourceChanges.length === idle.length) continue;
      const resourceChanges = plan.resourceChanges.filter((change) => !isIdle(change));
      const resourceDrift = corpusPlan("kinds-change").plan.resourceChanges;
      expect(digestOfPlan({ ...plan, resourceChanges, resourceDrift })).toBe(digestOfPlan(plan));
    }
  });

  it("is another for every two plans of the corpus, whichever is left", () => {
    for (const one of corpus) {
      for (const other of corpus) {
        const comparison = comparePlans(one.plan, other.plan, { key });
        expect(comparison.same, `${one.name} and ${other.name}`).toBe(one === other);
        expect(comparePlans(other.plan, one.plan, { key }).same).toBe(comparison.same);
        expect(comparison.differences.length > 0).toBe(one !== other);
      }
    }
  });

  it("tells numbers apart that a double takes for one, and takes spellings of one number for one", () => {
    const { text } = corpusPlan("numbers");
    const digest = digestOfPlan(parsed(text));
    const respelled = text
      .replaceAll("9007199254740993", "9007199254740993.0")
      .replaceAll(/"small":\s*0\.1/g, '"small":1e-1');
    expect(respelled).not.toBe(text);
    expect(digestOfPlan(parsed(respelled))).toBe(digest);
    expect(digestOfPlan(parsed(text.replaceAll("9007199254740993", "9007199254740992")))).not.toBe(digest);
    expect(digestOfPlan(parsed(text.replaceAll(/\b1(0{400})\b/g, "1$10")))).not.toBe(digest);
    expect(
      digestOfPlan(parsed(text.replaceAll("123456789012345678901234567890", "123456789012345678901234567891"))),
    ).not.toBe(digest);
  });

  it("depends on the key only where something is secret", () => {
    const other = new TextEncoder().encode("another key");
    const differ = (name: string): boolean =>
      meaningOf(corpusPlan(name).plan, { key: other }).digest !== digestOfPlan(corpusPlan(name).plan);
    expect(differ("secrets-create")).toBe(true);
    expect(meaningOf(alone({ applyable: true }), { key: other }).digest).toBe(digestOfPlan(alone({ applyable: true })));
  });
});
