import type { PersonalAnswer } from "../../domain/answer.ts";
import type { PullRequestFacts, PushedCommit } from "../../domain/facts.ts";
import type { Asked } from "./asked.ts";
import { change, type Ground } from "./ground.ts";
import { saidOn } from "./people.ts";
import { commits, passerBy } from "./things.ts";

/** Whatever gets past the protected branch is behind the apply; nothing else is asked about. */
export function changesOf({ ground, about, times }: Asked, own: PullRequestFacts): readonly PullRequestFacts[] {
  if (ground.past === null) return [];
  if (about.objection !== "changes asked for on what comes along") return [own];
  const { members } = ground.stage.cast;
  const approved = members.map((login) => saidOn(change + 1, login, "approve", times.spoken));
  const asked = members.slice(-1).map((login) => saidOn(change + 1, login, "request-changes", times.later));
  return [{ ...own, number: change + 1, answers: [...approved, ...asked] }, own];
}

export function changeFacts(asked: Asked): PullRequestFacts {
  const { ground, about, times } = asked;
  const { stage, flow } = ground;
  const { stranger } = stage.cast;
  const { change: word } = about;
  return {
    number: change,
    state: word === "open" || word === "closed" ? word : word === "merged" ? "merged" : usualState(ground),
    draft: false,
    ...ground.change,
    head: word === "with another head than was planned" ? commits.otherHead : commits.head,
    fork: word === "from a fork",
    opener: stranger,
    writers: about.reviewed === "only by who wrote it" ? [stranger, ...stage.cast.members] : [stranger],
    issues: [1],
    trustedPaths: word === "one that governs delivery" ? ["plangate.yaml"] : [],
    answers: [...reviewsOf(asked), ...objectionsTo(asked)],
    headSince: about.reviewed === "before its last commit" ? times.last : times.planned - 1,
    openedAt: times.planned - 1,
    labels: [],
    sections: flow.require.sections,
    codeOwners: [],
    mergeCommits: 0,
    carries: [],
    baseAhead: false,
    unresolved: 0,
  };
}

function usualState({ row }: Ground): PullRequestFacts["state"] {
  return row.on === "pull_request" ? "open" : "merged";
}

function reviewsOf({ ground, about, times }: Asked): readonly PersonalAnswer[] {
  if (about.reviewed === "by nobody") return [];
  if (about.reviewed === "only by a stranger") return [saidOn(change, passerBy, "approve", times.shown)];
  const { members } = ground.stage.cast;
  const approved = members.map((login) => saidOn(change, login, "approve", times.shown));
  if (about.reviewed !== "and then changes were asked for") return approved;
  return [...approved, ...members.map((login) => saidOn(change, login, "request-changes", times.spoken))];
}

/** A hold is said on the pull request: of the run, or of what comes along. */
export function objectionsTo({ ground, about, times }: Asked): readonly PersonalAnswer[] {
  const [member] = ground.stage.cast.members;
  if (member === undefined || !about.objection.startsWith("somebody put it on hold")) return [];
  const hold = saidOn(change, member, "hold", times.spoken);
  return about.objection === "somebody put it on hold"
    ? [hold]
    : [hold, saidOn(change, member, "release-hold", times.later)];
}

export function acknowledgements({ ground, about, times }: Asked): readonly PersonalAnswer[] {
  const [member = passerBy] = ground.stage.cast.members;
  switch (about.deletes) {
    case "something, acknowledged":
      return [saidOn(change, member, "acknowledge", times.spoken)];
    case "something, and a stranger acknowledged it":
      return [saidOn(change, passerBy, "acknowledge", times.spoken)];
    case "something, acknowledged before it was shown":
      return [saidOn(change, member, "acknowledge", times.shown - 1)];
    default:
      return [];
  }
}

export function pushedOf({ ground, about }: Asked): readonly PushedCommit[] {
  if (about.pushed === "nothing" || ground.past === null) return [];
  const [member = passerBy] = ground.stage.cast.members;
  const { stranger, members } = ground.stage.cast;
  const too = { branch: ground.change.base, commit: commits.head, files: 100_000, lines: 10_000_000 };
  switch (about.pushed) {
    case "too much":
      return [{ ...too, writers: [stranger], accepted: [] }];
    case "too much, and somebody else accepted it":
      return [{ ...too, writers: [stranger], accepted: members }];
    case "too much, and who pushed it accepted it":
      return [{ ...too, writers: [member], accepted: [member] }];
    case "too much, and a stranger accepted it":
      return [{ ...too, writers: [stranger], accepted: [passerBy] }];
  }
}
