import fc from "fast-check";
import type { PersonalAnswer } from "../../src/domain/answer.ts";
import { digestOf } from "../../src/domain/digest.ts";
import type { Facts, PullRequestFacts, PushedCommit, StackFacts } from "../../src/domain/facts.ts";
import type { BranchHold, Due, Run, RunSource } from "../../src/domain/run.ts";
import { runStates } from "../../src/domain/run.ts";
import type { Environment, Flow } from "../../src/flow/flow.ts";
import {
  aChange,
  aDue,
  aManifest,
  answer,
  answerTime,
  aStack,
  commit,
  judgeTime,
  login,
  planTime,
  runId,
  type StackBuilder,
  shownTime,
  stackName,
} from "../../src/testing/builders.ts";
import { appliedOf, leaseOf, otherRun, pushedCommit } from "./decisions.ts";

/**
 * Facts for properties over a flow: those of an apply in which all is well, each of them now and then another one or not
 * known. Few people, two contents and a handful of refs, so that things meet.
 */

const people = ["ann", "bob", "cem", "eve"].map(login);
export const anyone = fc.constantFrom(...people);
export const branches = ["main", "develop", "development", "dev/a", "dev/b", "feature/NET-12", "hotfix/NET-1", "stray"];
export const refs = fc.constantFrom(...branches, "tag:v1.0.0", "tag:x");
export const commits = fc.constantFrom(commit("c1"), commit("c2"));
const inputs = fc.constantFrom(digestOf("inputs"), digestOf("other"));
const plans = fc.constantFrom(digestOf("plan"), digestOf("older"));
const times = fc.constantFrom(planTime - 1, shownTime, answerTime, answerTime + 1);
const modes = fc.constantFrom("normal" as const, "normal" as const, "destroy" as const, "refresh-only" as const);
/** Before a window, in it, after it, in a freeze; all of them but one soon after the plan. */
const moments = fc.constantFrom(...[0, 0, 0, 2, 2, 2, 30].map((hours) => judgeTime + hours * 3_600_000), planTime - 1);

export function stackNamesOf({ environments }: Flow) {
  return environments.map(({ name, perPullRequest }) => stackName(`${name}${perPullRequest ? "-12" : ""}/app`));
}

/** Each of a case's facts, mostly as it is. */
function likely<T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { weight: 70, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: other },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

/** A fact that is not known is absent. */
function known<T extends object>(about: T): T {
  return Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined)) as T;
}

function sources(crons: readonly string[]): fc.Arbitrary<RunSource> {
  const pullRequest = fc.constantFrom(12, 13);
  return fc.oneof(
    fc.record({ kind: fc.constant("pull-request" as const), pullRequest, head: commits, base: commits }),
    fc.record({
      kind: fc.constant("merge" as const),
      pullRequest: fc.option(pullRequest),
      branch: fc.constantFrom(...branches),
      commit: commits,
    }),
    fc.record({
      kind: fc.constant("push" as const),
      branch: fc.constantFrom(...branches),
      commit: commits,
      by: anyone,
    }),
    fc.record({ kind: fc.constant("dispatch" as const), by: anyone, ref: refs, commit: commits }),
    fc.record({
      kind: fc.constant("schedule" as const),
      cron: fc.constantFrom("5 5 * * *", ...crons),
      ref: refs,
      commit: commits,
    }),
    fc.record({ kind: fc.constant("local" as const), by: anyone, commit: commits, tree: fc.constant(null) }),
  );
}

function dues(jobs: readonly string[]): fc.Arbitrary<Due> {
  return fc
    .record({
      kind: fc.constantFrom(
        "merge" as const,
        "push" as const,
        "pull-request" as const,
        "dispatch" as const,
        "release" as const,
        "schedule" as const,
        "local" as const,
      ),
      by: anyone,
      ref: refs,
      commit: commits,
      job: fc.constantFrom(null, "Nothing", ...jobs),
    })
    .map((about) => aDue(about));
}

function answersAt(gates: readonly string[]): fc.Arbitrary<readonly PersonalAnswer[]> {
  return fc.array(
    fc
      .record({
        by: anyone,
        at: times,
        via: fc.constantFrom("review" as const, "gate" as const, "gate" as const, "command" as const),
        says: fc.constantFrom(
          "approve" as const,
          "approve" as const,
          "approve" as const,
          "request-changes" as const,
          "take-back" as const,
          "reject" as const,
          "hold" as const,
          "release-hold" as const,
          "acknowledge" as const,
          "forget" as const,
        ),
        pullRequest: fc.constantFrom(12, 12, 13, null),
        environment: fc.constantFrom(null, ...gates),
        stack: fc.constantFrom(null, null, stackName("test/app")),
        plan: fc.option(plans, { freq: 3 }),
      })
      .map(({ by, says, ...about }) => answer(by, says, about)),
    { maxLength: 4 },
  );
}

