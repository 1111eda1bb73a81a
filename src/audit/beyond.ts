import { isMap, isScalar, parseDocument } from "yaml";
import type { SeenSettings } from "../domain/seen-settings.ts";
import type { SettingsFinding } from "../domain/settings-finding.ts";
import { hidden } from "./compare-switches.ts";

/** What is ours, so that what is not can be told from it. */
export interface Ours {
  /** Workflows as compiled. */
  readonly compiled: readonly { readonly path: string; readonly text: string }[];
  /** Names of secrets that environments alone may hold. */
  readonly environmentSecrets: readonly string[];
}

/** What nothing declares and that passes by what is declared; a person judges each. */
export function lookBeyond(
  seen: SeenSettings,
  environments: readonly string[],
  { compiled, environmentSecrets }: Ours,
): readonly SettingsFinding[] {
  return [
    ...deployKeys(seen),
    ...mergeQueues(seen),
    ...secrets(seen, environmentSecrets),
    ...codeowners(seen),
    ...workflows(seen, environments, compiled),
  ];
}

function secrets({ repositorySecrets: names }: SeenSettings, kept: readonly string[]): readonly SettingsFinding[] {
  if (names.kind === "not-offered") return [];
  if (names.kind === "hidden") return [hidden("secrets of the repository", names.why, [])];
  return names.value
    .filter((name) => kept.includes(name.toUpperCase()))
    .map((name) => ({
      code: "key-for-every-workflow",
      where: `secret ${name} of the repository`,
      declared: null,
      live: name,
      loophole: "L36",
      fix: "Delete it there, make new keys, and keep them in their environments alone: any workflow of any branch could read it.",
      changes: [],
    }));
}

/** GitHub tells one push for all that a queue merges together, and of its commits GitHub is known to have made the last alone. */
function mergeQueues({ rulesets }: SeenSettings): readonly SettingsFinding[] {
  if (rulesets.kind !== "seen") return [];
  return rulesets.value
    .filter(({ enforcement, target }) => enforcement === "active" && target === "branch")
    .flatMap(({ name, rules }) => rules.map((rule) => ({ name, rule })))
    .filter(({ rule }) => rule.type === "merge_queue" && rule.parameters?.max_entries_to_merge !== 1)
    .map(({ name, rule }) => ({
      code: "merge-queue-merges-several",
      where: `ruleset "${name}": merge_queue.max_entries_to_merge`,
      declared: 1,
      live: rule.parameters?.max_entries_to_merge ?? null,
      fix: "Set it to 1, on the ruleset's page: of pull requests that are merged together the last one alone would be delivered as a merge, and the rest as pushed past reviews.",
      changes: [],
    }));
}

function deployKeys({ deployKeys: keys }: SeenSettings): readonly SettingsFinding[] {
  if (keys.kind === "not-offered") return [];
  if (keys.kind === "hidden") return [hidden("deploy keys", keys.why, [])];
  return keys.value
    .filter(({ read_only }) => !read_only)
    .map(({ title }) => ({
      code: "deploy-key-writes",
      where: `deploy key "${title}"`,
      declared: null,
      live: { title, read_only: false },
      loophole: "L19",
      fix: "Delete it, or add it again with reading alone: whoever has it pushes as nobody whom a rule knows.",
      changes: [],
    }));
}

function codeowners({ codeownersErrors: errors }: SeenSettings): readonly SettingsFinding[] {
  if (errors.kind === "not-offered") return [];
  if (errors.kind === "hidden") return [hidden("code owners", errors.why, [])];
  return errors.value.map(({ path, line, message }) => ({
    code: "codeowners-error",
    where: `${path}:${line}`,
    declared: null,
    live: message,
    fix: "Mend the line: GitHub skips it, so nobody owns what it names.",
    changes: [],
  }));
}

function workflows(
  { workflows: files }: SeenSettings,
  environments: readonly string[],
  compiled: Ours["compiled"],
): readonly SettingsFinding[] {
  if (files.kind === "not-offered") return [];
  if (files.kind === "hidden") return [hidden(".github/workflows", files.why, [])];
  const ours = new Map(compiled.map(({ path, text }) => [path, withoutHead(text)]));
  const names = new Set(environments.map((name) => name.toLowerCase()));
  return files.value
    .filter(({ path, text }) => ours.get(path) !== withoutHead(text))
    .flatMap(({ path, text }) => foreignUses(path, text, names));
}

/** What a workflow says, without the comments that it begins with: those say who wrote it. */
function withoutHead(text: string): string {
  return text.replace(/^(?:[ \t]*(?:#.*)?\r?\n)+/, "").trim();
}

/** Environments that a workflow names which is not as compiled. */
function foreignUses(path: string, text: string, names: ReadonlySet<string>): readonly SettingsFinding[] {
  const used = environmentsIn(text);
  if (used === undefined)
    return [
      {
        code: "workflow-unreadable",
        where: path,
        declared: null,
        live: null,
        fix: "Mend or remove it: nobody can tell which environments it uses.",
        changes: [],
      },
    ];
  return [...new Set(used)]
    .filter((name) => names.has(name.toLowerCase()) || name.includes("${{"))
    .map((name) => {
      const open = name.includes("${{");
      return {
        code: open ? "workflow-names-any-environment" : "workflow-uses-environment",
        where: path,
        declared: null,
        live: name,
        loophole: open ? "L3" : "L10",
        fix: open
          ? "Write the environment's name as it is: an expression can become any name, also that of one with keys."
          : `Take it out: "${name}" holds keys for plangate's jobs alone. If it is a compiled file, compile it anew.`,
        changes: [],
      };
    });
}

/** Names of environments that the jobs of a workflow have; undefined when it is no workflow that can be read. */
export function environmentsIn(text: string): readonly string[] | undefined {
  const document = parseDocument(text, { logLevel: "silent" });
  const jobs = isMap(document.contents) ? document.get("jobs", true) : undefined;
  if (document.errors.length > 0 || !isMap(jobs)) return undefined;
  const found: string[] = [];
  for (const { value: job } of jobs.items) {
    // What stands elsewhere, behind an alias or a merge, is not followed; so what it hides is not known.
    if (!isMap(job) || job.has("<<")) return undefined;
    const given = job.get("environment", true);
    if (isMap(given) && given.has("<<")) return undefined;
    const name = isMap(given) ? given.get("name", true) : given;
    if (name === undefined || name === null) continue;
    if (!isScalar(name)) return undefined;
    found.push(String(name.value ?? ""));
  }
  return found;
}
