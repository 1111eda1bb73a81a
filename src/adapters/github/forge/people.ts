import * as z from "zod";
import { type CodeOwner, codeOwnersPlaces, ownersOf, parseCodeOwners } from "../../../domain/code-owners.ts";
import { DeliveryError } from "../../../domain/errors.ts";
import type { PullRequestFacts } from "../../../domain/facts.ts";
import { type CommitSha, emailLogin, type Login, loginNamed } from "../../../domain/names.ts";
import { answerOf } from "../failure.ts";
import { ask, askAll, type Connection } from "../settings/connection.ts";
import type { GitHubForgeAbout } from "./about.ts";
import type { Room } from "./room.ts";
import { collaborator, longestAddress, member, name, type people, restAccount } from "./schema.ts";

/**
 * People with write access. GitHub says beside a review whether its writer may push; beside a comment it says only how
 * somebody belongs to the repository, and a collaborator may be one who reads.
 */
export async function readPushers(to: Connection): Promise<ReadonlySet<Login>> {
  const all = await askAll(to, collaborator, {
    route: "GET /repos/{owner}/{repo}/collaborators",
    with: { permission: "push" },
    doing: { what: "reading who may write", right: "Metadata (read), of somebody with write access" },
  });
  return new Set(all.filter(({ type }) => type === "User").map(({ login }) => loginNamed(login)));
}

/** A team of GitHub and the logins that the flow lists itself. A workflow's token reads no team: only those logins count then. */
export async function readTeams(room: Room): Promise<Readonly<Record<string, readonly Login[]>>> {
  const { flow } = room.about;
  const teams = await Promise.all(
    Object.entries(flow.teams).map(async ([team, { logins, forgeTeam }]) => {
      const members = forgeTeam === null ? [] : await membersOf(room, forgeTeam);
      return [team, [...new Set([...logins, ...members])]] as const;
    }),
  );
  return Object.fromEntries(teams);
}

/** A team that GitHub does not have, or that the token cannot see, has no members: nobody is let through by it. */
async function membersOf({ to, about }: Pick<Room, "to" | "about">, team: string): Promise<readonly Login[]> {
  const [org = "", team_slug = ""] = team.split("/");
  try {
    const all = await askAll(to, member, {
      route: "GET /orgs/{org}/teams/{team_slug}/members",
      with: { org, team_slug },
      doing: {
        what: `reading the members of the team ${team}`,
        right: "Members (read) of the organisation, which an app can have",
      },
    });
    return all.map(({ login }) => loginNamed(login));
  } catch (error) {
    const status = error instanceof DeliveryError ? answerOf(error.cause)?.status : undefined;
    if (error instanceof DeliveryError && error.code === "right-missing" && (status === 404 || status === 403)) {
      about.progress(`${error.message}: nobody counts as its member; ${error.hint ?? ""}`);
      return [];
    }
    throw error;
  }
}

/** Addresses of commits that GitHub makes itself while merging and editing. */
export function isGitHubsOwn({ host }: Pick<GitHubForgeAbout, "host">, email: string): boolean {
  return email.toLowerCase() === `noreply@${host}`;
}

/** Keeps who is behind the addresses of a commit, as GitHub knows it. */
export function learn({ emails }: Pick<Room, "emails">, { authors, committer }: z.output<typeof people>): void {
  for (const { email, user } of [...authors, ...(committer === null ? [] : [committer])]) {
    if (email !== null && user !== null) emails.set(email.trim().toLowerCase(), loginNamed(user.login));
  }
}

/** Whether GitHub told by the way who is behind an address, so that nobody has to be asked. */
export function isKnown({ emails }: Pick<Room, "emails">, email: string): boolean {
  return emails.has(email.trim().toLowerCase());
}

/**
 * Who is behind an address: by what was learned from commits, by GitHub's no-reply addresses, and by commits of the
 * default branch. Nothing else tells; an address that nobody is known by can approve nothing.
 */
export async function loginOfEmail(room: Room, email: string): Promise<Login> {
  const plain = email.trim().toLowerCase();
  const known = room.emails.get(plain);
  if (known !== undefined) return known;
  if (plain.length > longestAddress) return emailLogin(plain);
  const login = (await byNoReply(room, plain)) ?? (await byCommits(room, plain)) ?? emailLogin(email);
  room.emails.set(plain, login);
  return login;
}

const account = z.object({ login: name });

/** The number in such an address stays with a person who is called otherwise today. */
async function byNoReply({ about, to }: Room, email: string): Promise<Login | undefined> {
  const end = `@users.noreply.${about.host}`;
  if (!email.endsWith(end)) return undefined;
  const [, id, login] = /^(?:(\d{1,12})\+)?(.+)$/.exec(email.slice(0, -end.length)) ?? [];
  if (login === undefined) return undefined;
  if (id === undefined) return loginNamed(login);
  try {
    const doing = { what: `looking up account ${id}`, right: "none" };
    const { login: now } = await ask(to, account, { route: "GET /user/{account_id}", with: { account_id: id }, doing });
    return loginNamed(now);
  } catch (error) {
    if (error instanceof DeliveryError && answerOf(error.cause)?.status === 404) return loginNamed(login);
    throw error;
  }
}

const byAuthor = z.object({
  author: restAccount,
  commit: z.object({ author: z.object({ email: name.nullish() }).nullable() }),
});

async function byCommits({ to }: Room, email: string): Promise<Login | undefined> {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return undefined;
  const commits = await ask(to, z.array(byAuthor), {
    route: "GET /repos/{owner}/{repo}/commits",
    with: { author: email, per_page: 1 },
    doing: { what: "looking up who wrote by an address", right: "Contents (read)" },
  });
  const [found] = commits;
  const same = found?.commit.author?.email?.toLowerCase() === email;
  return same && found.author.person ? found.author.login : undefined;
}

/** The owners of changed paths, each distinct set of people once, by the base branch's own file. */
export async function codeOwnersOf(
  room: Room,
  base: CommitSha | undefined,
  paths: readonly string[],
): Promise<PullRequestFacts["codeOwners"]> {
  const lines = base === undefined ? [] : await codeOwnersLines(room, base);
  const groups = new Map<string, readonly Login[]>();
  const teams = new Map<string, Promise<readonly Login[]>>();
  const membersOnce = (team: string) => {
    const members = teams.get(team) ?? membersOf(room, team);
    teams.set(team, members);
    return members;
  };
  const loginsOf = async (owner: CodeOwner): Promise<readonly Login[]> => {
    if (owner.kind === "login") return [loginNamed(owner.login)];
    if (owner.kind === "email") return [await loginOfEmail(room, owner.email)];
    return membersOnce(`${owner.organization}/${owner.team}`);
  };
  for (const path of paths) {
    const owners = ownersOf(lines, path);
    const logins = [...new Set((await Promise.all(owners.map(loginsOf))).flat())].sort();
    if (owners.length > 0) groups.set(logins.join(" "), logins);
  }
  return [...groups.values()];
}

async function codeOwnersLines({ about }: Room, base: CommitSha): Promise<ReturnType<typeof parseCodeOwners>> {
  const { repository } = about;
  const files = await repository.listTree(base);
  for (const path of codeOwnersPlaces) {
    const file = files.find((entry) => entry.path === path && entry.mode.startsWith("100"));
    const [bytes] = file === undefined ? [] : await repository.readBlobs([file.blob]);
    if (bytes !== undefined) return parseCodeOwners(Buffer.from(bytes).toString());
  }
  return [];
}
