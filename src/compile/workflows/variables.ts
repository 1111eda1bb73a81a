import type { Environment } from "../../flow/index.ts";
import { expression } from "./expressions.ts";
import type { YamlRecord } from "./yaml.ts";

/** What every machine has by itself; a variable of that name would empty it. */
const ofTheMachine: ReadonlySet<string> = new Set(["USER", "LOGNAME", "LANG"]);

/** Names that belong to GitHub, which takes few of them as a variable; to npm, which plangate comes by; and to plangate, whose keys they would hand on. */
export const ofOthers = /^(?:GITHUB|ACTIONS|RUNNER|INPUT|NPM|PLANGATE)_/i;

/** What Terraform gets to see in environments, and has to be handed to the step: none that the machine has. */
export function handedOn(environments: readonly Environment[]): readonly string[] {
  const names = environments.flatMap(({ variables }) => variables);
  return [...new Set(names)].filter((name) => !ofTheMachine.has(name) && !ofOthers.test(name)).sort();
}

/**
 * Each from the environment's secrets, its variables, or a step before, such as the one that takes on an identity. Which of
 * them GitHub has as variables is told beside, since a plan is held to those and to no secret: the identity that plans
 * has others than the one that applies.
 */
export function variablesFor(environments: readonly Environment[]): YamlRecord {
  const names = handedOn(environments);
  if (names.length === 0) return {};
  // One by one: all variables of a repository together may be more than a program can be started with, and are in capitals.
  const told = names.map((name) => `${JSON.stringify(name)}: ${expression(`toJSON(vars.${name})`)}`);
  return {
    ...Object.fromEntries(names.map((name) => [name, expression(`secrets.${name} || vars.${name} || env.${name}`)])),
    PLANGATE_VARIABLES: `{ ${told.join(", ")} }`,
  };
}
