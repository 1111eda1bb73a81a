import type { Role } from "../real/forge/index.ts";

/**
 * What an app's token, or a job's, may do, by GitHub's names of permissions. People's tokens carry none: they may what
 * the person may.
 */
export type Level = "read" | "write" | "admin";

export type PermissionName =
  | "actions"
  | "actions_variables"
  | "administration"
  | "checks"
  | "contents"
  | "deployments"
  | "environments"
  | "id_token"
  | "issues"
  | "members"
  | "metadata"
  | "pull_requests"
  | "repository_hooks"
  | "secrets"
  | "statuses"
  | "workflows";

export type Permissions = Readonly<Partial<Record<PermissionName, Level>>>;

const ranks: Readonly<Record<Level, number>> = { read: 1, write: 2, admin: 3 };

/** Whether these permissions hold what is needed. Every token may read metadata. */
export function allows(given: Permissions, needed: Permissions): boolean {
  return Object.entries(needed).every(([name, level]) => {
    const has = name === "metadata" ? (given.metadata ?? "read") : given[name as PermissionName];
    return has !== undefined && ranks[has] >= ranks[level];
  });
}

/** What `permissions:` of a workflow can give to `GITHUB_TOKEN`. The rest of what an app can have is not among it. */
export const ofJobs: ReadonlySet<PermissionName> = new Set<PermissionName>([
  "actions",
  "checks",
  "contents",
  "deployments",
  "id_token",
  "issues",
  "metadata",
  "pull_requests",
  "statuses",
]);

/**
 * What a person has to be for what a token takes a right for that no job has: settings are told to nobody else either. Null
 * where each endpoint says itself, as those do that one of several rights is enough for.
 */
export function roleFor(needs: Permissions | readonly Permissions[] | string): Role | null {
  if (typeof needs === "string" || Array.isArray(needs)) return null;
  if ("administration" in needs || "repository_hooks" in needs) return "admin";
  return "secrets" in needs || "actions_variables" in needs || "environments" in needs ? "write" : null;
}
