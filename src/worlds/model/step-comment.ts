import type { PersonalAnswer } from "../../domain/answer.ts";
import { type Command, parseCommands } from "../../domain/command.ts";
import type { Event } from "../../domain/event.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import type { StepOf } from "../step.ts";
import { blocked, type Change } from "./change.ts";
import { onPullRequest, pullRequestCalled } from "./step-pull-request.ts";
import type { ModelWorld, PullRequest } from "./world.ts";

/** A comment is for plangate when it holds commands; everything else is talk. */
export function commentStep(world: ModelWorld, step: StepOf<"comment">): Change {
  const { commands } = parseCommands(step.body);
  if (step.branch !== null) {
    const head = world.branches[step.branch];
    if (head === undefined) return blocked(world, `there is no branch ${step.branch}`);
    return commands
      .filter(({ says }) => says === "accept")
      .reduce((change, command) => accept(change, { by: step.by, command, at: head.sha }), quiet(world));
  }
  const change = step.pr === null ? undefined : pullRequestCalled(world, step.pr);
  if (change === undefined) return blocked(world, "the pull request was never opened");
  return commands.reduce((so, command) => onChange(so, { by: step.by, command, change }), quiet(world));
}

function quiet(world: ModelWorld): Change {
  return { world, events: [], outcomes: [] };
}

function onChange(
  so: Change,
  { by, command, change }: { readonly by: Login; readonly command: Command; readonly change: PullRequest },
): Change {
  const { says, stack, plan } = command;
  const { number } = change;
  if (says === "accept") return accept(so, { by, command, at: null });
  if (says === "plan" || says === "release" || says === "take" || says === "merge") {
    const event: Event = { kind: "command", command: says, pullRequest: number, stack, by };
    return { ...so, events: [...so.events, event] };
  }
  const answer: PersonalAnswer = { ...onPullRequest(so.world, change), by, via: "command", says, stack, plan };
  const pullRequests = so.world.pullRequests.map((known) =>
    known.number === number ? { ...known, answers: [...known.answers, answer] } : known,
  );
  return {
    ...so,
    world: { ...so.world, pullRequests },
    events: [...so.events, { kind: "answer", by, pullRequest: number, environment: null }],
  };
}

/** Without an id it is about the commit that it stands on; on a pull request it stands on none. */
function accept(
  so: Change,
  { by, command, at }: { readonly by: Login; readonly command: Command; readonly at: CommitSha | null },
): Change {
  const { world } = so;
  const found = (Object.keys(world.commits) as CommitSha[]).filter((sha) => sha.startsWith(command.commit ?? " "));
  const commit = command.commit === null ? at : found.length === 1 ? found[0] : null;
  if (commit === null || commit === undefined) return so;
  const place = { pullRequest: null, environment: null, stack: null, plan: null };
  const answer: PersonalAnswer = { ...place, by, at: world.now, via: "command", says: "accept", commit };
  return {
    ...so,
    world: { ...world, commitAnswers: [...world.commitAnswers, answer] },
    events: [...so.events, { kind: "answer", by, pullRequest: null, environment: null }],
  };
}
