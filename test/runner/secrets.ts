import { UnknownToRunner } from "./errors.ts";
import type { RunnerAbout } from "./host.ts";

/** What the context `secrets` has, by names in capitals. */
export type Secrets = Readonly<Record<string, string>>;

type Names = ReadonlyMap<string, unknown>;

function known(where: string, names: Names, values: Readonly<Record<string, string>>): Secrets {
  const clear = new Map(Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]));
  return Object.fromEntries(
    [...names.keys()].map((name) => {
      const value = clear.get(name.toUpperCase());
      if (value === undefined) throw new UnknownToRunner(`nobody told this runner the secret ${name} of ${where}`);
      return [name.toUpperCase(), value];
    }),
  );
}

export function repositorySecrets({ github, repository, secrets }: RunnerAbout): Secrets {
  return known(repository, github.kept(repository).secrets, secrets.repository);
}

export function environmentSecrets({ github, repository, secrets }: RunnerAbout, environment: string): Secrets {
  const kept = github.kept(repository).environments.get(environment.toLowerCase());
  const given = Object.entries(secrets.environments).find(([name]) => name.toLowerCase() === environment.toLowerCase());
  return known(environment, kept?.secrets ?? new Map<string, unknown>(), given?.[1] ?? {});
}

/** The context `vars`: the environment's before the repository's. */
export function variablesOf({ github, repository }: RunnerAbout, environment: string | null): Secrets {
  const kept = github.kept(repository);
  const own = environment === null ? undefined : kept.environments.get(environment.toLowerCase())?.variables;
  const all = [...kept.variables, ...(own ?? [])];
  return Object.fromEntries(all.map(([, { name, value }]) => [name.toUpperCase(), value]));
}
