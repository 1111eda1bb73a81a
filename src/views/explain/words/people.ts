import type { Environment, Flow } from "../../../flow/flow.ts";
import { leftOut, listed, peopleIn, type Spelling } from "./names.ts";

/** Who the teams of the flow are. */
export function teamSentences(flow: Flow, { strong, plain, code }: Spelling): readonly string[] {
  return Object.entries(flow.teams).map(([name, { logins, forgeTeam }]) =>
    forgeTeam === null
      ? `${strong(name)} ${logins.length === 1 ? "is" : "are"} ${listed(logins.map(plain), "and")}.`
      : `${strong(name)} are the members of the team ${code(forgeTeam)}.`,
  );
}

/** Who may say yes: the gate of an environment. */
export function gateSentences({ name, approvals: gate }: Environment, spelling: Spelling): readonly string[] {
  const { strong, plain } = spelling;
  if (gate === null) return [`Nobody is asked before an apply to ${strong(name)}.`];
  const { count } = gate;
  const who = count === 1 ? "1 person" : `${count} different people`;
  const except = leftOut(gate.notBy);
  const asked = `${who} of ${peopleIn(gate.by, spelling)} ${count === 1 ? "approves" : "approve"} the very plan that is applied`;
  return [
    `Before each apply to ${strong(name)}, ${asked}${except === "" ? "" : `, and never ${except}`}.`,
    ...(gate.because === undefined
      ? []
      : [`That fewer people are left out than usual has a reason: ${plain(gate.because)}`]),
  ];
}
