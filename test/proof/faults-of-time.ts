import type { PullRequestFacts } from "../../src/domain/facts.ts";
import type { Login } from "../../src/domain/names.ts";
import { decide } from "../../src/engine/index.ts";
import type { Flow } from "../../src/flow/flow.ts";
import { believing, believingOfStacks, doing, type Fault, reading, withEnvironment } from "./fault.ts";

const held = "dev: held by branch";
const instance = "ephemeral: one for each pull request";
const standing = `${instance}, where trying it broke off`;

const shut = "prod: begun while its windows are shut";
const frozen = "prod: begun in a freeze";

/** `gitflow` with times at which production may be changed, and somebody who may merge and is not asked there. */
export function timed(flow: Flow): Flow {
  const hours = { from: 8 * 60, to: 16 * 60, zone: "Europe/Berlin" };
  const windows = [{ text: "Mon-Thu 08:00-16:00 Europe/Berlin", days: [1, 2, 3, 4], ...hours }];
  const freezes = [{ from: Date.UTC(2026, 11, 21), to: Date.UTC(2026, 11, 28), because: "the end of the year" }];
  const helpers = { logins: ["cid" as Login], forgeTeam: null };
  return withEnvironment({ ...flow, teams: { ...flow.teams, helpers } }, "prod", { windows, freezes });
}

/** `gitflow` with two environments that come before production, each applied by what is merged into `develop`. */
function afterTwo(flow: Flow): Flow {
  const withTest = flow.environments.flatMap((one) =>
    one.name === "stage" ? [one, { ...one, name: "test", kind: "test" as const }] : [one],
  );
  const stacks = flow.stacks.map((pattern) => ({ ...pattern, in: [...pattern.in, "test"] }));
  const rows = flow.when.flatMap((row) =>
    row.environment === "stage" ? [row, { ...row, environment: "test", line: row.line + 100 }] : [row],
  );
  const first = { after: ["stage", "test"] };
  return withEnvironment({ ...flow, environments: withTest, stacks, when: rows }, "prod", first);
}

