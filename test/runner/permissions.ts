import type { PermissionName, Permissions } from "../../src/worlds/github/index.ts";
import { InvalidWorkflow } from "./errors.ts";
import type { Asked, JobWritten, Workflow } from "./workflow.ts";

/** What a token can be given here; whatever else GitHub knows (packages, pages) has nothing behind it. */
const names = [
  "actions",
  "checks",
  "contents",
  "deployments",
  "id_token",
  "issues",
  "pull_requests",
  "statuses",
] as const satisfies readonly PermissionName[];

type Given = { -readonly [Name in keyof Permissions]: Permissions[Name] };

/** What a job's token has where neither its workflow nor itself says a word. */
export function byDefault(tokenDefault: "read" | "write"): Permissions {
  if (tokenDefault === "read") return { contents: "read", metadata: "read" };
  return Object.fromEntries([
    ...names.filter((name) => name !== "id_token").map((name) => [name, "write"]),
    ["metadata", "read"],
  ]);
}

/** What `permissions:` gives: what it does not name is not given, but for reading metadata. */
export function given(asked: Asked): Permissions {
  const all: Given = { metadata: "read" };
  for (const name of names) {
    const level = asked === "read-all" ? "read" : asked === "write-all" ? "write" : asked.get(name.replace("_", "-"));
    // There is nothing to read of an identity.
    if (level === "write" || (level === "read" && name !== "id_token")) all[name] = level;
  }
  return all;
}

/** What a job has: its own word, else its workflow's, else the setting; a called one never more than its caller. */
export function permissionsOf(job: JobWritten, workflow: Workflow, otherwise: Permissions): Permissions {
  const asked = job.permissions ?? workflow.permissions;
  return asked === null ? otherwise : given(asked);
}

/** What a pull request from outside leaves of them. */
export function forFork(permissions: Permissions): Permissions {
  const left = Object.entries(permissions).filter(([name]) => name !== "id_token");
  return Object.fromEntries(left.map(([name]) => [name, "read"]));
}

/** Throws where a called workflow asks for more than its caller has, before anything starts, as GitHub does. */
export function refuseMore(what: string, asked: Permissions, ceiling: Permissions): void {
  for (const [name, level] of Object.entries(asked)) {
    const allowed = ceiling[name as PermissionName];
    if (allowed === undefined || (allowed === "read" && level === "write"))
      throw new InvalidWorkflow(
        `${what} is requesting '${name}: ${level}', but is only allowed '${name}: ${allowed ?? "none"}'`,
      );
  }
}
