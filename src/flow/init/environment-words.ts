/** The two environments of the flow, by the names that the repository uses for them. */
export interface EnvironmentNames {
  readonly test: string;
  readonly prod: string;
}

const prodWords = ["prod", "production", "prd", "live"];
/** The nearer to production, the earlier. */
const testWords = ["staging", "stage", "stg", "test", "testing", "tst", "qa", "uat", "preprod", "dev", "development"];
const words: ReadonlySet<string> = new Set([...prodWords, ...testWords]);

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

/** The words that are used most for the two environments; `test` and `prod` where none is. */
export function nameEnvironments(found: readonly (string | undefined)[]): EnvironmentNames {
  const uses = (word: string) => found.filter((other) => other === word).length;
  const mostUsed = (candidates: readonly string[]) =>
    candidates.filter((word) => uses(word) > 0).toSorted((left, right) => uses(right) - uses(left))[0];
  return { test: mostUsed(testWords) ?? "test", prod: mostUsed(prodWords) ?? "prod" };
}
