import fc from "fast-check";
import type { Event } from "../../src/domain/event.ts";
import type { Flow } from "../../src/flow/flow.ts";
import { commit, runId } from "../../src/testing/builders.ts";
import { stackNamesOf } from "./any-facts.ts";
import { anyone, branches, commits, refs } from "./any-things.ts";

/** Everything that may be told about a flow, half of it the decision that alone may apply. */
export function anyEvent(flow: Flow): fc.Arbitrary<Event> {
  const kind = <Kind extends Event["kind"]>(name: Kind) => fc.constant(name);
  const by = anyone;
  const run = fc.constantFrom(runId("1"), runId("1"), runId("1"), runId("2"));
  const stacks = fc.constantFrom(...stackNamesOf(flow));
  const branch = fc.constantFrom(...branches);
  const gates = [...flow.gates, ...flow.environments].map(({ name }) => name);
  const jobs = flow.when.flatMap(({ job }) => job ?? []);
  const crons = flow.when.flatMap(({ cron }) => cron ?? []);
  const pullRequest = fc.constant(12);
  return fc.oneof(
    { weight: 18, arbitrary: fc.record({ kind: kind("apply-ready"), run }) },
    { weight: 2, arbitrary: fc.record({ kind: kind("tick") }) },
    fc.record({
      kind: kind("pull-request"),
      action: fc.constantFrom("opened" as const, "edited" as const, "labeled" as const),
      pullRequest,
      by,
    }),
    fc.record({ kind: kind("closed"), pullRequest, by }),
    { weight: 2, arbitrary: fc.record({ kind: kind("merge"), pullRequest, branch, commit: commits, by }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: kind("push"),
        branch,
        before: fc.constantFrom(null, commit("c0")),
        commit: fc.option(commits, { freq: 6 }),
        by,
      }),
    },
    fc.record({
      kind: kind("answer"),
      by,
      pullRequest: fc.constantFrom(12, null),
      environment: fc.constantFrom(null, ...gates),
    }),
    fc.record({
      kind: kind("command"),
      command: fc.constantFrom("plan" as const, "release" as const, "take" as const, "merge" as const),
      pullRequest,
      stack: fc.option(stacks),
      by,
    }),
    {
      weight: 2,
      arbitrary: fc.record({
        kind: kind("dispatch"),
        job: fc.constantFrom("Nothing", ...jobs),
        ref: refs,
        by,
        inputs: fc.constantFrom<Record<string, string>>(
          {},
          { version: "x" },
          { stacks: "app" },
          { stacks: "typo" },
          { module: "net" },
        ),
      }),
    },
    fc.record({ kind: kind("release"), tag: fc.constantFrom("v1.0.0", "x", "net-v1.0.0"), commit: commits, by }),
    fc.record({ kind: kind("schedule"), cron: fc.constantFrom("5 5 * * *", ...crons) }),
    fc.record({ kind: kind("rerun"), run, by }),
    fc.record({
      kind: kind("run-planned"),
      run,
      outcome: fc.constantFrom("changes" as const, "no-changes" as const, "failed" as const),
    }),
    fc.record({
      kind: kind("run-applied"),
      run,
      outcome: fc.constantFrom("applied" as const, "failed" as const, "refused" as const),
    }),
    fc.record({ kind: kind("run-verified"), run, outcome: fc.constantFrom("verified" as const, "failed" as const) }),
    fc.record({ kind: kind("run-lost"), run }),
    fc.record({ kind: kind("lease-ended"), stack: stacks }),
    fc.record({
      kind: kind("local-plan"),
      stack: stacks,
      mode: fc.constantFrom("normal" as const, "destroy" as const, "refresh-only" as const),
      by,
      commit: commits,
      tree: fc.constant(null),
    }),
    fc.record({
      kind: kind("local-apply"),
      run,
      by,
      breakGlass: fc.constantFrom(null, "down"),
      typedName: fc.option(stacks),
    }),
  );
}
