import type { PersonalAnswer } from "../../src/domain/answer.ts";
import type { Facts, StackFacts } from "../../src/domain/facts.ts";
import type { CommitSha, Login } from "../../src/domain/names.ts";
import type { Due, Run } from "../../src/domain/run.ts";
import type { Environment, Flow, Gate } from "../../src/flow/flow.ts";
import { branchClassOf } from "../../src/flow/match.ts";

/**
 * What must have been true when something was applied, told again in other words than the engine's rules, so that a
 * mistake in one of the two shows. `wrongs` names what was not.
 */
export function wrongs(flow: Flow, facts: Facts, stack: StackFacts, run: Run): readonly string[] {
  const environment = flow.environments.find(({ name }) => name === stack.environment);
  const { due } = run;
  if (environment === undefined || due === null) return ["nobody asked"];
  const about = { flow, facts, stack, run, environment, due };
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  must(stack.plan?.manifest.mode === run.mode, "the plan is of another mode");
  must(run.mode === "normal" || (run.mode === "destroy" && environment.destroyable), "destroyed what may not be");
  must(stack.plan?.manifest.inputs === stack.inputs && stack.inputs !== null, "other inputs than planned");
  must(
    stack.plan?.manifest.state.serial === stack.state?.serial &&
      stack.plan?.manifest.state.lineage === stack.state?.lineage,
    "another state than planned",
  );
  must(stack.lease?.run === run.id, "no lease");
  if (due.breakGlass !== undefined) return found;
  must(holdsIt(about), "another branch holds the stack");
  must(isTime(about), "not the time for it");
  must(due.kind !== "local" || !environment.gated, "a gated environment, from a person's own machine");
  for (const gate of gatesAsked(about)) {
    const yes = people(facts, gate).filter((person) => counts(about, gate, person));
    must(yes.length >= gate.count, `${yes.length} of ${gate.count} at ${gate.name}`);
  }
  if (due.kind === "pull-request" && run.mode === "normal") {
    const head = run.source.kind === "pull-request" ? run.source.head : null;
    must(stack.pullRequest?.state === "open" && stack.pullRequest.head === head, "no open pull request at this head");
    must(stack.pullRequest?.fork === false, "a fork's code");
  }
  if (due.kind !== "local") must(mayCome(about), "the ref does not go there that way");
  return found;
}

/**
 * What must have been true when a push past the reviews was taken for settled: a person other than those behind it said so,
 * and could have reviewed it.
 */
export function isSettled(flow: Flow, facts: Facts, commit: CommitSha): boolean {
  const push = facts.flagged?.find((flagged) => flagged.push.commit === commit)?.push;
  if (push === undefined) return false;
  const asked = branchClassOf(flow, push.branch)?.reviews?.by;
  const may = asked == null ? (facts.maintainers ?? []) : people(facts, { by: asked });
  return may.some((person) => push.accepted.includes(person) && !push.writers.includes(person));
}

interface About {
  readonly flow: Flow;
  readonly facts: Facts;
  readonly stack: StackFacts;
  readonly run: Run;
  readonly environment: Environment;
  readonly due: Due;
}

function holdsIt({ environment, stack, due }: About): boolean {
  if (!environment.heldByBranch || stack.hold === null) return true;
  return stack.hold !== undefined && (due.kind === "local" ? due.by === stack.hold.by : due.ref === stack.hold.branch);
}

/** Windows of these tests are from noon to four in Greenwich, Monday to Thursday, and freezes whole days. */
function isTime({ environment, facts, stack, run }: About): boolean {
  const now = new Date(facts.now);
  const isWithin = now.getUTCDay() >= 1 && now.getUTCDay() <= 4 && now.getUTCHours() >= 12 && now.getUTCHours() < 16;
  const isFrozen = environment.freezes.some(({ from, to }) => facts.now >= from && facts.now < to);
  if ((environment.windows === null || isWithin) && !isFrozen) return true;
  const { source } = run;
  const number = source.kind === "merge" || source.kind === "pull-request" ? source.pullRequest : null;
  const label = stack.changes
    ?.find((change) => number !== null && change.number === number)
    ?.labels.find(({ name }) => name === environment.emergency?.label);
  return (
    label !== undefined && environment.approvals !== null && people(facts, environment.approvals).includes(label.by)
  );
}

