import type { Forge as ForgePort } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { type CommitSha, type Login, loginNamed } from "../../domain/names.ts";
import { hasRole, isAmong, mayPush, type PullRequest, type Push, protectionsOf, type View } from "./forge/index.ts";
import { done, type PortAbout, repositoryState } from "./forge-access.ts";
import { commitAnswersAbout, gateAnswersAt } from "./forge-answers.ts";
import { hideOnPullRequest, showOnPullRequest } from "./forge-comments.ts";
import { latestReleaseOf, pullRequestFacts, pullRequestsOf, refFacts } from "./forge-facts.ts";
import { showAtGate } from "./forge-gates.ts";
import { closeIssue, openIssues, raiseIssue } from "./forge-issues.ts";
import { loginOfEmail } from "./forge-people.ts";

/** Delivery's view of the look-alike forge. */
export function openForgePort(about: PortAbout): ForgePort {
  const { forge, repository, flow, bot } = about;
  return {
    pullRequest: (number) =>
      forge.look(repository, async (look) => {
        const change = look.repository.pullRequests.find((candidate) => candidate.number === number);
        return change && pullRequestFacts(look, flow, change);
      }),
    pullRequestsOf: (commit) =>
      forge.look(repository, async (look) =>
        Promise.all((await pullRequestsOf(look, commit)).map((change) => pullRequestFacts(look, flow, change))),
      ),
    loginOf: async (email) => loginOfEmail(forge, email),
    teams: async () => teamsOf(about),
    maintainers: async () => maintainersOf(about),
    gateAnswers: (gate) => forge.look(repository, async (look) => gateAnswersAt(look, gate)),
    commitAnswers: (commit) => forge.look(repository, async (look) => commitAnswersAbout(look, commit)),
    pusherOf: async (branch, commit) => {
      const push = pushBringing(about, branch, commit);
      return push === undefined ? null : loginNamed(push.by);
    },
    pushOf: async (branch, commit) => {
      const push = pushBringing(about, branch, commit);
      return push === undefined || push.after === null ? null : { before: push.before, after: push.after };
    },
    openBetween: async (head, base) => openBetween(about, head, base)?.number ?? null,
    ref: (ref) => forge.look(repository, (look) => refFacts(look, flow, ref)),
    latestRelease: () => forge.look(repository, async (look) => latestReleaseOf(look, flow)),
    show: (pullRequest, section, markdown) =>
      pullRequest === null
        ? showAtGate(about, section, markdown)
        : showOnPullRequest(about, pullRequest, { section, markdown }),
    async showFlowChange(pullRequest, markdown) {
      const section = "flow";
      if (markdown === null) await hideOnPullRequest(about, pullRequest, section);
      else await showOnPullRequest(about, pullRequest, { section, markdown });
    },
    async reportCheck(commit, { passed }) {
      const request = { commit, name: "plangate", state: passed ? "success" : "failure" } as const;
      done(await forge.act("status", { by: bot, repository, ...request }), `reporting on ${commit.slice(0, 12)}`);
    },
    openPullRequest: (request) => openPullRequest(about, request),
    async fastForward(branch, commit) {
      const outcome = await forge.act("push", { by: bot, repository, ref: `refs/heads/${branch}`, after: commit });
      if (!outcome.ok) return { kind: "refused", why: outcome.blocked.message };
      // Of what it does itself plangate hears nothing here.
      return { kind: "moved", told: false };
    },
    raiseIssue: (issue) => raiseIssue(about, issue),
    openIssues: async () => openIssues(about),
    closeIssue: (key, why) => closeIssue(about, key, why),
    release: (tag, commit, notes) => release(about, { tag, commit, notes }),
  };
}

/** The push of somebody's own that brought the commit to the branch; a merge is none. */
function pushBringing(about: PortAbout, branch: string, commit: CommitSha): View<Push> | undefined {
  return repositoryState(about).pushes.findLast(
    ({ ref, commits, after, merging }) =>
      ref === `refs/heads/${branch}` && merging === null && (after === commit || commits.includes(commit)),
  );
}

function openBetween(about: PortAbout, head: string, base: string): View<PullRequest> | undefined {
  return repositoryState(about).pullRequests.find(
    (change) =>
      change.state === "open" &&
      change.base === base &&
      change.head.branch === head &&
      change.head.repository === about.repository,
  );
}

async function openPullRequest(
  about: PortAbout,
  { head, base, title, body }: Parameters<ForgePort["openPullRequest"]>[0],
): Promise<{ readonly number: number; readonly opened: boolean }> {
  const open = openBetween(about, head, base);
  if (open !== undefined) return { number: open.number, opened: false };
  const { forge, repository, bot } = about;
  const request = { by: bot, repository, head, base, title, body };
  const { number } = done(await forge.act("open", request), `opening a pull request from ${head} to ${base}`);
  return { number, opened: true };
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
