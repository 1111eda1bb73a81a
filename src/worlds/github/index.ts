/**
 * GitHub over HTTP, for tests: the forge of `worlds/real` behind the REST interface, Git's smart HTTP, tokens with
 * rights, webhooks, runs and their artifacts. It knows nothing of plangate; `openGitHub` starts one.
 */

export type { GitHubApp } from "./app.ts";
export type { Fault } from "./faults.ts";
export type { Kept } from "./kept.ts";
export { appPermissions, type GitHub, type GitHubAbout, openGitHub, type TokenAbout } from "./open.ts";
export type { Level, PermissionName, Permissions } from "./permissions.ts";
export { routes } from "./routes/index.ts";
export type { JobAbout, RunAbout, RunJob, Runs, WorkflowRun } from "./runs.ts";
export type { Exchange } from "./server.ts";
export type { Attempt, Delivery, Webhooks } from "./telling.ts";
