import {
  type ActName,
  type ActRequest,
  type ActValue,
  hasRole,
  type Look,
  type RepositoryState,
  type Role,
  type View,
} from "../real/forge/index.ts";
import { type Answer, Refusal } from "./answer.ts";
import type { Bearer } from "./bearer.ts";
import type { Body } from "./body.ts";
import type { Hub, Site } from "./hub.ts";
import type { Kept } from "./kept.ts";
import { type Permissions, roleFor } from "./permissions.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A request that was understood: where it goes, who it comes from, what it says. */
export interface Ask {
  readonly hub: Hub;
  readonly site: Site;
  readonly method: Method;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly body: Body;
  readonly who: Bearer;
}

/** One that is about a repository which whoever asks may see. */
export interface RepositoryAsk extends Ask {
  readonly repository: View<RepositoryState>;
  readonly kept: Kept;
  /** The forge does it in the name of whoever asks; what it refuses is thrown as a `Refusal`. */
  act<Name extends ActName>(name: Name, request: ActRequest<Name>): Promise<ActValue<Name>>;
  /** For what the forge knows nothing of: refuses whoever has less than this role. */
  needRole(least: Role): void;
  look<Value>(look: (place: Look) => Promise<Value>): Promise<Value>;
}

/**
 * One endpoint. `path` is written as GitHub's OpenAPI description writes it, so that a test can hold answers to it.
 * `needs`: what an app's or a job's token must be allowed (of several, one is
 * enough); `app`: the app's own word; `people`: only a person can do it.
 */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly needs: Permissions | readonly Permissions[] | "nothing" | "app" | "people";
  readonly answer: (ask: Ask) => Promise<Answer>;
}

type Needs = Route["needs"];

export function route(
  where: `${Method} /${string}`,
  needs: Needs,
  answer: (ask: Ask) => Promise<Answer> | Answer,
): Route {
  const [method, path] = where.split(" ") as [Method, string];
  return { method, path, needs, answer: async (ask) => answer(ask) };
}

/** An endpoint under `/repos/{owner}/{repo}`. */
export function onRepository(
  where: `${Method} ${string}`,
  needs: Needs,
  answer: (ask: RepositoryAsk) => Promise<Answer> | Answer,
): Route {
  const [method, rest = ""] = where.split(" ") as [Method, string];
  const path = `/repos/{owner}/{repo}${rest === "/" ? "" : rest}`;
  const least = roleFor(needs);
  return {
    method,
    path,
    needs,
    async answer(ask) {
      const about = repositoryAsk(ask);
      if (least !== null && ask.who.kind === "person") about.needRole(least);
      return answer(about);
    },
  };
}

function repositoryAsk(ask: Ask): RepositoryAsk {
  const { hub, who } = ask;
  const name = `${ask.params.owner}/${ask.params.repo}`.toLowerCase();
  const repository = hub.forge.state.repositories.find((known) => known.name.toLowerCase() === name);
  if (repository === undefined || !maySee(repository, who)) throw new Refusal(404, "Not Found");
  return {
    ...ask,
    repository,
    kept: hub.kept(repository.name),
    async act(actName, request) {
      if (who.kind === "nobody") throw new Refusal(401, "Requires authentication");
      const outcome = await hub.forge.act(actName, { by: who.login, repository: repository.name, ...request });
      if (!outcome.ok) throw new Refusal(outcome.blocked.status, outcome.blocked.message);
      return outcome.value;
    },
    needRole(least) {
      if (who.kind === "nobody") throw new Refusal(401, "Requires authentication");
      if (!hasRole(repository, who.login, least)) throw new Refusal(403, `Must have ${least} rights to Repository.`);
    },
    look: (look) => hub.forge.look(repository.name, look),
  };
}

/** A repository that somebody may not see is not there for them. */
export function maySee(repository: View<RepositoryState>, { login, repositories, kind }: Bearer): boolean {
  if (kind === "app") return false;
  if (!repository.private) return true;
  if (kind === "installation" || kind === "job") return repositories?.includes(repository.name) !== false;
  return repository.roles.some((role) => role.login.toLowerCase() === login.toLowerCase());
}
