import { type CanonicalWriter, canonicalWriter, tags } from "./canonical-writer.ts";
import { type Digest, digestOf, keyedDigestOf, startDigest } from "./digest.ts";
import {
  asList,
  asObject,
  ExactNumber,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  member,
  sameValue,
} from "./json-value.ts";
import type { PlanJson, ResourceChange, ValueChange } from "./plan-json.ts";
import { configuredResources } from "./plan-provisioners.ts";
import { type OwnedHere, ownedPaths, type RuntimeOwned, type RuntimeOwnedPlace } from "./runtime-owned.ts";

/** What a part of a meaning is about; also the first half of its identity. */
export type MeaningKind =
  | "plan"
  | "variable"
  | "provider"
  | "resource"
  | "deferred"
  | "drift"
  | "provisioners"
  | "action"
  | "output"
  | "check"
  | "other";

/** One thing a plan says, and the digest of all that it says about it. Two parts may share kind and name. */
export interface MeaningPart {
  readonly kind: MeaningKind;
  /** An address, the name of an output or a variable. */
  readonly name: string;
  readonly digest: Digest;
  /** What it was made from, for showing a difference; not part of the meaning. */
  readonly from: JsonValue | ResourceChange | ValueChange | undefined;
}

/**
 * What a plan would do, reduced to a digest: equal digests mean that people would have seen the same change. Comparable
 * only under one key.
 *
 * It says nothing about whether an approval may be carried over: that takes equal inputs too, since code that runs at
 * apply can change without a line of the plan changing.
 */
export interface PlanMeaning {
  readonly digest: Digest;
  /** By kind and name. */
  readonly parts: readonly MeaningPart[];
  /** Values left out because the flow says that they belong to something at run time. To be shown, always. */
  readonly runtimeOwned: readonly RuntimeOwnedPlace[];
}

export interface MeaningOptions {
  /** A secret of the store. Without it short secrets could be guessed back from the digest. */
  readonly key: Uint8Array;
  readonly runtimeOwned?: readonly RuntimeOwned[];
}

/**
 * Reduces a plan to its meaning.
 *
 * Enters: every resource change that is not a no-op (or that imports or moves), with every member it has, known here
 * or not; values path by path with type and exact number; unknown and sensitive markers; outputs that change;
 * deferred changes; failing checks; invoked actions; provisioners of what is created or destroyed, with the source of
 * the modules around them; and, since they stay the same in an unchanged world and may change what an apply does:
 * root variables, provider settings, tool version, the flags `errored`, `complete` and `applyable`, top-level members
 * that this version does not know, and for a plan without any resource change its drift (that is what a refresh-only
 * plan writes to the state).
 *
 * Does not enter: time, order of keys and of changes, no-op changes, format version, `relevant_attributes`, data
 * sources that were read, the prior state, runtime-owned paths, and members that are null or absent both before and after.
 * An update that touches runtime-owned paths only still enters as an update: it would undo what the run time did.
 *
 * Sensitive values, variables, provider settings, provisioners and what is unknown enter as keyed digests.
 */
