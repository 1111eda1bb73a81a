/** The environments of a preset, by its own name for each, as the repository calls them. */
export interface EnvironmentNames {
  readonly bySlot: Readonly<Record<string, string>>;
  /** Those that something in the repository is called after; all where nothing is. In the order of the preset. */
  readonly found: readonly string[];
}

/** Words that the environments of presets go by. Where two are used as much, the earlier. */
const candidates: Readonly<Record<string, readonly string[]>> = {
  ephemeral: ["ephemeral", "eph", "preview", "review"],
  dev: ["dev", "development", "sandbox", "sbx"],
  test: ["staging", "stage", "stg", "test", "testing", "tst", "qa", "uat", "preprod", "dev", "development"],
  stage: ["staging", "stage", "stg", "preprod", "uat", "qa", "test", "testing", "tst"],
  prod: ["prod", "production", "prd", "live"],
};
const words: ReadonlySet<string> = new Set(Object.values(candidates).flat());

/** Folders that say by their name that environments lie in them. */
const containers: ReadonlySet<string> = new Set([
  "environments",
  "environment",
  "envs",
  "env",
  "accounts",
  "deployments",
]);

/** Every word for an environment in a path, whole words only: `vars/prod.tfvars` has one. */
export function environmentsIn(path: string): readonly string[] {
  return path.split(/[/._-]/).filter((word) => words.has(word));
}

/** The path with a word replaced by its template, whole words only. */
export function templateFor(path: string, word: string, template: string): string {
  const escaped = word.replaceAll(/[^A-Za-z0-9]/g, "\\$&");
  return path.replaceAll(
    new RegExp(`(^|[/._-])${escaped}(?=$|[/._-])`, "g"),
    (_, before: string) => `${before}${template}`,
  );
}

/** The folder of a root that is an environment: below `environments`, or one that has a twin. */
export function environmentFolder(root: string, all: readonly string[]): string | undefined {
  const folders = root.split("/");
  return folders.find((folder, index) => {
    if (containers.has(folders[index - 1] ?? "")) return true;
    if (!words.has(folder)) return false;
    const twin = (other: string) =>
      other !== root && folders.every((mine, at) => at === index || other.split("/")[at] === mine);
    return all.some((other) => twin(other) && words.has(other.split("/")[index] ?? ""));
  });
}

/** A folder's name that says nothing of what is in it. */
export function isContainer(folder: string): boolean {
  return containers.has(folder);
}

/**
 * The words that are used most for the environments of a preset, one for each, production first; the preset's own where
 * none is used. Ephemeral ones are left out unless the repository knows them. `given` names them in order instead.
 */
export function nameEnvironments(
  slots: readonly string[],
  used: readonly (string | undefined)[],
  given: readonly string[] = [],
): EnvironmentNames {
  const uses = (word: string) => used.filter((other) => other === word).length;
  const required = slots.filter((slot) => slot !== "ephemeral");
  const named = given.length >= slots.length ? slots : required;
  const bySlot: Record<string, string> = {};
  for (const [index, slot] of named.entries()) {
    const { [index]: name } = given;
    if (name !== undefined) bySlot[slot] = name;
  }
  for (const slot of slots.toReversed()) {
    const taken = new Set(Object.values(bySlot));
    const mostUsed = (candidates[slot] ?? [])
      .filter((word) => uses(word) > 0 && !taken.has(word))
      .toSorted((left, right) => uses(right) - uses(left))[0];
    const name = mostUsed ?? (slot === "ephemeral" || taken.has(slot) ? undefined : slot);
    if (bySlot[slot] === undefined && given.length === 0 && name !== undefined) bySlot[slot] = name;
  }
  const ordered = Object.fromEntries(
    slots.flatMap((slot) => (bySlot[slot] === undefined ? [] : [[slot, bySlot[slot]]])),
  );
  const all = Object.values(ordered);
  const found = all.filter((name) => uses(name) > 0);
  return { bySlot: ordered, found: found.length === 0 ? all : found };
}
