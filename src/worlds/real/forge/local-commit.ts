import type { Person } from "../../../adapters/git/index.ts";
import type { CommitSha, Instant } from "../../../domain/names.ts";
import type { Network } from "./git.ts";
import { findUser, personOf } from "./people.ts";
import type { ForgeState } from "./state.ts";

export interface LocalCommit {
  readonly repository: string;
  readonly parent: CommitSha | null;
  /** Paths and their new contents; null removes one. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly message: string;
  /** Who made it, by their login; or whatever Git was told to write, which nobody checks. */
  readonly author: string | Person;
  readonly committer?: string | Person;
  readonly coAuthors?: readonly (string | Person)[];
  readonly at?: Instant;
}

export function localCommit(
  state: ForgeState,
  network: Network,
  about: LocalCommit & { readonly at: Instant },
): Promise<CommitSha> {
  const person = (who: string | Person): Person => {
    if (typeof who !== "string") return who;
    const user = findUser(state, who);
    return user === undefined ? { name: who, email: `${who}@elsewhere.example` } : personOf(state, user);
  };
  const trailers = (about.coAuthors ?? []).map(person).map(({ name, email }) => `Co-authored-by: ${name} <${email}>`);
  const author = person(about.author);
  return network.writer.writeFiles(about.parent, about.files, {
    author,
    committer: about.committer === undefined ? author : person(about.committer),
    message: trailers.length === 0 ? `${about.message}\n` : `${about.message}\n\n${trailers.join("\n")}\n`,
    at: about.at,
  });
}
