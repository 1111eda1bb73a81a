import { believing, believingOfStacks, type Fault } from "./fault.ts";

const held = "dev: held by branch";

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
];
