import type { Diagnostic } from "./diagnostic.ts";
import { outlineJson, type Piece, type Slice } from "./json-outline.ts";
import { asObject, ExactNumber, exactly, isList, isObject, type JsonObject, type JsonValue } from "./json-value.ts";
import { stateSecrets } from "./marked-secrets.ts";
import type { Parsed } from "./names.ts";

/** What Terraform does to one object, in the order it does it. */
export type Action = "no-op" | "create" | "read" | "update" | "delete" | "forget";

/**
 * What changes in one resource or output, as `show -json` writes it. The markers have the shape of the value, with
 * `true` where a leaf or a whole subtree is unknown or sensitive. Values are in clear text, sensitive ones too.
 */
export interface ValueChange {
  readonly actions: readonly Action[];
  readonly before?: JsonValue;
  readonly after?: JsonValue;
  readonly after_unknown?: JsonValue;
  readonly before_sensitive?: JsonValue;
  readonly after_sensitive?: JsonValue;
  readonly replace_paths?: JsonValue;
  readonly importing?: JsonValue;
  readonly generated_config?: JsonValue;
}

/** One object that a plan has an opinion about, as `show -json` writes it. A deposed object shares the address of its successor. */
export interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly module_address?: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  /** A number under `count`, a string under `for_each`. */
  readonly index?: number | string | ExactNumber;
  readonly provider_name?: string;
  readonly deposed?: string;
  readonly change: ValueChange;
  readonly action_reason?: string;
}

/** A change that this plan puts off to a later one, and why. */
export interface DeferredChange {
  readonly reason: string;
  readonly resource_change: ResourceChange;
}

/**
 * A plan as `terraform show -json` or `tofu show -json` writes it, checked as far as anything here relies on it.
 * Values keep the shape and names of the file; numbers that a double cannot hold are `ExactNumber`.
 */
export interface PlanJson {
  /** `1.2`: the format's version, not the tool's. */
  readonly formatVersion: string;
  readonly toolVersion: string | undefined;
  readonly resourceChanges: readonly ResourceChange[];
  readonly resourceDrift: readonly ResourceChange[];
  readonly deferredChanges: readonly DeferredChange[];
  readonly outputChanges: Readonly<Record<string, ValueChange>>;
  readonly variables: JsonObject;
  readonly checks: readonly JsonValue[];
  readonly configuration: JsonObject;
  /** `false` when the plan has an error and is only part of what was meant. */
  readonly errored: boolean | undefined;
  readonly complete: boolean | undefined;
  readonly applyable: boolean | undefined;
  /** Top-level members that nothing above stands for, such as those of a newer format: kept, since they may say what the plan does. */
  readonly others: JsonObject;
  /** Strings that the state before the plan marks sensitive; data sources that were read stand nowhere else. */
  readonly priorSecrets: readonly string[];
}

/** Deeper than any plan, and shallow enough for everything that walks one. */
const deepest = 200;
/** What one string of the JavaScript engine can hold, and more than a plan that people could read. */
const largest = 512 * 1024 * 1024;

const knownActions: ReadonlySet<unknown> = new Set<Action>(["no-op", "create", "read", "update", "delete", "forget"]);

/** Members that are never looked into: each repeats what `resource_changes` says, or says nothing about the change. */
const unread = new Set(["planned_values", "relevant_attributes", "timestamp", "proposed_unknown"]);

/**
 * Reads the output of `terraform show -json PLAN`.
 *
 * Refused, with the reason: what is no plan, is cut off, has another major format, nests beyond reason, names a key
 * twice, or holds an action that this version does not know. `planned_values` is stepped over unread. Messages never quote
 * the input, which holds secrets.
 */
export function parsePlanJson(input: Uint8Array | string): Parsed<PlanJson> {
  if (typeof input === "string" && !input.isWellFormed())
    return refused("not-a-plan", "The text has broken characters");
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  if (bytes.length > largest) {
    return refused(
      "plan-too-large",
      `The plan JSON has ${Math.round(bytes.length / 1024 / 1024)} MiB; at most 512 MiB can be read`,
      "Split the root module: a plan of this size cannot be reviewed.",
    );
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return refused(
      "not-a-plan",
      "The file is UTF-16, not UTF-8",
      "PowerShell's `>` writes UTF-16: use `| Out-File -Encoding utf8`.",
    );
  }
  const outline = outlineJson(bytes, deepest);
  switch (outline.kind) {
    case "cut-off":
      return refused(
        "plan-cut-off",
        "The plan JSON ends before it is complete",
        "Make it again: `terraform show -json PLAN > plan.json`.",
      );
    case "too-deep":
      return refused("plan-too-deep", `The JSON nests deeper than ${deepest} levels`);
    case "other":
      return refused("not-a-plan", `The file is not the JSON of a plan: ${outline.why}`, showHint);
    case "object":
      return readMembers(bytes, outline.members);
  }
}

