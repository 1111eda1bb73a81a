import { created, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { optionalText, text } from "../body.ts";
import { environmentKept } from "../environments.ts";
import type { KeptEnvironment, KeptVariable } from "../kept.ts";
import { time } from "../shapes/people.ts";

const one = "/environments/{environment_name}";

/** Variables of a repository and of its environments, and the names of secrets: nobody reads a secret back. */
export const variableRoutes = [
  ...variablesAt("/actions/variables", "actions_variables", ({ kept }) => kept.variables),
  ...variablesAt(`${one}/variables`, "environments", (ask) => environmentIn(ask).variables),
  ...secretsAt("/actions/secrets", "secrets", ({ kept }) => kept.secrets),
  ...secretsAt(`${one}/secrets`, "environments", (ask) => environmentIn(ask).secrets),
];

function environmentIn({ hub, repository, params }: RepositoryAsk): KeptEnvironment {
  const name = params.environment_name?.toLowerCase();
  const found = repository.environments.find((environment) => environment.name.toLowerCase() === name);
  if (found === undefined) throw notFound();
  return environmentKept(hub, repository, found.name);
}

type Right = "actions_variables" | "environments" | "secrets";

function variablesAt(path: string, right: Right, of: (ask: RepositoryAsk) => Map<string, KeptVariable>) {
  const variableIn = (ask: RepositoryAsk) => {
    const found = of(ask).get((ask.params.name ?? "").toUpperCase());
    if (found === undefined) throw notFound();
    return found;
  };
  return [
    onRepository(`GET ${path}`, { [right]: "read" }, (ask) =>
      list([...of(ask).values()].map(variableObject), "variables"),
    ),
    onRepository(`GET ${path}/{name}`, { [right]: "read" }, (ask) => ok(variableObject(variableIn(ask)))),
    onRepository(`POST ${path}`, { [right]: "write" }, (ask) => {
      ask.needRole("write");
      const name = checkName(text(ask.body, "name"));
      if (of(ask).has(name)) throw new Refusal(409, "Already exists - Variable already exists");
      const now = ask.hub.clock.now();
      of(ask).set(name, { name, value: text(ask.body, "value"), createdAt: now, updatedAt: now });
      return created({});
    }),
    onRepository(`PATCH ${path}/{name}`, { [right]: "write" }, (ask) => {
      ask.needRole("write");
      const found = variableIn(ask);
      const value = optionalText(ask.body, "value") ?? found.value;
      of(ask).set(found.name, { ...found, value, updatedAt: ask.hub.clock.now() });
      return noContent;
    }),
    onRepository(`DELETE ${path}/{name}`, { [right]: "write" }, (ask) => {
      ask.needRole("write");
      of(ask).delete(variableIn(ask).name);
      return noContent;
    }),
  ];
}

type Secrets = KeptEnvironment["secrets"];

function secretsAt(path: string, right: Right, of: (ask: RepositoryAsk) => Secrets) {
  return [
    onRepository(`GET ${path}`, { [right]: "read" }, (ask) => {
      const all = [...of(ask)].map(([name, about]) => secretObject(name, about));
      return list(all, "secrets");
    }),
    onRepository(`GET ${path}/public-key`, { [right]: "read" }, () =>
      // A point of Curve25519: what is closed with it is opened by nobody here.
      ok({ key_id: "1", key: Buffer.alloc(32, 9).toString("base64") }),
    ),
    onRepository(`GET ${path}/{secret_name}`, { [right]: "read" }, (ask) => {
      const { secret_name: name = "" } = ask.params;
      const found = of(ask).get(name.toUpperCase());
      if (found === undefined) throw notFound();
      return ok(secretObject(name.toUpperCase(), found));
    }),
    onRepository(`PUT ${path}/{secret_name}`, { [right]: "write" }, (ask) => {
      ask.needRole("write");
      text(ask.body, "encrypted_value");
      text(ask.body, "key_id");
      const name = checkName(ask.params.secret_name ?? "");
      const now = ask.hub.clock.now();
      const before = of(ask).get(name);
      of(ask).set(name, { createdAt: before?.createdAt ?? now, updatedAt: now });
      return before === undefined ? created({}) : noContent;
    }),
    onRepository(`DELETE ${path}/{secret_name}`, { [right]: "write" }, (ask) => {
      ask.needRole("write");
      if (!of(ask).delete((ask.params.secret_name ?? "").toUpperCase())) throw notFound();
      return noContent;
    }),
  ];
}

function checkName(name: string): string {
  if (!/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i.test(name)) {
    throw new Refusal(
      422,
      "Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_), must not start with GITHUB_ or a number.",
    );
  }
  return name.toUpperCase();
}

function variableObject({ name, value, createdAt, updatedAt }: KeptVariable) {
  return { name, value, created_at: time(createdAt), updated_at: time(updatedAt) };
}

function secretObject(
  name: string,
  { createdAt, updatedAt }: { readonly createdAt: number; readonly updatedAt: number },
) {
  return { name, created_at: time(createdAt), updated_at: time(updatedAt) };
}