export function meaningOf(plan: PlanJson, options: MeaningOptions): PlanMeaning {
  const ink: Ink = {
    writer: canonicalWriter(),
    secret: (content) => keyedDigestOf(options.key, content),
    known: new Map(),
  };
  const parts: MeaningPart[] = [];
  const runtimeOwned: RuntimeOwnedPlace[] = [];
  const add = (about: Pick<MeaningPart, "kind" | "name" | "from">, write: () => void): void => {
    ink.writer.rewind(0);
    write();
    parts.push({ ...about, digest: digestOf(ink.writer.since(0)) });
  };
  const addKeyed = (kind: MeaningKind, name: string, from: JsonValue | undefined): void =>
    add({ kind, name, from }, () => writeSecret(ink, () => ink.writer.value(from)));

  const header = { tool: plan.toolVersion, errored: plan.errored, complete: plan.complete, applyable: plan.applyable };
  for (const [name, from] of Object.entries(header)) {
    if (from !== undefined) add({ kind: "plan", name, from }, () => ink.writer.value(from));
  }
  for (const name of Object.keys(plan.variables)) addKeyed("variable", name, plan.variables[name]);
  const providers = asObject(plan.configuration.provider_config);
  for (const name of Object.keys(providers)) addKeyed("provider", name, providers[name]);

  const owned = ownedPaths(options.runtimeOwned ?? []);
  const addResource = (kind: MeaningKind, resource: ResourceChange, reason?: string): void => {
    const here = owned(resource.address);
    add({ kind, name: resource.address, from: resource }, () => {
      ink.writer.value(reason);
      writeResource(ink, resource, here);
    });
    if (here !== undefined) runtimeOwned.push(...here.seen());
  };
  const configured = configuredResources(plan.configuration);
  for (const resource of plan.resourceChanges) {
    if (isIdle(resource)) continue;
    addResource("resource", resource);
    const provisioners = configured?.provisionersOf(resource);
    if (provisioners !== undefined) addKeyed("provisioners", resource.address, provisioners);
  }
  for (const deferred of plan.deferredChanges) {
    const { reason, resource_change: resource, ...more } = deferred;
    addResource("deferred", resource, reason);
    if (Object.keys(more).length > 0) addKeyed("other", `deferred ${resource.address}`, more as JsonObject);
  }
  if (plan.resourceChanges.length === 0) for (const resource of plan.resourceDrift) addResource("drift", resource);

  for (const name of Object.keys(plan.outputChanges)) {
    const change = plan.outputChanges[name] as ValueChange;
    if (isNoOp(change) && sameValue(change.before_sensitive, change.after_sensitive)) continue;
    add({ kind: "output", name, from: change }, () => writeChange(ink, change, undefined));
  }
  for (const { name, failing } of failingChecks(plan)) {
    add({ kind: "check", name, from: failing }, () => ink.writer.value(failing));
  }
  for (const name of Object.keys(plan.others)) {
    const value = plan.others[name];
    if (name.endsWith("action_invocations")) {
      for (const invocation of asList(value)) addKeyed("action", nameOfInvocation(invocation), [name, invocation]);
      if (isList(value)) continue;
    }
    addKeyed("other", name, value);
  }
  parts.sort(byIdentity);
  return { digest: digestOfParts(parts), parts, runtimeOwned };
}

/** Whether a change does nothing at all: no action, no import, no move. */
export function isIdle(resource: ResourceChange): boolean {
  const { change, previous_address: previous } = resource;
  const imports = change.importing !== undefined && change.importing !== null;
  return isNoOp(change) && !imports && (previous === undefined || previous === resource.address);
}

function isNoOp(change: ValueChange): boolean {
  return change.actions.length === 1 && change.actions[0] === "no-op";
}

/** A check that did not hold when the plan was made, with what it says. */
export interface FailingCheck {
  readonly name: string;
  readonly status: "fail" | "error";
  readonly failing: JsonValue;
}

/** The checks that failed or could not be evaluated, each with its failing instances in a stable order. */
export function failingChecks(plan: PlanJson): readonly FailingCheck[] {
  const found: FailingCheck[] = [];
  for (const check of plan.checks) {
    const { address, status, instances } = asObject(check);
    const failing = asList(instances).filter((instance) => isFailure(asObject(instance).status));
    if (!isFailure(status) && failing.length === 0) continue;
    const display = asObject(address).to_display;
    found.push({
      name: typeof display === "string" ? display : "check",
      status: status === "error" ? "error" : "fail",
      failing: {
        address: address ?? null,
        status: status ?? null,
        instances: inStableOrder(failing.map(withStableProblems)),
      },
    });
  }
  return found;
}

function isFailure(status: JsonValue | undefined): boolean {
  return status === "fail" || status === "error";
}

function withStableProblems(instance: JsonValue): JsonValue {
  const { problems, ...rest } = asObject(instance);
  return isList(problems) ? { ...rest, problems: inStableOrder(problems) } : (rest as JsonObject);
}

function inStableOrder(values: readonly JsonValue[]): readonly JsonValue[] {
  if (values.length < 2) return values;
  const writer = canonicalWriter();
  const keyed = values.map((value) => {
    writer.rewind(0);
    writer.value(value);
    return { value, key: digestOf(writer.since(0)) };
  });
  return keyed.sort((left, right) => order(left.key, right.key)).map(({ value }) => value);
}

function nameOfInvocation(invocation: JsonValue): string {
  const { address } = asObject(invocation);
  return typeof address === "string" ? address : "action";
}

function digestOfParts(parts: readonly MeaningPart[]): Digest {
  const digest = startDigest();
  const writer = canonicalWriter();
  writer.text("plangate plan meaning 1");
  for (const part of parts) {
    writer.text(part.kind);
    writer.text(part.name);
    writer.text(part.digest);
    if (writer.mark() > 1 << 15) {
      digest.update(writer.since(0));
      writer.rewind(0);
    }
  }
  digest.update(writer.since(0));
  return digest.end();
}

