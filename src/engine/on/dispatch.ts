import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { stackBaseName } from "../../domain/names.ts";
import { type Due, isOpen, type Run } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow, Transition } from "../../flow/flow.ts";
import { branchClassOf, refNameOf } from "../../flow/match.ts";
import { nextModuleRelease, nextRelease, ofProject } from "../../flow/releases.ts";
import { type Judged, judgeDue, refusal } from "../follow-up.ts";
import { rowsOfJob, rowsOfRelease } from "../rows.ts";
import { no, yes } from "../rule.ts";
import { judgeRelease } from "../rules/release.ts";
import { judgeDeleted } from "../stacks.ts";
import { whyModuleUnreviewed, whyNotYet } from "./branches.ts";

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
  const unknown = unknownStacks(facts, rows, event.inputs.stacks ?? "");
  if (unknown !== null) return refused(unknown);
  return deliverRows(flow, facts, rows, due);
}

/** Whoever names a stack wrongly is told, before anything is done of what they meant. */
function unknownStacks({ stacks }: Facts, rows: readonly Transition[], named: string): Verdict | null {
  const names = named
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const missing = names.filter((name) => !stacks.some(({ stack }) => stack === name || stackBaseName(stack) === name));
  if (missing.length === 0) return null;
  const where = rows.map((row) => row.environment).join(", ");
  return no("dispatch", "no-transition", `there is no ${missing.join(" and no ")} in ${where}`);
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
      ? destroy(flow, facts, stack, { due, row })
      : (judgeDeleted(facts, stack) ?? deliver(flow, facts, stack, { due, row }));
    actions.push(...judged.actions);
    reasons.push(judged.reason);
  }
  if (actions.length > 0 || reasons.some(({ answer }) => answer === "yes")) return { actions, reasons };
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
  const unknown = whyUnknown(stack);
  if (unknown !== null) return { actions: [refusal(stack, null, unknown)], reason: unknown };
  if (!stack.affected || stack.source === undefined) {
    return {
      actions: [],
      reason: no("dispatch", "not-affected", `${stack.stack} is applied as ${due.ref} has it already`),
    };
  }
  const foreign = whyForeign(flow, facts, stack, { due, row });
  if (foreign !== null) return { actions: [refusal(stack, null, foreign)], reason: foreign };
  const run = row.do.includes("plan") ? null : (stack.run ?? null);
  if (run !== null) {
    const judged = keepStored(judgeDue(flow, facts, stack, { run, due, phase: "start" }));
    const isRefused = judged.actions.every(({ kind }) => kind === "refuse");
    return isRefused ? judged : { ...judged, actions: [...overtaken(stack, run, due), ...judged.actions] };
  }
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
function destroy(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  { due, row }: { readonly due: Due; readonly row: Transition },
): Judged {
  const unknown = whyUnknown(stack);
  if (unknown !== null) return { actions: [refusal(stack, null, unknown)], reason: unknown };
  if (!stack.affected || stack.source === undefined)
    return { actions: [], reason: no("dispatch", "not-affected", `nothing stands in ${stack.stack}`) };
  const environment = flow.environments.find(({ name }) => name === stack.environment);
  const obstacle =
    whyForeign(flow, facts, stack, { due, row }) ??
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

function whyUnknown({ stack, affected, source }: StackFacts): Verdict | null {
  if (affected === false || (affected !== undefined && source !== undefined)) return null;
  return no("dispatch", "fact-unknown", `whether ${stack} differs from what is asked for is not known`);
}

/** Whoever asks for a release has it delivered, and not an older one afterwards that still waits. */
function overtaken(stack: StackFacts, run: Run, { ref }: Due): readonly Action[] {
  return (stack.others ?? [])
    .filter(
      ({ id, mode, state, due }) =>
        id !== run.id &&
        mode === "normal" &&
        (state === "planned" || state === "waiting") &&
        (due?.kind === "dispatch" || due?.kind === "release"),
    )
    .map(({ id }) => ({ kind: "supersede", run: id, stack: stack.stack, why: `${ref} was asked for since` }));
}

/**
 * A ref that this very row does not deliver is not even planned: planning runs its code. Another row may deliver it to
 * the same environment. Neither is a tag that is no release, or that somebody moved.
 */
function whyForeign(
  flow: Flow,
  facts: Facts,
  stack: StackFacts,
  { due, row }: { readonly due: Due; readonly row: Transition },
): Verdict | null {
  const { ref } = due;
  const name = refNameOf(flow, ref);
  const environment = flow.environments.find((candidate) => candidate.name === row.environment);
  const appliesFrom = environment?.appliesFrom ?? [];
  const allowed = row.ref === null ? appliesFrom : appliesFrom.filter((from) => from === row.ref);
  if (name !== undefined && allowed.includes(name)) {
    const released = judgeRelease(due, stack.ref ?? facts.ref);
    return released.answer === "yes" ? null : released;
  }
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
  const { module } = event.inputs;
  if (module !== undefined || !flow.releases.some(ofProject)) return releaseOfModules(flow, facts, event);
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

/** The module that `inputs.module` names; without it, every one that changed since its last version and is released by hand. */
function releaseOfModules(flow: Flow, facts: Facts, event: Event & { kind: "dispatch" }): Decision {
  const { ref } = facts;
  if (ref === undefined) return refused(no("release", "fact-unknown", `what ${event.ref} is, is not known`));
  if (facts.modules === undefined)
    return refused(no("release", "fact-unknown", "which modules there are is not known"));
  const named = event.inputs.module;
  const classes = flow.releases.filter(
    (release) => !ofProject(release) && (named !== undefined || release.on === "dispatch"),
  );
  const here = classes.filter(({ from }) => from === branchClassOf(flow, ref.ref)?.name);
  if (here.length === 0) {
    const from = classes.map((release) => release.from).join(", ") || "no branch";
    return refused(no("release", "ref-not-allowed", `modules are released from ${from} only`));
  }
  const wanted = facts.modules.filter(
    (module) =>
      here.some(({ id }) => id === module.release) && module.changed && (named ?? module.name) === module.name,
  );
  if (wanted.length === 0)
    return refused(
      no("release", "not-affected", `no module${named === undefined ? "" : ` ${named}`} differs from its last version`),
    );
  for (const module of wanted) {
    const obstacle = whyModuleUnreviewed(flow, facts, module);
    if (obstacle === null) continue;
    const why = `${module.name} is not released: ${whyNotYet(obstacle)}`;
    return refused(no("release", obstacle.code ?? "unreviewed-change", why));
  }
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
