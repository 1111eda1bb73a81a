import { type CodeOwner, codeOwnersPlaces, ownersOf, parseCodeOwners } from "../../domain/code-owners.ts";
import type { PullRequestFacts } from "../../domain/facts.ts";
import { type CommitSha, type Login, loginNamed } from "../../domain/names.ts";
import type { Look } from "./forge/index.ts";
import { loginOfEmail } from "./forge-people.ts";

/** The owners of changed paths, each distinct set of people once, by the base branch's own file. */
export async function codeOwnersOf(
  look: Look,
  base: CommitSha | undefined,
  paths: readonly string[],
): Promise<PullRequestFacts["codeOwners"]> {
  const lines = base === undefined ? [] : await codeOwnersLines(look, base);
  const groups = new Map<string, readonly Login[]>();
  for (const path of paths) {
    const owners = ownersOf(lines, path);
    const logins = [...new Set(owners.flatMap((owner) => loginsOf(look, owner)))].sort();
    if (owners.length > 0) groups.set(logins.join(" "), logins);
  }
  return [...groups.values()];
}

async function codeOwnersLines({ network }: Look, base: CommitSha): Promise<ReturnType<typeof parseCodeOwners>> {
  for (const path of codeOwnersPlaces) {
    const text = await network.fileAt(base, path);
    if (text !== undefined) return parseCodeOwners(text);
  }
  return [];
}

/** A team that the forge does not have owns as nobody: its paths wait until somebody corrects the file. */
function loginsOf(look: Look, owner: CodeOwner): readonly Login[] {
  switch (owner.kind) {
    case "login":
      return [
        loginNamed(look.state.users.find(({ login }) => login.toLowerCase() === owner.login)?.login ?? owner.login),
      ];
    case "email":
      return [loginOfEmail(look, owner.email)];
    default: {
      const slug = `${owner.organization}/${owner.team}`;
      const team = look.state.teams.find((candidate) => candidate.slug.toLowerCase() === slug);
      return (team?.members ?? []).map(loginNamed);
    }
  }
}
