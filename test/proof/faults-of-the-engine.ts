import type { PersonalAnswer } from "../../src/domain/answer.ts";
import type { Action, Decision } from "../../src/domain/decision.ts";
import type { StackFacts } from "../../src/domain/facts.ts";
import type { Login } from "../../src/domain/names.ts";
import { decide } from "../../src/engine/index.ts";
import {
  believing,
  believingOfStacks,
  doing,
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

const leaveOut = (...kinds: Action["kind"][]) =>
  doing(
    (decision): Decision => ({ ...decision, actions: decision.actions.filter(({ kind }) => !kinds.includes(kind)) }),
  );

/** Rules of the engine that are broken: what it believes, what it reads in the flow, or what it does. */
export const faultsOfTheEngine: readonly Fault[] = [
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
    name: "destroys in the place of applying",
    preset: "trunk-demo",
    breaks: "P3",
    slice: "prod on merge from feature, main: who says yes",
    decide: doing((decision) => ({
      ...decision,
      actions: decision.actions.map((action) => (action.kind === "apply" ? { ...action, kind: "destroy" } : action)),
    })),
  },
  {
    name: "takes no lease before it applies",
    preset: "trunk-stored-plan",
    breaks: "P4",
    slice: `${storedTest}: who says yes`,
    decide: doing((decision, { facts }) => ({
      ...decision,
      actions: decision.actions.flatMap((action): readonly Action[] => {
        const plan = facts.stacks.find(({ run }) => action.kind === "start" && run?.id === action.run)?.plan?.digest;
        if (action.kind !== "start" || plan === undefined) return [action];
        return [action, { kind: "apply", run: action.run, stack: action.stack, plan, why: action.why }];
      }),
    })),
  },
  {
    name: "runs again what was applied",
    preset: "trunk-stored-plan",
    breaks: "P4",
    slice: `${storedTest}: what moves meanwhile`,
    decide: (flow, facts, event) => {
      const run = facts.stacks.map((stack) => stack.run).find((one) => event.kind === "rerun" && one?.id === event.run);
      if (run?.plan == null) return decide(flow, facts, event);
      return { actions: [{ kind: "apply", run: run.id, stack: run.stack, plan: run.plan, why: "again" }], reasons: [] };
    },
  },
  {
    name: "does not bring a hotfix back",
    preset: "integration-branch",
    breaks: "P5",
    slice: "stay one history",
    decide: leaveOut("open-pull-request"),
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
    name: "decides only once",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: `${storedTest}: what moves meanwhile`,
    decide: (flow, facts, event) => {
      const stack = facts.stacks.find(({ run }) => event.kind === "apply-ready" && run?.id === event.run);
      if (stack?.run?.plan == null || stack.run.state !== "approved") return decide(flow, facts, event);
      const { id: run, plan } = stack.run;
      return { actions: [{ kind: "apply", run, stack: stack.stack, plan, why: "decided already" }], reasons: [] };
    },
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
  {
    name: "applies the plan of another run",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: `${storedTest}: who says yes`,
    decide: doing((decision) => ({
      ...decision,
      actions: decision.actions.map((action) =>
        action.kind === "apply" ? { ...action, plan: "sha256:0" as typeof action.plan } : action,
      ),
    })),
  },
  {
    name: "meets answers with silence",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: `${storedTest}: who says yes`,
    decide: (flow, facts, event) =>
      event.kind === "answer" ? { actions: [], reasons: [] } : decide(flow, facts, event),
  },
  {
    name: "waits for nothing that it could tell",
    preset: "trunk-demo",
    breaks: "P10",
    slice: `${demo}: who says yes`,
    decide: doing((decision) => ({
      ...decision,
      actions: decision.actions.map((action) =>
        action.kind === "wait" ? { ...action, until: null, after: null } : action,
      ),
    })),
  },
  {
    name: "says no and not why",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: `${storedTest}: how it comes in`,
    decide: doing((decision) => ({
      ...decision,
      reasons: decision.reasons.map(({ code: _code, ...reason }) => reason),
    })),
  },
  {
    name: "never verifies what it applied",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: `${storedTest}: who says yes`,
    decide: leaveOut("verify"),
  },
  {
    name: "plans anew after every plan that is to be applied, for ever",
    preset: "trunk-demo",
    breaks: "P10",
    slice: "prod on merge from feature, main: who says yes",
    budget: 5_000,
    decide: (flow, facts, event) => {
      const decision = decide(flow, facts, event);
      const again = facts.stacks.flatMap(({ stack, source, run }): readonly Action[] => {
        if (event.kind !== "run-planned" || source == null || run?.due == null) return [];
        return [{ kind: "plan", stack, source, mode: "normal", speculative: null, due: run.due, why: "once more" }];
      });
      return { ...decision, actions: [...decision.actions, ...again] };
    },
  },
  {
    name: "keeps the lease while it waits",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: `${storedTest}: who says yes`,
    decide: (flow, facts, event) => {
      const decision = decide(flow, facts, event);
      if (event.kind !== "apply-ready") return decision;
      return { ...decision, actions: decision.actions.filter(({ kind }) => kind !== "wait") };
    },
  },
  {
    name: "shows nobody a plan",
    preset: "trunk-stored-plan",
    breaks: "P11",
    decide: leaveOut("comment"),
  },
  {
    name: "never starts",
    preset: "gitflow",
    breaks: "P9",
    decide: leaveOut("start"),
  },
  {
    name: "hears of no merge",
    preset: "trunk-demo",
    breaks: "P9",
    decide: (flow, facts, event) =>
      event.kind === "merge" ? { actions: [], reasons: [] } : decide(flow, facts, event),
  },
  {
    name: "makes no release",
    preset: "trunk-stored-plan",
    breaks: "P9",
    decide: leaveOut("release"),
  },
];
