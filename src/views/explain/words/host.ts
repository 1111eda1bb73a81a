import { durationText } from "../../../domain/names.ts";
import type { Flow } from "../../../flow/flow.ts";
import { listed, type Spelling } from "./names.ts";

/** What the host does, and what it cannot carry of this flow: said where a reader would otherwise rely on it. */
export function hostSentences(flow: Flow, spelling: Spelling): readonly string[] {
  switch (flow.host) {
    case "server":
      return [
        "plangate's own server does the work (host server), as an app of its own: what it publishes nobody else can, and whatever it opens or moves starts what follows.",
      ];
    case "actions":
      return [
        "GitHub's runners do the work (host actions).",
        "What the token that GitHub gives each workflow cannot carry is told here; most of it holds with an app of plangate's own.",
        ...actionsSentences(flow, spelling),
      ];
  }
}

function actionsSentences(flow: Flow, { strong }: Spelling): readonly string[] {
  const forward = flow.branches.filter(({ merge }) => merge.includes("fast-forward")).map(({ name }) => strong(name));
  const back = flow.branches.filter(({ backMerge }) => backMerge.length > 0).map(({ name }) => strong(name));
  const teams = Object.entries(flow.teams).filter(([, { forgeTeam }]) => forgeTeam !== null);
  const gates = [...flow.gates, ...flow.environments.flatMap(({ approvals }) => approvals ?? [])];
  const many = gates.filter(({ count }) => count > 1);
  const limits = flow.branches.filter(({ directPush }) => typeof directPush === "object");
  const waits = flow.environments.some(
    ({ windows, freezes, after, ttl, heldByBranch }) =>
      windows !== null || freezes.length > 0 || after.length > 0 || ttl !== null || heldByBranch,
  );
  const sentences: readonly (readonly [boolean, string])[] = [
    [
      true,
      "Any workflow can publish a check of plangate's name with that token: void is that a green check comes from plangate alone. What opens a gate is therefore never read from a check.",
    ],
    [
      true,
      "GitHub has no rule for which branch may be merged into which: plangate's check says so, and what was merged all the same is applied nowhere.",
    ],
    [
      forward.length > 0,
      `GitHub has no merge by fast-forward: for ${listed(forward)} plangate moves the branch itself when somebody who may merge says \`/plangate merge\`, which that token cannot do past the branch's protection, and which deploys nothing when it does.`,
    ],
    [
      back.length > 0,
      `A pull request that is opened with that token starts no workflow: a back-merge from ${listed(back)} gets its checks only when a person closes and opens it again.`,
    ],
    [
      flow.releases.length > 0,
      "A release that is made with that token starts no workflow: what is due on it is carried out in the same run, or by the sweep.",
    ],
    [
      gates.length > 0,
      "GitHub's own gates exist on public repositories, and on private ones with Enterprise only; elsewhere an environment with reviewers asks nobody. Void there is that GitHub asks; an apply waits all the same, since plangate counts the answers itself.",
    ],
    [
      many.length > 0,
      `One approval opens a gate of GitHub's: plangate counts for ${listed(many.map(({ name }) => strong(name)))} itself, and the job ends as not yet until enough have said yes.`,
    ],
    [
      teams.length > 0,
      `That token cannot read who is in a team: ${listed(teams.map(([name]) => strong(name)))} needs an app or a token that can, or a list of logins.`,
    ],
    [
      limits.length > 0,
      `GitHub does not measure a push: on ${listed(limits.map(({ name }) => strong(name)))} what is over the limit is found after it is there, and then flagged.`,
    ],
    [
      waits,
      `No event of GitHub's ends a wait for a time, another environment or a held stack: a sweep every ${flow.sweep} looks again, so it may take that much longer, and more where GitHub's schedules are late.`,
    ],
    [
      flow.apply.plan === "stored",
      `Where stored plans are kept as artifacts, GitHub has to keep them for ${durationText(flow.apply.maxAge)} at least: one that is gone is planned and asked for again.`,
    ],
  ];
  return sentences.filter(([applies]) => applies).map(([, sentence]) => sentence);
}
