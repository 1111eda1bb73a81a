import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { ForgeSettings } from "../../domain/forge-settings.ts";
import type { Flow, Gate } from "../../flow/index.ts";
import type { PlaceOf } from "../compiled-file.ts";
import { errorAt, type Found, placed, warningAt } from "../found.ts";
import { gateAt, mostReviewers, reviewersOf } from "./environments.ts";
import { governed } from "./governed.ts";
import { staysLinear } from "./rulesets.ts";
import type { Wanted } from "./wanted.ts";

/** As long as GitHub keeps artifacts anywhere. */
const longestRetention = 400;

/** What the flow asks of GitHub that it cannot carry, each with what holds instead. */
export function notCarried(
  wanted: Wanted,
  settings: ForgeSettings,
  about: { readonly flowFile: string; readonly placeOf: PlaceOf | undefined },
): readonly Diagnostic[] {
  return placed(
    [
      ...app(wanted),
      ...branches(wanted),
      ...governed(wanted),
      ...gates(wanted.flow),
      ...(wanted.app === null ? teams(wanted.flow) : []),
      ...environmentNames(wanted.flow, settings),
      ...retention(settings),
    ],
    about,
  );
}

function app({ flow, app: name }: Wanted): readonly Found[] {
  if (flow.identity !== "app" || name !== null) return [];
  return [
    errorAt(
      ["identity"],
      "app-unnamed",
      "The flow asks to act as a GitHub App and does not say which.",
      "Name it: repository: { owner: …, name: …, app: NAME-IN-ITS-ADDRESS }.",
    ),
  ];
}

function branches(wanted: Wanted): readonly Found[] {
  const { flow, app: name } = wanted;
  return flow.branches.flatMap((branch) => {
    const forward = branch.merge.includes("fast-forward") && name === null;
    const limited = branch.protected && branch.directPush !== "never";
    return [
      ...(forward
        ? [
            warningAt(
              ["branches", branch.name, "merge"],
              "no-fast-forward",
              `"${branch.name}" is merged by fast-forward, which GitHub has no button for and the workflow's own token may not do.`,
              "Merge commits are allowed there instead, which keep every commit. With `identity: app` the app moves the branch, for whoever says `/plangate merge`.",
            ),
          ]
        : []),
      ...(limited
        ? [
            warningAt(
              ["branches", branch.name, "directPush"],
              "pushes-not-limited",
              `"${branch.name}" takes pushes, and GitHub cannot limit their size: no pull request is required there.`,
              "What is pushed past reviews is found afterwards and applied nowhere before somebody accepted it.",
            ),
          ]
        : []),
      ...(branch.protected && branch.linear && !staysLinear(branch, wanted)
        ? [
            warningAt(
              ["branches", branch.name, "linear"],
              "linear-not-required",
              `"${branch.name}" is linear, and GitHub's rule for that would also refuse the merges that bring work back or forward there.`,
              "Plangate's own check refuses pull requests that have merge commits of their own.",
            ),
          ]
        : []),
      ...(branch.backMerge.length > 0 && name === null
        ? [
            warningAt(
              ["branches", branch.name, "backMerge"],
              "no-own-pull-requests",
              `What reaches "${branch.name}" goes back to ${branch.backMerge.join(", ")} by pull requests, and one that the workflow's own token opens starts no check.`,
              "A person opens it, or closes and opens it again. With `identity: app` the app opens it.",
            ),
          ]
        : []),
    ];
  });
}

/** Gates that GitHub itself asks at. */
function gates(flow: Flow): readonly Found[] {
  const asked: readonly { readonly gate: Gate; readonly at: Found["at"] }[] = [
    ...flow.gates
      .filter((gate) => flow.when.some((row) => row.gate === gate.name))
      .map((gate) => ({ gate, at: ["gates", gate.name] })),
    ...flow.environments.flatMap((one) => {
      const gate = gateAt(flow, one)?.gate;
      return gate === undefined ? [] : [{ gate, at: ["environments", one.name, "approvals"] }];
    }),
  ];
  return asked.flatMap(({ gate, at }) => {
    const people = reviewersOf(flow, gate.by);
    if (people.length <= mostReviewers) return [];
    return [
      warningAt(
        [...at, "by"],
        "too-many-reviewers",
        `${people.length} people may open "${gate.name}", and an environment of GitHub asks ${mostReviewers} at most.`,
        `The first ${mostReviewers} are asked there. Name a team instead, organisation/team, and all of its members are.`,
      ),
    ];
  });
}

function teams({ teams: all }: Flow): readonly Found[] {
  return Object.entries(all).flatMap(([name, { forgeTeam }]) =>
    forgeTeam === null
      ? []
      : [
          warningAt(
            ["teams", name],
            "team-unreadable",
            `The team "${name}" is ${forgeTeam} on GitHub, and the workflow's own token may not read who its members are.`,
            "List the logins, or set `identity: app`. Until then nobody of it can give an answer that counts.",
          ),
        ],
  );
}

/** GitHub compares names of environments without regard to case. */
function environmentNames({ gates: written }: Flow, { environments }: ForgeSettings): readonly Found[] {
  const seen = new Set<string>();
  return environments.flatMap(({ name }) => {
    const key = name.toLowerCase();
    const at = [written.some((gate) => gate.name === name) ? "gates" : "environments", name];
    if (seen.has(key))
      return [
        errorAt(
          at,
          "environment-twice",
          `Two environments on GitHub would be called "${name}", and each would hold the other's keys.`,
          "Rename the environment or the gate: NAME-plan and plangate are plangate's own.",
        ),
      ];
    seen.add(key);
    return [];
  });
}

function retention({ actions }: ForgeSettings): readonly Found[] {
  const { days } = actions.artifact_and_log_retention;
  if (days <= longestRetention) return [];
  return [
    warningAt(
      ["apply", "maxAge"],
      "kept-too-short",
      `Stored plans may wait longer than GitHub keeps artifacts: ${longestRetention} days, 90 in public repositories.`,
      "A plan whose artifact is gone is planned and approved anew. Shorten `apply.maxAge`, or keep stored plans in a bucket: `bundles`.",
    ),
  ];
}
