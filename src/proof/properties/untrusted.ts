import { type Commit, historyOf } from "../../worlds/model/git.ts";
import type { ModelWorld } from "../../worlds/model/index.ts";
import type { PullRequest } from "../../worlds/model/world.ts";
import type { About } from "../asking.ts";
import type { Moment } from "../past.ts";
import { whyNoIssue, whyNotTaken } from "./pull-requests.ts";

/** P2, for code that nobody has reviewed yet: what may run of a pull request while it is open. */

/** Planning runs the code: what a fork brings is planned when somebody who may merge asked for it, once for each head. */
export function whyPlannedUnasked({ decision, event, before, setting }: Moment): string | null {
  if (event.kind === "command" && setting.maintainers.includes(event.by)) return null;
  for (const action of decision.actions) {
    if (action.kind !== "plan" || action.source.kind !== "pull-request") continue;
    const { pullRequest: number, head } = action.source;
    const wasAsked = before.runs.some(({ source }) => source.kind === "pull-request" && source.head === head);
    if (before.pullRequests[number - 1]?.fork === true && !wasAsked)
      return `${action.stack} is planned with the code of a fork, and nobody who may merge asked for it`;
  }
  return null;
}

/**
 * What is applied for a pull request before it is merged comes from a branch of this repository that the base takes, is
 * about an issue where one is asked for, and leaves what governs delivery alone.
 */
export function whyTriedUntrusted({ moment, run, begun }: About): string | null {
  const { before, setting } = moment;
  const { source } = run;
  const change = source.kind === "pull-request" ? before.pullRequests[source.pullRequest - 1] : undefined;
  if (change === undefined) return `${begun.stack} is applied for no pull request`;
  const tried = `${begun.stack} is applied before pull request ${change.number} is merged`;
  if (change.fork) return `${tried}, which comes from a fork`;
  const why = whyNotTaken(setting.flow, change) ?? whyNoIssue(setting.flow, change);
  if (why !== null) return `${tried}: ${why}`;
  const path = governingPath(before, change);
  return path === undefined ? null : `${tried}, and it changes ${path}, which governs delivery itself`;
}

const governing = /^(?:\.github\/|CODEOWNERS$|docs\/CODEOWNERS$|plangate\.ya?ml$)/;

/** A path that governs delivery and that one of the pull request's own commits gave another value, which its head still has. */
function governingPath(world: ModelWorld, { head, base }: PullRequest): string | undefined {
  const there = world.branches[base];
  const known: ReadonlySet<Commit> = there === undefined ? new Set() : historyOf(there);
  const own = [...historyOf(head)].filter((commit) => !known.has(commit) && commit.people.length > 0);
  return Object.keys(head.tree)
    .filter((path) => governing.test(path))
    .find((path) =>
      own.some(
        ({ tree, parents }) =>
          tree[path] === head.tree[path] && parents.every((parent) => parent.tree[path] !== tree[path]),
      ),
    );
}
