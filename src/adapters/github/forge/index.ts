/**
 * GitHub as delivery's forge: what opens a gate is read from here, and nothing of it from what a workflow was told. For
 * github.com and for Enterprise Servers, as an app or with a token.
 */
import type { Forge } from "../../../delivery/ports.ts";
import type { PullRequestFacts } from "../../../domain/facts.ts";
import type { CommitSha, StackName } from "../../../domain/names.ts";
import { openClient } from "../client.ts";
import type { GitHubForgeAbout } from "./about.ts";
import { openActivity } from "./activity.ts";
import { openBetween, openForks, openPullRequest, reportCheck } from "./changes.ts";
import { commitAnswers, openCommits } from "./commit-answers.ts";
import { pullRequestFacts } from "./facts.ts";
import { gateAnswers } from "./gates.ts";
import { holds } from "./history.ts";
import { openCarriedBy } from "./holding.ts";
import { closeIssue, openIssues, raiseIssue } from "./issues.ts";
import { kept } from "./kept.ts";
import { openOwnComments } from "./own-comments.ts";
import { loginOfEmail, readPushers, readTeams } from "./people.ts";
import { readPullRequest, type Told } from "./pull-request.ts";
import { react, reply } from "./reactions.ts";
import { fastForward, latestRelease, makeRelease, refFacts } from "./refs.ts";
import type { Room } from "./room.ts";
import { tokenOf } from "./token.ts";

export type { FlowWords, GitHubForgeAbout, Identity, RunAtGate } from "./about.ts";

/** Delivery's view of a repository on GitHub. Fails with the right that the token lacks, where it lacks one. */
export function openGitHubForge(about: GitHubForgeAbout): Forge {
  const room = openRoom(about);
  const readTold = kept(about, (number: number) => readPullRequest(room, number));
  const readCommit = openCommits(room);
  const carriedBy = openCarriedBy(room);
  const comments = openOwnComments(room);
  const factsOf = (told: Told) => pullRequestFacts(room, told, readTold);
  // Each asks Git a lot.
  const oneByOne = async (all: readonly Told[]) => {
    const facts: PullRequestFacts[] = [];
    for (const told of all) facts.push(await factsOf(told));
    return facts;
  };
  const bringing = (branch: string, commit: CommitSha) => room.activity.bringing(branch, commit);

  return {
    async pullRequest(number) {
      const told = await readTold(number);
      return told && factsOf(told);
    },
    async pullRequestsOf(commit) {
      const told = await readCommit(commit);
      if (told === undefined) return [];
      const introduced = (told.associatedPullRequests ?? []).filter(({ state }) => state === "MERGED");
      const numbers = new Set([...introduced.map(({ number }) => number), ...(await carriedBy(commit))]);
      const found: Told[] = [];
      for (const one of await Promise.all([...numbers].map(readTold)))
        if (one !== undefined && (await holds(room, one, commit))) found.push(one);
      return oneByOne(found.sort((one, other) => (one.mergedAt ?? 0) - (other.mergedAt ?? 0)));
    },
    loginOf: (email) => loginOfEmail(room, email),
    teams: () => readTeams(room),
    maintainers: async () => [...(await room.pushers())].sort(),
    gateAnswers: (gate) => gateAnswers(room, gate),
    commitAnswers: async (commit) => commitAnswers(room, commit, await readCommit(commit)),
    async pusherOf(branch, commit) {
      const move = await bringing(branch, commit);
      return move === undefined || move.merging ? null : move.by.login;
    },
    async pushOf(branch, commit) {
      const move = await bringing(branch, commit);
      return move === undefined || move.merging || move.after === null
        ? null
        : { before: move.before, after: move.after };
    },
    stoodBefore: async (branch, commit) => (await bringing(branch, commit))?.before ?? null,
    openBetween: (head, base) => openBetween(room, head, base),
    ref: (ref) => refFacts(room, ref),
    latestRelease: () => latestRelease(room),
    show: (pullRequest, section, markdown) =>
      pullRequest === null ? showAtGate(about, section, markdown) : comments.show(pullRequest, { section, markdown }),
    async showFlowChange(pullRequest, markdown) {
      await comments.show(pullRequest, { section: "flow", markdown });
    },
    async showOutcome(pullRequest, markdown) {
      await comments.show(pullRequest, { section: "outcome", markdown });
    },
    async showAsked(pullRequest, markdown) {
      await comments.show(pullRequest, { section: "asked", markdown });
    },
    openForks: () => openForks(room),
    async showFork(pullRequest, markdown) {
      await comments.show(pullRequest, { section: "fork", markdown });
    },
    react: (comment, reaction) => react(room, comment, reaction),
    reply: (issue, markdown) => reply(room, issue, markdown),
    reportCheck: (commit, check) => reportCheck(room, commit, check),
    openPullRequest: (request) => openPullRequest(room, request),
    fastForward: (branch, commit) => fastForward(room, branch, commit),
    raiseIssue: (issue) => raiseIssue(room, issue),
    openIssues: () => openIssues(room),
    closeIssue: (key, why) => closeIssue(room, key, why),
    release: (tag, commit, notes) => makeRelease(room, tag, commit, notes),
  };
}

function openRoom(about: GitHubForgeAbout): Room {
  const { owner, repo } = about;
  const client = { ...about, token: tokenOf(about) };
  const to = { octokit: openClient(client), owner, repo };
  const pushers = kept(about, (_: null) => readPushers(to));
  return {
    about,
    to,
    reader: openClient({ ...client, onlyAsks: true }),
    activity: openActivity(about, to),
    pushers: () => pushers(null),
    emails: new Map(),
  };
}

/** The gate itself waits for the job that shows this: nobody can have answered before. */
async function showAtGate({ clock, ...about }: GitHubForgeAbout, section: StackName, markdown: string) {
  await about.showAtGate(section, markdown);
  return clock.now();
}
