import type { KeysWanted, MissingKey } from "../domain/forge-keys.ts";
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
    ...wanted.variables.filter((name) => !variables.includes(name)).map((name) => ({ name, environment: null })),
    ...wanted.environments.flatMap(({ name: environment, secrets }) => {
      const there = environments.find(({ name }) => isSame(name, environment))?.secrets;
      return secrets.filter((name) => there?.includes(name) === false).map((name) => ({ name, environment }));
    }),
  ];
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
