import { type Check, type CheckedFlow, each, problem, warning } from "../check.ts";
import type { BranchClass, Environment, Flow, Gate, StackPattern } from "../flow.ts";
import { kindFromName } from "../normalise-environment.ts";
import { stackNameOf } from "../stack-name.ts";
import { fill, hasWord } from "../templates.ts";

/** Every environment says what it is for: its kind decides what is asked of people. */
export const everyEnvironmentHasAKind: Check = {
  name: "every-environment-has-a-kind",
  find: (about) =>
    each(about.flow.environments, (environment) =>
      about.written(environment, "kind") === undefined && kindFromName(environment.name) === undefined
        ? [
            problem("missing-key", about.placeOfKey(environment), [
              `The key "kind" is missing in environments.${environment.name}.`,
              "It is ephemeral, dev, test, stage or prod.",
            ]),
          ]
        : [],
    ),
};

/** What is called production is treated as such, unless somebody meant otherwise. */
export const productionIsProduction: Check = {
  name: "production-is-production",
  find: (about) =>
    each(about.flow.environments, (environment) => {
      const { name, kind } = environment;
      if (kindFromName(name) !== "prod" || kind === "prod") return [];
      const text = `"${name}" is of kind ${kind}, so it is not guarded as production is.`;
      return [
        warning("kind-unlike-name", about.place(environment, "kind"), [
          text,
          "Write `kind: prod`, or give it another name.",
        ]),
      ];
    }),
};

/** A gated environment is applied to by the flow only, so a row has to do it. */
export const everyEnvironmentCanBeReached: Check = {
  name: "every-environment-can-be-reached",
  needsWhole: ["when"],
  find: (about) =>
    each(about.flow.environments, (environment) => {
      const { name, gated, perPullRequest } = environment;
      const isApplied = about.flow.when.some((row) => row.environment === name && row.do.includes("apply"));
      if (isApplied || !(gated || perPullRequest)) return [];
      const why = gated ? "it is gated" : "it belongs to a pull request";
      const text = `Nothing is ever applied to "${name}": no row does it, and ${why}.`;
      return [
        problem("environment-unreachable", about.placeOfKey(environment), [
          text,
          `Add a row with \`in: ${name}\` that applies.`,
        ]),
      ];
    }),
};

/** There is something to apply in every environment. */
export const everyEnvironmentHasAStack: Check = {
  name: "every-environment-has-a-stack",
  needsWhole: ["stacks"],
  find: (about) =>
    each(about.flow.environments, (environment) => {
      const { name } = environment;
      if (about.flow.stacks.some((stack) => stack.in.includes(name))) return [];
      const text = `There is no stack in "${name}".`;
      return [
        problem("environment-empty", about.placeOfKey(environment), [
          text,
          "Name it under `in` of a stack, or remove it.",
        ]),
      ];
    }),
};

/** What comes first is there for all: nothing says that a change stands anywhere else. */
export const nothingWaitsForAnInstance: Check = {
  name: "nothing-waits-for-an-instance",
  find(about) {
    const instances = new Set(about.flow.environments.flatMap((each) => (each.perPullRequest ? [each.name] : [])));
    return each(about.flow.environments, (environment) =>
      environment.after.flatMap((name, index) =>
        instances.has(name)
          ? [
              problem("after-instance", about.place(environment, "after", index), [
                `There is a "${name}" for each pull request, and it is destroyed with that.`,
                "Take it out of `after`.",
              ]),
            ]
          : [],
      ),
    );
  },
};

/** What comes first comes first for something: a stack in both. */
export const whatComesFirstIsThere: Check = {
  name: "what-comes-first-is-there",
  needsWhole: ["stacks"],
  find: (about) =>
    each(about.flow.environments, (environment) => {
      const { stacks } = about.flow;
      const here = stacks.filter((stack) => stack.in.includes(environment.name));
      return environment.after.flatMap((name, index) => {
        const there = stacks.filter((stack) => stack.in.includes(name));
        // That there is none at all is said elsewhere.
        if (here.length === 0 || there.length === 0) return [];
        if (here.some((one) => there.some((other) => mayNameTheSame(one, other)))) return [];
        const text = `No stack is in "${name}" and in "${environment.name}", so nothing comes first.`;
        const hint = `Name "${name}" under \`in\` of the stacks, or take it out of \`after\`.`;
        return [problem("key-without-effect", about.place(environment, "after", index), [text, hint])];
      });
    }),
};

function mayNameTheSame(one: StackPattern, other: StackPattern): boolean {
  if (hasWord(one.root, "stack") && hasWord(other.root, "stack")) return true;
  if (hasWord(one.root, "stack")) return mayNameTheSame(other, one);
  const name = stackNameOf(one);
  // That it has none is said elsewhere.
  if (name === undefined) return true;
  return hasWord(other.root, "stack") ? fill(other.root, { stack: name }) === one.root : stackNameOf(other) === name;
}

/** `after` leads back to the start for no environment: each would wait for the others. */
export const noEnvironmentWaitsForItself: Check = {
  name: "no-environment-waits-for-itself",
  find(about) {
    const { environments } = about.flow;
    return each(environments, (environment) => {
      const circle = circleFrom(environment, environments);
      // Told once, at the environment of the circle that comes first in the file.
      const first = environments.find(({ name }) => circle?.includes(name));
      if (circle === undefined || first !== environment) return [];
      const text =
        circle.length === 1
          ? `"${environment.name}" waits for itself.`
          : `${[...circle, circle[0]].join(" waits for ")}.`;
      return [problem("after-circle", about.place(environment, "after"), [text, "Take one of them out of `after`."])];
    });
  },
};

