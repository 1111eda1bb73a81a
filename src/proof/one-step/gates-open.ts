import type { Login } from "../../domain/names.ts";
import type { Gate, Transition } from "../../flow/flow.ts";
import { leastAt, leavesOut } from "../gates.ts";
import { type Apply, isAtTerminal, isOfPullRequest, isTornDown, rowsOf } from "./apply.ts";
import { kindOf } from "./ground.ts";
import { placeOf } from "./people.ts";
import type { Person } from "./relations.ts";

/** By one row at least, each gate that stands there is open. */
export function whyShut(apply: Apply): string | null {
  const { ground } = apply;
  if (isAtTerminal(apply)) return null;
  const { approvals } = ground.environment;
  const own = approvals === null ? [] : [approvals];
  const ways = isTornDown(apply)
    ? [{ row: null, gates: own }]
    : rowsOf(apply).map((row) => ({
        row,
        gates: [...own, ...ground.flow.gates.filter(({ name }) => name === row.gate)],
      }));
  let first: string | null = null;
  for (const { row, gates } of ways) {
    const wrong = gates.map((gate) => whyGateShut(apply, gate, row)).find((why) => why !== null) ?? null;
    if (wrong === null) return null;
    first ??= wrong;
  }
  return first;
}

function whyGateShut(apply: Apply, gate: Gate, row: Transition | null): string | null {
  const { ground, about } = apply;
  if (about.unknown === "what people said") return `what people said at ${gate.name} is not known`;
  if (about.unknown === "who wrote it" && leavesOut(ground.flow, gate, { who: "writers", row }))
    return `who wrote it is not known at ${gate.name}`;
  const named = about.people.filter(({ login }) => isAsked(apply, gate, login));
  const closes = named.find((person) => saysNo(apply, gate, person));
  if (closes !== undefined) return `${closes.login} said no at ${gate.name}`;
  const yes = named.filter((person) => saysYes(apply, gate, person) && !isExcluded(apply, gate, { person, row }));
  const least = leastAt(ground.flow, ground.environment, gate);
  if (yes.length >= least) return null;
  const who = yes.length === 0 ? "" : ` (${yes.map(({ login }) => login).join(", ")})`;
  return `${yes.length} of ${least} people${who} who neither wrote nor started it said yes at ${gate.name} to this plan`;
}

function isAsked({ ground, about }: Apply, { by }: Gate, login: Login): boolean {
  if (by.logins.includes(login)) return true;
  const teams = about.unknown === "who is in the teams" ? [] : (ground.stage.cast.people.get(login) ?? []);
  return by.teams.some((team) => teams.includes(team));
}

/** What was said reached this gate: on the run's pull request, or here. */
function isHeard(apply: Apply, gate: Gate): boolean {
  const { ground } = apply;
  if (placeOf(ground) === "pull request") return isOfPullRequest(apply);
  return ground.gates.some(({ name }) => name === gate.name);
}

function saysYes(apply: Apply, gate: Gate, { says }: Person): boolean {
  const { ground, about, does } = apply;
  if (!saw(apply, says)) return false;
  if (says === "yes at one of two gates") return ground.gates[0]?.name === gate.name;
  if (says === "yes at another gate") return ground.otherGate === gate.name && isClear(apply, gate);
  if (says === "yes, naming the plan") return about.plan !== "another run's" && isHeard(apply, gate);
  if (says !== "yes" && says !== "no, then yes") return false;
  // Where one gate stands before both, a bare yes is no yes to everything going.
  return isHeard(apply, gate) && (does === "apply" || isClear(apply, gate));
}

/** The plan was before them. A gate that asks about a plan of its own still has that where another took its place elsewhere. */
function saw({ ground, about: { shown } }: Apply, says: Person["says"]): boolean {
  if (says === "yes, naming the plan" && placeOf(ground) === "gate")
    return shown === "before anybody spoke" || shown === "until just before anybody spoke";
  return shown === "before anybody spoke" || shown === "as the plan that it carries on";
}

/** Nothing else waits at the same gate that a bare yes could be about. */
function isClear({ ground, about }: Apply, gate: Gate): boolean {
  const isShared = placeOf(ground) === "gate" && gate.name === ground.environment.name;
  return !(isShared && about.others === "one waits at the same gate");
}

/** A no is to what was there by then: a plan that is shown later answers it. */
function saysNo(apply: Apply, gate: Gate, { says }: Person): boolean {
  const { shown } = apply.about;
  return says === "yes, then no" && shown !== "never" && shown !== "after everybody spoke" && isHeard(apply, gate);
}

interface Exclusion {
  readonly person: Person;
  readonly row: Transition | null;
}

function isExcluded(apply: Apply, gate: Gate, { person, row }: Exclusion): boolean {
  const { ground, about } = apply;
  if (person.writes && leavesOut(ground.flow, gate, { who: "writers", row })) return true;
  if (kindOf(ground, about.asked) === "merge" || !leavesOut(ground.flow, gate, { who: "triggerer", row })) return false;
  const planned = about.people.find(({ says }) => says === "yes");
  const hadPlanned = about.source === "a dispatch of somebody who says yes" && planned?.login === person.login;
  return person.starts || hadPlanned;
}
