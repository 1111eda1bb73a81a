import { alone } from "./concurrency.ts";
import { githubContext } from "./contexts.ts";
import { BadExpression } from "./errors.ts";
import { evaluateText } from "./evaluate.ts";
import { groupOf, type Outcome, type Play } from "./graph.ts";
import type { Conclusion } from "./host.ts";
import { playRun } from "./run.ts";
import { variablesOf } from "./secrets.ts";
import type { Workflow } from "./workflow.ts";

/** In its workflow's group, where it has one. */
export async function playGrouped(play: Play): Promise<Conclusion> {
  const { host, workflow, cause, run, inputs } = play;
  const { github, repository } = host.about;
  const around = { github, repository, kept: run.kept, cause };
  const contexts = { github: githubContext(around), inputs, vars: variablesOf(host.about, null) };
  try {
    if (workflow.runName !== null) Object.assign(run.kept, { title: evaluateText(workflow.runName, { contexts }) });
    const group = groupOf(workflow.concurrency, { contexts });
    if (group === null) return await playRun(play);
    const { stop, holders } = play;
    run.kept.status = "queued";
    const conclusion = await alone(host.groups, { ...group, stop, holders }, () => {
      run.kept.status = "in_progress";
      return playRun(play);
    });
    return conclusion ?? "cancelled";
  } catch (error) {
    if (!(error instanceof BadExpression)) throw error;
    play.ran.failure = error.message;
    return "failure";
  }
}

/** Jobs that succeeded, and that need none which did not: they are not done again. */
export function keptOf(workflow: Workflow, outcomes: ReadonlyMap<string, Outcome>): ReadonlyMap<string, Outcome> {
  const stays = (id: string): boolean =>
    outcomes.get(id)?.result === "success" && (workflow.jobs.get(id)?.needs ?? []).every(stays);
  return new Map([...outcomes].filter(([id]) => stays(id)));
}
