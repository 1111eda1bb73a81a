import { type Login, parseLogin, parseStackName, type StackName } from "../../src/domain/names.ts";
import type { BranchClass, Flow } from "../../src/flow/flow.ts";
import { branchClassOf, onlyBranchOf } from "../../src/flow/match.ts";
import { stackNameOf } from "../../src/flow/stack-name.ts";
import { fill, hasWord } from "../../src/flow/templates.ts";
import { gatesIn } from "../../src/worlds/forge-rules.ts";
import type { BranchSettings } from "../../src/worlds/live-settings.ts";
import type { PathChange, WorldStep } from "../../src/worlds/step.ts";

/**
 * Steps of a story by chance. What is drawn are plain numbers, and each is read against what the story has had so far, so
 * that a story stays one when some of its steps are left out: that is what makes it possible to shrink it.
 */
export interface Choice {
  readonly what: number;
  readonly who: number;
  readonly which: number;
  readonly how: number;
}

/** Roles are the flow's own teams: ann and bob are in all of them, eve is in none. */
export const people = (flow: Flow): ReadonlyMap<Login, readonly string[]> =>
  new Map([
    [login("ann"), Object.keys(flow.teams)],
    [login("bob"), Object.keys(flow.teams)],
    [login("eve"), []],
  ]);

