import * as z from "zod";
import type { PersonalAnswer } from "../../../domain/answer.ts";
import { type CommitSha, type Instant, instantText } from "../../../domain/names.ts";
import { commandsFrom, commandsIn, nothingNamed } from "./answers.ts";
import { question } from "./graphql.ts";
import { defaultKeep } from "./kept.ts";
import { learn } from "./people.ts";
import * as queries from "./queries.ts";
import { askPages } from "./rest.ts";
import type { Room } from "./room.ts";
import { type Comment, comment, commit, instant, name, nodes, only, people, text } from "./schema.ts";

const told = people.extend({
  oid: commit,
  committedDate: instant,
  associatedPullRequests: nodes(z.object({ number: z.int(), state: z.string() })).nullable(),
  /** The first hundred: nobody says so much about one commit, and what is left out could only open something. */
  comments: nodes(comment),
});

export type CommitTold = z.output<typeof told>;

const right = "Contents (read) and Pull requests (read)";
const answer = z.object({ repository: z.object({ object: only("Commit", z.object({ history: nodes(told) })) }) });

/** What GitHub tells of a commit; undefined when it does not have it. */
export type ReadCommit = (sha: CommitSha) => Promise<CommitTold | undefined>;

/** Reads some commits before it as well, and keeps them for a while. */
export function openCommits(room: Room): ReadCommit {
  const { clock, keep = defaultKeep } = room.about;
  const known = new Map<CommitSha, { readonly until: Instant; readonly told: CommitTold }>();
  return async (sha) => {
    const before = known.get(sha);
    if (before !== undefined && clock.now() < before.until) return before.told;
    const doing = { what: `reading commit ${sha.slice(0, 12)}`, right };
    const { repository } = await question(room, answer, { text: queries.aboutCommit, of: { commit: sha }, doing });
    const commits = repository.object?.history ?? [];
    for (const one of commits) {
      learn(room, one);
      known.set(one.oid, { until: clock.now() + keep, told: one });
    }
    return commits.find(({ oid }) => oid === sha);
  };
}

/** Every `/plangate accept` of a commit by people with write access: on the commit itself, or with its id anywhere else. */
export async function commitAnswers(
  room: Room,
  sha: CommitSha,
  told: CommitTold | undefined,
): Promise<readonly PersonalAnswer[]> {
  if (told === undefined) return [];
  const arrived = (await room.activity.recent()).findLast(({ after }) => after === sha)?.at;
  const elsewhere = await acceptsSince(room, arrived ?? told.committedDate);
  const all = [...told.comments.map((one) => ({ ...one, number: null, onCommit: true })), ...elsewhere];
  if (!all.some((one) => commandsIn(one).some(({ says }) => says === "accept"))) return [];
  const pushers = await room.pushers();
  const answers: PersonalAnswer[] = [];
  for (const one of all) {
    for (const command of commandsFrom(one, pushers)) {
      if (command.says !== "accept") continue;
      const named =
        command.commit === null ? one.onCommit : await names(room, one, { of: command.commit, sha, arrived });
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
const onIssue = comment.extend({ pullRequest: z.object({ number: z.int() }).nullable() });

/** So many of the newest comments are looked through; who accepted longer ago says it again. */
const mostPages = 20;

interface Elsewhere extends Comment {
  /** Of the pull request; null on an issue. */
  readonly number: number | null;
  readonly onCommit: false;
}

/** The comments on pull requests and issues since a time that hold an accept. */
async function acceptsSince(room: Room, since: Instant): Promise<readonly Elsewhere[]> {
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
  const found: Elsewhere[] = [];
  for (let from = 0; from < ids.length; from += 100) {
    const shape = z.object({ nodes: z.array(only("IssueComment", onIssue)) });
    const of = { ids: ids.slice(from, from + 100) };
    const { nodes } = await question(room, shape, { text: queries.commentsById, of, doing });
    for (const node of nodes) {
      if (node !== null) found.push({ ...node, number: node.pullRequest?.number ?? null, onCommit: false });
    }
  }
  return found.reverse();
}
