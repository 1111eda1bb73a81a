import type { PersonalAnswer } from "../../src/domain/answer.ts";
import type { Event } from "../../src/domain/event.ts";
import type { Facts, PullRequestFacts, StackFacts } from "../../src/domain/facts.ts";
import type { Login } from "../../src/domain/names.ts";
import type { Flow } from "../../src/flow/flow.ts";
import {
  believing,
  believingOfStacks,
  doing,
  type Fault,
  reading,
  withBranch,
  withEnvironment,
  withRows,
} from "./fault.ts";

const fromElsewhere = "prod: from elsewhere";
const held = "test: held by word";
const notTried = "ephemeral: what is not tried";
const deletions = "stage: what a plan deletes";
const gone = "stage: what goes";
const eve = "eve" as Login;

function withChanges(stack: StackFacts, alter: (change: PullRequestFacts) => PullRequestFacts): StackFacts {
  return stack.changes === undefined ? stack : { ...stack, changes: stack.changes.map(alter) };
}

/** An engine that is told something else of the pull requests behind what it applies. */
function believingOfChanges(alter: (change: PullRequestFacts) => PullRequestFacts) {
  return believingOfStacks((stack) => withChanges(stack, alter));
}

/** The same of what was said about a stack, there and at its gates. */
function hearing(alter: (answer: PersonalAnswer) => readonly PersonalAnswer[]) {
  return believingOfStacks((stack) => withAnswers(stack, alter));
}

function withAnswers(stack: StackFacts, alter: (answer: PersonalAnswer) => readonly PersonalAnswer[]): StackFacts {
  const told = withChanges(stack, (change) => ({ ...change, answers: change.answers.flatMap(alter) }));
  return told.answers === undefined ? told : { ...told, answers: told.answers.flatMap(alter) };
}

/** An engine that is told something else of every pull request. */
function withPullRequest(facts: Facts, told: Partial<PullRequestFacts>): Facts {
  const { pullRequest } = facts;
  return {
    ...facts,
    ...(pullRequest == null ? {} : { pullRequest: { ...pullRequest, ...told } }),
    stacks: facts.stacks.map((stack) => ({
      ...withChanges(stack, (change) => ({ ...change, ...told })),
      ...(stack.pullRequest == null ? {} : { pullRequest: { ...stack.pullRequest, ...told } }),
    })),
  };
}

/** Asked for by who may, or on its way from there. */
function isAskedFor({ kind }: Event): boolean {
  return kind === "command" || kind === "run-planned" || kind === "apply-ready";
}

/** Production is planned and applied after a merge, and asks nobody; small pushes reach `main`. */
export function ungated(flow: Flow): Flow {
  const pushed = withBranch(flow, "main", { directPush: { lines: 50, files: 5 } });
  return withRows(withEnvironment(pushed, "prod", { approvals: null }), (rows) =>
    rows.map((row) => (row.environment === "prod" ? { ...row, do: row.do.filter((step) => step !== "gate") } : row)),
  );
}

