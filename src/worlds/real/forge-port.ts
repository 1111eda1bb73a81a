import type { Forge as ForgePort } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import { hasRole, isAmong, mayPush, protectionsOf } from "./forge/index.ts";
import { done, type PortAbout, repositoryState } from "./forge-access.ts";
import { gateAnswersAt } from "./forge-answers.ts";
import { showOnPullRequest } from "./forge-comments.ts";
import { latestReleaseOf, pullRequestFacts, pullRequestsOf, refFacts } from "./forge-facts.ts";
import { showAtGate } from "./forge-gates.ts";
import { loginNamed, loginOfEmail } from "./forge-people.ts";

/** Delivery's view of the look-alike forge. */
export function openForgePort(about: PortAbout): ForgePort {
  const { forge, repository, flow, bot } = about;
  return {
    pullRequest: (number) =>
      forge.look(repository, async (look) => {
        const change = look.repository.pullRequests.find((candidate) => candidate.number === number);
        return change && pullRequestFacts(look, change);
      }),
    openPullRequests: (base) =>
      forge.look(repository, (look) => {
        const open = look.repository.pullRequests.filter((change) => change.state === "open" && change.base === base);
        return Promise.all(open.map((change) => pullRequestFacts(look, change)));
      }),
    pullRequestsOf: (commit) =>
      forge.look(repository, async (look) =>
        Promise.all((await pullRequestsOf(look, commit)).map((change) => pullRequestFacts(look, change))),
      ),
    loginOf: async (email) => loginOfEmail(forge, email),
    teams: async () => teamsOf(about),
    maintainers: async () => maintainersOf(about),
    gateAnswers: (environment) => forge.look(repository, async (look) => gateAnswersAt(look, environment)),
    ref: (ref) => forge.look(repository, (look) => refFacts(look, flow, ref)),
    latestRelease: () => forge.look(repository, async (look) => latestReleaseOf(look, flow)),
    show: (pullRequest, section, markdown) =>
      pullRequest === null
        ? showAtGate(about, section, markdown)
        : showOnPullRequest(about, pullRequest, { section, markdown }),
    async reportCheck(pullRequest, { passed }) {
      const change = repositoryState(about).pullRequests.find(({ number }) => number === pullRequest);
      if (change === undefined) return;
      const request = { commit: change.headCommit, name: "plangate", state: passed ? "success" : "failure" } as const;
      done(await forge.act("status", { by: bot, repository, ...request }), `reporting on pull request ${pullRequest}`);
    },
    release: (tag, commit, notes) => release(about, { tag, commit, notes }),
  };
}

/** A team of the forge and the logins that the flow lists itself. */
function teamsOf({ forge, flow }: PortAbout): Readonly<Record<string, readonly Login[]>> {
  const teams = Object.entries(flow.teams).map(([name, { logins, forgeTeam }]) => {
    const members = forge.state.users.filter(
      ({ login }) => forgeTeam !== null && isAmong(forge.state, login, [forgeTeam]),
    );
    return [name, [...new Set([...logins, ...members.map(({ login }) => loginNamed(login))])]] as const;
  });
  return Object.fromEntries(teams);
}

/** People with write access whom the rules of the default branch let merge. */
function maintainersOf(about: PortAbout): readonly Login[] {
  const { state } = about.forge;
  const repository = repositoryState(about);
  const rules = protectionsOf(repository, repository.defaultBranch);
  const may = (login: string) => rules.every((one) => mayPush({ state, by: { login } }, one));
  return state.users
    .filter(({ login, bot }) => !bot && hasRole(repository, login, "write") && may(login))
    .map(({ login }) => loginNamed(login));
}

/** Doing it again does no harm; a tag or release of that name that is about something else is never taken for ours. */
async function release(
  { forge, repository, bot }: PortAbout,
  { tag, commit, notes }: { readonly tag: string; readonly commit: CommitSha; readonly notes: string },
): Promise<void> {
  const there = await forge.look(repository, async ({ network, refs, repository: { releases } }) => {
    const at = refs.get(`refs/tags/${tag}`);
    return {
      commit: at === undefined ? null : await network.peel(at),
      release: releases.find((made) => made.tag === tag),
    };
  });
  if (there.commit !== null && there.commit !== commit) {
    throw new DeliveryError({
      code: "tag-taken",
      message: `releasing ${tag}: the tag is there and points at another commit`,
      reaction: "stop",
      hint: "Find out who made it; release another version.",
    });
  }
  if (there.release?.deleted === false && there.release.commit === commit) return;
  done(await forge.act("release", { by: bot, repository, tag, target: commit, body: notes }), `releasing ${tag}`);
}