function changesOf(gates: readonly string[]): fc.Arbitrary<PullRequestFacts> {
  return fc
    .record({
      number: fc.constantFrom(12, 13),
      state: fc.constantFrom("open" as const, "merged" as const, "closed" as const),
      headBranch: fc.constantFrom(...branches),
      base: fc.constantFrom(...branches),
      head: commits,
      fork: fc.boolean(),
      trustedPaths: fc.constantFrom<readonly string[]>([], ["plangate.yaml"]),
      issues: fc.constantFrom<readonly number[]>([1], []),
      writers: fc.subarray(["ann", "bob"].map(login)),
      headSince: times,
      labels: fc.constantFrom<PullRequestFacts["labels"]>([], [{ name: "urgent", by: login("bob") }]),
      sections: fc.constantFrom<readonly string[]>(["why", "rollback"], ["why"]),
      codeOwners: fc.constantFrom<PullRequestFacts["codeOwners"]>([], [[login("cem")]]),
      mergeCommits: fc.constantFrom(0, 1),
      carries: fc.constantFrom<readonly string[]>([], ["main"]),
      baseAhead: fc.boolean(),
      unresolved: fc.constantFrom(0, 1),
      openedAt: fc.constantFrom(planTime, 0),
      answers: answersAt(gates),
    })
    .map((about) => aChange(about));
}

/** A row that applies or destroys in an environment, as a wish that would be granted. */
function usualWish(flow: Flow, environment: Environment): { readonly due: Due; readonly mode: "normal" | "destroy" }[] {
  const from = flow.branches.filter(({ name }) => environment.appliesFrom.includes(name));
  const ofClass = (name: string | null) =>
    branches.find((branch) => from.some((known) => (name ?? known.name) === known.name && isOf(known.match, branch)));
  return flow.when.flatMap((row) => {
    const mode = row.do.includes("apply") ? "normal" : row.do.includes("destroy") ? "destroy" : null;
    if (row.environment !== environment.name || mode === null) return [];
    const kind = row.on === "pull_request" ? "pull-request" : row.on;
    const ref = row.ref !== null ? "tag:v1.0.0" : (ofClass(row.into ?? row.to) ?? ofClass(null));
    if (ref === undefined) return [];
    // Also started by the very one who says yes everywhere.
    return ["ann", "bob"].map((by) => ({ due: aDue({ kind, ref, job: row.job, by: login(by) }), mode }));
  });
}

/** Drift that is to be put back, whether a row wants that or not. */
function putBack(flow: Flow, environment: Environment): readonly StackBuilder[] {
  return flow.when.flatMap(({ cron, environment: name }) => {
    if (cron === null || name !== environment.name) return [];
    const due = aDue({ kind: "schedule", ref: "main", by: login("ann") });
    const source = { kind: "schedule", cron, ref: "main", commit: due.commit } as const;
    return [usualStack(flow, environment, { due, mode: "normal" }).withRun({ source }).with({ source })];
  });
}

