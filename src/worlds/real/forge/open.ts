import { mkdirSync, realpathSync } from "node:fs";
import type { Clock } from "../../../delivery/ports.ts";
import { InternalError } from "../../../domain/errors.ts";
import type { CommitSha } from "../../../domain/names.ts";
import { type ActName, type ActRequest, type ActValue, acts } from "./acts.ts";
import type { ForgeEvent, ForgeEventBody } from "./events.ts";
import { openGitSide, repositoryDir } from "./git-side.ts";
import { addIssue } from "./issue.ts";
import { type LocalCommit, localCommit } from "./local-commit.ts";
import { blocked, isBlocked, type Outcome, type Result } from "./outcome.ts";
import { findUser, isSame } from "./people.ts";
import { type Place, placeIn, type Room } from "./room.ts";
import { addUser, createRepository, type RepositoryRequest, setTeam } from "./settings.ts";
import { loadState, saveState } from "./snapshot.ts";
import type { ForgeState, Issue, RepositoryState, Team, User, View } from "./state.ts";

/**
 * A look-alike of GitHub on bare Git repositories, strict where GitHub is. It knows nothing of plangate. Acts are done
 * one after another, each whole or not at all; whoever looks in between sees the state after an act, never within one.
 */
export interface Forge {
  readonly state: View<ForgeState>;
  /** Where a repository lies, for whoever reads it with Git. */
  dirOf(repository: string): string;
  addUser(about: Parameters<typeof addUser>[1]): User;
  setTeam(team: Team): Team;
  /** An issue that was there before anything happened. */
  addIssue(repository: string, number: number): Issue;
  createRepository(by: string, request: RepositoryRequest): Promise<Outcome<RepositoryState>>;
  /** Somebody does something to a repository. */
  act<Name extends ActName>(name: Name, about: ActAbout<Name>): Promise<Outcome<ActValue<Name>>>;
  /** A commit as somebody makes it on their own machine: it is there, and no branch knows it before it is pushed. */
  commit(about: LocalCommit): Promise<CommitSha>;
  /** Looks at a repository between acts, with Git's side of it. */
  look<Value>(repository: string, look: (place: Look) => Promise<Value>): Promise<Value>;
  /** Called with each act's events, after the act. Returns what ends that. */
  listen(listener: (events: readonly ForgeEvent[]) => void): () => void;
  /** Writes what Git does not hold beside the repositories. */
  save(): Promise<void>;
  close(): void;
}

export type ActAbout<Name extends ActName> = { readonly by: string; readonly repository: string } & ActRequest<Name>;

/** A repository as it is, to be looked at only. */
export type Look = Pick<Place, "now" | "network" | "refs"> & {
  readonly state: View<ForgeState>;
  readonly repository: View<RepositoryState>;
};

export interface ForgeAbout {
  /** The repositories' folder; when a forge was saved there, it goes on from there. */
  readonly dir: string;
  readonly clock: Clock;
  readonly host?: string;
}

export function openForge(about: ForgeAbout): Forge {
  mkdirSync(about.dir, { recursive: true });
  const dir = realpathSync(about.dir);
  const state: ForgeState = loadState(dir) ?? {
    host: about.host ?? "github.example",
    lastId: 0,
    users: [],
    teams: [],
    repositories: [],
    events: [],
  };
  const git = openGitSide(dir, state);
  const listeners = new Set<(events: readonly ForgeEvent[]) => void>();
  const nextId = () => ++state.lastId;
  const now = () => Math.floor(about.clock.now() / 1000) * 1000;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const run = <Value>(by: string, work: (room: Room) => Promise<Result<Value>>): Promise<Outcome<Value>> =>
    inTurn(async () => {
      const user = findUser(state, by);
      if (user === undefined) return { ok: false, ...blocked(401, "Requires authentication") };
      const told: { readonly repository: string; readonly body: ForgeEventBody }[] = [];
      const at = now();
      const tell: Room["tell"] = ({ name }, body) => void told.push({ repository: name, body });
      const result = await work({ state, now: at, by: user, git, nextId, tell });
      if (isBlocked(result)) return { ok: false, blocked: result.blocked };
      const events = told.map(({ repository, body }) => ({ id: nextId(), at, repository, by: user.login, ...body }));
      state.events.push(...events);
      for (const listener of listeners) listener(events);
      return { ok: true, value: structuredClone(result), events };
    });
  const repositoryNamed = (name: string) => state.repositories.find((repository) => isSame(repository.name, name));
  const existing = (name: string) => {
    const found = repositoryNamed(name);
    if (found === undefined) throw new InternalError(`there is no repository ${name}`);
    return found;
  };
  return {
    state,
    dirOf: (name) => repositoryDir(dir, name),
    addUser: (user) => addUser(state, user),
    setTeam: (team) => setTeam(state, team),
    addIssue: (repository, number) => addIssue(existing(repository), number, state.users[0]?.login ?? "ghost"),
    createRepository: (by, request) => run(by, (room) => createRepository(room, request)),
    act: <Name extends ActName>(name: Name, { by, repository, ...request }: ActAbout<Name>) =>
      run<ActValue<Name>>(by, async (room) => {
        const found = repositoryNamed(repository);
        if (found === undefined) return blocked(404, "Not Found");
        const act = acts[name] as unknown as (place: Place, request: unknown) => Promise<Result<ActValue<Name>>>;
        return act(await placeIn(room, found), request);
      }),
    commit: (commit) =>
      inTurn(() => {
        return localCommit(state, git.network(existing(commit.repository)), { ...commit, at: commit.at ?? now() });
      }),
    look: (name, look) =>
      inTurn(async () => {
        const repository = existing(name);
        const [network, refs] = [git.network(repository), await git.refs(repository)];
        return look({ state, now: now(), repository, network, refs });
      }),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    save: () => inTurn(async () => saveState(dir, state)),
    close: () => git.close(),
  };
}
