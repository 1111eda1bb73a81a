import { durationText, type Login } from "../domain/names.ts";
import type { StepOf, WorldStep } from "../worlds/step.ts";
import type { Told } from "./search.ts";

/** A story as people tell it, a line for each step. */
export function storyText(steps: readonly Told[]): readonly string[] {
  return steps.map(({ step, meanwhile }) => {
    const text = stepText(step);
    return meanwhile === null ? text : `while plangate is at work on ${workText(meanwhile.kind)}: ${text}`;
  });
}

function workText(kind: string): string {
  return kind === "apply-ready" ? "the second decision" : `the ${kind}`;
}

function list(items: readonly string[]): string {
  return items.join(", ");
}

/** What somebody does, in a sentence. */
export function stepText(step: WorldStep): string {
  switch (step.kind) {
    case "push": {
      const from = step.from === null ? "" : `, cut from ${step.from}`;
      const what = [...step.changes.map(({ path }) => path), ...step.remove.map((path) => `without ${path}`)];
      return `${step.by} pushes ${list(what)} to ${branchText(step.fork, step.branch)}${from}${step.force ? ", by force" : ""}`;
    }
    case "open":
      return `${step.by} opens ${step.as}, from ${branchText(step.fork, step.head)} into ${step.base}`;
    case "review": {
      const did = {
        approve: "approves",
        "request-changes": "asks for changes of",
        comment: "comments on",
        dismiss: "dismisses a review of",
      };
      return `${step.by} ${did[step.state]} ${step.pr}`;
    }
    case "comment":
      return `${step.by} writes "${step.body}" on ${step.pr ?? step.branch}`;
    case "delete-branch":
      return `${step.by} deletes ${step.branch}`;
    case "label":
      return `${step.by} labels ${step.pr}: ${list([...step.add, ...step.remove.map((label) => `not ${label}`)])}`;
    case "edit":
      return `${step.by} edits ${step.pr}${step.body === "" ? ", so that its text says nothing" : ""}`;
    case "ready":
      return `${step.by} says that ${step.pr} is no draft any more`;
    case "close":
    case "reopen":
      return `${step.by} ${step.kind}s ${step.pr}`;
    case "update-branch":
      return `${step.by} updates the branch of ${step.pr}`;
    case "merge":
      return `${step.by} merges ${step.pr}${step.force ? ", by force" : ""}`;
    case "dispatch":
      return `${step.by} starts "${step.name}" for ${step.ref}`;
    case "gate":
      return `${step.by} ${step.state === "approve" ? "says yes" : "says no"} at ${step.environment}`;
    case "schedule":
      return `the schedule "${step.cron}" comes`;
    case "release":
      return step.force === true
        ? `${step.by} moves the tag ${step.tag} to ${step.ref}`
        : `${step.by} releases ${step.tag} of ${step.ref} by hand`;
    case "rerun":
      return `${step.by} runs ${step.stack ?? "the last run"} again`;
    case "wait":
      return `${durationText(step.duration)} pass`;
    case "outside":
      if (step.during === "apply")
        return `somebody changes an object of ${step.stack} by hand while it is next applied`;
      return {
        drift: `somebody changes an object of ${step.stack} by hand`,
        state: `the state of ${step.stack} moves`,
        lineage: `${step.stack} gets another state`,
      }[step.change];
    case "replan":
      return `the next plan of ${step.stack} is ${step.gives === "error" ? "an error" : step.gives}`;
    case "crash":
      return `the next worker that is to ${step.during} ${step.stack} dies`;
    case "settings":
      return settingsText(step);
  }
}

function branchText(fork: Login | null, branch: string): string {
  return fork === null ? branch : `${branch} of ${fork}'s fork`;
}

/** What the forge lets through from then on, or does not any more. */
function settingsText({ branch, environment, set }: StepOf<"settings">): string {
  const now = [
    set.reviews === "off" ? "asks for no reviews" : "asks for its reviews",
    set.checks === "off" ? "asks for no checks" : "asks for its checks",
    set.pushes === "open" ? "takes every push" : "takes the pushes that it should",
    set.methods === "any" ? "takes every way of merging" : "takes the ways of merging that it should",
    set.reviewers === "anybody" ? "lets anybody answer" : "lets those answer whom the flow names",
  ].filter((_, index) => [set.reviews, set.checks, set.pushes, set.methods, set.reviewers][index] !== undefined);
  return `somebody changes the forge's settings: ${branch ?? environment} ${list(now)} from now on`;
}
