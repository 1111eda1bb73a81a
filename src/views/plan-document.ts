import { shortDigest } from "../domain/digest.ts";
import { ExactNumber, isList, isObject, type JsonObject, type JsonValue, member } from "../domain/json-value.ts";
import type { StoredPlan } from "../domain/plan.ts";
import type { ResourceChange, ValueChange } from "../domain/plan-json.ts";
import { failingChecks } from "../domain/plan-meaning.ts";
import type { Redactor } from "../domain/redaction.ts";
import { inertJson, inertText } from "./inert.ts";
import { changesByWeight, type PlanView } from "./plan-markdown.ts";
import { renderPlanText } from "./plan-text.ts";
import { secret } from "./value-text.ts";

type Manifest = StoredPlan["manifest"];

/** A plan as a file for people: which one it is, then all of it, nothing left out and nothing shortened, without what is sensitive. */
export function wholePlanText(view: PlanView, { digest, manifest }: Pick<StoredPlan, "digest" | "manifest">): string {
  const head = [
    `${manifest.stack}, plan ${shortDigest(digest)} (${digest})`,
    `of commit ${manifest.commit}, made from state serial ${manifest.state.serial} with ${manifest.tool.name} ${manifest.tool.version}`,
  ];
  return `${inertText(head.join("\n"))}\n\n${renderPlanText(view, { color: false, whole: true })}\n`;
}

/**
 * The same for programs, as JSON with the names that `show -json` has: what is done to each object, with the values before
 * and after. What is sensitive is `"(sensitive value)"`, as is every copy of it that the redactor knows; markers of what is
 * known only after apply are as they are. It cannot be applied, and is no input of anything here.
 */
export function wholePlanJson(view: PlanView, { digest, manifest }: Pick<StoredPlan, "digest" | "manifest">): string {
  const { plan, summary, open, runtimeOwned, redact } = view;
  const document = {
    ...whichPlan(manifest),
    plan: digest,
    counts: summary.counts,
    resource_changes: changesByWeight(plan).map((change) => resourceOf(change, redact)),
    output_changes: Object.fromEntries(
      summary.outputs.map(({ name }) => [name, changeOf(plan.outputChanges[name] as ValueChange, redact)]),
    ),
    deferred_changes: plan.deferredChanges.map(({ reason, resource_change: change }) => ({
      reason,
      resource_change: resourceOf(change, redact),
    })),
    failing_checks: failingChecks(plan).map(({ name, status }) => ({ name, status })),
    decided_at_apply: open,
    set_at_run_time: runtimeOwned.map(({ address, path }) => ({ address, path })),
    errored: plan.errored ?? null,
    complete: plan.complete ?? null,
  };
  return `${inertJson(JSON.stringify(document, null, 1))}\n`;
}

function whichPlan({ stack, commit, mode, tool, state }: Manifest) {
  return { stack, commit, mode, tool: { name: tool.name, version: tool.version }, state_serial: state.serial };
}

function resourceOf(resource: ResourceChange, redact: Redactor) {
  const { address, previous_address, deposed, mode, type, name, provider_name, action_reason, change } = resource;
  return {
    address,
    previous_address,
    deposed,
    mode,
    type,
    name,
    provider_name,
    action_reason,
    change: changeOf(change, redact),
  };
}

function changeOf(change: ValueChange, redact: Redactor) {
  const { actions, before, after, after_unknown: unknown, replace_paths: paths, importing } = change;
  return {
    actions,
    before: withoutSecrets(before, change.before_sensitive, redact),
    after: withoutSecrets(after, change.after_sensitive, redact),
    after_unknown: withoutSecrets(unknown, undefined, redact),
    replace_paths: withoutSecrets(paths, undefined, redact),
    importing: withoutSecrets(importing, undefined, redact),
  };
}

function withoutSecrets(
  value: JsonValue | undefined,
  marker: JsonValue | undefined,
  redact: Redactor,
): JsonValue | undefined {
  if (value === undefined) return undefined;
  if (marker === true) return secret;
  if (typeof value === "string") return redact(value);
  if (typeof value === "number" || value instanceof ExactNumber) {
    const text = value instanceof ExactNumber ? value.decimal : String(value);
    return redact(text) === text ? value : redact(text);
  }
  if (isList(value))
    return value.map(
      (inner, index) => withoutSecrets(inner, isList(marker) ? marker[index] : undefined, redact) ?? null,
    );
  return isObject(value) ? membersWithout(value, marker, redact) : value;
}

/** Keys of a map may hold anything. Two that come to be the same are told apart. */
function membersWithout(value: JsonObject, marker: JsonValue | undefined, redact: Redactor): JsonObject {
  const members = new Map<string, JsonValue>();
  for (const [key, inner] of Object.entries(value)) {
    const shown = redact(key);
    let name = shown;
    for (let copy = 2; members.has(name); copy++) name = `${shown} (${copy})`;
    const innerMarker = isObject(marker) ? member(marker, key) : undefined;
    members.set(name, withoutSecrets(inner, innerMarker, redact) ?? null);
  }
  return Object.fromEntries(members);
}
