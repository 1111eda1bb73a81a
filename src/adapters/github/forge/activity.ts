import { DeliveryError } from "../../../domain/errors.ts";
import type { CommitSha, Instant } from "../../../domain/names.ts";
import { parseCommitSha } from "../../../domain/names.ts";
import type { Connection } from "../settings/connection.ts";
import type { GitHubForgeAbout } from "./about.ts";
import { kept } from "./kept.ts";
import { askPages } from "./rest.ts";
import { type Account, activity } from "./schema.ts";

/** One branch, moved once, as GitHub keeps it and nobody can write it. */
export interface Move {
  readonly ref: string;
  readonly before: CommitSha | null;
  readonly after: CommitSha | null;
  /** In whole seconds. */
  readonly at: Instant;
  readonly by: Account;
  /** GitHub merged a pull request by it: who pressed the button brought what others wrote. */
  readonly merging: boolean;
}

/** What happened to branches: who pushed what, and when. Newest first. */
export interface Activity {
  /** The newest moves of all branches: a hundred at most. */
  recent(): Promise<readonly Move[]>;
  /** The moves of one branch, as far back as GitHub keeps them, and no more than a thousand. */
  of(branch: string): Promise<readonly Move[]>;
  /** The same of another repository's branch; none where that is not to be seen. */
  ofFork(repository: string, branch: string): Promise<readonly Move[]>;
  /** The move that brought a commit to the branch; a later one that brought it again before an earlier one. */
  bringing(branch: string, commit: CommitSha): Promise<Move | undefined>;
}

const pageSize = 100;
const mostPages = 10;
const doing = { what: "reading who pushed what", right: "Contents (read)" };

export function openActivity(about: GitHubForgeAbout, to: Connection): Activity {
  const { repository } = about;
  const ask = async (of: Readonly<Record<string, unknown>>, pages: number) =>
    (await askPages(to, activity, { route: "GET /repos/{owner}/{repo}/activity", with: of, doing }, pages)).map(moveOf);
  const recent = kept(about, (_: null) => ask({}, 1));
  const ofRef = kept(about, (ref: string) => ask({ ref }, mostPages));

  const of: Activity["of"] = async (branch) => {
    const ref = `refs/heads/${branch}`;
    const all = await recent(null);
    const own = all.filter((move) => move.ref === ref);
    return all.length < pageSize ? own : (await ofRef(ref)).filter((move) => move.ref === ref);
  };

  const ofFork = kept(about, async (key: string) => {
    const [owner = "", repo = "", ref = ""] = key.split(" ");
    try {
      return (await ask({ owner, repo, ref }, mostPages)).filter((move) => move.ref === ref);
    } catch (error) {
      if (error instanceof DeliveryError && error.code === "right-missing") return [];
      throw error;
    }
  });

  return {
    recent: () => recent(null),
    of,
    ofFork: (name, branch) => ofFork(`${name.replace("/", " ")} refs/heads/${branch}`),
    async bringing(branch, commit) {
      const moves = await of(branch);
      const onto = moves.find(({ after }) => after === commit);
      if (onto !== undefined) return onto;
      const likely = await firstWith(repository, moves, commit);
      if (likely !== undefined && (await brings(repository, likely, commit))) return likely;
      // Where history was rewritten, what a branch has it may have lost in between.
      for (const move of moves.slice(0, mostRewritten)) if (await brings(repository, move, commit)) return move;
      return undefined;
    },
  };
}

const mostRewritten = 50;

/** The oldest move after which the branch has the commit, if it never lost one: found by halving, since each look starts a process. */
async function firstWith(
  repository: GitHubForgeAbout["repository"],
  moves: readonly Move[],
  commit: CommitSha,
): Promise<Move | undefined> {
  const has = async (move: Move | undefined): Promise<boolean> =>
    move?.after != null &&
    (await repository.resolve(move.after)) !== undefined &&
    (await repository.isAncestor(commit, move.after));
  let [newest, oldest] = [0, moves.length - 1];
  if (!(await has(moves[newest]))) return undefined;
  while (newest < oldest) {
    const middle = Math.ceil((newest + oldest) / 2);
    if (await has(moves[middle])) newest = middle;
    else oldest = middle - 1;
  }
  return moves[newest];
}

/** Whether the commit came to the branch by it. A move whose commits Git no longer has brought what nobody can look at. */
export async function brings(
  repository: GitHubForgeAbout["repository"],
  { before, after }: Pick<Move, "before" | "after">,
  commit: CommitSha,
): Promise<boolean> {
  if (after === null || (await repository.resolve(after)) === undefined) return false;
  if (!(await repository.isAncestor(commit, after))) return false;
  const known = before !== null && (await repository.resolve(before)) !== undefined;
  return !known || !(await repository.isAncestor(commit, before));
}

function moveOf({ before, after, ref, timestamp, activity_type, actor }: ActivityTold): Move {
  const merging = activity_type === "pr_merge" || activity_type === "merge_queue_merge";
  return { ref, before: there(before), after: there(after), at: timestamp, by: actor, merging };
}

type ActivityTold = (typeof activity)["_output"];

/** Git writes only zeros where nothing was. */
function there(id: string): CommitSha | null {
  return /^0*$/.test(id) ? null : (parseCommitSha(id) ?? null);
}
