import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PersonalAnswer } from "../domain/answer.ts";
import type { Decision } from "../domain/decision.ts";
import { digestOf } from "../domain/digest.ts";
import type { Event } from "../domain/event.ts";
import type { Facts, PullRequestFacts, StackFacts } from "../domain/facts.ts";
import { parseReasonCode } from "../domain/reason.ts";
import { type Due, type Run, type RunSource, runStates } from "../domain/run.ts";
import type { Verdict } from "../domain/verdict.ts";
import { parseFlow, renderPreset } from "../flow/index.ts";
import {
  aChange,
  aDue,
  aManifest,
  answer,
  answerTime,
  aRun,
  aStack,
  commit,
  judgeTime,
  login,
  planTime,
  runId,
  shownTime,
  stackName,
} from "../testing/builders.ts";
import { applyNeeds, decide } from "./index.ts";

const preset = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;
if (preset === undefined) throw new Error("the preset does not parse");
const flow = preset;

/** Small domains, so that things meet: few people, two contents, two stacks. */
const people = fc.constantFrom(...["ann", "bob", "cem", "eve"].map(login));
const inputs = fc.constantFrom(digestOf("inputs"), digestOf("other"));
const plans = fc.constantFrom(digestOf("plan"), digestOf("older"));
const times = fc.constantFrom(planTime - 1, shownTime, answerTime, answerTime + 1);
const stacks = fc.constantFrom(...["test/app", "prod/app"].map(stackName));
const commits = fc.constantFrom(commit("c1"), commit("c2"));
const refs = fc.constantFrom("main", "feature/x", "tag:v1.0.0", "tag:x");

const source: fc.Arbitrary<RunSource> = fc.oneof(
  fc.record({
    kind: fc.constant("pull-request" as const),
    pullRequest: fc.constantFrom(12, 13),
    head: commits,
    base: commits,
  }),
  fc.record({
    kind: fc.constant("merge" as const),
    pullRequest: fc.constantFrom(12, 13, null),
    branch: fc.constant("main"),
    commit: commits,
  }),
  fc.record({ kind: fc.constant("dispatch" as const), by: people, ref: refs, commit: commits }),
  fc.record({ kind: fc.constant("local" as const), by: people, commit: commits, tree: fc.constant(null) }),
);

const due: fc.Arbitrary<Due> = fc
  .record({
    kind: fc.constantFrom("merge" as const, "dispatch" as const, "local" as const),
    by: people,
    ref: refs,
    commit: commits,
  })
  .map((about) => aDue(about));

const answers: fc.Arbitrary<readonly PersonalAnswer[]> = fc.array(
  fc.record({
    by: people,
    at: times,
    via: fc.constantFrom("review" as const, "gate" as const, "command" as const),
    says: fc.constantFrom(
      "approve" as const,
      "approve" as const,
      "request-changes" as const,
      "take-back" as const,
      "reject" as const,
      "hold" as const,
      "release-hold" as const,
    ),
    pullRequest: fc.constantFrom(12, 12, 13, null),
    environment: fc.constantFrom("test", "prod", null),
    stack: fc.constantFrom(null, null, stackName("test/app")),
    plan: fc.option(plans, { freq: 3 }),
  }),
  { maxLength: 4 },
);

const change: fc.Arbitrary<PullRequestFacts> = fc
  .record({
    number: fc.constantFrom(12, 13),
    state: fc.constantFrom("open" as const, "merged" as const, "closed" as const),
    fork: fc.boolean(),
    trustedPaths: fc.constantFrom<readonly string[]>([], ["plangate.yaml"]),
    issues: fc.constantFrom<readonly number[]>([1], []),
    writers: fc.subarray(["ann", "bob"].map(login)),
    headSince: times,
    answers,
  })
  .map((about) => aChange(about));

const run: fc.Arbitrary<Run> = fc
  .record({
    id: fc.constantFrom(runId("1"), runId("2")),
    source,
    state: fc.constantFrom(...runStates),
    plan: fc.option(plans),
    due: fc.option(due, { freq: 4 }),
    stack: stacks,
  })
  .map((about) => aRun(about.stack, about));

