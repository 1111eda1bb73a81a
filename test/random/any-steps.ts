import fc from "fast-check";
import { type Login, parseLogin, parseStackName } from "../../src/domain/names.ts";
import { type PresetName, parseFlow, renderPreset } from "../../src/flow/index.ts";
import type { BranchSettings } from "../../src/worlds/live-settings.ts";
import { type Setting, settingOf } from "../../src/worlds/model/index.ts";
import { branchesAtStart, stacksAtStart } from "../../src/worlds/scene.ts";
import type { WorldStep } from "../../src/worlds/step.ts";

function login(text: string): Login {
  const parsed = parseLogin(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

export const [ann, bob, cem, eve] = ["ann", "bob", "cem", "eve"].map(login) as [Login, Login, Login, Login];

/** What people work with in a flow: the branches that they cut, and where from. */
const workOf: Readonly<Record<PresetName, readonly (readonly [branch: string, from: string])[]>> = {
  "trunk-demo": [
    ["feature/NET-1", "main"],
    ["hotfix/NET-2", "main"],
  ],
  "integration-branch": [
    ["feature/NET-1", "development"],
    ["hotfix/NET-2", "main"],
  ],
  gitflow: [
    ["dev/one", "develop"],
    ["dev/two", "develop"],
  ],
  "trunk-stored-plan": [
    ["one", "main"],
    ["two", "main"],
  ],
};

export function settingFor(preset: PresetName): Setting {
  const flow = parseFlow(renderPreset(preset), { file: "plangate.yaml" }).value;
  if (flow === undefined) throw new Error(`${preset} does not parse`);
  const team = Object.keys(flow.teams);
  const people = new Map([ann, bob, cem].map((person): [Login, string[]] => [person, team]));
  people.set(eve, []);
  const users = flow.stacks.some(({ root }) => root.includes("{stack}")) ? ["app", "net"] : ["infra"];
  return settingOf({
    flow,
    people,
    at: Date.UTC(2026, 0, 6, 10),
    start: "applied",
    stacks: stacksAtStart(flow, [], { "modules/net": users }),
    modules: { "modules/net": users.slice(0, 1) },
    owners: {},
  });
}

export const body = "Closes #1\nwhy: it is needed\nrollback: revert it";

/** Anything that people may do in a flow, sensible or not: each step by itself. */
export function stepsIn(preset: PresetName, setting: Setting): fc.Arbitrary<WorldStep> {
  const { flow } = setting;
  const work = workOf[preset];
  const trunks = branchesAtStart(flow);
  // Cem writes nothing, so that there is always somebody who may approve.
  const by = fc.constantFrom(ann, bob, eve);
  const pr = fc.constantFrom(...work.map(([branch]) => branch), "promotion", "back-merge");
  const roots = [...new Set(setting.stacks.map(({ root }) => root))];
  const paths = roots
    .flatMap((root) => [`${root}/main.tf`, `${root}/more.tf`])
    .concat("modules/net/main.tf", ".github/x", "README.md");
  const instances = setting.stacks.flatMap(
    ({ name }) => parseStackName(name.replace("ephemeral/", "ephemeral-1/")) ?? [],
  );
  const stack = fc.constantFrom(...instances);
  const gates = [...flow.gates, ...flow.environments].map(({ name }) => name);
  const jobs = flow.when.flatMap(({ job }) => job ?? []);
  const crons = flow.when.flatMap(({ cron }) => cron ?? []);
  const branches = [...work.map(([branch]) => branch), ...trunks];
  const heads = fc.oneof(
    fc.constantFrom(...work).map(([head, base]) => ({ head, base, as: head })),
    fc.constantFrom(...work).map(([head]) => ({ head, base: "main", as: head })),
    fc.constantFrom(...trunks).map((head) => ({ head, base: "main", as: "promotion" })),
  );
  const kinds: fc.MaybeWeightedArbitrary<WorldStep>[] = [
    {
      weight: 3,
      arbitrary: fc
        .record({
          by,
          branch: fc.constantFrom(...branches),
          fork: fc.constantFrom(null, null, null, eve),
          from: fc.constantFrom(null, null, ...trunks),
          changes: fc.array(
            fc.constantFrom(...paths).map((path) => ({ path, text: null })),
            { maxLength: 2 },
          ),
          remove: fc.constantFrom([], [], [], roots.slice(0, 1)),
          coAuthors: fc.subarray([bob]),
          rewrite: fc.boolean(),
          force: fc.boolean(),
        })
        .map((push) => ({ kind: "push", message: null, ...push })),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({
          by,
          heads,
          draft: fc.constant(false),
          issue: fc.constantFrom(1, 1, null),
          text: fc.constantFrom(body, body, ""),
        })
        .map(({ heads: { head, base, as }, text, ...about }) => ({
          kind: "open",
          head,
          base,
          as,
          fork: null,
          title: "",
          body: text,
          labels: [],
          ...about,
        })),
    },
    {
      weight: 6,
      arbitrary: fc
        .record({ by, pr, state: fc.constantFrom("approve", "approve", "request-changes") })
        .map((review) => ({ kind: "review", of: null, ...review })),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({
          by,
          pr,
          says: fc.constantFrom(
            "plan",
            "approve",
            "hold",
            "release-hold",
            "reject",
            "acknowledge",
            "release dev/app",
            "take dev/app",
            "forget test/app",
          ),
        })
        .map(({ says, ...about }) => ({ kind: "comment", branch: null, body: `/plangate ${says}`, ...about })),
    },
    fc
      .record({ by, branch: fc.constantFrom(...branches) })
      .map((at) => ({ kind: "comment", pr: null, body: "/plangate accept", ...at })),
    {
      weight: 5,
      arbitrary: fc.record({ by, pr, force: fc.boolean() }).map((merge) => ({ kind: "merge", method: null, ...merge })),
    },
    fc.record({ kind: fc.constantFrom("close", "reopen", "update-branch", "ready"), by, pr }),
    fc.record({ by, branch: fc.constantFrom(...branches) }).map((gone) => ({ kind: "delete-branch", ...gone })),
    fc
      .record({ by, pr, body: fc.constantFrom(body, ""), base: fc.constantFrom(null, null, ...trunks) })
      .map((edit) => ({ kind: "edit", title: null, ...edit })),
    fc
      .record({ by, pr, add: fc.constantFrom(["urgent"], []) })
      .map((label) => ({ kind: "label", remove: [], ...label })),
    {
      weight: 5,
      arbitrary: fc
        .record({ by, name: fc.constantFrom(...jobs), ref: fc.constantFrom(...branches, "v1.0.0", "v1.0.0", "v1.1.0") })
        .map((dispatch) => ({ kind: "dispatch", inputs: {}, ...dispatch })),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("gate"),
        by,
        environment: fc.constantFrom(...gates),
        state: fc.constantFrom("approve", "approve", "reject"),
      }),
    },
    fc.record({
      kind: fc.constant("release"),
      by,
      tag: fc.constantFrom("v1.0.0", "x", "net-v3.0.0"),
      ref: fc.constantFrom(...trunks),
      force: fc.constantFrom(false, false, true),
    }),
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("rerun"), by, stack: fc.option(stack, { nil: null }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("wait"),
        duration: fc.constantFrom(3_600_000, 18_000_000, 15 * 86_400_000),
      }),
    },
    fc.record({ kind: fc.constant("outside"), stack, change: fc.constantFrom("state", "lineage", "drift") }),
    fc.record({
      kind: fc.constant("replan"),
      stack,
      gives: fc.constantFrom("same-meaning", "different", "empty", "error"),
    }),
    fc.record({ kind: fc.constant("crash"), stack, during: fc.constantFrom("plan", "apply", "verify") }),
    fc
      .record({
        branch: fc.constantFrom(...trunks),
        set: fc.record<BranchSettings>({
          reviews: fc.constantFrom("off", "off", "on"),
          checks: fc.constantFrom("off", "off", "on"),
          pushes: fc.constantFrom("open", "open", "closed"),
          methods: fc.constantFrom("any", "any", "listed"),
        }),
      })
      .map((rules) => ({ kind: "settings", environment: null, ...rules })),
    fc
      .record({ environment: fc.constantFrom(...gates), reviewers: fc.constantFrom("anybody", "listed") })
      .map(({ environment, reviewers }) => ({ kind: "settings", branch: null, environment, set: { reviewers } })),
  ];
  if (crons.length > 0) kinds.push(fc.record({ kind: fc.constant("schedule"), cron: fc.constantFrom(...crons) }));
  return fc.oneof(...kinds);
}

