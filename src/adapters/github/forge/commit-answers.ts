import * as z from "zod";
import type { PersonalAnswer } from "../../../domain/answer.ts";
import { type CommitSha, type Instant, instantText } from "../../../domain/names.ts";
import { commandsFrom, commandsIn, nothingNamed } from "./answers.ts";
import { question, restOf } from "./graphql.ts";
import { learn } from "./people.ts";
import * as queries from "./queries.ts";
import { askPages } from "./rest.ts";
import type { Room } from "./room.ts";
import { type Comment, comment, instant, name, only, page, people, text } from "./schema.ts";

const commit = people.extend({
  committedDate: instant,
  associatedPullRequests: page(z.object({ number: z.int(), state: z.string() })).nullable(),
  comments: page(comment),
});

export type CommitTold = z.output<typeof commit>;

const right = "Contents (read) and Pull requests (read)";

/** What GitHub tells of a commit; undefined when it does not have it. */
export async function readCommit(room: Room, sha: CommitSha): Promise<CommitTold | undefined> {
  const shape = z.object({ repository: z.object({ object: only("Commit", commit) }) });
  const doing = { what: `reading commit ${sha.slice(0, 12)}`, right };
  const { repository } = await question(room, shape, { text: queries.aboutCommit, of: { commit: sha }, doing });
  const told = repository.object ?? undefined;
  if (told !== undefined) learn(room, told);
  return told;
}

/** Every `/plangate accept` of a commit by people with write access: on the commit itself, or with its id on a pull request. */
export async function commitAnswers(
  room: Room,
  sha: CommitSha,
  told: CommitTold | undefined,
): Promise<readonly PersonalAnswer[]> {
  if (told === undefined) return [];
  const onIt = await restOf(told.comments, `reading the comments on ${sha.slice(0, 12)}`, async () => {
    // Nobody says so much about one commit; what is left out could only open something.
    return { nodes: [], next: null };
  });
  const arrived = (await room.activity.recent()).findLast(({ after }) => after === sha)?.at;
  const elsewhere = await acceptsSince(room, arrived ?? told.committedDate);
  const all = [...onIt.map((one) => ({ ...one, number: null })), ...elsewhere];
  if (!all.some((one) => commandsIn(one).some(({ says }) => says === "accept"))) return [];
  const pushers = await room.pushers();
  const answers: PersonalAnswer[] = [];
  for (const one of all) {
    for (const command of commandsFrom(one, pushers)) {
      if (command.says !== "accept") continue;
      const named =
        command.commit === null ? one.number === null : await names(room, one, { of: command.commit, sha, arrived });
      if (!named) continue;
      const about = { by: one.author.login, at: one.createdAt, via: "command", says: "accept" } as const;
      answers.push({ ...nothingNamed, ...about, pullRequest: one.number, commit: sha });
    }
  }
  return answers;
}

/**
 * Whether an accept names the commit. The first digits of an id name one only when no other commit begins so, and when
 * it was there already: else somebody could make a commit to fit an accept that was given before.
 */
async function names(
  { about }: Room,
  { createdAt }: Comment,
  { of, sha, arrived }: { readonly of: string; readonly sha: CommitSha; readonly arrived: Instant | undefined },
): Promise<boolean> {
  if (of === sha) return true;
  if (!sha.startsWith(of) || arrived === undefined || arrived > createdAt) return false;
  return (await about.repository.resolve(of)) === sha;
}

const said = z.object({ node_id: name, body: text.nullish() });
const onPullRequest = comment.extend({ pullRequest: z.object({ number: z.int() }).nullable() });

/** So many of the newest comments are looked through; who accepted longer ago says it again. */
const mostPages = 20;

/** The comments on pull requests since a time that hold an accept. */
async function acceptsSince(room: Room, since: Instant): Promise<readonly (Comment & { readonly number: number })[]> {
  const doing = { what: "looking for who accepted a commit", right: "Issues (read) or Pull requests (read)" };
  const recent = await askPages(
    room.to,
    said,
    {
      route: "GET /repos/{owner}/{repo}/issues/comments",
      with: { since: instantText(since), sort: "created", direction: "desc" },
      doing,
    },
    mostPages,
  );
  const ids = recent.filter(({ body }) => /^\/plangate\s+accept\s/m.test(body ?? "")).map(({ node_id }) => node_id);
  const found: (Comment & { readonly number: number })[] = [];
  for (let from = 0; from < ids.length; from += 100) {
    const shape = z.object({ nodes: z.array(only("IssueComment", onPullRequest)) });
    const of = { ids: ids.slice(from, from + 100) };
    const { nodes } = await question(room, shape, { text: queries.commentsById, of, doing });
    for (const node of nodes) {
      if (node === null || node.pullRequest === null) continue;
      found.push({ ...node, number: node.pullRequest.number });
    }
  }
  return found.reverse();
}
