import type { Flow, Gate } from "../flow/flow.ts";
import type { PropertyId } from "./properties/property.ts";

/** What `regulated` asks of this flow that `team` would not, told where a property watches it; null elsewhere. */
export function beyondTeam(flow: Flow, id: PropertyId): string | null {
  if (flow.assurance !== "regulated") return null;
  const asked = demandsOf(flow, id);
  return asked.length === 0 ? null : `\`assurance: regulated\` asks for more than \`team\`: ${asked.join("; ")}.`;
}

function demandsOf(flow: Flow, id: PropertyId): readonly string[] {
  switch (id) {
    case "P1": {
      const prod = flow.environments.flatMap(({ kind, name, approvals }) =>
        kind === "prod" ? [`${name} waits for ${Math.max(2, approvals?.count ?? 0)} people, where one would do`] : [],
      );
      const looks = flow.when.flatMap((row) =>
        row.do.includes("drift") ? [row.environment ?? "any environment"] : [],
      );
      return [
        ...prod,
        `none of its gates (${listed(gatesOf(flow).map(({ name }) => name))}) lets in who wrote or started what is applied, for whatever reason`,
        ...(looks.length === 0 ? [] : [`drift in ${listed(looks)} is never put right by itself`]),
      ];
    }
    case "P8": {
      const timed = flow.environments.filter(({ windows, freezes }) => windows !== null || freezes.length > 0);
      return timed.length === 0
        ? []
        : [`no emergency waives the windows and freezes of ${listed(timed.map(({ name }) => name))}`];
    }
    default:
      return [];
  }
}

/** What a flow for one person leaves void of P1, environment by environment, and what its own gates ask all the same. */
export function voidInSolo(flow: Flow): string {
  const alone = flow.environments.flatMap(({ name, approvals }) => {
    if (approvals === null) return isAskedByRows(flow, name) ? [] : [`${name} (no gate)`];
    if (!approvals.notBy.includes("writers")) return [`${name} (whoever wrote it may approve it)`];
    return [];
  });
  const others = gatesOf(flow).filter(({ notBy }) => notBy.includes("writers"));
  return [
    "`assurance: solo`: one person may write, approve and apply.",
    alone.length === 0
      ? "Void: that a flow has to ask anybody else at all; this one does, wherever it applies."
      : `Void: that a gate asks somebody who did not write it before it is applied, in ${listed(alone)}; reviews of branches are looked at by P2.`,
    others.length === 0
      ? "No gate of the flow asks for somebody else."
      : `What the flow's own gates ask for was searched all the same: ${listed(others.map(({ name, count }) => `${count} at ${name} who did not write it`))}.`,
  ].join(" ");
}

/** Whether every row that applies there stands behind a gate that leaves writers out. */
function isAskedByRows({ when, gates }: Flow, environment: string): boolean {
  const rows = when.filter((row) => row.environment === environment && row.do.includes("apply"));
  const asks = (row: Flow["when"][number]) =>
    gates.some(({ name, notBy }) => name === row.gate && notBy.includes("writers"));
  return rows.length > 0 && rows.every(asks);
}

/** Everywhere that the flow asks people: its named gates, then what environments ask by themselves. */
export function gatesOf({ gates, environments }: Flow): readonly Gate[] {
  return [...gates, ...environments.flatMap(({ approvals }) => approvals ?? [])];
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
