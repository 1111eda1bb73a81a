import { durationText } from "../../../domain/names.ts";
import type { Environment, Flow } from "../../../flow/flow.ts";
import { listed, type Spelling } from "./names.ts";

/** What the assurance asks of the flow file, and what follows of this file: what is guaranteed of each environment, and what is void. */
export function assuranceSentences(flow: Flow, spelling: Spelling): readonly string[] {
  return [
    assuranceText(flow.assurance),
    ...flow.environments.map((environment) => secondPersonText(flow, environment, spelling)),
    ...smallTeams(flow, spelling),
    ...exceptions(flow, spelling),
  ];
}

export function assuranceText(assurance: Flow["assurance"]): string {
  switch (assurance) {
    case "solo":
      return "One person may be all there is (assurance solo): a gate may let them approve what they wrote, if it gives the reason. Void: that a second person saw a change, unless a gate below says so.";
    case "team":
      return "People are kept apart as a team does it (assurance team): production is approved or reviewed by somebody else than its writers, and an exception to who may approve gives its reason in the flow file.";
    case "regulated":
      return "People are kept apart strictly (assurance regulated): production asks two people at least, no gate makes exceptions, no emergency passes by a window, and no drift is put right by itself.";
  }
}

/** Whether somebody who did not write a change has seen it before it is applied. */
function secondPersonText(flow: Flow, environment: Environment, spelling: Spelling): string {
  const { name, approvals, appliesFrom } = environment;
  const { strong } = spelling;
  const gates = [
    approvals,
    ...flow.when
      .filter((row) => row.environment === name && row.do.includes("apply"))
      .map((row) => flow.gates.find((gate) => gate.name === row.gate) ?? null),
  ];
  if (approvals?.notBy.includes("writers") === true)
    return `Guaranteed for ${strong(name)}: ${approvals.count === 1 ? "somebody" : `${approvals.count} people`} who wrote none of it approved the very plan that is applied.`;
  if (approvals !== null) return `Void for ${strong(name)}: whoever wrote a change may approve its plan.`;
  const rowsAsk = gates.slice(1).length > 0 && gates.slice(1).every((gate) => gate?.notBy.includes("writers"));
  if (rowsAsk)
    return `Guaranteed for ${strong(name)}: whatever applies there passes a gate, where somebody who wrote none of it approved the very plan.`;
  const reviewed = appliesFrom.filter((ref) => isReviewed(flow, ref));
  if (reviewed.length === appliesFrom.length)
    return `Guaranteed for ${strong(name)}: what is applied was reviewed by a second person on its way. Void: that somebody approved the very plan.`;
  return `Void for ${strong(name)}: that a second person saw what is applied. Its writer alone may bring it there.`;
}

function isReviewed(flow: Flow, ref: string): boolean {
  const from = flow.releases.find(({ id }) => id === ref)?.from ?? ref;
  const branch = flow.branches.find(({ name }) => name === from);
  return branch?.reviews != null && branch.reviews.count > 0 && branch.directPush === "never";
}

/** A gate that leaves out whoever wrote the change opens for nobody when its team is too small. */
function smallTeams(flow: Flow, { strong, plain }: Spelling): readonly string[] {
  const gates = [...flow.gates, ...flow.environments.flatMap(({ approvals }) => approvals ?? [])];
  return gates.flatMap(({ name, by, count, notBy }) => {
    const teams = by.teams.flatMap((team) => flow.teams[team] ?? []);
    if (!notBy.includes("writers") || teams.some(({ forgeTeam }) => forgeTeam !== null)) return [];
    const people = [...new Set([...by.logins, ...teams.flatMap(({ logins }) => logins)])];
    if (people.length === 0 || people.length > count) return [];
    return [
      `Void for ${strong(name)}: that every change can get through. What ${listed(people.map(plain), "or")} writes cannot get enough approvals.`,
    ];
  });
}

function exceptions(flow: Flow, { strong }: Spelling): readonly string[] {
  const limited = flow.branches.filter(
    ({ directPush, protected: isProtected }) => isProtected && directPush !== "never",
  );
  return [
    ...limited.map(
      ({ name }) =>
        `Void for ${strong(name)}: that every change came by pull request. What is pushed directly nobody has reviewed.`,
    ),
    ...flow.environments.flatMap(({ name, emergency, windows, freezes }) =>
      emergency === null || (windows === null && freezes.length === 0)
        ? []
        : [
            `Void for ${strong(name)}: that its windows and freezes always hold. In an emergency they are waived, and reviewed within ${durationText(emergency.review)}.`,
          ],
    ),
  ];
}
