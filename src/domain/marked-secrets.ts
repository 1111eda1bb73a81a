import { asList, asObject, ExactNumber, type JsonObject, type JsonValue, member } from "./json-value.ts";

/** Every text that a state, as plan JSON holds it, marks sensitive. */
export function stateSecrets(state: JsonValue): readonly string[] {
  const found = new Set<string>();
  const values = asObject(asObject(state).values);
  for (const output of Object.values(asObject(values.outputs))) {
    const { sensitive, value } = asObject(output);
    if (sensitive === true) collectSecrets(value, true, found);
  }
  const visit = (module: JsonObject): void => {
    for (const resource of asList(module.resources)) {
      const { values: held, sensitive_values: marker } = asObject(resource);
      collectSecrets(held, marker, found);
    }
    for (const child of asList(module.child_modules)) visit(asObject(child));
  };
  visit(asObject(values.root_module));
  return [...found];
}

/** Adds every text under `value` that `marker` marks sensitive. */
export function collectSecrets(value: JsonValue | undefined, marker: JsonValue | undefined, into: Set<string>): void {
  if (value === undefined || value === null || marker === undefined || marker === null || marker === false) return;
  if (value instanceof ExactNumber) {
    if (marker === true) into.add(value.decimal);
    return;
  }
  if (typeof value !== "object") {
    if (marker === true && typeof value !== "boolean") into.add(String(value));
    return;
  }
  if (typeof marker !== "object" && marker !== true) return;
  if (Array.isArray(value)) {
    value.forEach((element: JsonValue, index) => {
      collectSecrets(element, marker === true ? true : (marker as readonly JsonValue[])[index], into);
    });
    return;
  }
  const object = value as JsonObject;
  for (const key of marker === true ? Object.keys(object) : Object.keys(marker)) {
    collectSecrets(member(object, key), marker === true ? true : member(marker as JsonObject, key), into);
  }
}
