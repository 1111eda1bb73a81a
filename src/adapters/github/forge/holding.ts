import * as z from "zod";
import type { CommitSha, Instant } from "../../../domain/names.ts";
import type { Move } from "./activity.ts";
import type { Page } from "./graphql.ts";
import { question } from "./graphql.ts";
import { kept } from "./kept.ts";
import * as queries from "./queries.ts";
import type { Room } from "./room.ts";
import { commit, instant, page } from "./schema.ts";

const merged = z.object({
  number: z.int(),
  updatedAt: instant,
  headRefOid: commit,
  mergeCommit: z.object({ oid: commit }).nullable(),
});

type Merged = z.output<typeof merged>;

const answer = z.object({ repository: z.object({ pullRequests: page(merged) }) });

/** Finds the merged pull requests that carried a commit from one protected branch to the next. */
export type CarriedBy = (commit: CommitSha) => Promise<readonly number[]>;

/**
 * GitHub names the one pull request that brought a commit to the repository. Those that carried it on are found by the
 * move that brought it to each protected branch, and by what GitHub says that they were merged as. Where a squash or
 * rebase made something else of it, those whose head is at hand are looked through.
 */
export function openCarriedBy(room: Room): CarriedBy {
  const { flow } = room.about;
  const pageOf = kept(room.about, async (key: string) => {
    const [base = "", after] = key.split(" ");
    const doing = { what: `reading what was merged into ${base}`, right: "Pull requests (read)" };
    const of = { base, after: after ?? null };
    return (await question(room, answer, { text: queries.mergedInto, of, doing })).repository.pullRequests;
  });
  const madeOf = openMadeOf(room);
  return async (sha) => {
    const found: number[] = [];
    for (const branch of flow.protectedBranches) {
      const move = await room.activity.bringing(branch, sha);
      const number = move && (await mergedAs(pageOf, branch, move));
      if (number !== undefined) found.push(number);
      if (move !== undefined) continue;
      for (const one of (await pageOf(branch)).nodes) if ((await madeOf(branch, one)).has(sha)) found.push(one.number);
    }
    return found;
  };
}

/** What a pull request was made of, which never changes any more; nothing where Git here has not got its head. */
function openMadeOf({ about, activity }: Room) {
  const { repository } = about;
  const known = new Map<number, ReadonlySet<CommitSha>>();
  return async (branch: string, { number, headRefOid, mergeCommit }: Merged): Promise<ReadonlySet<CommitSha>> => {
    const before = known.get(number);
    if (before !== undefined) return before;
    const merge = (await activity.of(branch)).find(({ after }) => after === mergeCommit?.oid);
    const isHere = merge?.before != null && (await repository.resolve(headRefOid)) !== undefined;
    const commits = isHere ? await repository.commitsBetween(merge.before, headRefOid) : [];
    const made = new Set(commits.map((one) => one.sha));
    if (isHere) known.set(number, made);
    return made;
  };
}

const mostPages = 20;

/** The pull request that a branch was moved for; nothing that was merged since can have been touched before that. */
async function mergedAs(
  pageOf: (key: string) => Promise<Page<Merged>>,
  branch: string,
  { after, at }: Move,
): Promise<number | undefined> {
  const isIt = ({ mergeCommit, headRefOid }: Merged) => mergeCommit?.oid === after || headRefOid === after;
  let next: string | null = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const { nodes, next: more }: Page<Merged> = await pageOf(next === null ? branch : `${branch} ${next}`);
    const found = nodes.find(isIt);
    if (found !== undefined) return found.number;
    if (more === null || wasBefore(nodes.at(-1), at)) return undefined;
    next = more;
  }
  return undefined;
}

/** GitHub's two times of one merge are told by two of its parts. */
function wasBefore(last: Merged | undefined, at: Instant): boolean {
  return last === undefined || last.updatedAt < at - 60_000;
}
