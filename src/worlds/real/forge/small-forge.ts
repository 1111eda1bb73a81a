import { InternalError } from "../../../domain/errors.ts";
import type { CommitSha, Instant } from "../../../domain/names.ts";
import type { ActName, ActRequest, ActValue, Forge, ForgeAbout, Outcome } from "./index.ts";
import { openForge } from "./index.ts";

/** The repository that everything in a small forge is about. */
export const infra = "acme/infra";

/** A forge with one repository and people in it, for tests: ann, bob and eve write, root administers, sam is a stranger. */
export interface SmallForge {
  readonly forge: Forge;
  /** Does something that must be let through. */
  did<Name extends ActName>(name: Name, by: string, request: ActRequest<Name>): Promise<ActValue<Name>>;
  /** Tries something; the outcome is given back as it is. */
  tried<Name extends ActName>(name: Name, by: string, request: ActRequest<Name>): Promise<Outcome<ActValue<Name>>>;
  /** A commit on top of a branch, pushed to it; the branch is made from `from` when it is not there. */
  pushed(
    by: string,
    branch: string,
    files: Readonly<Record<string, string | null>>,
    about?: PushedAbout,
  ): Promise<CommitSha>;
  tip(branch: string, repository?: string): CommitSha | null;
  /** Moves the clock by seconds. */
  later(seconds?: number): Instant;
}

export interface PushedAbout {
  readonly from?: string;
  readonly repository?: string;
  readonly author?: string;
  readonly coAuthors?: readonly string[];
  readonly message?: string;
  readonly force?: boolean;
}

/** `open` gives the forge where it is to be seen in another way too. */
export async function smallForge(
  dir: string,
  open: (about: ForgeAbout) => Forge | Promise<Forge> = openForge,
): Promise<SmallForge> {
  let now = Date.UTC(2026, 0, 6, 10);
  const forge = await open({ dir, clock: { now: () => now } });
  for (const login of ["ann", "bob", "eve", "root", "sam"]) {
    forge.addUser({ login, name: login.toUpperCase(), emails: [`${login}@acme.example`] });
  }
  if (!forge.state.users.some(({ login }) => login === "plangate[bot]"))
    forge.addUser({ login: "plangate[bot]", bot: true });
  forge.setTeam({ slug: "acme/devops", members: ["ann", "bob"] });
  const refs = new Map<string, CommitSha | null>();
  forge.listen((events) => {
    for (const event of events) {
      if (event.kind === "push") refs.set(`${event.repository} ${event.ref}`, event.after);
    }
  });
  const tip = (branch: string, repository = infra) => refs.get(`${repository} refs/heads/${branch}`) ?? null;
  const tried: SmallForge["tried"] = (name, by, request) => {
    now += 2000;
    return forge.act(name, { by, repository: infra, ...request });
  };
  const did: SmallForge["did"] = async (name, by, request) => must(await tried(name, by, request), name);
  must(await forge.createRepository("root", { name: infra }), "create");
  for (const login of ["ann", "bob", "eve", "plangate[bot]"]) await did("role", "root", { login, role: "write" });
  const small: SmallForge = {
    forge,
    did,
    tried,
    tip,
    later: (seconds = 1) => {
      now += seconds * 1000;
      return now;
    },
    async pushed(by, branch, files, about = {}) {
      const repository = about.repository ?? infra;
      const parent = tip(branch, repository) ?? tip(about.from ?? "main", repository);
      now += 2000;
      const after = await forge.commit({
        repository,
        parent,
        files,
        message: about.message ?? `Change ${Object.keys(files).join(", ")}`,
        author: about.author ?? by,
        coAuthors: about.coAuthors ?? [],
      });
      const request = { by, repository, ref: `refs/heads/${branch}`, after, force: about.force === true };
      must(await forge.act("push", request), "push");
      return after;
    },
  };
  await small.pushed("root", "main", { "stacks/network/main.tf": "# one\n", "README.md": "hello\n" });
  return small;
}

export function must<Value>(outcome: Outcome<Value>, what: string): Value {
  if (outcome.ok) return outcome.value;
  throw new InternalError(`${what} was blocked: ${outcome.blocked.status} ${outcome.blocked.message}`);
}
