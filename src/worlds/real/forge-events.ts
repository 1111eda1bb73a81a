import { isAnswer } from "../../domain/command.ts";
import type { Event } from "../../domain/event.ts";
import { loginNamed, parseCommitSha } from "../../domain/names.ts";
import { branchOf, type Forge, type ForgeEvent, tagOf } from "./forge/index.ts";
import { acceptedBy, commandsIn } from "./forge-answers.ts";

type Of<Kind extends ForgeEvent["kind"]> = Extract<ForgeEvent, { kind: Kind }>;

const actions = {
  opened: "opened",
  synchronize: "synchronized",
  reopened: "reopened",
  edited: "edited",
  ready_for_review: "ready",
  labeled: "labeled",
} as const;

/** What a webhook means to plangate: nothing, or events in its own words. Looks at the forge as it is after the act. */
export function eventsOf(forge: Pick<Forge, "state">, repositoryName: string, event: ForgeEvent): readonly Event[] {
  if (event.repository !== repositoryName) return [];
  const by = loginNamed(event.by);
  switch (event.kind) {
    case "push": {
      const branch = branchOf(event.ref);
      const { before, after } = event;
      return branch === undefined || isMerge(forge, event) ? [] : [{ kind: "push", branch, before, commit: after, by }];
    }
    case "pull_request":
      return pullRequestEvents(forge, event);
    case "pull_request_review":
      return [{ kind: "answer", by, pullRequest: event.number, environment: null }];
    case "issue_comment":
    case "commit_comment":
      return commentEvents(forge, event);
    case "deployment_review":
      if (event.action === "requested") return [];
      return [{ kind: "answer", by, pullRequest: null, environment: event.environment }];
    case "workflow_dispatch": {
      const tag = tagOf(event.ref);
      const ref = tag === undefined ? (branchOf(event.ref) ?? event.ref) : `tag:${tag}`;
      return [{ kind: "dispatch", job: event.workflow, ref, by, inputs: event.inputs }];
    }
    case "release":
      return event.action === "deleted" ? [] : [{ kind: "release", tag: event.tag, commit: event.commit, by }];
    default:
      return [];
  }
}

function pullRequestEvents(forge: Pick<Forge, "state">, event: Of<"pull_request">): readonly Event[] {
  const by = loginNamed(event.by);
  const { number } = event;
  if (event.action === "closed") {
    const change = findRepository(forge, event)?.pullRequests.find((candidate) => candidate.number === number);
    const commit = parseCommitSha(change?.merged?.commit ?? "");
    if (!event.merged || change === undefined || commit === undefined)
      return [{ kind: "closed", pullRequest: number, by }];
    return [{ kind: "merge", pullRequest: number, branch: change.base, commit, by }];
  }
  if (event.action === "converted_to_draft" || event.action === "unlabeled") return [];
  const action = event.baseWas === null ? actions[event.action] : "retargeted";
  return [{ kind: "pull-request", action, pullRequest: number, by }];
}

/** Whether the branch got what a pull request brought: that is told by the merge. */
function isMerge(forge: Pick<Forge, "state">, event: Of<"push">): boolean {
  const push = findRepository(forge, event)?.pushes.findLast(
    ({ ref, before, after }) => ref === event.ref && before === event.before && after === event.after,
  );
  return push !== undefined && push.merging !== null;
}

/** A comment is read once, when it is made: what it is edited into says nothing. */
function commentEvents(
  forge: Pick<Forge, "state">,
  event: Of<"issue_comment"> | Of<"commit_comment">,
): readonly Event[] {
  const repository = findRepository(forge, event);
  const comment = repository?.comments.find((candidate) => candidate.id === event.comment);
  const isBot = forge.state.users.some((user) => user.login === event.by && user.bot);
  if (
    repository === undefined ||
    comment === undefined ||
    isBot ||
    (event.kind === "issue_comment" && event.action !== "created")
  )
    return [];
  const number = event.kind === "issue_comment" ? event.number : null;
  const pullRequest = repository.pullRequests.find((change) => change.number === number)?.number ?? null;
  if (number !== pullRequest) return [];
  const by = loginNamed(event.by);
  return commandsIn(comment).flatMap((command): readonly Event[] => {
    const { says, stack } = command;
    if (says === "accept") {
      // Whatever run waits may have waited for it.
      const isNamed = acceptedBy(repository, comment, command) !== null;
      return isNamed ? [{ kind: "answer", by, pullRequest: null, environment: null }] : [];
    }
    if (pullRequest === null) return [];
    if (isAnswer(says)) return [{ kind: "answer", by, pullRequest, environment: null }];
    return [{ kind: "command", command: says, pullRequest, stack, by }];
  });
}

function findRepository({ state }: Pick<Forge, "state">, event: ForgeEvent) {
  return state.repositories.find((repository) => repository.name === event.repository);
}