const showHint = "Plan JSON is what `terraform show -json PLAN` prints for a saved plan file.";

function readMembers(bytes: Uint8Array, slices: ReadonlyMap<string, Slice>): Parsed<PlanJson> {
  const isPlan = ["resource_changes", "planned_values", "configuration", "output_changes"].some((name) =>
    slices.has(name),
  );
  if (!slices.has("format_version") || !isPlan) {
    return refused("not-a-plan", `The file is JSON, but not of a plan${guessedKind(slices)}`, showHint);
  }
  const members = new Map<string, JsonValue>();
  let priorSecrets: readonly string[] = [];
  // The prior state first: of its tree only a few strings are kept, and its room is free again for the changes.
  const order = [...slices].sort(([left], [right]) => Number(right === "prior_state") - Number(left === "prior_state"));
  for (const [name, slice] of order) {
    if (unread.has(name)) continue;
    const value = readSlice(bytes, slice);
    if (value === undefined) return refused("not-a-plan", `The member "${name}" is not valid JSON in UTF-8`, showHint);
    if (value === "duplicate-key")
      return refused("plan-duplicate-key", `An object in "${name}" has two members of one name`);
    if (name === "prior_state") priorSecrets = stateSecrets(value.value);
    else members.set(name, value.value);
  }
  return checkMembers(members, priorSecrets);
}

function guessedKind(slices: ReadonlyMap<string, Slice>): string {
  if (slices.has("provider_schemas")) return " (it is that of provider schemas)";
  if (slices.has("values")) return " (it is that of a state)";
  if (slices.has("serial") && slices.has("lineage")) return " (it is a state file)";
  return "";
}

function checkMembers(members: ReadonlyMap<string, JsonValue>, priorSecrets: readonly string[]): Parsed<PlanJson> {
  const formatVersion = members.get("format_version");
  if (typeof formatVersion !== "string" || !/^1\.\d+$/.test(formatVersion)) {
    return refused(
      "plan-format-version",
      "The plan JSON has a format version other than 1.x",
      "This version of plangate reads format 1.x (Terraform 1.1 and later, OpenTofu).",
    );
  }
  const problems: Diagnostic[] = [];
  const list = (name: string): readonly JsonValue[] => {
    const value = members.get(name);
    if (Array.isArray(value)) return value;
    if (value !== undefined && value !== null) problems.push(malformed(`"${name}" is not a list`));
    return [];
  };
  const object = (name: string): JsonObject => {
    const value = members.get(name);
    if (value === undefined || value === null) return {};
    const found = isObject(value) ? value : undefined;
    if (found === undefined) problems.push(malformed(`"${name}" is not an object`));
    return found ?? {};
  };
  const flag = (name: string): boolean | undefined => {
    const value = members.get(name);
    if (value !== undefined && typeof value !== "boolean")
      problems.push(malformed(`"${name}" is neither true nor false`));
    return value === true ? true : value === false ? false : undefined;
  };
  const toolVersion = members.get("terraform_version");
  if (toolVersion !== undefined && typeof toolVersion !== "string")
    problems.push(malformed(`"terraform_version" is not a text`));
  const resources = (name: string): readonly ResourceChange[] => {
    const changes = list(name);
    for (const change of changes) checkResourceChange(change, name, problems);
    return changes as unknown as readonly ResourceChange[];
  };
  const outputChanges = object("output_changes");
  for (const name of Object.keys(outputChanges)) checkActions(outputChanges[name], `output "${name}"`, problems);
  const deferredChanges = list("deferred_changes");
  for (const deferred of deferredChanges) {
    const change = isObject(deferred) ? deferred : undefined;
    if (change === undefined || typeof change.reason !== "string")
      problems.push(malformed("a deferred change has no reason"));
    checkResourceChange(change?.resource_change, "deferred_changes", problems);
  }
  const plan: PlanJson = {
    formatVersion,
    toolVersion: typeof toolVersion === "string" ? toolVersion : undefined,
    resourceChanges: resources("resource_changes"),
    resourceDrift: resources("resource_drift"),
    deferredChanges: deferredChanges as unknown as readonly DeferredChange[],
    outputChanges: outputChanges as unknown as Readonly<Record<string, ValueChange>>,
    variables: object("variables"),
    checks: list("checks"),
    configuration: object("configuration"),
    errored: flag("errored"),
    complete: flag("complete"),
    applyable: flag("applyable"),
    others: Object.fromEntries([...members].filter(([name]) => !named.has(name))),
    priorSecrets,
  };
  return problems.length === 0 ? { value: plan, diagnostics: [] } : { diagnostics: problems.slice(0, 20) };
}

