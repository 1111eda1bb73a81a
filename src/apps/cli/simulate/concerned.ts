import type { Event } from "../../../domain/event.ts";
import type { Facts, StackFacts } from "../../../domain/facts.ts";
import { rowsInto, rowsOfCron, rowsOfJob, rowsOfPush, rowsOfRelease } from "../../../engine/rows.ts";
import { type Flow, instanceOf, placeOf, type Stack } from "../../../flow/index.ts";
import { factsShape, stackShape } from "./facts-schema.ts";

export type WholeFact = Exclude<keyof Facts, "now" | "stacks">;
export type StackFact = Exclude<keyof StackFacts, "stack" | "environment" | "instance" | "commit">;

/** What a decision about an event may read: facts of the whole, stacks, and facts of each. */
export interface Concerned {
  readonly whole: readonly WholeFact[];
  /** Names of the stacks; null when the event does not tell which they are. */
  readonly stacks: readonly Stack["name"][] | null;
  readonly factsOf: (stack: Stack["name"]) => readonly StackFact[];
}

const everyStackFact = Object.keys(stackShape) as readonly StackFact[];
const everyone: readonly WholeFact[] = ["teams", "maintainers"];

/** `stacks` are those that the flow gives for the repository's files, templates of instances among them. */
export function concernedBy(flow: Flow, event: Event, stacks: readonly Stack[]): Concerned {
  const { whole, environments, facts } = about(flow, event);
  const named = "stack" in event && event.stack !== null ? [event.stack] : undefined;
  return {
    whole: whole.filter((fact) => mayMatter(flow, fact)),
    stacks: named ?? (environments === null ? null : stacksIn(flow, stacks, environments, pullRequestIn(event))),
    factsOf: (stack) => {
      const environment = placeOf(flow, stack)?.environment;
      return (facts ?? everyStackFact).filter(
        (fact) =>
          (fact !== "hold" || environment?.heldByBranch === true) &&
          (fact !== "standing" || environment?.perPullRequest === true) &&
          (fact !== "before" || (environment?.after.length ?? 0) > 0) &&
          (fact !== "ref" || flow.releases.length > 0),
      );
    },
  };
}

/** Null for all the environments that the event could be about. */
interface About {
  readonly whole: readonly WholeFact[];
  readonly environments: ReadonlySet<string> | null;
  /** Undefined: whatever an apply may read. */
  readonly facts?: readonly StackFact[];
}

function about(flow: Flow, event: Event): About {
  const all = new Set(flow.environments.map(({ name }) => name));
  const ofRows = (rows: Flow["when"]) =>
    new Set(rows.flatMap((row) => [row.environment ?? [], row.needs.map((need) => need.environment)].flat()));
  const instances = flow.environments.filter(({ perPullRequest }) => perPullRequest).map(({ name }) => name);
  switch (event.kind) {
    case "pull-request":
      return {
        whole: [...everyone, "pullRequest"],
        environments: ofRows(flow.when.filter((row) => row.on === "pull_request")),
      };
    case "command":
      if (event.command === "plan") return { whole: [...everyone, "pullRequest"], environments: all };
      return { whole: [...everyone, "pullRequest"], environments: all, facts: ["hold"] };
    case "closed":
      return { whole: ["pullRequest"], environments: all, facts: ["run", "plan", "source", "standing"] };
    case "merge":
      return {
        whole: [...everyone, "pullRequest", "backMerges", "modules", "held"],
        environments: new Set([...ofRows(rowsInto(flow, "merge", event.branch)), ...instances]),
      };
    case "push":
      return {
        whole: [...everyone, "pullRequest", "push", "backMerges", "held"],
        environments: ofRows(rowsOfPush(flow, event.branch)),
      };
    case "dispatch":
      return {
        whole: [...everyone, "ref", "latestRelease", "modules"],
        environments: ofRows(rowsOfJob(flow, event.job)),
      };
    case "release":
      return { whole: [...everyone, "ref"], environments: ofRows(rowsOfRelease(flow, event.tag)) };
    case "schedule":
      return { whole: [], environments: ofRows(rowsOfCron(flow, event.cron)), facts: ["applied", "source", "run"] };
    case "local-plan":
      return { whole: [], environments: null, facts: ["source"] };
    case "answer":
    case "tick":
      return { whole: [...everyone, "pullRequest", "flagged"], environments: all };
    case "lease-ended":
      return { whole: [...everyone, "pullRequest"], environments: all };
    default:
      return { whole: [...everyone, "pullRequest"], environments: null };
  }
}

/** Whether a flow like this one asks for the fact at all. */
export function mayMatter(flow: Flow, fact: string): fact is WholeFact {
  if (fact === "backMerges") return flow.branches.some(({ backMerge }) => backMerge.length > 0);
  if (fact === "held") return flow.environments.some(({ heldByBranch }) => heldByBranch);
  if (fact === "flagged") return flow.branches.some((branch) => branch.protected && branch.directPush !== "free");
  if (fact === "modules") return flow.releases.some(({ of }) => of !== "project");
  return Object.hasOwn(factsShape, fact);
}

function stacksIn(
  flow: Flow,
  stacks: readonly Stack[],
  environments: ReadonlySet<string>,
  pullRequest: number | null,
): readonly Stack["name"][] {
  const perPullRequest = new Set(flow.environments.filter((one) => one.perPullRequest).map(({ name }) => name));
  return stacks
    .filter(({ environment }) => environments.has(environment))
    .flatMap((stack) => {
      if (!perPullRequest.has(stack.environment)) return [stack.name];
      return pullRequest === null ? [] : [instanceOf(stack, pullRequest).name];
    });
}

function pullRequestIn(event: Event): number | null {
  return "pullRequest" in event ? event.pullRequest : null;
}
