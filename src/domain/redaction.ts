import { asList, asObject, type JsonObject, type JsonValue } from "./json-value.ts";
import { collectSecrets } from "./marked-secrets.ts";
import type { PlanJson, ResourceChange } from "./plan-json.ts";
import { redacted, secretShapes } from "./secret-shapes.ts";

/** Takes the secrets out of a text. Doing it twice changes nothing more. */
export type Redactor = (text: string) => string;

export { redacted };

/**
 * The one redaction of the product: comments, logs, pages and error details all pass through it.
 *
 * Replaces every given value of four characters or more, also base64-encoded (with either alphabet), URL-encoded and
 * JSON-escaped, and each line of a value that has several; and what looks like a token or key whoever it belongs to:
 * GitHub, GitLab, AWS, Google, Slack, npm, Stripe, Vault, HCP Terraform, JWTs, private key blocks, passwords in URLs.
 *
 * A value that is split, reversed or hashed passes. Markers come first, this comes on top.
 */
export function makeRedactor(secrets: { readonly values: readonly string[] }): Redactor {
  const replaceValues = valueReplacer(secrets.values.flatMap(spellings));
  const once: Redactor = (text) => replaceShapes(replaceValues(replaceShapes(text)));
  return (text) => {
    let before = text;
    let after = once(before);
    // A secret may be made of a placeholder and what stands beside it; each round leaves fewer characters of the text.
    for (let round = 0; round < 8 && after !== before; round++) {
      before = after;
      after = once(before);
    }
    return after;
  };
}

/** Variables that say who one is or where, and open nothing: hidden, they would make plans unreadable. */
const open: ReadonlySet<string> = new Set([
  "AWS_CONFIG_FILE",
  "AWS_DEFAULT_REGION",
  "AWS_PROFILE",
  "AWS_REGION",
  "GOOGLE_BACKEND_IMPERSONATE_SERVICE_ACCOUNT",
  "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
  "GOOGLE_PROJECT",
  "GOOGLE_REGION",
  "TF_VAR_instance",
]);

/** A redactor for whatever a program says that was given these variables. */
export function environmentRedactor(variables: Readonly<Record<string, string>>): Redactor {
  return makeRedactor({
    values: Object.entries(variables).flatMap(([name, value]) => (open.has(name) ? [] : [value])),
  });
}

/**
 * A redactor for text that comes line by line, such as a run's log. Remembers between calls that a private key block
 * was opened. Every stream needs one of its own.
 */
export function lineRedactor(redact: Redactor): Redactor {
  let inKey = false;
  return (line) => {
    let text = line;
    if (inKey) {
      const end = keyEnd.exec(text);
      if (end === null) return redacted;
      inKey = false;
      text = `${redacted}${text.slice(end.index + end[0].length)}`;
    }
    const shown = redact(text);
    const begin = text.lastIndexOf("-----BEGIN ");
    inKey = begin >= 0 && keyBegin.test(text.slice(begin)) && !keyEnd.test(text.slice(begin));
    return shown;
  };
}

const keyBegin = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/;
const keyEnd = /-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/;

const shortest = 4;
/** Words that mean something everywhere: hiding them would hide the plan and no secret. */
const harmless = new Set(["true", "false", "null", "none", "default"]);

/** Lines of a longer secret are only hidden when they are this long: `then` and `done` stand in every script. */
const shortestLine = 8;

function spellings(value: string): readonly string[] {
  const whole = value.trim();
  const forms = new Set([...escapes(value), ...escapes(whole), ...encodings(value), ...encodings(whole)]);
  const lines = value.split(/\r\n|\n|\r/);
  if (lines.length > 1) {
    for (const line of lines)
      if (line.trim().length >= shortestLine) for (const form of escapes(line.trim())) forms.add(form);
  }
  return [...forms].filter((form) => form.length >= shortest && !harmless.has(form.toLowerCase()));
}

/** How a text is written inside another language's text. */
function escapes(plain: string): readonly string[] {
  if (/^[\w.-]*$/.test(plain)) return [plain];
  const quoted = JSON.stringify(plain).slice(1, -1);
  return [
    plain,
    encodeURIComponent(plain.toWellFormed()),
    new URLSearchParams({ v: plain }).toString().slice(2),
    quoted,
    // Go's encoder, which Terraform's jsonencode is made of, writes these three as escapes.
    quoted.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026"),
    JSON.stringify(quoted).slice(1, -1),
  ];
}

function encodings(plain: string): readonly string[] {
  if (plain.length < shortest || harmless.has(plain.toLowerCase())) return [];
  const bytes = new TextEncoder().encode(plain);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 4096) binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  const base64 = btoa(binary);
  const bare = base64.replace(/=+$/, "");
  return [base64, bare, bare.replaceAll("+", "-").replaceAll("/", "_")];
}

