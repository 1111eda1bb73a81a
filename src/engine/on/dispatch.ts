import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { stackBaseName } from "../../domain/names.ts";
import { type Due, isOpen } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow, ReleaseClass, Transition } from "../../flow/flow.ts";
import { branchClassOf, refNameOf } from "../../flow/match.ts";
import { nextModuleRelease, nextRelease } from "../../flow/releases.ts";
import { type Judged, judgeDue, refusal } from "../follow-up.ts";
import { rowsOfJob, rowsOfRelease } from "../rows.ts";
import { no, yes } from "../rule.ts";
import { judgeDeleted } from "../stacks.ts";

/** Somebody started a row by its name: a release, the delivery of a ref, or tearing down what may be. */
export function onDispatch(flow: Flow, facts: Facts, event: Event & { kind: "dispatch" }): Decision {
  const rows = rowsOfJob(flow, event.job);
  const [first] = rows;
  if (first === undefined)
    return refused(no("dispatch", "no-transition", `the flow has no row with the job "${event.job}"`));
  if (facts.maintainers?.includes(event.by) !== true)
    return refused(no("dispatch", "not-allowed", `${event.by} may not merge here, so may not start "${event.job}"`));
  const ref = facts.ref;
  if (ref === undefined)
    return refused(no("dispatch", "ref-not-allowed", `${event.ref} is no branch or tag of this repository`));
  if (first.do.includes("release")) return release(flow, facts, event, first);
  const due: Due = { kind: "dispatch", at: facts.now, by: event.by, ref: ref.ref, commit: ref.commit, job: event.job };
  return deliverRows(flow, facts, rows, due);
}

/** A release was made: what the flow delivers by itself then is delivered. */
export function onRelease(flow: Flow, facts: Facts, event: Event & { kind: "release" }): Decision {
  const rows = rowsOfRelease(flow, event.tag);
  if (rows.length === 0) {
    const sentence = `the flow delivers nothing by itself when ${event.tag} is released`;
    return { actions: [], reasons: [no("release", "no-transition", sentence)] };
  }
  const ref = `tag:${event.tag}`;
  return deliverRows(flow, facts, rows, {
    kind: "release",
    at: facts.now,
    by: event.by,
    ref,
    commit: event.commit,
    job: null,
  });
}

function deliverRows(flow: Flow, facts: Facts, rows: readonly Transition[], due: Due): Decision {
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  for (const stack of facts.stacks) {
    const row = rows.find((candidate) => candidate.environment === stack.environment);
    if (row === undefined) continue;
    const judged = row.do.includes("destroy")
      ? destroy(flow, stack, { due, row })
      : (judgeDeleted(facts, stack) ?? deliver(flow, facts, stack, { due, row }));
    actions.push(...judged.actions);
    reasons.push(judged.reason);
  }
  if (actions.length > 0) return { actions, reasons };
  const where = rows.map((row) => row.environment).join(", ");
  return refused(reasons[0] ?? no("dispatch", "not-affected", `nothing in ${where} differs from ${due.ref}`));
}

function refused(verdict: Verdict): Decision {
  return {
    actions: [{ kind: "refuse", stack: null, run: null, code: verdict.code ?? "no-transition", why: verdict.sentence }],
    reasons: [verdict],
  };
}

function deliver(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  { due, row }: { readonly due: Due; readonly row: Transition },
): Judged {
  if (stack.affected !== true || stack.source === undefined) {
    return {
      actions: [],
      reason: no("dispatch", "not-affected", `${stack.stack} is applied as ${due.ref} has it already`),
    };
  }
  const foreign = whyForeign(flow, row, due.ref);
  if (foreign !== null) return { actions: [refusal(stack, null, foreign)], reason: foreign };
  const run = row.do.includes("plan") ? null : (stack.run ?? null);
  if (run !== null) return keepStored(judgeDue(flow, facts, stack, { run, due, phase: "start" }));
  const why = row.do.includes("plan")
    ? `${stack.stack} is planned from ${due.ref}`
    : `${stack.stack} has no stored plan for ${due.ref}`;
  const { source } = stack;
  return {
    actions: [{ kind: "plan", stack: stack.stack, source, mode: "normal", speculative: null, due, why }],
    reason: yes("dispatch", why),
  };
}

/** Everything of a stack is to go: planned first, shown, and asked for like any apply. */
function destroy(flow: Flow, stack: StackFacts, { due, row }: { readonly due: Due; readonly row: Transition }): Judged {
  if (stack.affected !== true || stack.source === undefined)
    return { actions: [], reason: no("dispatch", "not-affected", `nothing stands in ${stack.stack}`) };
  const environment = flow.environments.find(({ name }) => name === stack.environment);
  const obstacle =
    whyForeign(flow, row, due.ref) ??
    (environment?.destroyable === true
      ? null
      : no("dispatch", "not-destroyable", `${stack.environment} is not marked destroyable`));
  if (obstacle !== null) return { actions: [refusal(stack, null, obstacle)], reason: obstacle };
  const why = `"${row.job}" takes ${stack.stack} down`;
  const { source } = stack;
  return {
    actions: [{ kind: "plan", stack: stack.stack, source, mode: "destroy", speculative: null, due, why }],
    reason: yes("dispatch", why),
  };
}

