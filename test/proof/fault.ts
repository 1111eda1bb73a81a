import type { Decision } from "../../src/domain/decision.ts";
import type { Event } from "../../src/domain/event.ts";
import type { Facts, StackFacts } from "../../src/domain/facts.ts";
import { decide } from "../../src/engine/index.ts";
import type { Environment, Flow, Gate, Transition } from "../../src/flow/flow.ts";
import type { PresetName } from "../../src/flow/index.ts";
import type { PropertyId } from "../../src/proof/index.ts";

/** Something wrong with a flow or with the engine, and the property that it breaks. */
export interface Fault {
  readonly name: string;
  readonly preset: PresetName;
  readonly breaks: PropertyId;
  /** Where it shows; without it everywhere is looked at. */
  readonly slice?: string;
  /** Transitions that it takes to see it, where that is more than usual. */
  readonly budget?: number;
  /** The flow as it would be past its checks. */
  readonly flow?: (flow: Flow) => Flow;
  readonly decide?: typeof decide;
}

type Decide = typeof decide;

/** An engine that is told something else than what is true. */
export function believing(alter: (facts: Facts, event: Event) => Facts): Decide {
  return (flow, facts, event) => decide(flow, alter(facts, event), event);
}

/** The same, of each stack. */
export function believingOfStacks(alter: (stack: StackFacts, facts: Facts) => StackFacts): Decide {
  return believing((facts) => ({ ...facts, stacks: facts.stacks.map((stack) => alter(stack, facts)) }));
}

/** An engine that reads another flow than there is. */
export function reading(alter: (flow: Flow) => Flow): Decide {
  const known = new WeakMap<Flow, Flow>();
  return (flow, facts, event) => {
    const read = known.get(flow) ?? alter(flow);
    known.set(flow, read);
    return decide(read, facts, event);
  };
}

/** An engine that does something else than it decided. */
export function doing(alter: (decision: Decision, about: { facts: Facts; event: Event }) => Decision): Decide {
  return (flow, facts, event) => alter(decide(flow, facts, event), { facts, event });
}

export function withEnvironment(flow: Flow, name: string, change: Partial<Environment>): Flow {
  return {
    ...flow,
    environments: flow.environments.map((environment) =>
      environment.name === name ? { ...environment, ...change } : environment,
    ),
  };
}

export function withApprovals(flow: Flow, name: string, change: Partial<Gate>): Flow {
  const approvals = flow.environments.find((environment) => environment.name === name)?.approvals ?? null;
  return withEnvironment(flow, name, { approvals: approvals === null ? null : { ...approvals, ...change } });
}

export function withGate(flow: Flow, name: string, change: Partial<Gate>): Flow {
  return { ...flow, gates: flow.gates.map((gate) => (gate.name === name ? { ...gate, ...change } : gate)) };
}

export function withBranch(flow: Flow, name: string, change: Partial<Flow["branches"][number]>): Flow {
  return {
    ...flow,
    branches: flow.branches.map((branch) => (branch.name === name ? { ...branch, ...change } : branch)),
  };
}

export function withRows(flow: Flow, alter: (rows: readonly Transition[]) => readonly Transition[]): Flow {
  return { ...flow, when: alter(flow.when) };
}
