import { isList, isObject, type JsonValue, member, sameValue } from "./json-value.ts";
import type { PlanJson, ResourceChange } from "./plan-json.ts";
import { type OwnedHere, ownedPaths, type RuntimeOwned } from "./runtime-owned.ts";

/** An object (or an output, as `output.name`, or the whole state) that is no longer as it was applied, and the places in it; `runtime-owned` where the flow expects that. */
export interface Drifted {
  readonly address: string;
  /** Empty when the object is gone. */
  readonly paths: readonly string[];
  readonly class: "drift" | "runtime-owned";
}

/**
 * What a refresh-only plan found changed by somebody else, without a value of it. An object that drifted in places that
 * the flow leaves to the running system and in others is told twice, apart. An output tells of what was read of objects:
 * when it changes and no object did, something was changed that a refresh cannot see, such as the state itself. One that
 * comes or goes is the configuration's doing: it was written or deleted since, and not applied yet.
 */
export function driftOf(
  plan: Pick<PlanJson, "resourceDrift" | "outputChanges">,
  runtimeOwned: readonly RuntimeOwned[],
): readonly Drifted[] {
  const ownedIn = ownedPaths(runtimeOwned);
  const objects = plan.resourceDrift.flatMap((resource) => driftedIn(resource, ownedIn(resource.address)));
  return objects.length > 0 ? objects : driftedOutputs(plan);
}

function driftedOutputs({ outputChanges }: Pick<PlanJson, "outputChanges">): readonly Drifted[] {
  return Object.entries(outputChanges).flatMap(([name, { actions, before, after }]) => {
    const found: Found = { drift: [], owned: [] };
    if (actions.includes("update"))
      comparePlaces(before ?? null, after ?? null, { path: "value", owned: undefined, found });
    return found.drift.length === 0 ? [] : [{ address: `output.${name}`, paths: found.drift, class: "drift" }];
  });
}

function driftedIn({ address, change }: ResourceChange, owned: OwnedHere | undefined): readonly Drifted[] {
  if (change.actions.includes("delete")) return [{ address, paths: [], class: "drift" }];
  const found: Found = { drift: [], owned: [] };
  comparePlaces(change.before ?? null, change.after ?? null, { path: "", owned, found });
  return [
    ...(found.drift.length === 0 ? [] : [{ address, paths: found.drift, class: "drift" } as const]),
    ...(found.owned.length === 0 ? [] : [{ address, paths: found.owned, class: "runtime-owned" } as const]),
  ];
}

interface Found {
  readonly drift: string[];
  readonly owned: string[];
}

interface Place {
  readonly path: string;
  readonly owned: OwnedHere | "here" | undefined;
  readonly found: Found;
}

/** Goes as deep as both sides have the same shape, and names the place where they part. */
function comparePlaces(before: JsonValue, after: JsonValue, place: Place): void {
  if (sameValue(before, after)) return;
  const { path, owned, found } = place;
  if (owned === "here") {
    found.owned.push(path);
  } else if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      comparePlaces(member(before, name) ?? null, member(after, name) ?? null, inner(place, name));
  } else if (isList(before) && isList(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      comparePlaces(before[index] ?? null, after[index] ?? null, inner(place, String(index)));
  } else if (owned !== undefined && (isObject(after) || isObject(before) || isList(after) || isList(before))) {
    // What came or went as a whole may be runtime-owned in all its parts.
    const parts = isObject(after) || isList(after) ? after : before;
    for (const name of Object.keys(parts as object))
      comparePlaces(partOf(before, name), partOf(after, name), inner(place, name));
  } else {
    found.drift.push(path);
  }
}

function partOf(value: JsonValue, name: string): JsonValue {
  if (isObject(value)) return member(value, name) ?? null;
  return isList(value) ? (value[Number(name)] ?? null) : null;
}

function inner({ path, owned, found }: Place, name: string): Place {
  const here = path === "" ? name : /^\d+$/.test(name) ? `${path}[${name}]` : `${path}.${name}`;
  return { path: here, owned: owned === "here" ? owned : owned?.under(name), found };
}

/** How many objects drifted and which, in a sentence; null when none did. */
export function driftSentence(drifted: readonly Drifted[]): string | null {
  const real = drifted.filter((one) => one.class === "drift");
  if (real.length === 0) return null;
  const shown = real.slice(0, 5).map(({ address, paths }) => {
    return paths.length === 0 ? `${address} is gone` : `${address} (${paths.slice(0, 3).join(", ")})`;
  });
  const more = real.length > shown.length ? ` and ${real.length - shown.length} more` : "";
  const objects = real.length === 1 ? "an object is" : `${real.length} objects are`;
  return `${objects} no longer as applied: ${shown.join(", ")}${more}`;
}