/** Values that begin with the same four code units, by their length, the longest first. */
type Bucket = readonly { readonly length: number; readonly values: Set<string> }[];

/**
 * Replaces any of many values in one pass. Values are found by their first four code units and their length, so that
 * thousands of them cost little more than one.
 */
function valueReplacer(values: readonly string[]): Redactor {
  const byStart = new Map<number, Bucket>();
  const starts = new Uint8Array(1 << 16);
  for (const value of new Set(values)) {
    starts[pairKey(value, 0)] = 1;
    const key = startKey(value, 0);
    const bucket = byStart.get(key) ?? [];
    const same = bucket.find(({ length }) => length === value.length);
    if (same !== undefined) same.values.add(value);
    else {
      const larger = [...bucket, { length: value.length, values: new Set([value]) }];
      byStart.set(
        key,
        larger.sort((left, right) => right.length - left.length),
      );
    }
  }
  if (byStart.size === 0) return (text) => text;
  return (text) => {
    const parts: string[] = [];
    let copied = 0;
    let at = 0;
    const last = text.length - shortest;
    while (at <= last) {
      if (text.charCodeAt(at) === openParen && text.startsWith(redacted, at)) {
        at += redacted.length;
        continue;
      }
      if (starts[pairKey(text, at)] === 0) {
        at++;
        continue;
      }
      const found = byStart
        .get(startKey(text, at))
        ?.find(({ length, values: known }) => known.has(text.slice(at, at + length)));
      if (found === undefined) {
        at++;
        continue;
      }
      parts.push(text.slice(copied, at), redacted);
      at += found.length;
      copied = at;
    }
    return copied === 0 ? text : parts.join("") + text.slice(copied);
  };
}

const openParen = 0x28;

function pairKey(text: string, at: number): number {
  return ((text.charCodeAt(at) << 8) ^ text.charCodeAt(at + 1)) & 0xffff;
}

function startKey(text: string, at: number): number {
  const first = (text.charCodeAt(at) << 16) ^ text.charCodeAt(at + 1);
  return first ^ ((text.charCodeAt(at + 2) << 8) | 0) ^ (text.charCodeAt(at + 3) << 24);
}

function replaceShapes(text: string): string {
  let shown = text;
  for (const { marks, pattern, keep } of secretShapes) {
    if (marks.some((mark) => shown.includes(mark))) shown = shown.replace(pattern, keep ?? redacted);
  }
  return shown;
}

/**
 * Every text in a plan that is marked sensitive, for taking out copies of it that are not: a computed copy of a secret
 * carries no mark. Includes sensitive variables, which only the configuration marks, secret-looking constants of
 * provider settings, and long numbers as text.
 */
export function sensitiveValuesOf(plan: PlanJson): readonly string[] {
  const found = new Set<string>(plan.priorSecrets);
  const ofChange = ({ change }: Pick<ResourceChange, "change">): void => {
    collectSecrets(change.before, change.before_sensitive, found);
    collectSecrets(change.after, change.after_sensitive, found);
  };
  plan.resourceChanges.forEach(ofChange);
  plan.resourceDrift.forEach(ofChange);
  for (const deferred of plan.deferredChanges) ofChange(deferred.resource_change);
  for (const change of Object.values(plan.outputChanges)) ofChange({ change });
  const root = asObject(plan.configuration.root_module);
  for (const [name, declared] of Object.entries(asObject(root.variables))) {
    const { sensitive, ephemeral } = asObject(declared);
    if (sensitive === true || ephemeral === true) collectSecrets(asObject(plan.variables[name]).value, true, found);
  }
  collectConfigured(root, found);
  for (const provider of Object.values(asObject(plan.configuration.provider_config))) {
    for (const [name, expression] of Object.entries(asObject(asObject(provider).expressions))) {
      // By its name only, so a word that stands everywhere, such as `test`, is not taken for one.
      const constant = asObject(expression).constant_value;
      if (secretName.test(name) && typeof constant === "string" && constant.length >= shortestLine) found.add(constant);
    }
  }
  for (const invocation of asList(plan.others.action_invocations)) {
    const { config_values: values, config_sensitive: marker } = asObject(invocation);
    collectSecrets(values, marker, found);
  }
  return [...found].filter((value) => value.length >= shortest && !/^-?\d{1,5}$/.test(value));
}

const secretName = /secret|password|passwd|token|private_key|api_key|access_key|credentials/;

/** Defaults of sensitive variables, in every module. */
function collectConfigured(module: JsonObject, into: Set<string>): void {
  for (const declared of Object.values(asObject(module.variables))) {
    const { sensitive, default: value } = asObject(declared);
    if (sensitive === true) collectSecrets(value as JsonValue | undefined, true, into);
  }
  for (const call of Object.values(asObject(module.module_calls)))
    collectConfigured(asObject(asObject(call).module), into);
}