/** Single steps, and now and then a few that belong together, so that applies are not left to luck. */
export function pathsIn(preset: PresetName, setting: Setting): fc.Arbitrary<readonly WorldStep[]> {
  const { flow } = setting;
  const one = stepsIn(preset, setting).map((step) => [step]);
  const gates = [...flow.gates, ...flow.environments].map(({ name }) => name);
  const allGates = gates.flatMap((environment): WorldStep[] =>
    [bob, cem].map((by) => ({ kind: "gate", by, environment, state: "approve" })),
  );
  const jobs = flow.when.flatMap(({ job }) => job ?? []);
  const refs = [...workOf[preset].map(([branch]) => branch), ...branchesAtStart(flow)];
  const dispatched = fc
    .record({ name: fc.constantFrom(...jobs), ref: fc.constantFrom(...refs) })
    .map((what): WorldStep[] => [{ kind: "dispatch", by: ann, inputs: {}, ...what }, ...allGates]);
  const merged = fc
    .constantFrom(...workOf[preset].map(([branch]) => branch), "promotion")
    .map((pr): WorldStep[] => [
      ...[bob, cem].map((by): WorldStep => ({ kind: "review", by, pr, state: "approve", of: null })),
      { kind: "merge", by: cem, pr, method: null, force: false },
      ...allGates,
    ]);
  return fc.oneof({ weight: 20, arbitrary: one }, dispatched, merged);
}

/** Two pull requests that meet on one stack; what follows is anybody's. */
export function opened(preset: PresetName, { stacks }: Setting): readonly WorldStep[] {
  return workOf[preset].flatMap(([branch, from], index): WorldStep[] => {
    const root = stacks[0]?.root ?? "";
    const path = `${root}/${index === 0 ? "main" : "more"}.tf`;
    const common = { by: ann, fork: null };
    const push = {
      branch,
      from,
      changes: [{ path, text: null }],
      remove: [],
      message: null,
      coAuthors: [],
      rewrite: false,
      force: false,
    };
    const open = { head: branch, as: branch, base: from, title: "", body, labels: [], draft: false, issue: 1 };
    return [
      { kind: "push", ...common, ...push },
      { kind: "open", ...common, ...open },
    ];
  });
}
