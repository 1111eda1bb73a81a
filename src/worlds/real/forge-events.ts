import type { Event } from "../../domain/event.ts";
import { parseCommitSha } from "../../domain/names.ts";
import { branchOf, type Forge, type ForgeEvent, tagOf } from "./forge/index.ts";
import { commandsIn } from "./forge-answers.ts";
import { loginNamed } from "./forge-people.ts";

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
      return branch === undefined || event.after === null ? [] : [{ kind: "push", branch, commit: event.after, by }];
    }
    case "pull_request":
      return pullRequestEvents(forge, event);
    case "pull_request_review":
      return [{ kind: "answer", by, pullRequest: event.number, environment: null }];
    case "issue_comment":
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

/** A comment is read once, when it is made: what it is edited into says nothing. */
function commentEvents(forge: Pick<Forge, "state">, event: Of<"issue_comment">): readonly Event[] {
  const repository = findRepository(forge, event);
  const comment = repository?.comments.find((candidate) => candidate.id === event.comment);
  const onChange = repository?.pullRequests.some((change) => change.number === event.number);
  const isBot = forge.state.users.some((user) => user.login === event.by && user.bot);
  if (comment === undefined || onChange !== true || event.action !== "created" || isBot) return [];
  const by = loginNamed(event.by);
  return commandsIn(comment).map((command) =>
    command.says === "plan"
      ? { kind: "command", command: "plan", pullRequest: event.number, stack: command.stack, by }
      : { kind: "answer", by, pullRequest: event.number, environment: null },
  );
}

function findRepository({ state }: Pick<Forge, "state">, event: ForgeEvent) {
  return state.repositories.find((repository) => repository.name === event.repository);
}
