import type { PersonalAnswer } from "../../domain/answer.ts";
import { plangate, refusesChange, refusesOpen, refusesReview } from "../forge-rules.ts";
import { branchKey, type StepOf } from "../step.ts";
import { blocked, type Change, nothing } from "./change.ts";
import { isAncestor } from "./git.ts";
import { factsOf } from "./pull-requests.ts";
import type { Setting } from "./setting.ts";
import type { ModelWorld, PullRequest } from "./world.ts";

/** Of those that plangate opened for one purpose the last; a story gives each of its names once. */
export function pullRequestCalled(world: ModelWorld, name: string): PullRequest | undefined {
  const called = world.pullRequests.filter((change) => change.name === name);
  return called.findLast(({ opener }) => opener === plangate) ?? called[0];
}

export function putPullRequest(world: ModelWorld, change: PullRequest): ModelWorld {
  return { ...world, pullRequests: world.pullRequests.with(change.number - 1, change) };
}

/** What every answer on a pull request has in common. */
export function onPullRequest(world: ModelWorld, { number }: PullRequest): Omit<PersonalAnswer, "by" | "says" | "via"> {
  return { at: world.now, pullRequest: number, environment: null, stack: null, plan: null, commit: null };
}

const neverOpened = "the pull request was never opened";

export function openStep(world: ModelWorld, step: StepOf<"open">): Change {
  const headKey = branchKey(step.fork, step.head);
  const head = world.branches[headKey];
  const base = world.branches[step.base];
  if (head === undefined || base === undefined) return blocked(world, "there is no such branch");
  const why = refusesOpen({
    alreadyOpen: world.pullRequests.some(
      (other) => other.state === "open" && other.headKey === headKey && other.base === step.base,
    ),
    isBehind: isAncestor(head, base),
  });
  if (why !== null) return blocked(world, why);
  const number = world.pullRequests.length + 1;
  const change: PullRequest = {
    number,
    name: step.as,
    state: "open",
    draft: step.draft,
    body: step.body,
    issue: step.issue,
    labels: step.labels.map((name) => ({ name, by: step.by })),
    headKey,
    headBranch: step.head,
    fork: step.fork !== null,
    base: step.base,
    head,
    headSince: world.now,
    opener: step.by,
    openedAt: world.now,
    answers: [],
    merged: null,
  };
  return {
    world: { ...world, pullRequests: [...world.pullRequests, change] },
    events: [{ kind: "pull-request", action: "opened", pullRequest: number, by: step.by }],
    outcomes: [],
  };
}

export function reviewStep(setting: Setting, world: ModelWorld, step: StepOf<"review">): Change {
  const change = pullRequestCalled(world, step.pr);
  const why = change === undefined ? neverOpened : refusesReview(setting, step, factsOf(setting, world, change));
  if (change === undefined || why !== null) return blocked(world, why ?? neverOpened);
  if (step.state === "comment") return nothing(world);
  const by = step.state === "dismiss" ? (step.of ?? step.by) : step.by;
  const says = step.state === "dismiss" ? "take-back" : step.state;
  const answer: PersonalAnswer = { ...onPullRequest(world, change), by, via: "review", says };
  return answered(world, change, { answers: [answer], by: step.by });
}

function answered(
  world: ModelWorld,
  change: PullRequest,
  said: { readonly answers: readonly PersonalAnswer[]; readonly by: PersonalAnswer["by"] },
): Change {
  const next = putPullRequest(world, { ...change, answers: [...change.answers, ...said.answers] });
  return {
    world: next,
    events: [{ kind: "answer", by: said.by, pullRequest: change.number, environment: null }],
    outcomes: [],
  };
}

export function editStep(setting: Setting, world: ModelWorld, step: StepOf<"label" | "edit" | "ready">): Change {
  const change = pullRequestCalled(world, step.pr);
  const why = change === undefined ? neverOpened : refusesChange(setting, step, factsOf(setting, world, change));
  if (change === undefined || why !== null) return blocked(world, why ?? neverOpened);
  // Taking labels away is told by no event.
  const isTold = step.kind !== "label" || step.add.length > 0;
  const action =
    step.kind === "label" ? "labeled" : step.kind === "ready" ? "ready" : step.base === null ? "edited" : "retargeted";
  return {
    world: putPullRequest(world, edited(change, step)),
    events: isTold ? [{ kind: "pull-request", action, pullRequest: change.number, by: step.by }] : [],
    outcomes: [],
  };
}

function edited(change: PullRequest, step: StepOf<"label" | "edit" | "ready">): PullRequest {
  if (step.kind === "ready") return { ...change, draft: false };
  if (step.kind === "edit") return { ...change, body: step.body ?? change.body, base: step.base ?? change.base };
  const kept = change.labels.filter(({ name }) => !step.add.includes(name));
  const set = [...new Set(step.add)].map((name) => ({ name, by: step.by }));
  return { ...change, labels: [...kept, ...set].filter(({ name }) => !step.remove.includes(name)) };
}

export function closeStep(setting: Setting, world: ModelWorld, step: StepOf<"close" | "reopen">): Change {
  const change = pullRequestCalled(world, step.pr);
  const why = change === undefined ? neverOpened : refusesChange(setting, step, factsOf(setting, world, change));
  if (change === undefined || why !== null) return blocked(world, why ?? neverOpened);
  const about = { pullRequest: change.number, by: step.by };
  if (step.kind === "close") {
    const next = putPullRequest(world, { ...change, state: "closed" });
    return { world: next, events: [{ kind: "closed", ...about }], outcomes: [] };
  }
  const head = world.branches[change.headKey] ?? change.head;
  const headSince = head === change.head ? change.headSince : world.now;
  return {
    world: putPullRequest(world, { ...change, state: "open", head, headSince }),
    events: [{ kind: "pull-request", action: "reopened", ...about }],
    outcomes: [],
  };
}
