/**
 * A small runner of GitHub Actions for tests: it executes the workflows of one repository of the look-alike GitHub,
 * compiled or hostile, with real shells, real Git and the project's own command line.
 *
 *     const programs = await programsFor(join(dir, "programs"));
 *     const runner = openRunner({ github, repository, dir: join(dir, "jobs"), programs, secrets });
 *     // People act on the look-alike, through REST or its forge: push, open, review, comment, dispatch.
 *     await runner.settled();   // all that came of it has run, or waits at a gate
 *     runner.runs.at(-1)?.jobs  // conclusions, logs as people see them, outputs, summaries, steps
 *     await runner.close();     // before `github.close()`
 *
 * Open it before anything happens: it starts workflows for what it hears. Gates are answered on the look-alike
 * (`POST …/pending_deployments`), followed by another `settled()`. Required checks see each job by its name.
 *
 * `secrets` are values in the clear; one counts only while the look-alike has a secret of its name in that place, put
 * there over REST or into `github.kept(repository).secrets` and `.environments`. Variables are the look-alike's.
 *
 * It is strict: an event, a key, an action, an input of one, a shell, a context or a function that it does not know is
 * thrown by the next `settled()` or `close()`. A workflow that GitHub itself would not start ends as `startup_failure`.
 */

export { UnknownToRunner } from "./errors.ts";
export type { Conclusion, RanJob, RanRun, RanStep, RunnerAbout, StepAbout } from "./host.ts";
export { programsFor } from "./programs.ts";
export { openRunner, type Runner } from "./runner.ts";
