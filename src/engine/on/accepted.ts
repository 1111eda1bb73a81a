import type { Action, Decision } from "../../domain/decision.ts";
import type { Facts } from "../../domain/facts.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { waiting, yes } from "../rule.ts";
import { acceptersOf } from "../rules/reviewed.ts";

/**
 * Pushes past the reviews of a branch that people were asked to look at: what somebody accepted who could have reviewed it
 * is settled, by the same rule that lets it be applied.
 */
export function settlePushes(flow: Flow, facts: Facts): Decision {
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  for (const { code, push } of facts.flagged ?? []) {
    const { branch, commit } = push;
    const what = `${commit.slice(0, 12)}, which reached ${branch} past its reviews`;
    const by = acceptersOf(flow, facts, push);
    if (by.length === 0) {
      const after = "/plangate accept by somebody who could have reviewed it";
      reasons.push(waiting("accepted", code, `nobody who could have reviewed it accepted ${what}`, { after }));
    } else {
      const why = `${by.join(", ")} accepted ${what}`;
      actions.push({ kind: "flag", stack: null, branch, commit, code, issue: "close", until: null, why });
      reasons.push(yes("accepted", why));
    }
  }
  return { actions, reasons };
}
