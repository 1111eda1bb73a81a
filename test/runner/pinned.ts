import type { RunnerAbout } from "./host.ts";
import { fitsPattern } from "./patterns.ts";
import type { JobWritten } from "./workflow.ts";

/** Why the repository's settings do not let a job start with the actions that it names; null: they do. */
export function refusedAction(about: RunnerAbout, { steps }: JobWritten): string | null {
  for (const { uses } of steps ?? []) {
    const refused = uses === null ? null : refusedUse(about, uses.action);
    if (refused !== null) return refused;
  }
  return null;
}

/** The same for one action or called workflow. */
export function refusedUse({ github, repository }: RunnerAbout, uses: string): string | null {
  if (uses.startsWith("./")) return null;
  const { settings } = github.kept(repository);
  const at = uses.lastIndexOf("@");
  const [name, ref] = [uses.slice(0, at), uses.slice(at + 1)];
  if (at < 0 || ref === "") return `Expected format {owner}/{repo}[/path]@{ref}: ${uses}`;
  if (settings.shaPinning && !/^[0-9a-f]{40}$/.test(ref))
    return `The action ${uses} is not allowed in ${repository} because all actions must be pinned to a full-length commit SHA.`;
  const [owner = ""] = name.split("/");
  if (owner === repository.split("/")[0] || settings.allowedActions === "all") return null;
  const selected = settings.allowedActions === "selected" ? settings.selectedActions : null;
  const byGitHub = selected?.github === true && (owner === "actions" || owner === "github");
  const named = selected?.patterns.some((pattern) => fitsPattern(pattern, uses)) === true;
  return byGitHub || named ? null : `The action ${uses} is not allowed in ${repository}.`;
}
