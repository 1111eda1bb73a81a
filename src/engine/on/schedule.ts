import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import type { Login } from "../../domain/names.ts";
import { type Due, isOpen, isUnderWay, type Run } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { rowsOfCron } from "../rows.ts";
import { no, yes } from "../rule.ts";

/** Who does what nobody asked for at that moment. */
const plangate = "plangate[bot]" as Login;

/** The clock of the flow: look whether what is applied still is as it was applied. */
export function onSchedule(flow: Flow, facts: Facts, event: Event & { kind: "schedule" }): Decision {
  const rows = rowsOfCron(flow, event.cron);
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  for (const stack of facts.stacks) {
    const row = rows.find((candidate) => candidate.environment === stack.environment);
    if (row === undefined || !row.do.includes("drift")) continue;
    const run = stack.run ?? null;
    if (stack.applied === undefined || stack.source === undefined) {
      reasons.push(no("drift", "fact-unknown", `what is applied to ${stack.stack} is not known`));
    } else if (stack.applied === null) {
      reasons.push(no("drift", "not-affected", `nothing is applied to ${stack.stack} yet`));
    } else if (run !== null && run.mode === "refresh-only" && isUnderWay(run.state)) {
      reasons.push(yes("drift", `${run.id} looks at ${stack.stack} already`));
    } else {
      const why = `it is time to look whether ${stack.stack} still is as it was applied`;
      actions.push({ kind: "drift", stack: stack.stack, source: stack.source, why });
      reasons.push(yes("drift", why));
    }
  }
  if (reasons.length === 0) {
    const sentence = rows.length === 0 ? `the flow has no row for "${event.cron}"` : "there is nothing to look at";
    reasons.push(no("schedule", rows.length === 0 ? "no-transition" : "not-affected", sentence));
  }
  return { actions, reasons };
}

/** A look for drift came out. What follows is as the row says: report it, plan what puts it right, or have that applied. */
export function onDriftLooked(
  flow: Flow,
  facts: Facts,
  { stack, run }: { readonly stack: StackFacts; readonly run: Run },
): { readonly actions: readonly Action[]; readonly reason: Verdict } {
  const { source } = run;
  if (run.code !== "drift-found") {
    const reason = yes("drift", run.why ?? `${stack.stack} is as it was applied`);
    if (source.kind !== "schedule") return { actions: [], reason };
    return { actions: [flag(stack, "close", reason.sentence)], reason };
  }
  const reason = no("drift", "drift-found", run.why ?? `objects of ${stack.stack} are not as they were applied`);
  if (source.kind !== "schedule") return { actions: [], reason };
  const row = rowsOfCron(flow, source.cron).find((candidate) => candidate.environment === stack.environment);
  const actions: Action[] = [flag(stack, "open", reason.sentence)];
  if (row?.drift === "propose" || row?.drift === "apply") {
    const { ref, commit } = source;
    const due: Due = { kind: "schedule", at: facts.now, by: plangate, ref, commit, job: null };
    const asked = row.drift === "apply" ? due : null;
    const why = "what drifted is put back as it was applied";
    for (const other of stack.others ?? []) {
      if (other.again?.kind === "schedule" && isOpen(other.state))
        actions.push({ kind: "supersede", run: other.id, stack: stack.stack, why: "drift was looked at again" });
    }
    actions.push({ kind: "plan", stack: stack.stack, source, mode: "normal", speculative: null, due: asked, why });
  }
  return { actions, reason };
}

function flag(stack: StackFacts, issue: "open" | "close", why: string): Action {
  return { kind: "flag", stack: stack.stack, branch: null, commit: null, code: "drift-found", issue, until: null, why };
}
