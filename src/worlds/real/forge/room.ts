import type { Instant } from "../../../domain/names.ts";
import type { ForgeEventBody } from "./events.ts";
import type { Network, Refs } from "./git.ts";
import type { ForgeState, RepositoryState, User } from "./state.ts";

/** What an act works on and with. */
export interface Room {
  readonly state: ForgeState;
  /** In whole seconds. */
  readonly now: Instant;
  readonly by: User;
  readonly git: GitSide;
  nextId(): number;
  /** Tells of something that happened; forgotten when the act is blocked after all. */
  tell(repository: RepositoryState, event: ForgeEventBody): void;
}

/** An act's room and the repository it is about. */
export interface Place extends Room {
  readonly repository: RepositoryState;
  readonly network: Network;
  readonly refs: Refs;
}

/** Git's side of the repositories, opened when first needed. */
export interface GitSide {
  network(repository: RepositoryState): Network;
  refs(repository: RepositoryState): Promise<Refs>;
  create(name: string, about: { readonly branch: string; readonly parent: RepositoryState | null }): Promise<void>;
  close(): void;
}

/** The first repository of a family of forks. */
export function rootOf(state: ForgeState, repository: RepositoryState): RepositoryState {
  const parent = state.repositories.find((candidate) => candidate.name === repository.parent);
  return parent === undefined ? repository : rootOf(state, parent);
}

/** The same act seen from another repository, such as the fork a branch is in. */
export async function placeIn(room: Room, repository: RepositoryState): Promise<Place> {
  const { state, now, by, git, nextId, tell } = room;
  return {
    state,
    now,
    by,
    git,
    nextId,
    tell,
    repository,
    network: git.network(repository),
    refs: await git.refs(repository),
  };
}
