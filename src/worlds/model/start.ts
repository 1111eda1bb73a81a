import type { RunId, StackName } from "../../domain/names.ts";
import type { Flow, Stack } from "../../flow/flow.ts";
import { makeCommit, type Tree } from "./git.ts";
import { filesOf, inputsOf } from "./inputs.ts";
import type { Setting } from "./setting.ts";
import type { ModelWorld, StackState } from "./world.ts";

/** Whatever did the first apply: no run of the story. */
const firstRun = "run-00000000" as RunId;

/** The world before the first step. */
export function startWorld(setting: Setting): ModelWorld {
  const first = makeCommit({ parents: [], tree: firstTree(setting.stacks), at: setting.at, people: [] });
  const states = setting.stacks.map(({ name }, index): [StackName, StackState] => {
    const quiet = { settled: [], drift: 0, repaired: 0 };
    const inputs = inputsOf(setting, first.tree, name);
    if (setting.start === "empty" || inputs === null) {
      return [name, { ...quiet, version: { lineage: null, serial: 0 }, applied: null }];
    }
    const applied = { inputs, commit: first.sha, run: firstRun, verified: true };
    return [name, { ...quiet, version: { lineage: `lineage-${index + 1}`, serial: 1 }, applied }];
  });
  return {
    now: setting.at,
    branches: Object.fromEntries(trunksOf(setting.flow).map((name) => [name, first])),
    commits: { [first.sha]: first },
    releases: [],
    pullRequests: [],
    gateAnswers: [],
    states: Object.fromEntries(states),
    runs: [],
    plans: {},
    leases: {},
    script: { plans: [], crashes: [] },
  };
}

function firstTree(stacks: readonly Stack[]): Tree {
  const paths = stacks.flatMap((stack) => [`${stack.root}/main.tf`, ...filesOf(stack)]);
  return Object.fromEntries(paths.map((path) => [path, "first"]));
}

/** The branches that are there from the start: those that a class names one by one. */
function trunksOf(flow: Flow): readonly string[] {
  return flow.branches.flatMap(({ match }) => match.filter((pattern) => !/[*?[\]]/.test(pattern)));
}
