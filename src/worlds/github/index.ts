/**
 * GitHub over HTTP, for tests: the forge of `worlds/real` behind REST, GraphQL and Git's smart HTTP, with tokens that
 * have rights, rulesets and environments that hold, webhooks, runs, artifacts and identities of jobs. It knows nothing
 * of plangate.
 *
 * `openGitHub` starts one: give programs its `url` and a `tokenFor` somebody; do through `forge` what happens anyway;
 * play GitHub's runners with `runs`, and let `webhooks` say what starts them; ask for trouble with `failNext`. What is
 * asked for and not known here, and what `check` finds wrong, is thrown by `close()`: always close it in a test.
 */

export type { GitHubApp } from "./app.ts";
export type { Fault } from "./faults.ts";
export type { Kept, KeptJob, KeptRun } from "./kept.ts";
export { appPermissions, type GitHub, type GitHubAbout, openGitHub, type TokenAbout } from "./open.ts";
export type { Level, PermissionName, Permissions } from "./permissions.ts";
export { routes } from "./routes/index.ts";
export type { JobAbout, RunAbout, RunJob, Runs, WorkflowRun } from "./runs.ts";
export type { Exchange } from "./server.ts";
export type { Attempt, Delivery, Webhooks } from "./telling.ts";
