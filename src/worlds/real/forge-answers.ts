import type { PersonalAnswer } from "../../domain/answer.ts";
import { type Command, parseCommands } from "../../domain/command.ts";
import { type Comment, hasRole, type Look, type PullRequest, type Review, type View } from "./forge/index.ts";
import { loginNamed } from "./forge-people.ts";

/**
 * What people said about a pull request, in reviews and by command, in order. Only people with write access: anybody
 * else's review is an opinion, as it is to the forge.
 */
export function answersOn(
  { state, repository }: Pick<Look, "state" | "repository">,
  change: View<PullRequest>,
): readonly PersonalAnswer[] {
  const said: { readonly id: number; readonly answer: PersonalAnswer }[] = [];
  const heard = (login: string) =>
    hasRole(repository, login, "write") && state.users.some((user) => user.login === login && !user.bot);
  for (const review of repository.reviews) {
    const says = review.pullRequest === change.number && heard(review.by) ? wordOf(review) : null;
    if (says !== null)
      said.push({
        id: review.id,
        answer: answer(change, { by: review.by, at: review.submittedAt, via: "review", says }),
      });
  }
  for (const comment of repository.comments) {
    if (comment.number !== change.number || !heard(comment.by)) continue;
    for (const { says, stack, plan } of commandsIn(comment)) {
      if (says === "plan") continue;
      const about = { by: comment.by, at: comment.createdAt, via: "command", says } as const;
      said.push({ id: comment.id, answer: { ...answer(change, about), stack, plan } });
    }
  }
  return said
    .sort((left, right) => left.answer.at - right.answer.at || left.id - right.id)
    .map((entry) => entry.answer);
}

function answer(
  change: View<PullRequest>,
  { by, at, via, says }: { by: string; at: number; via: "review" | "command"; says: PersonalAnswer["says"] },
): PersonalAnswer {
  return { by: loginNamed(by), at, via, says, pullRequest: change.number, environment: null, stack: null, plan: null };
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
  return comment.earlier.length === 0 ? commands : commands.filter(({ says }) => !opening.has(says));
}

const opening: ReadonlySet<Command["says"]> = new Set(["approve", "release-hold", "plan"]);

/** What reviewers said at an environment's gate, in order. */
export function gateAnswersAt(
  { repository }: Pick<Look, "repository">,
  environment: string,
): readonly PersonalAnswer[] {
  return repository.deployments
    .filter((deployment) => deployment.environment === environment)
    .flatMap((deployment) => deployment.reviews)
    .sort((left, right) => left.at - right.at)
    .map(({ by, at, says }) => ({
      by: loginNamed(by),
      at,
      via: "gate",
      says: says === "approved" ? "approve" : "reject",
      pullRequest: null,
      environment,
      stack: null,
      plan: null,
    }));
}
