import type { RunId, StackName } from "../../domain/names.ts";
import { asTheFlowSays } from "../live-settings.ts";
import { branchesAtStart, codeOwnersFile } from "../scene.ts";
import { makeCommit, type Tree } from "./git.ts";
import { filesOf, inputsOf } from "./inputs.ts";
import type { Setting } from "./setting.ts";
import { type ModelWorld, nothingApplied, type StackState } from "./world.ts";

/** Whatever did the first apply: no run of the story. */
const firstRun = "run-00000000" as RunId;

/** The world before the first step. */
export function startWorld(setting: Setting): ModelWorld {
  const first = makeCommit({ parents: [], tree: firstTree(setting), at: setting.at, people: [] });
  const states = sharedStacks(setting).map((name, index): [StackName, StackState] => {
    const inputs = inputsOf(setting, first.tree, name);
    if (setting.start === "empty" || inputs === null) return [name, nothingApplied];
    const about = { commit: first.sha, run: firstRun, verified: true, at: setting.at, source: null };
    const version = { lineage: `lineage-${index + 1}`, serial: 1 };
    return [name, { ...nothingApplied, version, applied: { ...about, inputs }, standing: setting.at }];
  });
  return {
    now: setting.at,
    branches: Object.fromEntries(branchesAtStart(setting.flow).map((name) => [name, first])),
    commits: { [first.sha]: first },
    pushes: [],
    releases: [],
    pullRequests: [],
    gateAnswers: [],
    commitAnswers: [],
    issues: [],
    states: Object.fromEntries(states),
    runs: [],
    plans: {},
    leases: {},
    holds: {},
    live: asTheFlowSays,
    script: { plans: [], crashes: [], drifting: [] },
  };
}

/** Nothing stands yet in an environment per pull request. */
function sharedStacks({ flow, stacks }: Setting): readonly StackName[] {
  const perPullRequest = flow.environments.filter((environment) => environment.perPullRequest).map(({ name }) => name);
  return stacks.filter(({ environment }) => !perPullRequest.includes(environment)).map(({ name }) => name);
}

function firstTree({ stacks, modules, owners }: Setting): Tree {
  const paths = stacks.flatMap((stack) => [`${stack.root}/main.tf`, ...filesOf(stack)]);
  const folders = Object.keys(modules).map((folder) => `${folder}/main.tf`);
  const tree = Object.fromEntries([...paths, ...folders].map((path) => [path, "first"]));
  const codeOwners = codeOwnersFile(owners);
  return codeOwners === null ? tree : { ...tree, [codeOwners.path]: codeOwners.text };
}
