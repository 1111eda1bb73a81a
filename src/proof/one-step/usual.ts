import type { Login } from "../../domain/names.ts";
import { isNamed } from "../cast.ts";
import { leastAt } from "../gates.ts";
import { type Ground, isTried, kindOf } from "./ground.ts";
import { type Case, type Person, type Relation, relations, type Word } from "./relations.ts";

/** More people than this say nothing new: two say yes, one is left over, and a stranger wrote and started it. */
const mostMembers = 3;

/** What a run of the row plans when nothing is out of the way. */
export function sourceOf({ row, mode }: Ground): Exclude<Word<"source">, "what the row plans"> {
  switch (row.on) {
    case "merge":
      return row.do.includes("plan") || mode === "destroy" ? "a merge" : "a pull request";
    case "pull_request":
      return "a pull request";
    case "push":
      return "a push";
    case "schedule":
      return "a schedule";
    default:
      return "a dispatch";
  }
}

/** The case in which all is as it should be, with not one person more than it takes. */
export function usualOf(ground: Ground): Case {
  const words = Object.fromEntries(Object.entries(relations).map(([name, [first]]) => [name, first]));
  const state = ground.mode === "destroy" ? "closed" : "open";
  return {
    ...(words as { readonly [Of in Relation]: Word<Of> }),
    change: isTried(ground) ? state : "merged",
    people: peopleOf(ground),
  };
}

function peopleOf({ flow, environment, gates, stage }: Ground): readonly Person[] {
  const { cast } = stage;
  const everybody = [...cast.people.keys()].filter((login) => login !== cast.stranger);
  const yes: Login[] = [];
  for (const gate of gates) {
    const named = everybody.filter((login) => isNamed(cast, gate.by, login));
    const missing = leastAt(flow, environment, gate) - yes.filter((login) => named.includes(login)).length;
    yes.push(...named.filter((login) => !yes.includes(login)).slice(0, Math.max(0, missing)));
  }
  const rest = everybody.filter((login) => !yes.includes(login)).slice(0, Math.max(0, mostMembers - yes.length));
  const role = (login: Login) => cast.roles.findIndex((logins) => logins.includes(login));
  const person = (login: Login, says: Person["says"]): Person => {
    return { login, role: role(login), says, writes: false, starts: false };
  };
  return [
    ...yes.map((login) => person(login, "yes")),
    ...rest.map((login) => person(login, "nothing")),
    { ...person(cast.stranger, "nothing"), writes: true, starts: true },
  ];
}

/** The words that mean something for a row: what it never meets, and what is only another name of the usual, is left out. */
export function wordsOf(ground: Ground): { readonly [Of in Relation]: readonly Word<Of>[] } {
  const { environment, delivered, elsewhere, stray, past, flow, mode } = ground;
  const isTag = delivered.ref.startsWith("tag:");
  const planned = sourceOf(ground);
  const kind = kindOf(ground, "by the row's trigger");
  return {
    ...relations,
    asked: relations.asked.filter(
      (word) => word === "by another job" || word.startsWith("by the row") || kindOf(ground, word) !== kind,
    ),
    ref: relations.ref.filter((word) => {
      if (word === "the row's") return true;
      if (word === "of another class") return elsewhere !== null;
      return word === "of no class" ? stray.ref !== "" : isTag;
    }),
    source: relations.source.filter((word) => word !== planned),
    reviewed: past?.reviews == null ? ["as its branch asks"] : relations.reviewed,
    pushed: past === null || past.directPush === "free" ? ["nothing"] : relations.pushed,
    mode: relations.mode.filter((word) => word !== (mode === "destroy" ? "to destroy" : "to apply")),
    before: environment.after.length === 0 ? ["applied and verified"] : relations.before,
    held: environment.heldByBranch ? relations.held : ["by nobody"],
    deletes: flow.require.deletions === "free" ? ["nothing"] : relations.deletes,
  };
}