function byIdentity(left: MeaningPart, right: MeaningPart): number {
  return order(left.kind, right.kind) || order(left.name, right.name) || order(left.digest, right.digest);
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What everything is written with. */
interface Ink {
  readonly writer: CanonicalWriter;
  readonly secret: (content: Uint8Array) => string;
  /** Keyed digests of secret texts met before: the same stand before and after, and in many places. */
  readonly known: Map<string, string>;
}

/** Writes a keyed digest in place of what `write` writes. */
function writeSecret({ writer, secret }: Ink, write: () => void): string {
  const mark = writer.mark();
  write();
  const keyed = secret(writer.since(mark));
  writer.rewind(mark);
  writer.tag(tags.secret);
  writer.text(keyed);
  return keyed;
}

function writeSecretText(ink: Ink, text: string): void {
  const known = ink.known.get(text);
  if (known === undefined) {
    ink.known.set(
      text,
      writeSecret(ink, () => ink.writer.text(text)),
    );
  } else {
    ink.writer.tag(tags.secret);
    ink.writer.text(known);
  }
}

function writeResource(ink: Ink, resource: ResourceChange, owned: OwnedHere | undefined): void {
  const given = resource as unknown as JsonObject;
  for (const key of ink.writer.keys(given)) {
    if (key === "change") continue;
    ink.writer.text(key);
    ink.writer.value(given[key]);
  }
  ink.writer.tag(tags.closeObject);
  writeChange(ink, resource.change, owned);
}

const walked = new Set(["before", "after", "replace_paths"]);

function writeChange(ink: Ink, change: ValueChange, owned: OwnedHere | undefined): void {
  const { writer } = ink;
  const given = change as unknown as JsonObject;
  for (const key of writer.keys(given)) {
    if (walked.has(key)) continue;
    writer.text(key);
    const isMarker = owned !== undefined && (key === "after_unknown" || key.endsWith("_sensitive"));
    if (isMarker)
      writeValue(ink, given[key] as JsonValue, {
        other: undefined,
        unknown: undefined,
        marker: undefined,
        owned,
      });
    else writer.value(given[key]);
  }
  writer.tag(tags.closeObject);
  const paths = change.replace_paths;
  writer.value(isList(paths) ? inStableOrder(paths) : paths);
  const unknown = change.after_unknown;
  writeValue(ink, change.before, { other: change.after, unknown, marker: change.before_sensitive, owned });
  writeValue(ink, change.after, { other: change.before, unknown, marker: change.after_sensitive, owned });
}

/** What a value is looked at beside, each in the shape of the value. */
interface Beside {
  /** The value on the other side of the change. */
  readonly other: JsonValue | undefined;
  readonly unknown: JsonValue | undefined;
  /** Which parts are sensitive. */
  readonly marker: JsonValue | undefined;
  readonly owned: OwnedHere | undefined;
}

function writeValue(ink: Ink, value: JsonValue | undefined, beside: Beside): void {
  const { writer } = ink;
  if (beside.marker === true) {
    if (typeof value === "string") writeSecretText(ink, value);
    else writeSecret(ink, () => writeValue(ink, value, { ...beside, marker: undefined }));
    return;
  }
  if (typeof value !== "object" || value === null || value instanceof ExactNumber) {
    writer.value(value);
    return;
  }
  const { other, unknown, marker, owned } = beside;
  if (isList(value)) {
    writer.tag(tags.openList);
    for (let index = 0; index < value.length; index++) {
      const inner = value[index];
      if (typeof inner !== "object" && !isList(marker) && owned === undefined) {
        writer.value(inner);
        continue;
      }
      const ownedInner = owned?.under(String(index));
      if (ownedInner === "here") continue;
      writeValue(ink, inner, {
        other: isList(other) ? other[index] : undefined,
        unknown: isList(unknown) ? unknown[index] : undefined,
        marker: isList(marker) ? marker[index] : undefined,
        owned: ownedInner,
      });
    }
    writer.tag(tags.closeList);
    return;
  }
  const object = value as JsonObject;
  const hasMarker = isObject(marker);
  writer.tag(tags.openObject);
  for (const key of writer.keys(object)) {
    const inner = object[key] as JsonValue;
    const innerMarker = hasMarker ? member(marker, key) : undefined;
    if (inner === null) {
      const isKnown = !isObject(unknown) || member(unknown, key) !== true;
      const counterpart = isObject(other) ? member(other, key) : undefined;
      if (isKnown && (counterpart === undefined || counterpart === null)) continue;
    }
    const ownedInner = owned?.under(key);
    if (ownedInner === "here") continue;
    writer.text(key);
    if (typeof inner !== "object" && innerMarker !== true) {
      writer.value(inner);
      continue;
    }
    writeValue(ink, inner, {
      other: isObject(other) ? member(other, key) : undefined,
      unknown: isObject(unknown) ? member(unknown, key) : undefined,
      marker: innerMarker,
      owned: ownedInner,
    });
  }
  writer.tag(tags.closeObject);
}