const named = new Set([
  "format_version",
  "terraform_version",
  "resource_changes",
  "resource_drift",
  "deferred_changes",
  "output_changes",
  "variables",
  "checks",
  "configuration",
  "errored",
  "complete",
  "applyable",
]);

function checkResourceChange(value: JsonValue | undefined, where: string, problems: Diagnostic[]): void {
  const change = isObject(value) ? value : undefined;
  if (change === undefined) {
    problems.push(malformed(`"${where}" holds something that is no resource change`));
    return;
  }
  const address = change.address;
  if (typeof address !== "string" || address === "") {
    problems.push(malformed(`a resource change in "${where}" has no address`));
    return;
  }
  for (const name of ["mode", "type", "name"]) {
    if (typeof change[name] !== "string") problems.push(malformed(`${address} has no ${name}`));
  }
  for (const name of ["previous_address", "module_address", "provider_name", "deposed", "action_reason"]) {
    const text = change[name];
    if (text !== undefined && typeof text !== "string") problems.push(malformed(`${address}: "${name}" is not a text`));
  }
  const index = change.index;
  if (
    index !== undefined &&
    typeof index !== "number" &&
    typeof index !== "string" &&
    !(index instanceof ExactNumber)
  ) {
    problems.push(malformed(`${address}: the index is neither a number nor a text`));
  }
  checkActions(change.change, address, problems);
}

function checkActions(value: JsonValue | undefined, where: string, problems: Diagnostic[]): void {
  const actions = asObject(value).actions;
  if (!Array.isArray(actions) || actions.length === 0) {
    problems.push(malformed(`${where} has no actions`));
    return;
  }
  for (const action of actions) {
    if (!knownActions.has(action)) {
      problems.push({
        severity: "error",
        code: "plan-unknown-action",
        summary: `The plan does something to ${where} that this version of plangate does not know`,
        hint: "Use a newer plangate: what it does not know it cannot show.",
      });
    }
  }
}

/** What reading a piece gives: its value, or why it has none. */
type Read = { readonly value: JsonValue } | "duplicate-key" | undefined;

function readSlice(bytes: Uint8Array, slice: Slice): Read {
  try {
    if (slice.cuts.length === 0) return readPiece(bytes, slice);
    const whole: JsonValue[] = [];
    for (const cut of slice.cuts) {
      const piece = readPiece(bytes, cut, { before: cut.opens ? "" : "[", after: cut.closes ? "" : "]" });
      if (piece === undefined || piece === "duplicate-key") return piece;
      if (!isList(piece.value)) return undefined;
      for (const element of piece.value) whole.push(element);
    }
    return { value: whole };
  } catch (error) {
    // What is not UTF-8 makes the decoder throw a TypeError.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function readPiece(bytes: Uint8Array, piece: Piece, brackets = { before: "", after: "" }): Read {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const text = `${brackets.before}${decoder.decode(bytes.subarray(piece.start, piece.end))}${brackets.after}`;
  const value = exactly(text, piece.inexact);
  return countMembers(value) === piece.members ? { value } : "duplicate-key";
}

/** A key that stands twice is read once: then fewer members were read than written. */
function countMembers(value: JsonValue): number {
  if (typeof value !== "object" || value === null || value instanceof ExactNumber) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === "object") count += countMembers(element);
    return count;
  }
  const object = value as JsonObject;
  for (const key in object) {
    count++;
    const inner = object[key] as JsonValue;
    if (typeof inner === "object") count += countMembers(inner);
  }
  return count;
}

function malformed(what: string): Diagnostic {
  return { severity: "error", code: "plan-malformed", summary: `The plan JSON is not as Terraform writes it: ${what}` };
}

function refused(code: string, summary: string, hint?: string): Parsed<PlanJson> {
  return { diagnostics: [{ severity: "error", code, summary, ...(hint === undefined ? {} : { hint }) }] };
}
