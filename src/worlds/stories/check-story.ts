import type { Diagnostic } from "../../domain/diagnostic.ts";
import { environmentOf, type StackName } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeOf, templateName } from "../../flow/instances.ts";
import type { Path } from "../../flow/place.ts";
import { branchesAtStart, stacksAtStart } from "../scene.ts";
import { branchKey, type Step } from "../step.ts";
import type { Scene } from "../world.ts";
import { unknownValue } from "./issues.ts";
import { purposes } from "./references.ts";
import type { Story } from "./story.ts";

type Problem = Pick<Diagnostic, "code" | "summary" | "hint">;
type Report = (problem: Problem, path: Path) => void;

/** The world that a story starts in. */
export function sceneOf(flow: Flow, story: Story): Scene {
  const { people, at, start, modules, owners, steps } = story;
  return { flow, people, at, start, modules, owners, stacks: stacksAtStart(flow, steps, modules) };
}

/** Names in a story that only its flow can explain: teams, gates, jobs, schedules, stacks; and branches, which come and go. */
export function checkStory(flow: Flow, story: Story): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (problem, path) => found.push({ severity: "error", ...problem, ...story.placeOf(path) });
  for (const [login, teams] of story.people) {
    for (const [index, team] of teams.entries()) {
      if (!Object.hasOwn(flow.teams, team))
        report({ code: "unknown-team", ...unknownValue(team, Object.keys(flow.teams), "a team of the flow") }, [
          "people",
          login,
          index,
        ]);
    }
  }
  const branches = new Set(branchesAtStart(flow));
  const stacks = new Set<string>(stacksAtStart(flow, story.steps, story.modules).map(({ name }) => name));
  for (const [index, step] of story.steps.entries()) {
    const inStep: Report = (problem, path) => report(problem, ["steps", index, step.kind, ...path]);
    checkBranches(step, branches, inStep);
    checkFlowNames(flow, step, inStep);
    for (const { stack, path } of stackFields(step)) {
      const place = placeOf(flow, stack);
      if (place === undefined || !stacks.has(templateName(flow, stack))) inStep(unknownStack(flow, stack), path);
    }
  }
  return found;
}

function checkFlowNames(flow: Flow, step: Step, report: Report): void {
  if ((step.kind === "gate" || step.kind === "settings") && step.environment !== null) {
    const known = [...flow.environments, ...flow.gates].map(({ name }) => name);
    if (!known.includes(step.environment)) {
      const problem = unknownValue(step.environment, known, "an environment or gate of the flow");
      report({ code: "unknown-gate", ...problem }, ["environment"]);
    }
  }
  if (step.kind === "dispatch") {
    const known = flow.when.flatMap(({ job }) => job ?? []);
    if (!known.includes(step.name))
      report({ code: "unknown-job", ...unknownValue(step.name, known, "a job of the flow") }, ["name"]);
  }
  if (step.kind === "schedule") {
    const known = flow.when.flatMap(({ cron }) => cron ?? []);
    if (!known.includes(step.cron))
      report({ code: "unknown-cron", ...unknownValue(step.cron, known, "a schedule of the flow") }, ["cron"]);
  }
  checkOpenedByPlangate(flow, step, report);
}

/** Pull requests that plangate opens itself: only a flow that has some can have a step about one. */
function checkOpenedByPlangate(flow: Flow, step: Step, report: Report): void {
  const hasBackMerge = flow.branches.some(({ backMerge }) => backMerge.length > 0);
  if ("pr" in step && purposes.some((purpose) => purpose === step.pr) && !hasBackMerge) {
    const summary = `No branch of the flow has \`backMerge\`, so plangate opens no pull request called "${step.pr}".`;
    report({ code: "unknown-pull-request", summary }, ["pr"]);
  }
  if (step.kind !== "expect") return;
  for (const [index, opened] of (step.opened ?? []).entries()) {
    if (!purposes.some((purpose) => purpose === opened))
      report({ code: "unknown-value", ...unknownValue(opened, purposes, "a pull request that plangate opens") }, [
        "opened",
        index,
      ]);
  }
}

/** A branch has to be there before something starts from it, is opened from it or into it, or is released from it. */
function checkBranches(step: Step, branches: Set<string>, report: Report): void {
  const need = (branch: string, field: string, hint?: string) => {
    if (branches.has(branch)) return;
    const problem = unknownValue(branch, [...branches], "a branch at this step");
    report(
      { code: "unknown-branch", ...problem, ...(hint === undefined || problem.hint !== undefined ? {} : { hint }) },
      [field],
    );
  };
  if (step.kind === "open") {
    need(branchKey(step.fork, step.head), "head");
    need(step.base, "base");
  } else if (step.kind === "edit" && step.base !== null) need(step.base, "base");
  else if ((step.kind === "comment" || step.kind === "settings") && step.branch !== null) need(step.branch, "branch");
  else if (step.kind === "delete-branch") {
    need(step.branch, "branch");
    branches.delete(step.branch);
  } else if (step.kind === "release") need(step.ref, "ref");
  else if (step.kind === "push") {
    const key = branchKey(step.fork, step.branch);
    if (step.from === null) {
      need(key, "branch", "Say where it starts: `from: main`.");
      return;
    }
    need(step.from, "from");
    if (branches.has(key) && !step.rewrite) {
      report(
        {
          code: "branch-exists",
          summary: `"${key}" is there already, so it cannot start here.`,
          hint: "Leave `from` out, or add `rewrite: true`.",
        },
        ["from"],
      );
    }
    branches.add(key);
  }
}

function unknownStack(flow: Flow, stack: StackName): Problem {
  const environment = environmentOf(stack);
  if (placeOf(flow, stack) === undefined) {
    const known = flow.environments.map(({ name, perPullRequest }) => (perPullRequest ? `${name}-1` : name));
    return { code: "unknown-environment", ...unknownValue(environment, known, "an environment of the flow") };
  }
  return { code: "unknown-stack", summary: `The flow's patterns give no stack "${stack}".` };
}

function stackFields(step: Step): readonly { readonly stack: StackName; readonly path: Path }[] {
  if (step.kind !== "expect")
    return "stack" in step && step.stack !== null ? [{ stack: step.stack, path: ["stack"] }] : [];
  const names = ["applied", "destroyed", "planned", "verified", "superseded", "commented", "drifted"] as const;
  const because = ["refused", "waiting", "interrupted", "flagged"] as const;
  return [
    ...names.flatMap((kind) => (step[kind] ?? []).map((stack, index) => ({ stack, path: [kind, index] }))),
    ...because.flatMap((kind) =>
      (step[kind] ?? []).flatMap(({ stack }, index) =>
        stack === null ? [] : [{ stack, path: [kind, index, "stack"] }],
      ),
    ),
  ];
}
