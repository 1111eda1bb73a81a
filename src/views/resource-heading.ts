import { isObject, type JsonObject } from "../domain/json-value.ts";
import type { ResourceChange } from "../domain/plan-json.ts";
import { actionOf } from "../domain/plan-summary.ts";

/** What a line says about its content: added, removed, changed, replaced, read, or there for orientation. */
export type Sign = "+" | "-" | "~" | "-/+" | "+/-" | "<=" | "#" | " ";

/** What one word or sign says of a change; replacements say in which order. */
export function signOf(resource: ResourceChange): Sign {
  const { actions } = resource.change;
  switch (actionOf(resource)) {
    case "create":
      return "+";
    case "delete":
    case "forget":
      return "-";
    case "replace":
      return actions[0] === "create" ? "+/-" : "-/+";
    case "update":
      return "~";
    case "read":
      return "<=";
    case "import":
    case "move":
    case undefined:
      return " ";
  }
}

/** What is said above a change: what happens to which object, where it comes from, and why. */
export function headings(resource: ResourceChange): readonly string[] {
  const { address, deposed, previous_address: previous, action_reason: reason, change } = resource;
  const subject = deposed === undefined ? address : `${address} (deposed object ${deposed})`;
  const lines = [`${subject} ${fate(resource)}`];
  if (previous !== undefined && previous !== address) lines.push(`(moved from ${previous})`);
  if (isObject(change.importing)) lines.push(`(imported from ${importText(change.importing)})`);
  if (reason !== undefined) lines.push(`(${reasons[reason] ?? reason.replaceAll("_", " ")})`);
  return lines;
}

function importText(importing: JsonObject): string {
  const { id, identity } = importing;
  if (typeof id === "string" && id !== "") return JSON.stringify(id);
  return identity === undefined ? "an id known after apply" : "an identity";
}

function fate(resource: ResourceChange): string {
  switch (actionOf(resource)) {
    case "create":
      return "will be created";
    case "update":
      return "will be updated in place";
    case "delete":
      return "will be destroyed";
    case "replace":
      return resource.change.actions[0] === "create"
        ? "must be replaced: the new one is created, then the old one destroyed"
        : "must be replaced: the old one is destroyed, then the new one created";
    case "forget":
      return "will no longer be managed; the real object stays";
    case "read":
      return "will be read during apply";
    case "import":
      return "will be imported";
    case "move":
      return "has moved";
    case undefined:
      return "stays as it is";
  }
}

const reasons: Readonly<Record<string, string>> = {
  replace_because_cannot_update: "an attribute that forces replacement changes",
  replace_because_tainted: "it is tainted",
  replace_by_request: "asked for with -replace",
  replace_by_triggers: "what replace_triggered_by names changes",
  delete_because_no_resource_config: "it is no longer in the configuration",
  delete_because_no_module: "its module is no longer in the configuration",
  delete_because_wrong_repetition: "count or for_each came or went",
  delete_because_count_index: "its index is beyond count",
  delete_because_each_key: "its key is no longer in for_each",
  delete_because_no_move_target: "it moved to where nothing is configured",
  read_because_config_unknown: "its configuration is not known yet",
  read_because_dependency_pending: "what it depends on changes first",
  read_because_check_nested: "it belongs to a check",
};
