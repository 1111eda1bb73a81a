import type { PersonalAnswer } from "../domain/answer.ts";
import type { Facts, PullRequestFacts } from "../domain/facts.ts";
import type { Instant, Login, StackName } from "../domain/names.ts";
import { type Due, isOpen, type Run } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Flow, Gate } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { isAmong, peopleText } from "./people.ts";
import { gatesOf } from "./rows.ts";
import { no } from "./rule.ts";

/** A yes or a no that somebody gives on a pull request by a command. */
export interface Heard {
  readonly by: Login;
  readonly says: Extract<PersonalAnswer["says"], "approve" | "reject">;
  /** Null: every stack that is shown there. */
  readonly stack: StackName | null;
  readonly change: Pick<PullRequestFacts, "number" | "base" | "head" | "opener">;
  /** Of the pull request. */
  readonly runs: readonly Run[];
}

const name = "heard";

/**
 * Why a yes or a no can count for none of the plans that stand on the pull request, by who gave it; null where it may count
 * for one. For telling people alone, and as much as can be said before anybody asks for an apply: that judges every answer
 * itself, and finds more.
 */
export function whyUnheard(flow: Flow, facts: Facts, heard: Heard): Verdict | null {
  const { by, says, stack, change, runs } = heard;
  const meant = runs.filter((run) => isOpen(run.state) && run.plan !== null && (stack === null || run.stack === stack));
  if (meant.length === 0) {
    const what = stack === null ? "no plan stands" : `no plan of ${stack} stands`;
    return no(name, "plan-missing", `${what} on pull request ${change.number} that anybody could ${says}`);
  }
  const obstacles = new Set<string>();
  for (const run of meant) {
    const gates = gatesFor(flow, facts, run, change);
    const found = gates.map((gate) => whyNotBy(gate, facts, heard));
    if (found.includes(null)) return null;
    for (const obstacle of found) if (obstacle !== null) obstacles.add(obstacle);
  }
  // Where nobody is asked, nothing of what somebody says is in vain.
  if (obstacles.size === 0) return null;
  return no(name, "approval-missing", `what ${by} says does not count here: ${[...obstacles].join("; ")}`);
}

/** The gates that its apply would come to, or comes to, where somebody asked for it already. */
function gatesFor(flow: Flow, { now }: Facts, run: Run, { base, head, opener }: Heard["change"]): readonly Gate[] {
  const environment = placeOf(flow, run.stack)?.environment;
  if (environment === undefined) return [];
  const due = dueOnceMerged(run, { base, head, opener }, now);
  return gatesOf(flow, { environment, due, mode: run.mode });
}

/** The wish that a run is applied by, or would be once its pull request is merged. */
export function dueOnceMerged(run: Run, { base, head, opener }: Omit<Heard["change"], "number">, at: Instant): Due {
  return run.due ?? { kind: "merge", at, by: opener, ref: base, commit: head, job: null };
}

function whyNotBy({ by: people, notBy }: Gate, facts: Facts, { by, says, change }: Heard): string | null {
  // Unknown is no reason to tell somebody that they are not meant.
  if (isAmong(people, by, facts) === false) return `it takes ${peopleText(people)}`;
  if (says === "approve" && notBy.includes("writers") && change.opener === by)
    return "they opened the pull request, and it takes who wrote none of it";
  return null;
}