/** Like those of a case in which all is well, each of them now and then something else, or not known. */
function likely<T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { weight: 24, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: other },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const stackFacts: fc.Arbitrary<StackFacts> = fc.constantFrom("test/app", "prod/app").chain((name) => {
  const usual = aStack(name);
  const { stack } = usual;
  const manifest = fc
    .record({ inputs, createdAt: fc.constantFrom(planTime, 0) })
    .map((about) => aManifest(stack.stack, about));
  const plan = fc.record({
    digest: plans,
    manifest,
    speculative: fc.constantFrom(null, null, "fork" as const),
    shown: fc.array(fc.record({ digest: plans, at: times, until: fc.option(times) }), { maxLength: 2 }),
    carriedFrom: fc.option(plans),
  });
  const state = fc.record({ lineage: fc.constantFrom("l1", "l2", null), serial: fc.constantFrom(7, 8) });
  const applied = fc.record({ run: fc.constant(runId("2")), commit: commits, inputs, verified: fc.boolean() });
  const lease = fc.record({
    stack: fc.constant(stack.stack),
    run: fc.constantFrom(runId("1"), runId("2")),
    fence: fc.constant(1),
    since: times,
    holder: fc.constant({ host: "h", pid: 1, startedAt: "1" }),
  });
  const ownRun = fc
    .record({ state: fc.constantFrom(...runStates), due: fc.option(due, { freq: 6 }) })
    .map((about) => ({ ...usual.run, ...about }));
  return fc
    .record({
      inputs: likely(stack.inputs, fc.option(inputs)),
      affected: likely(true, fc.boolean()),
      state: likely(stack.state, state),
      tool: likely(stack.tool, fc.constant({ name: "opentofu" as const, version: "1.14.0" })),
      run: fc.oneof(
        { weight: 8, arbitrary: fc.constant<Run>({ ...usual.run, state: "approved" }) },
        { weight: 4, arbitrary: ownRun },
        { weight: 1, arbitrary: fc.option(run) },
      ),
      plan: likely(stack.plan, fc.option(plan)),
      bundle: likely(
        null,
        fc.constant({ code: "bundle-altered" as const, sentence: "altered", plan: digestOf("plan") }),
      ),
      changes: likely(stack.changes, fc.array(change, { maxLength: 2 })),
      pushed: likely<StackFacts["pushed"]>([], fc.constant([commit("bad")])),
      applied: likely(stack.applied, fc.option(applied)),
      lease: likely<StackFacts["lease"]>(
        {
          stack: stack.stack,
          run: runId("1"),
          fence: 1,
          since: shownTime,
          holder: { host: "h", pid: 1, startedAt: "1" },
        },
        fc.option(lease),
      ),
      interrupted: likely(null, fc.constant(runId("2"))),
      writers: likely(stack.writers, fc.subarray(["ann", "bob", "cem"].map(login))),
      answers: fc.oneof(
        { weight: 4, arbitrary: fc.constant([answer("bob", "approve")]) },
        { weight: 8, arbitrary: answers },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
      before: likely(
        [],
        fc.array(fc.record({ stack: stacks, inputs: fc.option(inputs), applied: fc.option(applied) }), {
          maxLength: 1,
        }),
      ),
      others: likely(
        [],
        fc.array(
          fc.record({
            id: fc.constant(runId("5")),
            state: fc.constantFrom(...runStates),
            pullRequest: fc.constantFrom(12, null),
            again: fc.option(source),
            due: fc.option(due),
          }),
          { maxLength: 2 },
        ),
      ),
      source: likely(stack.source, source),
    })
    .map((about) => ({ stack: stack.stack, environment: stack.environment, commit: commit("c1"), ...known(about) }));
});

/** A fact that is not known is absent. */
function known(about: object): object {
  return Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined));
}

const facts: fc.Arbitrary<Facts> = fc
  .record({
    teams: likely({ owners: ["ann", "bob", "cem"].map(login) }, fc.constant({})),
    maintainers: likely(["ann", "bob", "cem"].map(login), fc.constant<Facts["maintainers"]>([])),
    pullRequest: likely(aChange({ state: "open" }), fc.option(change)),
    ref: likely(
      { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } },
      fc.record({
        ref: refs,
        commit: commits,
        release: fc.option(fc.record({ onBranch: fc.boolean(), moved: fc.boolean() })),
      }),
    ),
    latestRelease: likely(null, fc.constant("1.0.0")),
    // One run is never told of twice.
    stacks: fc.uniqueArray(stackFacts, { maxLength: 3, selector: ({ run: own, stack }) => own?.id ?? stack }),
  })
  .map((about) => ({ now: judgeTime, stacks: about.stacks, ...known(about) }));

const by = people;
const theRun = fc.constantFrom(runId("1"), runId("2"));
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("apply-ready" as const), run: theRun }) },
  fc.record({ kind: fc.constant("tick" as const) }),
  fc.record({
    kind: fc.constant("pull-request" as const),
    action: fc.constantFrom("opened" as const, "edited" as const),
    pullRequest: fc.constant(12),
    by,
  }),
  fc.record({ kind: fc.constant("closed" as const), pullRequest: fc.constant(12), by }),
  fc.record({
    kind: fc.constant("merge" as const),
    pullRequest: fc.constant(12),
    branch: fc.constantFrom("main", "x"),
    commit: commits,
    by,
  }),
  fc.record({
    kind: fc.constant("answer" as const),
    by,
    pullRequest: fc.constantFrom(12, null),
    environment: fc.constantFrom("test", null),
  }),
  fc.record({
    kind: fc.constant("command" as const),
    command: fc.constant("plan" as const),
    pullRequest: fc.constant(12),
    stack: fc.option(stacks),
    by,
  }),
  fc.record({
    kind: fc.constant("dispatch" as const),
    job: fc.constantFrom("Release", "Deploy", "Nothing"),
    ref: refs,
    by,
    inputs: fc.constantFrom<Record<string, string>>({}, { version: "2.0.0" }, { version: "x" }),
  }),
  fc.record({ kind: fc.constant("rerun" as const), run: theRun, by }),
  fc.record({
    kind: fc.constant("run-planned" as const),
    run: theRun,
    outcome: fc.constantFrom("changes" as const, "no-changes" as const, "failed" as const),
  }),
  fc.record({
    kind: fc.constant("run-applied" as const),
    run: theRun,
    outcome: fc.constantFrom("applied" as const, "failed" as const, "refused" as const),
  }),
  fc.record({
    kind: fc.constant("run-verified" as const),
    run: theRun,
    outcome: fc.constantFrom("verified" as const, "failed" as const),
  }),
  fc.record({ kind: fc.constant("run-lost" as const), run: theRun }),
  fc.record({ kind: fc.constant("lease-ended" as const), stack: stacks }),
  fc.record({
    kind: fc.constant("local-apply" as const),
    run: theRun,
    by,
    breakGlass: fc.constantFrom(null, "down"),
    typedName: fc.constantFrom(null, "test/app"),
  }),
);

