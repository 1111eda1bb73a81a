import { type KeysWanted, keyFileOf, keysOfApp, type MissingKey } from "../domain/forge-keys.ts";
import { keyOfEnvironment, parsePublicKeys, publicKeysFile, replacedVariables } from "../domain/public-keys.ts";
import type { SeenSettings } from "../domain/seen-settings.ts";
import type { SettingsFinding } from "../domain/settings-finding.ts";
import { hidden } from "./compare-switches.ts";

/**
 * Keys that are not where jobs look for them: until they are, every job that needs one ends with an error. An
 * environment that is not there is found as such, and can hold none yet.
 */
export function missingKeys(wanted: KeysWanted, { keys }: SeenSettings): readonly MissingKey[] {
  if (keys.kind !== "seen") return [];
  const { variables, environments } = keys.value;
  return [
    ...wanted.variables
      .filter((name) => !(name in variables))
      .map((name) => ({ name, environment: null, file: keysOfApp.has(name) ? null : name })),
    ...wanted.environments.flatMap(({ name: environment, secrets, keysOf }) => {
      const there = environments.find(({ name }) => isSame(name, environment))?.secrets;
      return secrets
        .filter((name) => there?.includes(name) === false)
        .map((name) => ({ name, environment, file: keysOfApp.has(name) ? null : keyFileOf(name, keysOf) }));
    }),
  ];
}

/** Environments of the flow that the file of public keys has none for: no plan of theirs is taken until it does. */
export function environmentsWithoutKey({ closedFor }: KeysWanted, { keys }: SeenSettings): readonly string[] {
  const known = keys.kind === "seen" && keys.value.publicKeys !== null ? parsePublicKeys(keys.value.publicKeys) : null;
  return known ? closedFor.filter((name) => keyOfEnvironment(known, name) === null) : [];
}

/** Whether the default branch lacks the file that jobs hold variables to: until it is there, they end with an error. */
export function lacksPublicKeys({ keys }: SeenSettings): boolean {
  return keys.kind === "seen" && keys.value.publicKeys === null;
}

/** Variables that jobs refuse, since the default branch has other keys; everybody with write access can replace them. */
export function replacedKeys({ keys }: SeenSettings): readonly SettingsFinding[] {
  if (keys.kind !== "seen" || keys.value.publicKeys === null) return [];
  const known = parsePublicKeys(keys.value.publicKeys);
  if (known === undefined)
    return [
      {
        code: "keys-damaged",
        where: publicKeysFile,
        declared: null,
        live: null,
        loophole: "L41",
        fix: "Put back what `plangate ci keys` wrote, and look at who changed it.",
        changes: [],
      },
    ];
  return replacedVariables(known, keys.value.variables).map(({ variable, known: declared, live }) => ({
    code: "keys-replaced",
    where: `variable ${variable}`,
    declared,
    live,
    loophole: "L41",
    fix: `Find out who replaced it, then put back what ${publicKeysFile} of the default branch has. New keys come into that file first.`,
    changes: [],
  }));
}

/** Keys in environments whose jobs must not have them: what plans runs the change's code, and hands over what it gets. */
export function misplacedKeys(
  wanted: KeysWanted,
  { keys }: SeenSettings,
  kept: readonly string[],
): readonly SettingsFinding[] {
  if (keys.kind === "not-offered") return [];
  if (keys.kind === "hidden") return [hidden("secrets of the environments", keys.why, [])];
  return keys.value.environments.flatMap(({ name: environment, secrets }) => {
    const may = wanted.environments.find(({ name }) => isSame(name, environment))?.secrets ?? [];
    return secrets
      .filter((name) => kept.includes(name) && !may.includes(name))
      .map((name) => ({
        code: "key-out-of-place",
        where: `secret ${name} of environment "${environment}"`,
        declared: null,
        live: name,
        loophole: "L36",
        fix: "Delete it there and make new keys: the jobs of this environment must not have it, and may have shown it.",
        changes: [],
      }));
  });
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
