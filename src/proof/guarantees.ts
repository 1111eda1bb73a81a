import type { Flow } from "../flow/flow.ts";
import { beyondTeam, gatesOf, voidInSolo } from "./assurance.ts";
import { promotionsOf } from "./properties/branches.ts";
import type { PropertyId } from "./properties/property.ts";

/** What is not promised here though no story breaks it, and why; null where nothing stands in the way. */
export function voidIn(flow: Flow, id: PropertyId): string | null {
  if (id === "P6" && flow.host === "actions")
    return "On `host: actions` checks are published with the workflow's own token: whoever may change a workflow on a branch can publish a check of the same name. What a protected branch got is looked at again before every apply, so nothing rests on the check.";
  if (id === "P6")
    return "Which checks the forge itself requires, and from whom, is not written by plangate yet: nothing can be promised of what stands in its settings. What a protected branch got is looked at again before every apply, so nothing rests on the check.";
  return id === "P1" && flow.assurance === "solo" ? voidInSolo(flow) : null;
}

/** What more there is to say of a property that holds. */
export function explanationOf(flow: Flow, id: PropertyId): string | null {
  const said = [aboutFlow(flow, id), beyondTeam(flow, id)].filter((sentence) => sentence !== null);
  return said.length === 0 ? null : said.join(" ");
}

function aboutFlow(flow: Flow, id: PropertyId): string | null {
  const protectedOnes = flow.branches.filter((branch) => branch.protected).map(({ name }) => name);
  switch (id) {
    case "P1":
      return exceptions(flow);
    case "P2":
      return `Protected: ${protectedOnes.join(", ")}. Stage and production take these, and releases made from them, alone.`;
    case "P3": {
      const destroyable = flow.environments.filter((environment) => environment.destroyable).map(({ name }) => name);
      return destroyable.length === 0 ? "No environment is destroyable." : `Destroyable: ${destroyable.join(", ")}.`;
    }
    case "P5":
      return promotionsOf(flow).length === 0
        ? "No long-lived branch is promoted into another one, so none can part."
        : null;
    default:
      return null;
  }
}

function exceptions(flow: Flow): string | null {
  const told = gatesOf(flow).filter(({ because }) => because !== undefined);
  return told.length === 0
    ? null
    : told.map(({ name, because }) => `At ${name} fewer people are left out than by default: ${because}.`).join(" ");
}
