import type { PersonalAnswer } from "../../src/domain/answer.ts";
import type { StackFacts } from "../../src/domain/facts.ts";
import type { Login } from "../../src/domain/names.ts";
import {
  believing,
  believingOfStacks,
  type Fault,
  reading,
  withApprovals,
  withBranch,
  withEnvironment,
  withGate,
} from "./fault.ts";

const storedTest = "test on merge from work, main";
const demo = "test by Demo (apply) from feature";
const stage = "stage on merge from dev, develop";

function withAnswers(
  stack: StackFacts,
  alter: (answers: readonly PersonalAnswer[]) => readonly PersonalAnswer[],
): StackFacts {
  return {
    ...stack,
    ...(stack.answers === undefined ? {} : { answers: alter(stack.answers) }),
    ...(stack.changes === undefined
      ? {}
      : { changes: stack.changes.map((change) => ({ ...change, answers: alter(change.answers) })) }),
  };
}

const without = (...says: PersonalAnswer["says"][]) =>
  believingOfStacks((stack) =>
    withAnswers(stack, (answers) => answers.filter((answer) => !says.includes(answer.says))),
  );

function withPlan(stack: StackFacts, change: Partial<NonNullable<StackFacts["plan"]>>): StackFacts {
  return stack.plan == null ? stack : { ...stack, plan: { ...stack.plan, ...change } };
}

/** What the engine takes for true of the facts, or of the flow, and is not. */
export const faultsOfBelief: readonly Fault[] = [
  {
    name: "forgets since when the head commit is there",
    preset: "gitflow",
    breaks: "P2",
    slice: `${stage}: how it comes in`,
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.changes === undefined ? {} : { changes: stack.changes.map((change) => ({ ...change, headSince: 0 })) }),
    })),
  },
  {
    name: "counts a person twice",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: `${storedTest}: who says yes`,
    flow: (flow) => ({
      ...withApprovals(flow, "test", { count: 2 }),
      teams: { owners: { logins: ["ann", "bob", "cem"] as Login[], forgeTeam: null } },
    }),
    decide: believingOfStacks((stack) =>
      withAnswers(stack, (answers) =>
        answers.flatMap((answer) => (answer.by === "bob" ? [answer, { ...answer, by: "cem" as Login }] : [answer])),
      ),
    ),
  },
  {
    name: "keeps an approval after changes were requested",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: `${storedTest}: who says yes`,
    decide: without("request-changes"),
  },
  {
    name: "keeps an approval that was taken back",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: `${storedTest}: who says yes`,
    decide: without("take-back"),
  },
  {
    name: "does not hear who says no after a yes",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: `${storedTest}: who says yes`,
    decide: without("reject"),
  },
  {
    name: "counts approvals of another plan",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: "prod by Deploy from work, main: who says yes",
    decide: believingOfStacks((stack) =>
      stack.plan == null ? stack : withPlan(stack, { shown: [{ digest: stack.plan.digest, at: 0, until: null }] }),
    ),
  },
  {
    name: "does not ask who wrote it",
    preset: "trunk-demo",
    breaks: "P1",
    slice: "prod on merge from feature, main: who says yes",
    decide: believingOfStacks((stack) => ({ ...stack, writers: [] })),
  },
  {
    name: "does not ask who started it",
    preset: "trunk-demo",
    breaks: "P1",
    slice: `${demo}: who says yes`,
    decide: believingOfStacks((stack) => {
      const { run } = stack;
      if (run == null) return stack;
      const nobody = "nobody" as Login;
      const source = run.source.kind === "dispatch" ? { ...run.source, by: nobody } : run.source;
      return { ...stack, run: { ...run, source, due: run.due === null ? null : { ...run.due, by: nobody } } };
    }),
  },
  {
    name: "takes everybody for a member of each team",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: `${storedTest}: who says yes`,
    decide: believing((facts) => ({
      ...facts,
      teams: Object.fromEntries(
        Object.entries(facts.teams ?? {}).map(([team, logins]) => [team, [...logins, "eve" as Login]]),
      ),
    })),
  },
  {
    name: "ignores at which gate something was said",
    preset: "trunk-demo",
    breaks: "P1",
    slice: `${demo}: who says yes`,
    flow: (flow) => {
      const approvals = flow.environments.find(({ name }) => name === "prod")?.approvals ?? null;
      return withEnvironment(flow, "test", { approvals: approvals === null ? null : { ...approvals, name: "test" } });
    },
    decide: believingOfStacks((stack) =>
      withAnswers(stack, (answers) =>
        answers.flatMap((answer) =>
          answer.via === "gate" ? ["test", "demo-test"].map((environment) => ({ ...answer, environment })) : [answer],
        ),
      ),
    ),
  },
  {
    name: "asks for one person fewer",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: `${storedTest}: who says yes`,
    decide: reading((flow) => withApprovals(flow, "test", { count: 0 })),
  },
  {
    name: "asks at another gate than the row's",
    preset: "trunk-demo",
    breaks: "P1",
    slice: "test: destroyed by hand",
    decide: reading((flow) => ({
      ...withGate(flow, "teardown-test", { count: 0 }),
    })),
  },
  {
    name: "takes any branch for reviewed",
    preset: "gitflow",
    breaks: "P2",
    slice: `${stage}: how it comes in`,
    decide: reading((flow) => withBranch(flow, "develop", { reviews: null })),
  },
  {
    name: "sees no pull request behind what it applies",
    preset: "gitflow",
    breaks: "P2",
    slice: `${stage}: how it comes in`,
    decide: believingOfStacks((stack) => ({ ...stack, changes: [] })),
  },
  {
    name: "sees no push behind what it applies",
    preset: "gitflow",
    breaks: "P2",
    slice: `${stage}: how it comes in`,
    decide: believingOfStacks((stack) => ({ ...stack, pushed: [] })),
  },
  {
    name: "lets whoever pushed accept the push",
    preset: "gitflow",
    breaks: "P2",
    slice: `${stage}: how it comes in`,
    budget: 200_000,
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.pushed === undefined ? {} : { pushed: stack.pushed.map((push) => ({ ...push, writers: [] })) }),
    })),
  },
  {
    name: "tries what was closed meanwhile",
    preset: "trunk-stored-plan",
    breaks: "P7",
    slice: "ephemeral",
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.pullRequest == null ? {} : { pullRequest: { ...stack.pullRequest, state: "open" as const } }),
    })),
  },
  {
    name: "does not look whether an input moved",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: "test: two pull requests",
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.plan == null ? {} : { inputs: stack.plan.manifest.inputs }),
    })),
  },
  {
    name: "does not look whether the state moved",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: `${storedTest}: what moves meanwhile`,
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.plan == null ? {} : { state: stack.plan.manifest.state }),
    })),
  },
  {
    name: "takes plans however old they are",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: `${storedTest}: what moves meanwhile`,
    decide: reading((flow) => ({ ...flow, apply: { ...flow.apply, maxAge: Number.MAX_SAFE_INTEGER } })),
  },
  {
    name: "does not wait for stage",
    preset: "gitflow",
    breaks: "P8",
    slice: "prod after stage, where an apply broke off",
    decide: believingOfStacks((stack) => ({ ...stack, before: [] })),
  },
];
