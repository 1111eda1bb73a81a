import fc from "fast-check";
import type { PersonalAnswer } from "../../src/domain/answer.ts";
import { digestOf } from "../../src/domain/digest.ts";
import type { PullRequestFacts } from "../../src/domain/facts.ts";
import type { Due, RunSource } from "../../src/domain/run.ts";
import {
  aChange,
  aDue,
  answer,
  answerTime,
  commit,
  judgeTime,
  login,
  planTime,
  shownTime,
  stackName,
} from "../../src/testing/builders.ts";

/** Few people, two contents and a handful of refs, so that things meet. */
export const people = ["ann", "bob", "cem", "eve"].map(login);
export const anyone = fc.constantFrom(...people);
export const branches = ["main", "develop", "development", "dev/a", "dev/b", "feature/NET-12", "hotfix/NET-1", "stray"];
export const refs = fc.constantFrom(...branches, "tag:v1.0.0", "tag:x");
export const commits = fc.constantFrom(commit("c1"), commit("c2"));
export const inputs = fc.constantFrom(digestOf("inputs"), digestOf("other"));
export const plans = fc.constantFrom(digestOf("plan"), digestOf("older"));
export const times = fc.constantFrom(planTime - 1, shownTime, answerTime, answerTime + 1);
export const modes = fc.constantFrom("normal" as const, "normal" as const, "destroy" as const, "refresh-only" as const);
/** Before a window, in it, after it, in a freeze; all of them but one soon after the plan. */
export const moments = fc.constantFrom(
  ...[0, 0, 0, 2, 2, 2, 30].map((hours) => judgeTime + hours * 3_600_000),
  planTime - 1,
);

/** What a run may come from. */
export function sources(crons: readonly string[]): fc.Arbitrary<RunSource> {
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

/** Who may ask for a run, and how. */
export function dues(jobs: readonly string[]): fc.Arbitrary<Due> {
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

/** What people may say, at these gates or elsewhere. */
export function answersAt(gates: readonly string[]): fc.Arbitrary<readonly PersonalAnswer[]> {
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

/** Pull requests, with what people say of them. */
export function changesOf(gates: readonly string[]): fc.Arbitrary<PullRequestFacts> {
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
