import type { RefFacts, StackFacts } from "../../src/domain/facts.ts";
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

const released = "prod: releases that are moved and made by hand";
const modules = "module: modules released";

/** Rules of the engine about what is released, and what is applied for a release. */
export const faultsOfReleases: readonly Fault[] = [
  {
    name: "takes a tag that was moved",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: released,
    decide: believingOfRefs((release) => ({ ...release, moved: false })),
  },
  {
    name: "delivers what is stored, whatever release is asked for",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: released,
    flow: (flow) => withEnvironment(flow, "prod", { after: [] }),
    decide: believingOfStacks((stack) => ({
      ...stack,
      ...(stack.plan == null ? {} : { inputs: stack.plan.manifest.inputs }),
    })),
  },
  {
    name: "releases what is not applied where a release needs it",
    preset: "trunk-stored-plan",
    breaks: "P8",
    slice: "prod after test",
    decide: reading((flow) => withRows(flow, (rows) => rows.map((row) => ({ ...row, needs: [] })))),
  },
  {
    name: "takes a release of whatever it was made",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: released,
    flow: (flow) => withEnvironment(flow, "prod", { after: [] }),
    decide: believingOfRefs(
      (release) => ({ ...release, onBranch: true }),
      // Else the reviews would keep it out all the same.
      (stack) => ({ ...stack, pushed: [] }),
    ),
  },
  {
    name: "releases a module of the branch that it was changed on",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: modules,
    decide: doing((decision, { facts }) => ({
      ...decision,
      actions: decision.actions.map((action) =>
        action.kind === "release" ? { ...action, commit: facts.pullRequest?.head ?? action.commit } : action,
      ),
    })),
  },
  {
    name: "counts no version of a module up",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: modules,
    decide: believing((facts) => ({
      ...facts,
      ...(facts.modules === undefined ? {} : { modules: facts.modules.map((module) => ({ ...module, latest: null })) }),
    })),
  },
  {
    name: "releases every module at each merge",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: modules,
    decide: believing((facts) => ({
      ...facts,
      ...(facts.modules === undefined
        ? {}
        : { modules: facts.modules.map((module) => ({ ...module, changed: true })) }),
    })),
  },
  {
    name: "looks at nothing but the pull request that is merged when it releases a module",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: modules,
    decide: believing((facts) => ({
      ...facts,
      ...(facts.modules === undefined
        ? {}
        : { modules: facts.modules.map((module) => ({ ...module, changes: [], pushed: [] })) }),
    })),
  },
  {
    name: "releases what was merged past its reviews",
    preset: "trunk-stored-plan",
    breaks: "P2",
    slice: modules,
    decide: reading((flow) => withBranch(flow, "main", { reviews: null })),
  },
];

function believingOfRefs(
  alter: (release: ReleaseOf) => ReleaseOf,
  alterStack: (stack: StackFacts) => StackFacts = (stack) => stack,
): NonNullable<Fault["decide"]> {
  const altered = (ref: RefFacts): RefFacts => (ref.release === null ? ref : { ...ref, release: alter(ref.release) });
  return believing((facts) => ({
    ...facts,
    ...(facts.ref === undefined ? {} : { ref: altered(facts.ref) }),
    stacks: facts.stacks
      .map(alterStack)
      .map((stack) => (stack.ref === undefined ? stack : { ...stack, ref: altered(stack.ref) })),
  }));
}

type ReleaseOf = NonNullable<RefFacts["release"]>;
