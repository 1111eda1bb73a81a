import { readFileSync } from "node:fs";

/**
 * Holds webhook bodies to the form of real ones: what each of those has, ours has too, of a type that was seen. Where
 * something may be nothing, a few examples do not tell; the description of the API does, of the same objects.
 */

interface Form {
  readonly types: readonly string[];
  readonly fields?: Readonly<Record<string, { readonly always: boolean; readonly form: Form }>>;
  readonly items?: Form;
}

const extract = JSON.parse(readFileSync(new URL("webhooks-extract.json", import.meta.url), "utf8")) as {
  readonly events: Readonly<Record<string, Form>>;
};

/** What only an app's hooks are told. */
const ofApps: ReadonlySet<string> = new Set(["installation"]);

/** Maps whose keys are people's own: what real bodies had there says nothing of ours. */
const free: ReadonlySet<string> = new Set(["/client_payload", "/inputs", "/repository/custom_properties"]);

export function checkBody(event: string, body: unknown): readonly string[] {
  const form = extract.events[event];
  return form === undefined ? [`no real ${event} is known`] : problemsIn(form, body, "");
}

function problemsIn(form: Form, value: unknown, at: string): readonly string[] {
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const seen = form.types.filter((one) => one !== "null");
  if (type !== "null" && seen.length > 0 && !seen.includes(type))
    return [`${at} is ${type}, real ones are ${form.types.join(" or ")}`];
  if (free.has(at)) return [];
  if (Array.isArray(value)) {
    const { items } = form;
    return items === undefined ? [] : value.flatMap((item, index) => problemsIn(items, item, `${at}/${index}`));
  }
  if (type !== "object" || form.fields === undefined) return [];
  const object = value as Readonly<Record<string, unknown>>;
  return Object.entries(form.fields).flatMap(([name, { always, form: field }]) => {
    if (name in object) return problemsIn(field, object[name], `${at}/${name}`);
    return always && !ofApps.has(name) ? [`${at} has no ${name}`] : [];
  });
}
