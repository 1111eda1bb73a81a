import fc from "fast-check";
import { digestOf } from "../../src/domain/digest.ts";
import type { Facts, PushedCommit, StackFacts } from "../../src/domain/facts.ts";
import type { BranchHold, Run } from "../../src/domain/run.ts";
import { runStates } from "../../src/domain/run.ts";
import type { Flow } from "../../src/flow/flow.ts";
import { aChange, aManifest, commit, login, planTime, runId, stackName } from "../../src/testing/builders.ts";
import {
  answersAt,
  anyone,
  branches,
  changesOf,
  commits,
  dues,
  inputs,
  modes,
  moments,
  people,
  plans,
  refs,
  sources,
  times,
} from "./any-things.ts";
import { appliedOf, leaseOf, otherRun, pushedCommit } from "./decisions.ts";
import { atGate, putBack, usualStack, usualWish } from "./usual-stacks.ts";

/** The stacks that facts are about: one of each environment. */
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

/**
 * Facts for properties over a flow: those of an apply in which all is well, each of them now and then another one or not
 * known.
 */
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
