import { emailLogin, type Login, loginNamed } from "../../domain/names.ts";
import {
  type Commit,
  commitsBetween,
  type Look,
  type PullRequest,
  trailerPeople,
  userByEmail,
  type View,
  webFlow,
} from "./forge/index.ts";

/** Who is behind an address; `email:<address>` when nobody is known. */
export function loginOfEmail(look: Pick<Look, "state">, email: string): Login {
  const user = userByEmail(look.state, email);
  return user === undefined ? emailLogin(email) : loginNamed(user.login);
}

/** What the head has and the base had not: as it is now, and for a merged one as it was before the merge. */
export async function commitsOf(look: Look, change: View<PullRequest>): Promise<readonly Commit[]> {
  const base = change.merged?.onto ?? look.refs.get(`refs/heads/${change.base}`);
  return commitsBetween(look.network, base === undefined ? [] : [base], change.headCommit);
}

/**
 * Authors, co-authors, committers and pushers of a pull request's commits, and who opened it. What a commit says of
 * its author is a claim; who pushed it is not, so whoever hides behind somebody else's address is found as pusher.
 *
 * A commit that the forge made while merging speaks for the pull request that was merged: its writers count, whoever
 * pressed the button does not.
 */
export async function writersOf(look: Look, change: View<PullRequest>): Promise<readonly Login[]> {
  const writers = new Set<Login>();
  await collect(look, change, { writers, seen: new Set() });
  return [...writers];
}

async function collect(
  look: Look,
  change: View<PullRequest>,
  found: { readonly writers: Set<Login>; readonly seen: Set<number> },
): Promise<void> {
  const { writers, seen } = found;
  if (seen.has(change.number)) return;
  seen.add(change.number);
  writers.add(loginNamed(change.opener));
  const commits = await commitsOf(look, change);
  for (const commit of commits) {
    const merged = madeFor(look, commit);
    if (merged === undefined) for (const email of emailsIn(look, commit)) writers.add(loginOfEmail(look, email));
    else await collect(look, merged, found);
  }
  for (const login of pushersOf(look, change, new Set(commits.map(({ sha }) => sha)))) writers.add(login);
}

function madeFor({ repository }: Look, commit: Commit): View<PullRequest> | undefined {
  const made = repository.made.find((entry) => entry.commit === commit.sha);
  return made && repository.pullRequests.find((change) => change.number === made.pullRequest);
}

function emailsIn({ state }: Look, commit: Commit): readonly string[] {
  const emails = [commit.author, commit.committer, ...trailerPeople(commit.message)].map(({ email }) => email);
  return emails.filter((email) => email.toLowerCase() !== webFlow(state).email);
}

/** Who brought one of the commits to the head branch, and who first brought it here at all, forks included. */
function pushersOf({ state }: Look, change: View<PullRequest>, commits: ReadonlySet<string>): readonly Login[] {
  const pushers: Login[] = [];
  for (const repository of state.repositories) {
    for (const push of repository.pushes) {
      if (push.merging !== null) continue;
      const toHead = repository.name === change.head.repository && push.ref === `refs/heads/${change.head.branch}`;
      if ((toHead ? push.commits : push.fresh).some((commit) => commits.has(commit))) pushers.push(loginNamed(push.by));
    }
  }
  return pushers;
}