/** The way from an environment through `after` back to it, shortest first. */
function circleFrom(start: Environment, environments: readonly Environment[]): readonly string[] | undefined {
  const byName = new Map(environments.map((environment) => [environment.name, environment]));
  const seen = new Set<string>();
  let ways: readonly (readonly string[])[] = [[start.name]];
  while (ways.length > 0) {
    const next: (readonly string[])[] = [];
    for (const way of ways) {
      for (const name of byName.get(way.at(-1) ?? "")?.after ?? []) {
        if (name === start.name) return way;
        if (seen.has(name)) continue;
        seen.add(name);
        next.push([...way, name]);
      }
    }
    ways = next;
  }
  return undefined;
}

/** What reaches stage or prod was looked at: it comes from branches that accept or review, or from releases of these. */
export const onlyProtectedRefsReachGates: Check = {
  name: "only-protected-refs-reach-gates",
  find: (about) =>
    each(about.flow.environments, (environment) => {
      if (environment.kind !== "stage" && environment.kind !== "prod") return [];
      return environment.appliesFrom.flatMap((ref, index) => {
        const branch = branchBehind(about.flow, ref);
        if (branch === undefined || (branch.protected && branch.directPush !== "free")) return [];
        if (branch.protected) return [pushedPast(environment, branch, about)];
        const text = `"${environment.name}" would be applied from "${ref}", where nobody has to look at a change.`;
        const hint = `Take it out, or protect "${branch.name}" with \`accepts\` or \`reviews\`.`;
        return [problem("ref-unprotected", about.place(environment, "appliesFrom", index), [text, hint])];
      });
    }),
};

function pushedPast({ name }: Environment, branch: BranchClass, about: CheckedFlow) {
  const text = `"${name}" is applied from "${branch.name}", and anybody may push there past its reviews.`;
  return problem("ref-unprotected", about.place(branch, "directPush"), [
    text,
    "Write `never`, or how much may be pushed.",
  ]);
}

/** The branch class that a name under `appliesFrom` comes down to. */
export function branchBehind(flow: Flow, ref: string): BranchClass | undefined {
  const from = flow.releases.find((release) => release.id === ref)?.from ?? ref;
  return flow.branches.find((branch) => branch.name === from);
}

/** Somebody else than who wrote it says yes before stage or production changes. */
export const somebodySaysYes: Check = {
  name: "somebody-says-yes",
  find: (about) => each(about.flow.environments, (environment) => whoSaysYes(environment, about)),
};

/** A branch that could not be read may be reviewed; what may be pushed past the reviews, however small, nobody looked at. */
function isLookedAt(branch: BranchClass | undefined): boolean {
  return branch === undefined || (branch.reviews !== null && branch.directPush === "never");
}

function whoSaysYes(environment: Environment, about: CheckedFlow) {
  const { flow } = about;
  const { name, kind, approvals } = environment;
  if ((kind !== "prod" && kind !== "stage") || flow.assurance === "solo") return [];
  const place = about.placeOfKey(environment);
  const hint = "Add `approvals: { count: 1, by: … }`.";
  if (kind === "prod" && approvals === null && flow.assurance === "regulated")
    return [problem("gate-missing", place, [`"${name}" is production, and nobody approves its plans.`, hint])];
  const asksOthers = (gate: Gate | null | undefined) => gate?.notBy.includes("writers") === true;
  const rows = flow.when.filter((row) => row.environment === name && row.do.includes("apply"));
  const reviewed = environment.appliesFrom.every((ref) => isLookedAt(branchBehind(flow, ref)));
  const gated = rows.length > 0 && rows.every((row) => asksOthers(flow.gates.find((gate) => gate.name === row.gate)));
  if (reviewed || gated || asksOthers(approvals)) return [];
  const what = kind === "prod" ? "production" : "of kind stage";
  const nobody = approvals === null ? "nobody" : "nobody but who wrote them";
  const text = `"${name}" is ${what}, and changes reach it that ${nobody} has to approve or review.`;
  const others = "Let others approve, or give the branches that it is applied from `reviews`.";
  return [warning("gate-missing", place, [text, approvals === null ? hint : others])];
}

const refused: readonly (readonly [RegExp, string])[] = [
  [/^TF_CLI_ARGS/i, "would change every command behind the reviewer's back"],
  [
    /^TF_(?:CLI_CONFIG_FILE|DATA_DIR|WORKSPACE|REATTACH_PROVIDERS|PLUGIN_CACHE_DIR|PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE|ENCRYPTION)$/i,
    "would change what is planned and where",
  ],
  [/^(?:HTTPS?|NO|ALL|FTP)_PROXY$/i, "would send traffic elsewhere"],
  [/ENDPOINT_URL|_ENDPOINT$|_CUSTOM_ENDPOINT$/i, "would send requests to another cloud"],
  [/^(?:LD_|DYLD_|GIT_|NODE_OPTIONS$|BASH_ENV$|ENV$|PATH$|HOME$|SHELL$)/i, "would change which programs run"],
];

/** No variable that turns a plan into another one behind the reviewer's back. */
export const variablesKeepThePlan: Check = {
  name: "variables-keep-the-plan",
  find(about) {
    const all = about.flow.environments.flatMap((environment) =>
      environment.variables.map((variable, index) => ({ environment, variable, index })),
    );
    return each(all, ({ environment, variable, index }) => {
      const why = refused.find(([pattern]) => pattern.test(variable))?.[1];
      if (why === undefined) return [];
      return [
        problem("variable-refused", about.place(environment, "variables", index), [
          `${variable} ${why}, so it is not passed on.`,
          "Take it out of `variables`.",
        ]),
      ];
    });
  },
};