/** What people have a say in, and an engine or a flow that does not ask them or does not listen. */
export const faultsOfPeople: readonly Fault[] = [
  {
    name: "production takes what was pushed, and nobody is asked",
    preset: "trunk-demo",
    breaks: "P1",
    slice: "prod on merge from feature, main: how it comes in",
    flow: ungated,
  },
  {
    name: "asks no code owner",
    preset: "integration-branch",
    breaks: "P2",
    slice: "prod: what somebody owns",
    decide: believingOfChanges((change) => ({ ...change, codeOwners: [] })),
  },
  {
    name: "takes any reviewer for a code owner",
    preset: "integration-branch",
    breaks: "P2",
    slice: "prod: what somebody owns",
    decide: believingOfChanges((change) => ({
      ...change,
      codeOwners: change.codeOwners.map((owners) => [...owners, ...change.answers.map(({ by }) => by)]),
    })),
  },
  {
    name: "takes what a plan deletes for acknowledged",
    preset: "gitflow",
    breaks: "P1",
    slice: deletions,
    decide: reading((flow) => ({ ...flow, require: { ...flow.require, deletions: "free" } })),
  },
  {
    name: "takes an approval for a word about deletions",
    preset: "gitflow",
    breaks: "P1",
    slice: deletions,
    decide: hearing((answer) =>
      answer.says === "approve" ? [answer, { ...answer, says: "acknowledge" as const }] : [answer],
    ),
  },
  {
    name: "lets anybody acknowledge what is deleted",
    preset: "gitflow",
    breaks: "P1",
    slice: deletions,
    decide: hearing((answer) =>
      answer.says === "acknowledge" && answer.by === eve ? [answer, { ...answer, by: "ann" as Login }] : [answer],
    ),
  },
  {
    name: "takes deletions for acknowledged whichever plan was meant",
    preset: "gitflow",
    breaks: "P1",
    slice: deletions,
    decide: believingOfStacks((stack) =>
      stack.plan == null
        ? stack
        : { ...stack, plan: { ...stack.plan, shown: [{ digest: stack.plan.digest, at: 0, until: null }] } },
    ),
  },
  {
    name: "hears nobody acknowledge what is deleted",
    preset: "gitflow",
    breaks: "P11",
    decide: hearing((answer) => (answer.says === "acknowledge" ? [] : [answer])),
  },
  {
    name: "does not hear who holds",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: held,
    decide: hearing((answer) => (answer.says === "hold" ? [] : [answer])),
  },
  {
    name: "lets anybody end a hold",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: held,
    decide: hearing((answer) => (answer.says === "release-hold" ? [{ ...answer, by: "ann" as Login }] : [answer])),
  },
  {
    name: "does not hear who holds what was started by hand",
    preset: "trunk-stored-plan",
    breaks: "P1",
    slice: "prod: held by word",
    decide: believingOfStacks((stack) =>
      stack.run?.due?.kind !== "dispatch"
        ? stack
        : withAnswers(stack, (answer) => (answer.says === "hold" ? [] : [answer])),
    ),
  },
  {
    name: "takes an approval for the end of a hold",
    preset: "gitflow",
    breaks: "P1",
    slice: "stage: held by word",
    decide: hearing((answer) =>
      answer.says === "approve" ? [answer, { ...answer, says: "release-hold" as const }] : [answer],
    ),
  },
  {
    name: "says nothing of a stack whose code goes",
    preset: "gitflow",
    breaks: "P10",
    slice: gone,
    decide: doing((decision) => ({
      ...decision,
      actions: decision.actions.filter((action) => action.kind !== "flag" || action.code !== "stack-deleted"),
    })),
  },
  {
    name: "leaves a stack behind because anybody says so",
    preset: "gitflow",
    breaks: "P10",
    slice: gone,
    decide: believing((facts) => ({ ...facts, maintainers: [...(facts.maintainers ?? []), eve] })),
  },
  {
    name: "asks for no sections",
    preset: "gitflow",
    breaks: "P2",
    slice: "stage on merge from dev, develop: how it comes in",
    decide: reading((flow) => ({ ...flow, require: { ...flow.require, sections: [] } })),
  },
  {
    name: "asks for no issue",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: "test on merge from work, main: how it comes in",
    decide: believing((facts) => ({
      ...facts,
      stacks: facts.stacks.map((stack) => withChanges(stack, (change) => ({ ...change, issues: [1] }))),
    })),
  },
  {
    name: "asks for no ticket in the name of a branch",
    preset: "gitflow",
    breaks: "P2",
    slice: "stage: from elsewhere",
    flow: (flow) => withBranch(flow, "dev", { ticket: "required" }),
    decide: reading((flow) => withBranch(flow, "dev", { ticket: "optional" })),
  },
  {
    name: "takes pull requests from any branch",
    preset: "integration-branch",
    breaks: "P2",
    slice: fromElsewhere,
    decide: reading((flow) => withBranch(flow, "main", { accepts: flow.branches.map(({ name }) => name) })),
  },
  {
    name: "takes merges where a branch is kept linear",
    preset: "trunk-demo",
    breaks: "P2",
    slice: "prod: a merge in a branch",
    decide: believingOfChanges((change) => ({ ...change, mergeCommits: 0 })),
  },
  {
    name: "does not ask where a branch was started",
    preset: "integration-branch",
    breaks: "P2",
    slice: "prod: a branch started on development",
    decide: believingOfChanges((change) => ({ ...change, carries: [] })),
  },
  {
    name: "takes a fork's branch for the protected one of its name",
    preset: "integration-branch",
    breaks: "P2",
    slice: fromElsewhere,
    decide: believingOfChanges((change) => ({ ...change, fork: false })),
  },
  {
    name: "plans what a fork brings without being asked",
    preset: "trunk-demo",
    breaks: "P2",
    slice: fromElsewhere,
    decide: believing((facts) => withPullRequest(facts, { fork: false })),
  },
  {
    name: "tries what a fork brings",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: notTried,
    decide: believing((facts, event) => (isAskedFor(event) ? withPullRequest(facts, { fork: false }) : facts)),
  },
  {
    name: "tries what changes the files that govern delivery",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: notTried,
    decide: believing((facts) => withPullRequest(facts, { trustedPaths: [] })),
  },
  {
    name: "tries what is about no issue",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: notTried,
    decide: believing((facts) => withPullRequest(facts, { issues: [1] })),
  },
  {
    name: "takes the owners from a change of CODEOWNERS itself",
    preset: "integration-branch",
    breaks: "P2",
    slice: "prod: what somebody owns",
    decide: believingOfChanges((change) =>
      change.trustedPaths.includes(".github/CODEOWNERS") ? { ...change, codeOwners: [] } : change,
    ),
  },
  {
    name: "takes what the forge let merge for reviewed",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: "test: the forge's settings",
    decide: reading((flow) => withBranch(flow, "main", { reviews: null })),
  },
  {
    name: "takes what the forge let anybody push for accepted",
    preset: "trunk-demo",
    breaks: "P2",
    slice: "prod: the forge's settings",
    decide: reading((flow) => withBranch(flow, "main", { directPush: "free" })),
  },
  {
    name: "takes whoever the forge lets answer at a gate for asked there",
    preset: "trunk-demo",
    breaks: "P1",
    slice: "prod: the forge's settings",
    decide: believing((facts) => ({
      ...facts,
      teams: Object.fromEntries(
        Object.entries(facts.teams ?? {}).map(([team, logins]) => [
          team,
          [...logins, ...facts.stacks.flatMap(({ answers = [] }) => answers.map(({ by }) => by))],
        ]),
      ),
    })),
  },
];
