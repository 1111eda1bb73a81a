import { InputError } from "../../domain/errors.ts";
import type { Flow } from "../../flow/index.ts";
import type { Context } from "./context.ts";

/** Which repository on which GitHub is looked at, and as whom. */
export interface AuditTarget {
  readonly apiUrl: string;
  readonly token: string;
  readonly owner: string;
  readonly repo: string;
}

/**
 * From what was given, else from the flow, else from what GitHub's runners say. Fails with what is missing, all of it.
 */
export function auditTarget(
  env: Context["env"],
  options: Readonly<Record<string, unknown>>,
  { repository }: Pick<Flow, "repository">,
): AuditTarget {
  const given = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const ofFlow = repository === null ? undefined : `${repository.owner}/${repository.name}`;
  const name = given(options.repository) ?? ofFlow ?? given(env.GITHUB_REPOSITORY);
  const parts = /^([A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)\/([A-Za-z0-9._-]+)$/.exec(name ?? "");
  const token = given(env.GITHUB_TOKEN) ?? given(env.GH_TOKEN);
  const [, owner, repo] = parts ?? [];
  const problems = [
    ...(owner !== undefined && repo !== undefined ? [] : [repositoryMissing(name)]),
    ...(token === undefined ? [tokenMissing] : []),
  ];
  if (owner === undefined || repo === undefined || token === undefined) throw new InputError(problems);
  const apiUrl = given(options.apiUrl) ?? given(env.GITHUB_API_URL) ?? "https://api.github.com";
  return { apiUrl, token, owner, repo };
}

function repositoryMissing(name: string | undefined) {
  return {
    severity: "error",
    code: "repository-unknown",
    summary: name === undefined ? "Nothing says which repository to look at." : `"${name}" is no repository.`,
    hint: "Give --repository OWNER/NAME, or write repository: { owner, name } into the flow.",
  } as const;
}

const tokenMissing = {
  severity: "error",
  code: "token-missing",
  summary: "There is no token to ask GitHub with.",
  hint: "Set GITHUB_TOKEN, for one with GitHub's own tool: GITHUB_TOKEN=$(gh auth token). It takes Administration, Actions and Contents to read; with --fix also Administration and Issues to write.",
} as const;
