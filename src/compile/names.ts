import type { Flow } from "../flow/flow.ts";

/** Names that compiled files share, and what runs by them has to know. */

/** The check that every pull request waits for: the job that needs all others and always reports. */
export const changeCheck = "plangate / change";

/** Whose checks count: GitHub's own app for Actions. Another app, or a token of somebody's, cannot give them. */
export const actionsApp = "github-actions";

/** The branch that holds nothing but the record. */
export const recordBranch = "plangate/record";

/** Where jobs that decide leave plans for people to read, beside what is uploaded for other jobs. */
export const plansFolder = "plangate-plans";

/** The GitHub environment that holds the keys of the jobs that present. */
export const presentEnvironment = "plangate";

/** The GitHub environment that holds the plan identity of an environment of the flow. */
export function planEnvironment(environment: string): string {
  return `${environment}-plan`;
}

/** Secrets that environments alone may hold: one of the repository would be every workflow's of every branch. */
export const environmentSecrets: readonly string[] = [
  "PLANGATE_OPEN_KEY",
  "PLANGATE_SIGN_KEY",
  "PLANGATE_DIGEST_KEY",
  "PLANGATE_APP_KEY",
];

/**
 * How long jobs that hold an identity may take, in minutes; what the identity is held by ends with them, and not before. An
 * apply may take as long as GitHub lets a job run: one that is ended half-way leaves its stack to people.
 */
export const jobMinutes = { plan: 120, apply: 360, bundles: 60 } as const;

/** What a dispatch does that names no job: it looks at whatever waits, as the sweep does. */
export const lookAgain = "Look at what waits";

/** When whatever waits is looked at; never on the hour, when everybody's jobs start. */
export const sweepCrons: Readonly<Record<Flow["sweep"], string>> = {
  "15m": "7,22,37,52 * * * *",
  "30m": "7,37 * * * *",
  "1h": "7 * * * *",
  "3h": "7 */3 * * *",
  "6h": "7 */6 * * *",
};

/** The job of a change's workflow that starts the trusted one. */
export const handOverJob = "hand-over";