function isOf(patterns: readonly string[], branch: string): boolean {
  return patterns.some((pattern) => branch.startsWith(pattern.replace(/[*{].*$/, "")));
}

function sourceOf(due: Due): RunSource {
  const { by, ref, commit: delivered } = due;
  switch (due.kind) {
    case "push":
      return { kind: "push", branch: ref, commit: delivered, by };
    case "dispatch":
    case "release":
      return { kind: "dispatch", by, ref, commit: delivered };
    case "pull-request":
      return { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c1") };
    default:
      return { kind: "merge", pullRequest: 12, branch: ref, commit: delivered };
  }
}

/** A stack of the environment in which the row's wish may be granted: bob said yes wherever he is asked. */
function usualStack(flow: Flow, environment: Environment, wish: ReturnType<typeof usualWish>[number]): StackBuilder {
  const { due, mode } = wish;
  const name = `${environment.name}${environment.perPullRequest ? "-12" : ""}/app`;
  const gates = [environment.name, ...flow.gates.map((gate) => gate.name)];
  const source = sourceOf(due);
  return aStack(name)
    .due(due)
    .withRun({ source, mode, state: "approved" })
    .planned({ mode })
    .said(answer("bob", "approve"), ...gates.map((gate) => atGate("bob", gate)))
    .with({
      environment: environment.name,
      instance: environment.perPullRequest ? "12" : null,
      hold: null,
      standing: environment.perPullRequest ? shownTime : null,
      changes: [],
      lease: leaseOf(name),
      writers: [login("ann")],
      source,
      pullRequest: aChange({ state: "open", headBranch: "feature/x", sections: ["why", "rollback"] }),
    });
}

const atGate = (by: string, gate: string) =>
  answer(by, "approve", { via: "gate", pullRequest: null, environment: gate });

/** The stacks of one event. */
export function anyFacts(flow: Flow): fc.Arbitrary<Facts> {
  const gates = [...flow.environments.map(({ name }) => name), ...flow.gates.map(({ name }) => name)];
  const jobs = flow.when.flatMap(({ job }) => job ?? []);
  const crons = flow.when.flatMap(({ cron }) => cron ?? []);
  const names = fc.constantFrom(...stackNamesOf(flow));
  const [source, due, change, answers] = [sources(crons), dues(jobs), changesOf(gates), answersAt(gates)];
  const cases = flow.environments.flatMap((environment) => [
    ...usualWish(flow, environment).map((wish) => usualStack(flow, environment, wish)),
    ...putBack(flow, environment),
  ]);
  const atOne = fc.constantFrom(...gates).map((gate) => [atGate("bob", gate)]);
  const promoted = fc.constantFrom("bob", "eve").map((by) => [
    aChange({
      headBranch: "develop",
      sections: ["why", "rollback"],
      labels: [{ name: "urgent", by: login(by) }],
    }),
  ]);
  const applied = fc
    .record({ inputs, verified: fc.boolean(), commit: commits })
    .map((about) => appliedOf({ ...about, run: runId("2") }));
  const holds = fc
    .record({ branch: fc.constantFrom("dev/a", "dev/b"), by: anyone })
    .map((about): BranchHold => ({ stack: stackName("dev/app"), since: planTime, ...about }));
  const pushed = fc
    .record({ branch: fc.constantFrom(...branches), lines: fc.constantFrom(1, 99), accepted: fc.subarray(people) })
    .map((about): PushedCommit => pushedCommit(about));

  const stackFacts: fc.Arbitrary<StackFacts> = fc.constantFrom(...cases).chain(({ stack, run, plan }) => {
    const state = fc.record({ lineage: fc.constantFrom("l1", "l2", null), serial: fc.constantFrom(7, 8) });
    const moved = fc.constant<StackFacts["state"]>({ lineage: "l1", serial: 8 });
    const ownRun = fc
      .record({ state: fc.constantFrom(...runStates), due: fc.option(due, { freq: 6 }), mode: modes, source })
      .map((about): Run => ({ ...run, ...about }));
    // Who asks for the apply, and what of: the rest as it should be.
    const otherWish = fc
      .record({ due, source: fc.oneof(fc.constant(run.source), source) })
      .map((about): Run => ({ ...run, ...about }));
    const otherPlan = fc
      .record({
        digest: plans,
        manifest: fc
          .record({ inputs, createdAt: fc.constantFrom(planTime, 0), mode: modes })
          .map((about) => aManifest(stack.stack, about)),
        speculative: fc.constantFrom(null, null, "fork" as const),
        shown: fc.array(fc.record({ digest: plans, at: times, until: fc.option(times) }), { maxLength: 2 }),
        carriedFrom: fc.option(plans),
      })
      .map((about) => about);
    const deleting = fc.constant({
      ...plan,
      manifest: { ...plan.manifest, counts: { ...plan.manifest.counts, destroy: 1 } },
    });
    return fc
      .record({
        inputs: likely(stack.inputs, fc.option(inputs)),
        affected: likely<StackFacts["affected"]>(true, fc.boolean()),
        state: fc.oneof({ weight: 12, arbitrary: likely(stack.state, state) }, { weight: 1, arbitrary: moved }),
        tool: likely<StackFacts["tool"]>(stack.tool, fc.constant({ name: "opentofu", version: "1.14.0" })),
        run: fc.oneof(
          { weight: 10, arbitrary: fc.constant<Run | null>(run) },
          { weight: 4, arbitrary: otherWish },
          { weight: 3, arbitrary: ownRun },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
        plan: likely<StackFacts["plan"]>(plan, fc.oneof(deleting, fc.option(otherPlan))),
        bundle: likely<StackFacts["bundle"]>(
          null,
          fc.constantFrom(
            { code: "bundle-altered" as const, sentence: "altered", plan: digestOf("plan") },
            { code: "bundle-missing" as const, sentence: "gone", plan: digestOf("plan") },
          ),
        ),
        changes: fc.oneof(
          { weight: 6, arbitrary: likely<StackFacts["changes"]>([], fc.array(change, { maxLength: 2 })) },
          { weight: 1, arbitrary: promoted },
        ),
        pushed: likely<StackFacts["pushed"]>([], fc.array(pushed, { minLength: 1, maxLength: 1 })),
        applied: likely(stack.applied, fc.option(applied)),
        lease: likely<StackFacts["lease"]>(stack.lease ?? null, fc.option(fc.constant(leaseOf(stack.stack, "2")))),
        hold: likely<StackFacts["hold"]>(null, fc.option(holds)),
        standing: likely<StackFacts["standing"]>(stack.standing ?? null, fc.option(times)),
        lostPlan: likely<StackFacts["lostPlan"]>(null, fc.option(fc.constant(runId("2")))),
        interrupted: likely<StackFacts["interrupted"]>(null, fc.constant(runId("2"))),
        writers: fc.oneof(
          { weight: 8, arbitrary: fc.constant<StackFacts["writers"]>(stack.writers) },
          { weight: 3, arbitrary: fc.subarray(people) },
          { weight: 1, arbitrary: fc.constant(undefined) },
        ),
        answers: fc.oneof(
          { weight: 6, arbitrary: fc.constant(stack.answers) },
          { weight: 2, arbitrary: atOne },
          { weight: 4, arbitrary: answers },
          { weight: 1, arbitrary: fc.constant(undefined) },
        ),
        before: likely<StackFacts["before"]>(
          [],
          fc.array(fc.record({ stack: names, inputs: fc.option(inputs), applied: fc.option(applied) }), {
            maxLength: 1,
          }),
        ),
        others: likely<StackFacts["others"]>(
          [],
          fc.array(
            fc
              .record({
                state: fc.constantFrom(...runStates),
                mode: modes,
                pullRequest: fc.constantFrom(12, null),
                again: fc.option(source),
                due: fc.option(due),
              })
              .map((about) => otherRun(about)),
            { maxLength: 2 },
          ),
        ),
        pullRequest: likely(stack.pullRequest, fc.option(change)),
        source: likely<StackFacts["source"]>(run.source, source),
      })
      .map((about): StackFacts => {
        const { stack: name, environment, instance } = stack;
        return { stack: name, environment, instance, commit: commit("c1"), ...known(about) } as StackFacts;
      });
  });

  return fc
    .record({
      now: moments,
      teams: likely<Facts["teams"]>(
        { owners: people.slice(0, 3), devops: people.slice(0, 3) },
        fc.constant<Facts["teams"]>({}),
      ),
      maintainers: likely<Facts["maintainers"]>(people.slice(0, 3), fc.constant<Facts["maintainers"]>([])),
      pullRequest: likely<Facts["pullRequest"]>(aChange({ state: "open" }), fc.option(change)),
      ref: likely<Facts["ref"]>(
        { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } },
        fc.record({
          ref: refs,
          commit: commits,
          release: fc.option(fc.record({ onBranch: fc.boolean(), moved: fc.boolean() })),
        }),
      ),
      latestRelease: likely<Facts["latestRelease"]>(null, fc.constant("1.0.0")),
      push: likely<Facts["push"]>(
        { ...pushedCommit({ branch: "dev/a" }), openPullRequests: [] },
        fc.option(pushed.map((about) => ({ ...about, openPullRequests: [12] }))),
      ),
      backMerges: likely<Facts["backMerges"]>(
        [],
        fc
          .record({ needed: fc.boolean(), open: fc.constantFrom(null, 14) })
          .map((about) => [{ from: "main", into: "develop", ...about }]),
      ),
      modules: likely<Facts["modules"]>(
        [],
        fc
          .record({
            latest: fc.constantFrom(null, "1.0.0", "x"),
            changed: fc.boolean(),
            changes: fc.array(change, { maxLength: 1 }),
            pushed: fc.array(pushed, { maxLength: 1 }),
          })
          .map((about) => [{ release: "module", name: "net", path: "modules/net", bump: "minor" as const, ...about }]),
      ),
      flagged: likely<Facts["flagged"]>(
        [],
        fc
          .record({ code: fc.constantFrom("pushed-directly" as const, "push-too-large" as const), push: pushed })
          .map((one) => [one]),
      ),
      held: likely<Facts["held"]>(
        [],
        holds.map((hold) => [hold]),
      ),
      // One run is never told of twice.
      stacks: fc.uniqueArray(stackFacts, { maxLength: 2, selector: ({ run, stack }) => run?.id ?? stack }),
    })
    .map((about) => known(about) as Facts);
}