function login(text: string): Login {
  const parsed = parseLogin(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

/** What a story by chance knows of itself. */
interface Told {
  readonly branches: string[];
  /** Branches of a fork of eve's. */
  readonly forked: string[];
  readonly pullRequests: { readonly name: string; readonly head: string }[];
  tickets: number;
}

interface About {
  readonly flow: Flow;
  readonly told: Told;
  readonly by: Login;
  readonly choice: Choice;
}

type Draw = (about: About) => WorldStep | undefined;

/** The base names of the stacks that a story by chance has. */
function baseNames(flow: Flow): readonly string[] {
  return flow.stacks.flatMap((pattern) =>
    hasWord(pattern.root, "stack") ? ["app", "net"] : [stackNameOf(pattern) ?? ""],
  );
}

export function stackNames(flow: Flow): readonly StackName[] {
  return flow.environments
    .filter(({ perPullRequest }) => !perPullRequest)
    .flatMap(({ name }) => baseNames(flow).flatMap((base) => parseStackName(`${name}/${base}`) ?? []));
}

/** A module that both stacks use, one of them through another module; a root that stands alone uses none. */
export function modulesOf(flow: Flow): Readonly<Record<string, readonly string[]>> {
  return baseNames(flow).length < 2 ? {} : { "modules/base": ["modules/net"], "modules/net": ["app", "net"] };
}

function pick<T>(items: readonly T[], number: number): T | undefined {
  return items.length === 0 ? undefined : items[number % items.length];
}

/** Files that a change may touch: roots, what lies beside them, and what no stack reads. */
function pathsOf(flow: Flow): readonly string[] {
  const roots = flow.stacks.flatMap((pattern) =>
    hasWord(pattern.root, "stack")
      ? ["app", "net"].map((stack) => fill(pattern.root, { stack, environment: pattern.in[0] ?? "" }))
      : [fill(pattern.root, { environment: pattern.in[0] ?? "" })],
  );
  return [
    ...Object.keys(modulesOf(flow)).map((module) => `${module}/main.tf`),
    ...roots.flatMap((root) => [`${root}/main.tf`, `${root}/main.tf`, `${root}/more.tf`]),
    "README.md",
    ".github/x.yml",
  ];
}

const workClasses = (flow: Flow): readonly BranchClass[] => flow.branches.filter((branch) => !branch.protected);

function longLived(flow: Flow): readonly string[] {
  return flow.branches.filter((branch) => branch.protected).flatMap((branch) => onlyBranchOf(branch) ?? []);
}

function newBranch(branch: BranchClass, ticket: number): string {
  const [pattern = "**"] = branch.match;
  return pattern
    .replace("{ticket}", `NET-${ticket}`)
    .replace("**", `NET-${ticket}-change`)
    .replace("*", `NET-${ticket}`);
}

function changesOf({ flow, choice }: About): readonly PathChange[] {
  const paths = pathsOf(flow);
  const first = pick(paths, choice.which) ?? "README.md";
  const more = choice.how % 3 === 0 ? [pick(paths, choice.which + choice.how + 1) ?? first] : [];
  return [...new Set([first, ...more])].map((path) => ({ path, text: null }));
}

/** Now and then a file goes that others can do without: a main file is what names a root's backend, and what a module's callers call. */
function removalsOf({ flow, choice }: About): readonly string[] {
  const paths = pathsOf(flow).filter((path) => !path.endsWith("/main.tf"));
  return choice.who % 5 === 1 ? [pick(paths, choice.how) ?? "README.md"] : [];
}

const nothingSpecial = { fork: null, message: null, coAuthors: [], rewrite: false, force: false } as const;
const fullText = "Closes #1\n\n## Why\nIt is needed.\n\n## Rollback\nRevert it.\n";

const begin: Draw = (about) => {
  const { flow, told, by, choice } = about;
  const branch = pick(workClasses(flow), choice.how);
  if (branch === undefined) return undefined;
  const parent = flow.branches.find(({ name }) => name === branch.cutFrom);
  const from = (parent === undefined ? undefined : onlyBranchOf(parent)) ?? longLived(flow)[0] ?? "main";
  const name = newBranch(branch, ++told.tickets);
  const fork = by === "eve" && choice.which % 2 === 1 ? by : null;
  (fork === null ? told.branches : told.forked).push(name);
  const content = { changes: changesOf(about), remove: removalsOf(about) };
  return { kind: "push", by, branch: name, from, ...content, ...nothingSpecial, fork };
};

const pushAgain: Draw = (about) => {
  const branch = pick(about.told.branches, about.choice.how);
  if (branch === undefined) return undefined;
  const content = { changes: changesOf(about), remove: removalsOf(about) };
  return { kind: "push", by: about.by, branch, from: null, ...content, ...nothingSpecial };
};

const pushDirectly: Draw = (about) => {
  const branch = pick(longLived(about.flow), about.choice.how);
  if (branch === undefined) return undefined;
  const force = about.choice.which % 2 === 0;
  // Now and then with all that another branch has, whatever that throws away.
  const from = about.choice.who % 5 === 0 ? (pick(about.told.branches, about.choice.which) ?? null) : null;
  const rewrite = from !== null;
  const content = { changes: changesOf(about), remove: removalsOf(about) };
  return { kind: "push", by: about.by, branch, from, ...content, ...nothingSpecial, force, rewrite };
};

const pushToFork: Draw = (about) => {
  const branch = pick(about.told.forked, about.choice.how);
  if (branch === undefined) return undefined;
  const by = login("eve");
  return { kind: "push", by, branch, from: null, changes: changesOf(about), remove: [], ...nothingSpecial, fork: by };
};

const open: Draw = ({ flow, told, by, choice }) => {
  const bases = longLived(flow);
  const own = [...told.branches, ...told.branches, ...bases.slice(0, bases.length > 1 ? 2 : 0)];
  const head = pick([...own, ...told.forked], choice.how);
  if (head === undefined) return undefined;
  const name = branchClassOf(flow, head)?.name;
  const accepting = bases.filter((base) => branchClassOf(flow, base)?.accepts.includes(name ?? "") === true);
  const base = pick(choice.which % 7 === 0 ? bases : accepting, choice.which) ?? bases[0] ?? "main";
  const as = `pr${told.pullRequests.length + 1}`;
  told.pullRequests.push({ name: as, head });
  const body = choice.which % 5 === 0 ? "" : fullText;
  const fork = told.forked.includes(head) ? login("eve") : null;
  return { kind: "open", by, head, fork, base, title: "", body, labels: [], draft: false, issue: null, as };
};

const onPullRequest =
  (make: (about: About, pr: string) => WorldStep): Draw =>
  (about) => {
    const change = pick(about.told.pullRequests, about.choice.how);
    return change === undefined ? undefined : make(about, change.name);
  };

const methods = [null, null, null, "squash", "rebase", "merge"] as const;

const merge = onPullRequest(({ by, choice }, pr) => ({
  kind: "merge",
  by,
  pr,
  method: pick(methods, choice.who) ?? null,
  force: choice.which % 4 === 0,
}));

const review = onPullRequest(({ by, choice }, pr) => ({
  kind: "review",
  by,
  pr,
  state: choice.which % 5 === 0 ? "request-changes" : "approve",
  of: null,
}));

const commands = ["plan", "approve", "hold", "release-hold", "reject", "acknowledge", "take-back"] as const;

const comment = onPullRequest(({ flow, by, choice }, pr) => {
  const held = flow.environments.find((environment) => environment.heldByBranch);
  const words: string[] = [...commands];
  const stack =
    held === undefined
      ? undefined
      : pick(
          stackNames(flow).filter((name) => name.startsWith(`${held.name}/`)),
          choice.who,
        );
  if (stack !== undefined) words.push(`release ${stack}`, `take ${stack}`);
  return { kind: "comment", by, pr, branch: null, body: `/plangate ${pick(words, choice.which) ?? "plan"}` };
});

const label = onPullRequest(({ flow, by }, pr) => {
  const emergency = flow.environments.flatMap((environment) => environment.emergency?.label ?? [])[0] ?? "later";
  return { kind: "label", by, pr, add: [emergency], remove: [] };
});

const edit = onPullRequest(({ by, choice }, pr) => ({
  kind: "edit",
  by,
  pr,
  title: null,
  body: choice.which % 3 === 0 ? "" : fullText,
  base: null,
}));

const close = onPullRequest(({ by, choice }, pr) =>
  choice.which % 3 === 0 ? { kind: "reopen", by, pr } : { kind: "close", by, pr },
);

const acceptCommit: Draw = ({ flow, by, choice }) => {
  const branch = pick(longLived(flow), choice.how);
  return branch === undefined ? undefined : { kind: "comment", by, pr: null, branch, body: "/plangate accept" };
};

const dispatch: Draw = ({ flow, told, by, choice }) => {
  const name = pick(
    flow.when.flatMap(({ job }) => job ?? []),
    choice.which,
  );
  if (name === undefined) return undefined;
  const releases = flow.when.some((row) => row.job === name && row.ref !== null);
  const refs = releases ? ["v1.0.0", "v1.0.0", "main"] : [...longLived(flow), ...told.branches];
  return { kind: "dispatch", by, name, ref: pick(refs, choice.how) ?? "main", inputs: {} };
};

const gate: Draw = ({ flow, by, choice }) => {
  const environment = pick(
    gatesIn(flow).map(({ name }) => name),
    choice.which,
  );
  if (environment === undefined) return undefined;
  return { kind: "gate", by, environment, state: choice.how % 5 === 0 ? "reject" : "approve" };
};

const release: Draw = ({ flow, told, by, choice }) => {
  const refs = [...longLived(flow), ...told.branches];
  const tag = choice.which % 4 === 0 ? "net-v1.0.0" : "v1.0.0";
  return { kind: "release", by, tag, ref: pick(refs, choice.how) ?? "main", force: choice.which % 3 === 0 };
};

const schedule: Draw = ({ flow, choice }) => {
  const cron = pick(
    flow.when.flatMap((row) => row.cron ?? []),
    choice.which,
  );
  return cron === undefined ? undefined : { kind: "schedule", cron };
};

const wait: Draw = ({ choice }) => ({
  kind: "wait",
  duration: [3_600_000, 5 * 3_600_000, 15 * 86_400_000][choice.which % 3] ?? 3_600_000,
});

const onStack =
  (make: (stack: StackName, choice: Choice, by: Login) => WorldStep): Draw =>
  ({ flow, choice, by }) => {
    const stack = pick(stackNames(flow), choice.which);
    return stack === undefined ? undefined : make(stack, choice, by);
  };

const outside = onStack((stack, { how, who }) => {
  if (who % 5 === 0) return { kind: "outside", stack, change: "drift", during: "apply" };
  return { kind: "outside", stack, change: (["drift", "state", "lineage"] as const)[how % 3] ?? "state" };
});

const replan = onStack((stack, { how }) => ({
  kind: "replan",
  stack,
  gives: (["same-meaning", "different", "empty", "error"] as const)[how % 4] ?? "different",
}));

const crash = onStack((stack, { how }) => ({
  kind: "crash",
  stack,
  during: (["plan", "apply", "verify"] as const)[how % 3] ?? "apply",
}));

const rerun = onStack((stack, { how }, by) => ({ kind: "rerun", by, stack: how % 2 === 0 ? null : stack }));

const deleteBranch: Draw = ({ told, by, choice }) => {
  const branch = pick(told.branches, choice.how);
  if (branch === undefined) return undefined;
  told.branches.splice(told.branches.indexOf(branch), 1);
  return { kind: "delete-branch", by, branch };
};

const updateBranch = onPullRequest(({ by }, pr) => ({ kind: "update-branch", by, pr }));

const settings: Draw = ({ flow, choice }) => {
  const gates = gatesIn(flow).map(({ name }) => name);
  const environment = choice.which % 3 === 0 ? pick(gates, choice.how) : undefined;
  const off = choice.who % 4 !== 0;
  if (environment !== undefined)
    return { kind: "settings", branch: null, environment, set: { reviewers: off ? "anybody" : "listed" } };
  const branch = pick(longLived(flow), choice.how);
  if (branch === undefined) return undefined;
  const set = pick<BranchSettings>(
    off
      ? [{ reviews: "off" }, { checks: "off" }, { pushes: "open" }, { reviews: "off", checks: "off", methods: "any" }]
      : [{ reviews: "on", checks: "on", pushes: "closed", methods: "listed" }],
    choice.which,
  );
  return { kind: "settings", branch, environment: null, set: set ?? {} };
};

/** How often each kind of step is drawn. */
const draws: readonly (readonly [weight: number, draw: Draw])[] = [
  [4, begin],
  [2, pushAgain],
  [1, pushToFork],
  [1, pushDirectly],
  [5, open],
  [6, review],
  [7, merge],
  [3, comment],
  [1, label],
  [1, edit],
  [1, close],
  [1, acceptCommit],
  [5, dispatch],
  [5, gate],
  [1, release],
  [2, schedule],
  [2, wait],
  [2, outside],
  [1, replan],
  [1, crash],
  [1, rerun],
  [1, deleteBranch],
  [1, updateBranch],
  [2, settings],
];

const wheel = draws.flatMap(([weight, draw]) => Array.from({ length: weight }, () => draw));

/** How many numbers `what` tells apart. */
export const kindsOfStep = wheel.length;

const first: readonly Draw[] = [begin, open];

/** The story that the choices make. It begins with a change and its pull request, or little would ever happen. */
export function stepsOf(flow: Flow, choices: readonly Choice[]): readonly WorldStep[] {
  const told: Told = { branches: [], forked: [], pullRequests: [], tickets: 0 };
  return choices.flatMap((choice, index) => {
    const draw = first[index] ?? wheel[choice.what % wheel.length];
    const by = login(choice.who % 7 === 0 ? "eve" : choice.who % 2 === 0 ? "ann" : "bob");
    return draw?.({ flow, told, by, choice }) ?? [];
  });
}
