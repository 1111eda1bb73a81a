import type { PersonalAnswer } from "../../domain/answer.ts";
import { type Command, countsOnceEdited, isAnswer, parseCommands } from "../../domain/command.ts";
import { type CommitSha, loginNamed } from "../../domain/names.ts";
import {
  type Comment,
  hasRole,
  isOn,
  type Look,
  type PullRequest,
  type RepositoryState,
  type Review,
  type View,
} from "./forge/index.ts";

type Room = Pick<Look, "state" | "repository">;

/**
 * What people said about a pull request, in reviews and by command, in order. Only people with write access: anybody
 * else's review is an opinion, as it is to the forge.
 */
export function answersOn(room: Room, change: View<PullRequest>): readonly PersonalAnswer[] {
  const { repository } = room;
  const said: { readonly id: number; readonly answer: PersonalAnswer }[] = [];
  for (const review of repository.reviews) {
    const says = review.pullRequest === change.number && isHeard(room, review.by) ? wordOf(review) : null;
    if (says !== null) {
      const about = { by: loginNamed(review.by), at: review.submittedAt, via: "review", says } as const;
      said.push({ id: review.id, answer: { ...nothingNamed, ...about, pullRequest: change.number } });
    }
  }
  for (const comment of repository.comments) {
    if (!isOn(comment, change.number) || !isHeard(room, comment.by)) continue;
    for (const { says, stack, plan } of commandsIn(comment)) {
      if (!isAnswer(says) || says === "accept") continue;
      const about = { by: loginNamed(comment.by), at: comment.createdAt, via: "command", says } as const;
      said.push({ id: comment.id, answer: { ...nothingNamed, ...about, pullRequest: change.number, stack, plan } });
    }
  }
  return said
    .sort((left, right) => left.answer.at - right.answer.at || left.id - right.id)
    .map((entry) => entry.answer);
}

const nothingNamed = { pullRequest: null, environment: null, stack: null, plan: null, commit: null } as const;

/** A person with write access. */
function isHeard({ state, repository }: Room, login: string): boolean {
  return hasRole(repository, login, "write") && state.users.some((user) => user.login === login && !user.bot);
}

/**
 * A dismissed review stands for a taken back one, at its own time: it undoes what its writer said before and nothing
 * they said later. An approval of a commit that was no longer the head when it was given approves nothing.
 */
function wordOf(review: View<Review>): PersonalAnswer["says"] | null {
  switch (review.state) {
    case "APPROVED":
      return review.onHead ? "approve" : null;
    case "CHANGES_REQUESTED":
      return "request-changes";
    case "DISMISSED":
      return "take-back";
    default:
      return null;
  }
}

/**
 * The commands of a comment as its writer first wrote it, since everybody with write access may edit it. Once edited
 * it opens nothing any more, and goes on holding what it held.
 */
export function commandsIn(comment: View<Comment>): readonly Command[] {
  const { commands } = parseCommands(comment.earlier[0]?.body ?? comment.body);
  return comment.earlier.length === 0 ? commands : commands.filter(countsOnceEdited);
}

/** Every `/plangate accept` of a commit: on the commit itself, or with its id on anything else. */
export function commitAnswersAbout(room: Room, commit: CommitSha): readonly PersonalAnswer[] {
  return room.repository.comments.flatMap((comment) => {
    if (!isHeard(room, comment.by)) return [];
    const accepts = commandsIn(comment).some(
      (command) => command.says === "accept" && acceptedBy(room.repository, comment, command) === commit,
    );
    if (!accepts) return [];
    const number = "number" in comment.on ? comment.on.number : null;
    // On an issue it is said about no pull request.
    const pullRequest = room.repository.pullRequests.some((change) => change.number === number) ? number : null;
    const about = { by: loginNamed(comment.by), at: comment.createdAt, via: "command", says: "accept" } as const;
    return [{ ...nothingNamed, ...about, pullRequest, commit }];
  });
}

/**
 * The commit that an accept names. The first digits of an id name one only when no other commit that was ever pushed
 * begins so, and it has to be there already: else somebody could make a commit to fit an accept that was given before.
 */
export function acceptedBy(
  { pushes }: Pick<View<RepositoryState>, "pushes">,
  comment: View<Comment>,
  { commit }: Command,
): CommitSha | null {
  if (commit === null) return "commit" in comment.on ? comment.on.commit : null;
  const known = new Map<CommitSha, number>();
  for (const { at, commits } of pushes) {
    for (const sha of commits) if (sha.startsWith(commit) && !known.has(sha)) known.set(sha, at);
  }
  const [named] = known;
  return named !== undefined && known.size === 1 && named[1] <= comment.createdAt ? named[0] : null;
}

/** What reviewers said at a gate, in order. */
export function gateAnswersAt({ repository }: Pick<Look, "repository">, gate: string): readonly PersonalAnswer[] {
  return repository.deployments
    .filter((deployment) => deployment.environment === gate)
    .flatMap((deployment) => deployment.reviews)
    .sort((left, right) => left.at - right.at)
    .map(({ by, at, says }) => ({
      ...nothingNamed,
      by: loginNamed(by),
      at,
      via: "gate",
      says: says === "approved" ? "approve" : "reject",
      environment: gate,
    }));
}
