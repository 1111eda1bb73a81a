import type { Action } from "../../domain/decision.ts";
import { inputsOf } from "../../worlds/model/inputs.ts";
import { type About, aboutBegun } from "../asking.ts";
import { begunIn, type Moment } from "../past.ts";
import type { Watched } from "./property.ts";

/**
 * P8, of what the flow writes about plans and releases: a plan takes the approvals of another one over only where the
 * state may move, and a release is made when what it needs is applied.
 */
export const asWritten: Watched = {
  id: "P8",
  atMoment(moment) {
    for (const begun of begunIn(moment)) {
      const about = aboutBegun(moment, begun);
      const wrong = about === undefined ? null : whyCarriedOver(about);
      if (wrong !== null) return wrong;
    }
    for (const action of moment.decision.actions) {
      const wrong = action.kind === "release" ? whyNotReady(moment, action) : null;
      if (wrong !== null) return wrong;
    }
    return null;
  },
};

function whyCarriedOver({ moment, begun }: About): string | null {
  const { ifStateMoved } = moment.setting.flow.apply;
  if (ifStateMoved === "same-meaning" || moment.before.plans[begun.plan]?.carriedFrom == null) return null;
  return `${begun.stack} is applied by a plan that took another one's approvals over, and the flow says ${ifStateMoved} where the state moved`;
}

/** Every stack of an environment that the release needs `applied` has what is released, verified. */
function whyNotReady(
  { setting, before, event }: Moment,
  { tag, commit: sha }: Extract<Action, { kind: "release" }>,
): string | null {
  const tree = before.commits[sha]?.tree;
  if (event.kind !== "dispatch" || tree === undefined) return null;
  const row = setting.flow.when.find(({ job, do: steps }) => job === event.job && steps.includes("release"));
  const needed = (row?.needs ?? []).filter(({ state }) => state === "applied").map(({ environment }) => environment);
  for (const { name, environment } of setting.stacks) {
    const inputs = needed.includes(environment) ? inputsOf(setting, tree, name) : null;
    const { applied = null, settled = [] } = before.states[name] ?? {};
    if (inputs !== null && ![applied, ...settled].some((entry) => entry?.inputs === inputs && entry.verified))
      return `${tag} is released, and what it is made of is not applied and verified in ${name}`;
  }
  return null;
}
