import { InternalError } from "../../domain/errors.ts";
import type { RepositoryState, View } from "../real/forge/index.ts";
import { actionsBot, type Bearer, nobody } from "./bearer.ts";
import type { Hub } from "./hub.ts";
import { ofJobs, type PermissionName, type Permissions } from "./permissions.ts";

/** One token for one job of one repository, which ends with the job. */
export async function jobToken(
  hub: Hub,
  about: { readonly permissions: Permissions; readonly repository: string; readonly run: number | null },
): Promise<string> {
  const { permissions, repository, run } = about;
  const beyond = Object.keys(permissions).find((name) => !ofJobs.has(name as PermissionName));
  if (beyond !== undefined) throw new InternalError(`a workflow cannot give "${beyond}" to GITHUB_TOKEN`);
  await seat(hub, repository, actionsBot);
  const bearer = { ...nobody, kind: "job", login: actionsBot, permissions, repositories: [repository], run } as const;
  return hub.tokens.make({ ...bearer, expiresAt: hub.clock.now() + 24 * 3600 * 1000 });
}

/** Seats the bot behind an app's or a job's token where the token reaches. */
export async function seatBot(hub: Hub, who: Bearer, repository: View<RepositoryState>): Promise<void> {
  const isBot = who.kind === "installation" || who.kind === "job";
  if (isBot && who.repositories?.includes(repository.name) !== false) await seat(hub, repository.name, who.login);
}

/** A bot acts in a repository without anybody having invited it; what it may there is in its token. */
export async function seat(hub: Hub, repository: string, login: string): Promise<void> {
  const found = hub.forge.state.repositories.find(({ name }) => name === repository);
  const admin = found?.roles.find(({ role, login: one }) => role === "admin" && one !== login)?.login;
  if (admin === undefined) throw new InternalError(`${repository} is not there, or has nobody who administers it`);
  if (found?.roles.some((role) => role.login === login) === true) return;
  const role = login === hub.app.login && hub.app.permissions.administration === "write" ? "admin" : "write";
  const outcome = await hub.forge.act("role", { by: admin, repository, login, role });
  if (!outcome.ok) throw new InternalError(outcome.blocked.message);
}
