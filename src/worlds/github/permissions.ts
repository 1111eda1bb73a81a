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
