import type { PushedCommit } from "../../domain/facts.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import type { Delivery } from "../delivery.ts";

/** A push: where the branch stood before it, null when it was not there, and afterwards. */
export interface Push {
  readonly branch: string;
  readonly before: CommitSha | null;
  readonly after: CommitSha;
}

/**
 * The push that brought a commit to a branch. Where the forge does not tell, the commit counts alone, against its first
 * parent.
 */
export async function pushOf({ forge, repository }: Delivery, branch: string, commit: CommitSha): Promise<Push> {
  const known = await forge.pushOf?.(branch, commit);
  if (known != null) return { branch, ...known };
  return { branch, before: (await repository.resolve(`${commit}^1`)) ?? null, after: commit };
}

/** What a push brought, as far as no pull request did: how much, who is behind it, and who accepted it since. */
export async function pushedCommit(delivery: Delivery, { branch, before, after }: Push): Promise<PushedCommit> {
  const { forge, repository } = delivery;
  const [size, commits, pusher, answers] = await Promise.all([
    repository.changeSize(before ?? emptyTree(after), after),
    repository.commitsBetween(before, after),
    forge.pusherOf(branch, after),
    forge.commitAnswers(after),
  ]);
  const writers = new Set<Login>(pusher === null ? [] : [pusher]);
  for (const { sha, emails } of commits) {
    const holding = await forge.pullRequestsOf(sha);
    if (holding.length > 0) continue;
    for (const email of emails) writers.add(await forge.loginOf(email));
  }
  const accepted = new Set(answers.filter(({ says }) => says === "accept").map(({ by }) => by));
  return { branch, commit: after, ...size, writers: [...writers], accepted: [...accepted] };
}

/** The tree without files, which every repository has, in the length of its ids. */
function emptyTree(commit: CommitSha): CommitSha {
  const id =
    commit.length === 40
      ? "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
      : "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";
  return id as CommitSha;
}
