import type { Action, Decision } from "../../src/domain/decision.ts";
import { decide } from "../../src/engine/index.ts";
import { doing, type Fault } from "./fault.ts";

const storedTest = "test on merge from work, main";
const demo = "test by Demo (apply) from feature";

const leaveOut = (...kinds: Action["kind"][]) =>
  doing(
    (decision): Decision => ({ ...decision, actions: decision.actions.filter(({ kind }) => !kinds.includes(kind)) }),
  );

/** What the engine does, or leaves out, whatever it knows. */
export const faultsOfDecisions: readonly Fault[] = [
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
