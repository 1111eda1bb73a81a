import type { PushedCommit } from "../domain/facts.ts";
import type { PushCode } from "../domain/flag-key.ts";
import type { Flow } from "../flow/flow.ts";
import { branchClassOf } from "../flow/match.ts";

/** Why a push is more than its branch takes without a pull request; null when it takes it. */
export function overLimit(
  flow: Flow,
  { branch, files, lines }: Pick<PushedCommit, "branch" | "files" | "lines">,
): { readonly code: PushCode; readonly sentence: string } | null {
  const limit = branchClassOf(flow, branch)?.directPush ?? "never";
  if (limit === "free") return null;
  if (limit === "never") return { code: "pushed-directly", sentence: `${branch} takes pull requests only` };
  if (files <= limit.files && lines <= limit.lines) return null;
  const sentence = `${branch} takes ${limit.files} files and ${limit.lines} lines at most without a pull request; these are ${files} and ${lines}`;
  return { code: "push-too-large", sentence };
}