function allYes(verdict: Verdict): boolean {
  return verdict.answer === "yes" && (verdict.rule === "approvals" || (verdict.children ?? []).every(allYes));
}

/** Counted anew, in other words than the rule's: who of the owners said yes last, having seen the plan and written none of it. */
function approvers(stack: StackFacts, due: Due): number {
  const plan = stack.plan;
  const number =
    stack.run?.source.kind === "merge" || stack.run?.source.kind === "pull-request"
      ? stack.run.source.pullRequest
      : null;
  const about = (stack.answers ?? []).filter(
    (answer) =>
      (answer.stack ?? stack.stack) === stack.stack &&
      (answer.plan === null || plan?.shown.some(({ digest }) => digest === answer.plan)) &&
      (answer.via === "gate"
        ? answer.environment === stack.environment
        : answer.pullRequest !== null && answer.pullRequest === number),
  );
  return ["ann", "bob", "cem"].map(login).filter((owner) => {
    const words = about.filter(({ by: who, says }) => who === owner && says !== "hold" && says !== "release-hold");
    const last = words.toSorted((left, right) => left.at - right.at).at(-1);
    const saw = plan?.shown.some(
      ({ at, until }) => last !== undefined && at < last.at && last.at <= (until ?? Number.POSITIVE_INFINITY),
    );
    const outside =
      stack.writers?.includes(owner) === true ||
      (stack.environment === "prod" && due.kind !== "merge" && due.by === owner);
    return last?.says === "approve" && saw === true && !outside;
  }).length;
}

function applied(given: Facts, decision: Decision): readonly { stack: StackFacts; due: Due }[] {
  return decision.actions.flatMap((action) => {
    if (action.kind !== "apply") return [];
    const stack = given.stacks.find((candidate) => candidate.run?.id === action.run);
    return stack?.run?.due == null ? [] : [{ stack, due: stack.run.due }];
  });
}

describe("decide, whatever it is told", () => {
  it("keeps its promises", () => {
    const seen = { apply: 0, start: 0, refuse: 0, wait: 0 };
    fc.assert(
      fc.property(facts, event, (given, told) => {
        const decision = decide(flow, given, told);
        expect(decision.reasons.length).toBeGreaterThan(0);
        for (const action of decision.actions) {
          if (action.kind in seen) seen[action.kind as keyof typeof seen]++;
          expect(action.why).not.toBe("");
          if (action.kind === "wait") expect(action.until !== null || action.after !== null).toBe(true);
          if (action.kind === "wait" || action.kind === "refuse") expect(parseReasonCode(action.code)).toBeDefined();
          if (action.kind === "apply" || action.kind === "replan") expect(told.kind).toBe("apply-ready");
          if (action.kind === "apply") expect(decision.reasons.every(allYes)).toBe(true);
          if (action.kind === "start" || action.kind === "apply") {
            const stack = given.stacks.find((candidate) => candidate.run?.id === action.run);
            const wish = action.kind === "start" ? action.due : stack?.run?.due;
            // Breaking the glass passes by what is asked of people, known or not.
            if (wish?.kind === "local") continue;
            const unknown = applyNeeds.filter((fact) => {
              const [, field] = fact.split(".");
              return field === undefined
                ? given[fact as keyof Facts] === undefined
                : stack?.[field as keyof StackFacts] === undefined;
            });
            expect(unknown).toEqual([]);
          }
        }
        for (const { stack, due: wish } of applied(given, decision)) {
          if (wish.kind !== "local") expect(approvers(stack, wish)).toBeGreaterThanOrEqual(1);
          expect(stack.plan?.manifest.inputs).toBe(stack.inputs);
          expect(stack.plan?.manifest.state).toEqual(stack.state);
          expect(stack.lease?.run).toBe(stack.run?.id);
        }
        expect(decide(flow, given, told)).toEqual(decision);
      }),
      { numRuns: 20_000 },
    );
    // A property that never met an apply would prove nothing about applies.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });
});
