import { decide } from "../../src/engine/index.ts";
import { believing, believingOfStacks, type Fault, reading, withEnvironment } from "./fault.ts";

const held = "dev: held by branch";
const instance = "ephemeral: one for each pull request";
const standing = `${instance}, where trying it broke off`;

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
];