/** A ref that this very row does not deliver is not even planned: planning runs its code. Another row may deliver it to the same environment. */
function whyForeign(flow: Flow, row: Transition, ref: string): Verdict | null {
  const name = refNameOf(flow, ref);
  const environment = flow.environments.find((candidate) => candidate.name === row.environment);
  const allowed = row.ref === null ? (environment?.appliesFrom ?? []) : [row.ref];
  if (name !== undefined && allowed.includes(name)) return null;
  return no(
    "dispatch",
    "ref-not-allowed",
    `${row.job === null ? "a release" : `"${row.job}"`} delivers ${allowed.join(", ")} only; ${ref} is none of it`,
  );
}

/** A wish that may not be granted at all is no reason to throw away the plan that is stored for another one. */
function keepStored(judged: Judged): Judged {
  const wish = judged.reason.children?.find((child) => child.answer === "no");
  if (wish?.rule !== "ref" && wish?.rule !== "release") return judged;
  const actions = judged.actions.map((action) => (action.kind === "refuse" ? { ...action, run: null } : action));
  return { ...judged, actions };
}

/** A release is made when everything that its row needs is there; which version follows from the last one. */
function release(flow: Flow, facts: Facts, event: Event & { kind: "dispatch" }, row: Transition): Decision {
  const needs = row.needs.flatMap((need) =>
    facts.stacks.filter((stack) => stack.environment === need.environment).map((stack) => judgeNeed(stack, need.state)),
  );
  const missing = needs.find((verdict) => verdict.answer !== "yes");
  if (missing !== undefined) {
    const verdict: Verdict = { ...no("release", "release-not-ready", missing.sentence), children: needs };
    return { ...refused(verdict), reasons: [verdict] };
  }
  const modules = flow.releases.find(({ id, of }) => id === row.ref && of !== "project");
  if (modules !== undefined) return releaseOfModules(flow, facts, event, modules);
  const next = nextRelease(flow, facts.latestRelease, event.inputs.version);
  if ("why" in next) return refused(no("release", "release-not-ready", next.why));
  const ref = facts.ref;
  if (ref === undefined || ref.ref !== next.from)
    return refused(no("release", "ref-not-allowed", `releases are made from ${next.from} only`));
  const why = `everything that ${next.tag} needs is there`;
  return {
    actions: [{ kind: "release", tag: next.tag, commit: ref.commit, why }],
    reasons: [{ ...yes("release", why), children: needs }],
  };
}

/** Modules that changed since their last version, or the one that `inputs.module` names. */
function releaseOfModules(
  flow: Flow,
  facts: Facts,
  event: Event & { kind: "dispatch" },
  { id, from }: ReleaseClass,
): Decision {
  const { ref } = facts;
  if (ref === undefined || branchClassOf(flow, ref.ref)?.name !== from)
    return refused(no("release", "ref-not-allowed", `modules are released from ${from} only`));
  if (facts.modules === undefined)
    return refused(no("release", "fact-unknown", "which modules there are is not known"));
  const wanted = facts.modules.filter(
    (module) => module.release === id && module.changed && (event.inputs.module ?? module.name) === module.name,
  );
  if (wanted.length === 0)
    return refused(
      no("release", "not-affected", `no module ${event.inputs.module ?? ""} differs from its last version`),
    );
  const next = wanted.map((module) => nextModuleRelease(flow, module));
  const wrong = next.find((release) => "why" in release);
  if (wrong !== undefined && "why" in wrong) return refused(no("release", "release-not-ready", wrong.why));
  const why = `${event.by} releases what changed`;
  return {
    actions: next.flatMap((release) =>
      "tag" in release ? [{ kind: "release", tag: release.tag, commit: ref.commit, why } as const] : [],
    ),
    reasons: [yes("release", why)],
  };
}

function judgeNeed(stack: StackFacts, state: "applied" | "planned"): Verdict {
  if (stack.affected === undefined || stack.applied === undefined || stack.inputs === undefined) {
    return no("need", "fact-unknown", `what is applied to ${stack.stack} is not known`);
  }
  const applied =
    stack.inputs === null ||
    (stack.applied !== null && stack.applied.inputs === stack.inputs && stack.applied.verified);
  if (applied) return yes("need", `${stack.stack} is applied and verified`);
  if (state === "applied")
    return no(
      "need",
      "after-not-applied",
      `${stackBaseName(stack.stack)} is not applied and verified in ${stack.environment} yet`,
    );
  const stands = stack.run != null && (isOpen(stack.run.state) || stack.run.state === "no-changes");
  if (stands && stack.plan?.manifest.inputs === stack.inputs) return yes("need", `a plan of ${stack.stack} is stored`);
  return no("need", "plan-missing", `no plan of ${stack.stack} is stored for this commit`);
}
