import type { Action } from "../../domain/decision.ts";
import { flagKey } from "../../domain/flag-key.ts";
import { plangate, refusesOpen } from "../forge-rules.ts";
import { type Change, nothing } from "./change.ts";
import { isAncestor } from "./git.ts";
import type { Issue, ModelWorld, PullRequest } from "./world.ts";

type Doing<K extends Action["kind"]> = Extract<Action, { kind: K }>;

export function performRelease(world: ModelWorld, { tag, commit }: Doing<"release">): Change {
  if (world.releases.some((release) => release.tag === tag)) return nothing(world);
  return {
    world: { ...world, releases: [...world.releases, { tag, commit }] },
    events: [{ kind: "release", tag, commit, by: plangate }],
    outcomes: [],
  };
}

/** One issue says one thing about one stack or branch: it is opened, stands on, or is closed. */
export function performFlag(world: ModelWorld, action: Doing<"flag">): Change {
  const { code, issue } = action;
  if (issue === null) return nothing(world);
  const key = flagKey(action);
  const known = world.issues.find((candidate) => candidate.key === key);
  const open = issue === "open";
  if ((known?.open ?? false) === open) return nothing(world);
  const next: Issue = { key, code, open };
  return {
    world: { ...world, issues: [...world.issues.filter((candidate) => candidate !== known), next] },
    events: [],
    outcomes: [{ kind: "issue", change: open ? "opened" : "closed", code }],
  };
}

/** Opened once, and not where the base has everything already: the forge opens none then. */
export function performOpen(world: ModelWorld, { purpose, head, base }: Doing<"open-pull-request">): Change {
  const [from, into] = [world.branches[head], world.branches[base]];
  if (from === undefined || into === undefined) return nothing(world);
  const alreadyOpen = world.pullRequests.some(
    (other) => other.state === "open" && other.headKey === head && other.base === base,
  );
  if (refusesOpen({ alreadyOpen, isBehind: isAncestor(from, into) }) !== null) return nothing(world);
  const change: PullRequest = {
    number: world.pullRequests.length + 1,
    name: purpose,
    state: "open",
    draft: false,
    body: "",
    issue: null,
    labels: [],
    headKey: head,
    headBranch: head,
    fork: false,
    base,
    head: from,
    headSince: world.now,
    opener: plangate,
    openedAt: world.now,
    answers: [],
    merged: null,
  };
  return {
    world: { ...world, pullRequests: [...world.pullRequests, change] },
    events: [{ kind: "pull-request", action: "opened", pullRequest: change.number, by: plangate }],
    outcomes: [{ kind: "opened", purpose }],
  };
}

/** The hold ends, or goes to another branch: whoever waited for the stack is asked again. */
export function performHandOver(world: ModelWorld, { stack, branch, by }: Doing<"hand-over">): Change {
  const { [stack]: _ended, ...rest } = world.holds;
  const holds = branch === null ? rest : { ...rest, [stack]: { stack, branch, by, since: world.now } };
  return { world: { ...world, holds }, events: [{ kind: "lease-ended", stack }], outcomes: [] };
}
