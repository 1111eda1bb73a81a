import type { PlanCounts } from "./plan.ts";
import type { Action, PlanJson, ResourceChange, ValueChange } from "./plan-json.ts";

/** What happens to one object, in one word. `replace` is a deletion and a creation, in either order; `import` and `move` only where nothing else happens. */
export type ResourceAction = "create" | "read" | "update" | "delete" | "replace" | "forget" | "import" | "move";

export interface ResourceLine {
  readonly address: string;
  readonly action: ResourceAction;
  /** The key of a deposed object, which shares its address with the one that took its place. */
  readonly deposed?: string;
}

/**
 * What a plan does, in numbers and one line per object.
 *
 * A replacement counts as `replace` only. Terraform's own line ("1 to add, 1 to destroy") counts it on both sides;
 * `terraformCounts` gives those figures. Imports and moves count beside what else happens to the object. Data sources
 * that are read during apply have a line and no count.
 */
export interface PlanSummary {
  readonly counts: PlanCounts;
  /** In the plan's order; no-op changes are left out. */
  readonly resources: readonly ResourceLine[];
  readonly outputs: readonly { readonly name: string; readonly action: "create" | "update" | "delete" }[];
  /** Nothing to do and nothing to remember: no object, output, import or move, and no drift that a refresh-only plan would write down. */
  readonly isEmpty: boolean;
}

export function summaryOf(plan: PlanJson): PlanSummary {
  const counts = { add: 0, change: 0, destroy: 0, replace: 0, import: 0, move: 0, forget: 0 };
  const resources: ResourceLine[] = [];
  for (const resource of plan.resourceChanges) {
    const action = actionOf(resource);
    const isImport = resource.change.importing !== undefined && resource.change.importing !== null;
    const isMove = isMoved(resource);
    if (isImport) counts.import++;
    if (isMove) counts.move++;
    if (action === "create") counts.add++;
    else if (action === "update") counts.change++;
    else if (action === "delete") counts.destroy++;
    else if (action === "replace") counts.replace++;
    else if (action === "forget") {
      counts.forget++;
      if (resource.change.actions.includes("create")) counts.add++;
    }
    if (action === undefined) continue;
    const { address, deposed } = resource;
    resources.push(deposed === undefined ? { address, action } : { address, action, deposed });
  }
  const outputs = changedOutputs(plan);
  const remembers = plan.resourceChanges.length === 0 && plan.resourceDrift.length > 0;
  const isEmpty = resources.length === 0 && outputs.length === 0 && plan.deferredChanges.length === 0 && !remembers;
  return { counts, resources, outputs, isEmpty };
}

/** What happens to the object; nothing for a no-op that neither imports nor moves. */
export function actionOf(resource: ResourceChange): ResourceAction | undefined {
  const { actions } = resource.change;
  if (actions.includes("forget")) return "forget";
  if (actions.includes("delete")) return actions.includes("create") ? "replace" : "delete";
  if (actions.includes("create")) return "create";
  if (actions.includes("update")) return "update";
  if (actions.includes("read")) return "read";
  if (resource.change.importing !== undefined && resource.change.importing !== null) return "import";
  return isMoved(resource) ? "move" : undefined;
}

/** Whether the object had another address before. */
export function isMoved(resource: ResourceChange): boolean {
  return resource.previous_address !== undefined && resource.previous_address !== resource.address;
}

/** The figures of Terraform's own line, where a replacement is one to add and one to destroy. */
export function terraformCounts(counts: PlanCounts): {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
} {
  return { add: counts.add + counts.replace, change: counts.change, destroy: counts.destroy + counts.replace };
}

function changedOutputs(plan: PlanJson): PlanSummary["outputs"] {
  const found: { name: string; action: "create" | "update" | "delete" }[] = [];
  for (const [name, change] of Object.entries<ValueChange>(plan.outputChanges)) {
    const action = change.actions.find((one: Action) => one === "create" || one === "update" || one === "delete");
    if (action === "create" || action === "update" || action === "delete") found.push({ name, action });
  }
  return found;
}
