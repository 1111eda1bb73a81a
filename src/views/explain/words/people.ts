import type { Flow, Gate } from "../../../flow/flow.ts";
import { leftOut, listed, peopleIn, type Spelling } from "./names.ts";

/** Who the teams of the flow are. */
export function teamSentences(flow: Flow, { strong, plain, code }: Spelling): readonly string[] {
  return Object.entries(flow.teams).map(([name, { logins, forgeTeam }]) =>
    forgeTeam === null
      ? `${strong(name)} ${logins.length === 1 ? "is" : "are"} ${listed(logins.map(plain), "and")}.`
      : `${strong(name)} are the members of the team ${code(forgeTeam)}.`,
  );
}

/** Who may say yes, before what: every gate by its name, then what each environment asks. */
export function gateSentences(flow: Flow, spelling: Spelling): readonly (readonly string[])[] {
  const { strong } = spelling;
  return [
    ...flow.gates.map((gate) => {
      const jobs = flow.when.filter((row) => row.gate === gate.name).map((row) => strong(row.job ?? row.on));
      const where = jobs.length === 0 ? "Nothing passes it." : `It stands in ${listed(jobs)}.`;
      return [`${strong(gate.name)} is a gate: ${askedText(gate, spelling)}.`, where, ...reasonText(gate, spelling)];
    }),
    ...flow.environments.map(({ name, approvals }) =>
      approvals === null
        ? [ungatedText(flow, name, spelling)]
        : [
            `Before each apply to ${strong(name)}, whatever asks for it, ${askedText(approvals, spelling)}.`,
            ...reasonText(approvals, spelling),
          ],
    ),
  ];
}

/** `1 person of owners approves the very plan that is applied, and never somebody who wrote any of it` */
function askedText({ count, by, notBy }: Gate, spelling: Spelling): string {
  const who = count === 1 ? "1 person" : `${count} different people`;
  const except = leftOut(notBy);
  const asked = `${who} of ${peopleIn(by, spelling)} ${count === 1 ? "approves" : "approve"} the very plan that is carried out`;
  return `${asked}${except === "" ? "" : `, and never ${except}`}`;
}

function reasonText({ because }: Gate, { plain }: Spelling): readonly string[] {
  return because === undefined ? [] : [`That fewer people are left out than usual has a reason: ${plain(because)}.`];
}

function ungatedText(flow: Flow, environment: string, { strong }: Spelling): string {
  const jobs = flow.when
    .filter((row) => row.environment === environment && row.gate !== null)
    .map(({ job, on }) => strong(job ?? on));
  const beyond = jobs.length === 0 ? "" : ` beyond the gates of ${listed(jobs)}`;
  return `${strong(environment)} asks nobody by itself${beyond}.`;
}