/** The environment's own approvals, and the gate that is written at the row. */
function gatesAsked({ flow, environment, due, run }: About): readonly Gate[] {
  const step = run.mode === "destroy" ? "destroy" : "apply";
  const rows = flow.when.filter((row) => row.environment === environment.name && row.do.includes(step));
  const row = rows.find(
    (candidate) => candidate.on === "dispatch" && due.kind === "dispatch" && candidate.job === due.job,
  );
  const named = flow.gates.filter(({ name }) => name === row?.gate);
  return environment.approvals === null ? named : [environment.approvals, ...named];
}

function people(facts: Facts, { by }: Pick<Gate, "by">): readonly Login[] {
  return [...new Set([...by.logins, ...by.teams.flatMap((team) => facts.teams?.[team] ?? [])])];
}

const aboutGates: readonly PersonalAnswer["says"][] = ["approve", "request-changes", "take-back", "reject"];

/** The last thing this person said there is yes, they saw this plan before, and neither wrote nor started it. */
function counts({ stack, run, due }: About, gate: Gate, person: Login): boolean {
  const { source } = run;
  const number = source.kind === "merge" || source.kind === "pull-request" ? source.pullRequest : null;
  const said = (stack.answers ?? []).filter(
    (answer) =>
      answer.by === person &&
      aboutGates.includes(answer.says) &&
      (answer.stack === null || answer.stack === stack.stack) &&
      (answer.plan === null || stack.plan?.shown.some(({ digest }) => digest === answer.plan) === true) &&
      (answer.via === "gate" ? answer.environment === gate.name : number !== null && answer.pullRequest === number),
  );
  const last = said.toSorted((left, right) => left.at - right.at).at(-1);
  if (last?.says !== "approve") return false;
  // A gate's own page has its plan, and no other that is shown later.
  const named = last.via === "gate" ? last.plan : null;
  const saw = stack.plan?.shown.some(({ digest, at, until }) =>
    named === null ? at < last.at && (until === null || last.at <= until) : digest === named && at < last.at,
  );
  const wrote = gate.notBy.includes("writers") && stack.writers?.includes(person) !== false;
  const started =
    gate.notBy.includes("triggerer") &&
    due.kind !== "merge" &&
    (due.by === person || (source.kind === "dispatch" && source.by === person));
  return saw === true && !wrote && !started;
}

/** `appliesFrom` names the ref, and a row brings it by what asked for it. */
function mayCome({ flow, environment, due, run }: About): boolean {
  if (due.kind === "schedule") {
    const { source } = run;
    const wanted = flow.when.filter(({ on, drift }) => on === "schedule" && drift === "apply");
    return (
      source.kind === "schedule" &&
      wanted.some((row) => row.cron === source.cron && row.environment === environment.name)
    );
  }
  if (due.kind === "pull-request" && run.mode === "destroy") return environment.perPullRequest;
  const of = due.ref.startsWith("tag:")
    ? flow.releases.find(({ of }) => of === "project")?.id
    : branchClassOf(flow, due.ref)?.name;
  if (due.ref === "tag:x" || of === undefined || !environment.appliesFrom.includes(of)) return false;
  const step = run.mode === "destroy" ? "destroy" : "apply";
  const on = due.kind === "pull-request" ? "pull_request" : due.kind;
  return flow.when.some(
    (row) =>
      row.on === on &&
      row.environment === environment.name &&
      row.do.includes(step) &&
      (row.on !== "dispatch" || row.job === due.job) &&
      (row.on !== "merge" || row.into === of) &&
      (row.on !== "push" || row.to === of) &&
      (row.ref === null || row.ref === of),
  );
}