/** Rules of the engine about when something may be applied, and where from. */
export const faultsOfTime: readonly Fault[] = [
  {
    name: "lets every branch hold every stack",
    preset: "gitflow",
    breaks: "P4",
    slice: held,
    decide: believingOfStacks((stack) => {
      const ref = stack.run?.due?.ref;
      return stack.hold == null || ref === undefined ? stack : { ...stack, hold: { ...stack.hold, branch: ref } };
    }),
  },
  {
    name: "knows of no hold",
    preset: "gitflow",
    breaks: "P4",
    slice: held,
    decide: believingOfStacks((stack) => ({ ...stack, hold: null })),
  },
  {
    name: "keeps a stack for a branch that was deleted",
    preset: "gitflow",
    breaks: "P10",
    slice: held,
    decide: doing((decision) => ({
      ...decision,
      actions: decision.actions.filter(({ kind }) => kind !== "hand-over"),
    })),
  },
  {
    name: "lets anybody free a stack",
    preset: "gitflow",
    breaks: "P4",
    slice: held,
    decide: believing((facts, event) =>
      event.kind === "command" ? { ...facts, maintainers: [...(facts.maintainers ?? []), event.by] } : facts,
    ),
  },
  {
    name: "takes what was never verified for verified",
    preset: "gitflow",
    breaks: "P8",
    slice: "prod after stage, where a verification failed",
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.before === undefined
        ? {}
        : {
            before: stack.before.map((before) =>
              before.applied === null ? before : { ...before, applied: { ...before.applied, verified: true } },
            ),
          }),
    })),
  },
  {
    name: "waits for the first only of what comes before",
    preset: "gitflow",
    breaks: "P8",
    slice: "prod after stage, test, where an apply broke off in test",
    flow: afterTwo,
    decide: believingOfStacks((stack) =>
      stack.before === undefined ? stack : { ...stack, before: stack.before.slice(0, 1) },
    ),
  },
  {
    name: "takes approvals over where a moved state is to end the plan",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: "test on merge from work, main: what moves meanwhile",
    flow: (flow) => ({ ...flow, apply: { ...flow.apply, ifStateMoved: "fail" } }),
    decide: reading((flow) => ({ ...flow, apply: { ...flow.apply, ifStateMoved: "same-meaning" } })),
  },
  {
    name: "sees no instance standing",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: standing,
    decide: believingOfStacks((stack) => ({ ...stack, standing: null })),
  },
  {
    name: "destroys nothing when a pull request is closed",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: standing,
    decide: (flow, facts, event) => {
      const decision = decide(flow, facts, event);
      return event.kind === "closed" ? { ...decision, actions: [] } : decision;
    },
  },
  {
    name: "destroys nothing when a pull request is merged",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: standing,
    decide: (flow, facts, event) =>
      decide(
        flow,
        event.kind === "merge"
          ? { ...facts, stacks: facts.stacks.map((stack) => ({ ...stack, standing: null })) }
          : facts,
        event,
      ),
  },
  {
    name: "lets an instance stand for ever",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: standing,
    decide: reading((flow) => withEnvironment(flow, "ephemeral", { ttl: null })),
  },
  {
    name: "leaves standing what was only to be tried",
    preset: "trunk-stored-plan",
    breaks: "P10",
    slice: instance,
    decide: (flow, facts, event) => {
      const decision = decide(flow, facts, event);
      return event.kind === "run-verified"
        ? { ...decision, actions: decision.actions.filter(({ kind }) => kind !== "plan") }
        : decision;
    },
  },
  {
    name: "brings back nothing of what was pushed directly",
    preset: "integration-branch",
    breaks: "P5",
    slice: "stay one history",
    decide: doing((decision, { event }) =>
      event.kind === "push"
        ? { ...decision, actions: decision.actions.filter(({ kind }) => kind !== "open-pull-request") }
        : decision,
    ),
  },
  {
    name: "finds every window open",
    preset: "gitflow",
    breaks: "P8",
    slice: shut,
    flow: timed,
    decide: reading((flow) => withEnvironment(flow, "prod", { windows: null })),
  },
  {
    name: "knows of no freeze",
    preset: "gitflow",
    breaks: "P8",
    slice: frozen,
    flow: timed,
    decide: reading((flow) => withEnvironment(flow, "prod", { freezes: [] })),
  },
  {
    name: "looks at the clock only when an apply is asked for",
    preset: "gitflow",
    breaks: "P8",
    budget: 80_000,
    slice: shut,
    flow: timed,
    decide: (flow, facts, event) => {
      if (event.kind !== "apply-ready") return decide(flow, facts, event);
      return decide(withEnvironment(flow, "prod", { windows: null, freezes: [] }), facts, event);
    },
  },
  {
    name: "takes the emergency label from whoever set it",
    preset: "gitflow",
    breaks: "P8",
    slice: shut,
    flow: timed,
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.changes === undefined ? {} : { changes: stack.changes.map(labelledByAnn) }),
    })),
  },
  {
    name: "takes any label for the emergency label",
    preset: "gitflow",
    breaks: "P8",
    slice: shut,
    flow: timed,
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.changes === undefined
        ? {}
        : {
            changes: stack.changes.map((change) => ({
              ...change,
              labels: change.labels.map((label) => ({ ...label, name: "urgent" })),
            })),
          }),
    })),
  },
  {
    name: "tells a time at which it is still shut",
    preset: "gitflow",
    breaks: "P10",
    slice: shut,
    flow: timed,
    decide: doing((decision, { facts }) => ({
      ...decision,
      actions: decision.actions.map((action) =>
        action.kind === "wait" && action.until !== null ? { ...action, until: facts.now + 60_000 } : action,
      ),
    })),
  },
  {
    name: "never looks at what waits for a window again",
    preset: "gitflow",
    breaks: "P11",
    flow: timed,
    decide: (flow, facts, event) => {
      const decision = decide(flow, facts, event);
      return event.kind === "tick" ? { ...decision, actions: [] } : decision;
    },
  },
  {
    name: "wakes nobody when the clock ticks",
    preset: "gitflow",
    breaks: "P10",
    slice: shut,
    flow: timed,
    decide: (flow, facts, event) => {
      const decision = decide(flow, facts, event);
      return event.kind === "tick" ? { ...decision, actions: [] } : decision;
    },
  },
];

function labelledByAnn(change: PullRequestFacts): PullRequestFacts {
  return { ...change, labels: change.labels.map((label) => ({ ...label, by: "ann" as Login })) };
}
