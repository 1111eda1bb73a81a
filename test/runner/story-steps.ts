/** What people and the world do in a story that is played on the look-alike GitHub. */
import { sweepCrons } from "../../src/compile/names.ts";
import { fileNameOf, files as workflowFiles } from "../../src/compile/workflows/naming.ts";
import type { Login } from "../../src/domain/names.ts";
import type { Flow } from "../../src/flow/index.ts";
import { refusesStart } from "../../src/worlds/forge-rules.ts";
import type { GitHub } from "../../src/worlds/github/index.ts";
import { type Stage, takePeopleStep } from "../../src/worlds/real/people-steps.ts";
import { administrator, repository } from "../../src/worlds/real/story-forge.ts";
import type { StepOf, WorldStep } from "../../src/worlds/step.ts";
import { at, octokitWith } from "../github/small-github.ts";
import type { RanRun, Runner } from "./index.ts";
import type { StoryFaults } from "./story-faults.ts";

export interface Taking {
  readonly stage: Stage;
  readonly github: GitHub;
  readonly runner: Runner;
  readonly faults: StoryFaults;
}

/** Does a step; gives why it was refused, or null. */
export async function takeStep({ stage, github, runner, faults }: Taking, step: WorldStep): Promise<string | null> {
  switch (step.kind) {
    case "wait":
      await runner.schedule(sweepCrons["15m"]);
      return null;
    case "schedule":
      await runner.schedule(step.cron);
      return null;
    case "dispatch":
      return refusesStart(stage.scene, step.by) ?? dispatch(github, stage.scene.flow, step);
    case "outside":
    case "replan":
    case "crash":
      faults.add(step);
      return null;
    case "rerun":
      return refusesStart(stage.scene, step.by) ?? rerun(github, runner, step);
    case "gate":
      return isAskedOnChange(github, step.environment) ? answerOnChange(stage, step) : takePeopleStep(stage, step);
    default:
      return isPastRules(stage, step)
        ? withoutRules(github, () => takePeopleStep(stage, step))
        : takePeopleStep(stage, step);
  }
}

/** GitHub asks nobody a second time where pull requests show the plan: there the answers count that are given on them. */
export function isAskedOnChange({ forge }: GitHub, environment: string): boolean {
  const there = forge.state.repositories.find(({ name }) => name === repository)?.environments;
  return there?.find(({ name }) => name === environment)?.reviewers.length === 0;
}

async function answerOnChange(stage: Stage, { by, state }: StepOf<"gate">): Promise<string | null> {
  const number = [...stage.numbers.values()].at(-1);
  if (number === undefined) return "no pull request shows a plan";
  const said = await stage.forge.act("comment", { by, repository, number, body: `/plangate ${state}` });
  return said.ok ? null : said.blocked.message;
}

/** Whether somebody lets it through who administers the repository: what is still forbidden then, `forge-rules.ts` says. */
function isPastRules({ live }: Stage, step: WorldStep): boolean {
  return ("force" in step && step.force === true) || Object.keys(live.branches).length > 0;
}

/** Does something while rulesets are off: nobody passes those that `audit --fix` makes. */
async function withoutRules<T>(github: GitHub, act: () => Promise<T>): Promise<T> {
  const { repos } = octokitWith(github.url, await github.tokenFor({ person: administrator })).rest;
  const { data: rulesets } = await repos.getRepoRulesets(at);
  const enforce = async (enforcement: "active" | "disabled") => {
    for (const { id } of rulesets) await repos.updateRepoRuleset({ ...at, ruleset_id: id, enforcement });
  };
  await enforce("disabled");
  try {
    return await act();
  } finally {
    await enforce("active");
  }
}

/** Starts a job in the workflow that has it, as people do on its page. */
async function dispatch(github: GitHub, flow: Flow, step: StepOf<"dispatch">): Promise<string | null> {
  const row = flow.when.find(({ on, job }) => on === "dispatch" && job === step.name);
  const file = row?.workflow == null ? workflowFiles.trusted : fileNameOf(row.workflow);
  const inputs = { ...step.inputs, job: step.name, ref: step.ref };
  return post(github, step.by, {
    path: `workflows/${file.split("/").at(-1)}/dispatches`,
    body: { ref: "main", inputs },
  });
}

/**
 * Runs again what GitHub has a button for: of the last workflow run that applied, or planned where none did, those jobs that
 * failed, else all. With a stack, of one that did so in its environment.
 */
async function rerun(github: GitHub, { runs }: Runner, { by, stack }: StepOf<"rerun">): Promise<string | null> {
  const environment = stack?.split("/")[0] ?? "";
  const found = ["apply", "plan"]
    .map((kind) => runs.findLast(({ jobs }) => jobs.some((job) => isOf(job, `${kind}-${environment}`))))
    .find((run) => run !== undefined);
  if (found === undefined) return "nothing ran yet";
  const again = found.conclusion === "failure" ? "rerun-failed-jobs" : "rerun";
  return post(github, by, { path: `runs/${found.id}/${again}`, body: {} });
}

function isOf({ id, conclusion }: RanRun["jobs"][number], kind: string): boolean {
  return id.startsWith(kind) && conclusion !== "skipped";
}

/** Does something under Actions as somebody; gives why it was refused, or null. */
async function post(
  github: GitHub,
  by: Login,
  { path, body }: { readonly path: string; readonly body: object },
): Promise<string | null> {
  const token = await github.tokenFor({ person: by });
  const answer = await fetch(`${github.url}/repos/${repository}/actions/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return answer.ok ? null : await answer.text();
}
