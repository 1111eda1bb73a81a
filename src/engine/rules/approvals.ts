import type { PersonalAnswer } from "../../domain/answer.ts";
import { shortDigest } from "../../domain/digest.ts";
import type { Login } from "../../domain/names.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import { isOpen, pullRequestOf } from "../../domain/run.ts";
import { allOf, type Verdict } from "../../domain/verdict.ts";
import type { Gate } from "../../flow/flow.ts";
import { isAmong, lastWords, peopleText, wasShownAt } from "../people.ts";
import { gatesOf } from "../rows.ts";
import { type ApplyCase, no, type Rule, waiting, yes } from "../rule.ts";

const name = "approvals";

/**
 * Enough different people, whom the gate names and who wrote none of what the apply would bring, said yes to this
 * very plan (or to one of the same meaning that it replaces) after it was shown to them, and did not take it back.
 */
export const approvalsRule: Rule = {
  name,
  needs: ["stack.answers", "stack.writers", "stack.others"],
  judge(about) {
    const { flow, environment, due, run, plan } = about;
    const gates = gatesOf(flow, { environment, due, mode: run.mode });
    const [only, ...more] = gates;
    if (only === undefined) return yes(name, `${environment.name} asks for nobody's approval`);
    if (plan === null)
      return waiting(name, "plan-missing", "there is no plan yet that anybody could approve", { after: "the plan" });
    if (more.length === 0) return judgeGate(only, about);
    return allOf(
      name,
      "every gate is open",
      gates.map((gate) => judgeGate(gate, about)),
    );
  },
};

/** What people whose last word counts for a plan said at a gate. */
export interface SaidAtGate {
  /** Who of them said no to it; nothing else matters then. */
  readonly rejectedBy: Login | null;
  /** Each yes, with why it does not count as the end of a sentence; null where it does. */
  readonly approvals: readonly { readonly by: Login; readonly obstacle: string | null }[];
}

export function saidAt(gate: Gate, about: ApplyCase): SaidAtGate {
  const words = lastWords(
    about.stack.answers ?? [],
    (answer) => concerns(answer, about) && (answer.via !== "gate" || answer.environment === gate.name),
  );
  const said = [...words.values()];
  const rejection = said.find((answer) => answer.says === "reject" && isRejected(gate, answer, about));
  const approvals = said
    .filter(({ says }) => says === "approve")
    .map((answer) => ({ by: answer.by, obstacle: whyNotCounted(gate, answer, about) }));
  return { rejectedBy: rejection?.by ?? null, approvals };
}

function judgeGate(gate: Gate, about: ApplyCase): Verdict {
  const { rejectedBy, approvals } = saidAt(gate, about);
  if (rejectedBy !== null) return no(name, "rejected", `${rejectedBy} said no to ${about.stack.stack}`);
  const children = approvals.map(({ by, obstacle }) =>
    obstacle === null
      ? yes("approval", `${by} approved after the plan was shown`)
      : no("approval", "approval-missing", `${by}'s approval does not count: ${obstacle}`),
  );
  const count = approvals.filter(({ obstacle }) => obstacle === null).length;
  const asked = `${gate.count} approval${gate.count === 1 ? "" : "s"} by ${peopleText(gate.by)}${exclusionText(gate)}`;
  if (count >= gate.count) return { ...yes(name, `${asked}: ${count} given`), children };
  const sentence = `needs ${asked}; ${count} of ${gate.count} given for plan ${about.plan === null ? "" : shortDigest(about.plan.digest)}`;
  const missing = waiting(name, "approval-missing", sentence, {
    after: `${gate.count - count} more of ${peopleText(gate.by)}`,
  });
  return children.length === 0 ? missing : { ...missing, children };
}

function exclusionText(gate: Gate): string {
  if (gate.notBy.length === 0) return "";
  const words = gate.notBy.map((who) => (who === "writers" ? "who wrote none of it" : "who did not start it"));
  return ` ${words.join(" and ")}`;
}

/** Whether something said is about this run's plans at all. */
export function concerns(answer: PersonalAnswer, about: ApplyCase): boolean {
  const { flow, stack, run, environment, plan, due } = about;
  if (answer.stack !== null && answer.stack !== stack.stack) return false;
  if (answer.plan !== null && !(plan?.shown ?? []).some((showing) => showing.digest === answer.plan)) return false;
  if (answer.via === "gate")
    return gatesOf(flow, { environment, due, mode: run.mode }).some((gate) => gate.name === answer.environment);
  return answer.pullRequest !== null && answer.pullRequest === pullRequestOf(run.source);
}

/** A no by somebody whom the gate names, to this plan or one that it carries on: a plan made afterwards answers it. */
function isRejected(gate: Gate, answer: PersonalAnswer, { facts, plan }: ApplyCase): boolean {
  return isAmong(gate.by, answer.by, facts) === true && plan?.shown.some((showing) => showing.at <= answer.at) === true;
}

/** Null when the approval counts, else why it does not, as the end of a sentence. */
function whyNotCounted(gate: Gate, answer: PersonalAnswer, about: ApplyCase): string | null {
  const among = isAmong(gate.by, answer.by, about.facts);
  if (among === undefined) return "who is in the gate's teams is not known";
  if (!among) return `they are not among ${peopleText(gate.by)}`;
  for (const excluded of gate.notBy) {
    if (excludedPeople(excluded, about).includes(answer.by)) {
      return excluded === "writers" ? "they wrote part of what would be applied" : "they started the run";
    }
  }
  if (isAmbiguous(gate, answer, about))
    return "another run waits at the same gate, and it does not say that everything is to go";
  if (about.plan !== null && !sawPlan(answer, about.plan.shown))
    return "this plan was not in front of them when they gave it";
  return null;
}

/**
 * A gate that asks about one plan has that before people until they answer, whatever else of the stack is shown elsewhere
 * meanwhile. In any other place what was shown last is all that they see.
 */
function sawPlan({ via, plan, at }: PersonalAnswer, shown: StoredPlan["shown"]): boolean {
  if (via === "gate" && plan !== null) return shown.some((showing) => showing.digest === plan && showing.at < at);
  return wasShownAt(shown, at);
}

/** At one gate for applies and destroys, a bare yes is taken for what harms less. */
function isAmbiguous(gate: Gate, { via, plan }: PersonalAnswer, { stack, run, environment }: ApplyCase): boolean {
  if (run.mode !== "destroy" || via !== "gate" || plan !== null || gate.name !== environment.name) return false;
  return (stack.others ?? []).some(({ mode, state, due }) => mode === "normal" && isOpen(state) && due !== null);
}

/** Whoever ran a run again started it, and so did whoever had it planned by asking for it: neither washes the other out. */
function excludedPeople(who: "writers" | "triggerer", { stack, due, run }: ApplyCase): readonly Login[] {
  if (who === "writers") return stack.writers ?? [];
  if (due.kind === "merge") return [];
  return run.source.kind === "dispatch" ? [due.by, run.source.by] : [due.by];
}
