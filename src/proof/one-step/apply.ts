import type { Transition } from "../../flow/flow.ts";
import { type Ground, jobOf, kindOf, refOf } from "./ground.ts";
import type { Case } from "./relations.ts";
import { sourceOf } from "./usual.ts";

/** An apply or a destroy that was decided, seen as relations. */
export interface Apply {
  readonly ground: Ground;
  readonly about: Case;
  readonly does: "apply" | "destroy";
}

/** With the glass broken people are passed by; the plan, the state and what must stay are not. */
export function isPastTheGate({ about }: Apply): boolean {
  return about.asked === "from a terminal, past the gate";
}

export function isAtTerminal({ about }: Apply): boolean {
  return about.asked.startsWith("from a terminal");
}

/** What was tried for a pull request goes when that ends: no row has to say so, and nobody is asked. */
export function isTornDown({ ground, about, does }: Apply): boolean {
  return does === "destroy" && ground.environment.perPullRequest && kindOf(ground, about.asked) === "pull-request";
}

export function isTriedNow({ ground, about, does }: Apply): boolean {
  return does === "apply" && kindOf(ground, about.asked) === "pull-request";
}

/** What the run plans, in a word. */
export function plannedBy({ ground, about }: Apply): string {
  return about.source === "what the row plans" ? sourceOf(ground) : about.source;
}

/** Whether the run is of the pull request that people speak on. */
export function isOfPullRequest(apply: Apply): boolean {
  const source = plannedBy(apply);
  return source === "a pull request" || source === "a merge";
}

/** The rows of the flow by which this may come about, as it was asked for. */
export function rowsOf({ ground, about, does }: Apply): readonly Transition[] {
  const kind = kindOf(ground, about.asked);
  if (kind === null || kind === "local") return [];
  const { name } = refOf(ground, about.ref);
  return ground.flow.when.filter((row) => {
    if (row.environment !== ground.environment.name) return false;
    if (kind === "schedule") return row.on === "schedule" && row.drift === "apply" && does === "apply";
    if (row.on.replace("_", "-") !== kind || !row.do.includes(does)) return false;
    if (row.on === "dispatch" && row.job !== jobOf(ground, about.asked)) return false;
    const named = row.on === "merge" ? row.into : row.on === "push" ? row.to : row.ref;
    return named === null || named === name;
  });
}
