import type * as z from "zod";
import { type Command, parseCommands } from "../../domain/command.ts";
import type { Event } from "../../domain/event.ts";
import { type CommitSha, type Login, parseRunId } from "../../domain/names.ts";
import type * as payload from "./schema.ts";

type Body<Name extends keyof typeof payload> = z.output<(typeof payload)[Name]>;

/** What one webhook comes to: events in their order, and sentences about what gives none. */
export interface Told {
  readonly events: readonly Event[];
  readonly notes: readonly string[];
  /** The comment that asks for something; absent where the body is about none. */
  readonly said?: Said;
}

/** A comment of a person's on a pull request or an issue, with lines that are meant for plangate. */
export interface Said {
  readonly comment: number;
  /** The number of the pull request or issue. */
  readonly on: number;
  readonly onPullRequest: boolean;
  readonly by: Login;
  /** What is asked for, in its order, with the event that it leads to: several may lead to the same one. */
  readonly asked: readonly { readonly command: Command; readonly event: Event }[];
  /** What is wrong with its other lines, in sentences with what people wrote. */
  readonly problems: readonly string[];
}

/** So much is done for one comment, each decided about by itself. Answers are read from the forge, and lead to one look. */
const mostDone = 20;

/** What has to be known of the flow and of the repository to understand a body. */
export interface Surroundings {
  /** The rows that people start by name, with the workflow that carries each out. */
  readonly jobs: readonly { readonly job: string; readonly workflow: string | null }[];
  /** The commit that a tag (`refs/tags/v1.0.0`), a branch (`refs/heads/main`) or an id names. */
  readonly commitOf: (ref: string) => Promise<CommitSha | undefined>;
}

const nothing = (note: string): Told => ({ events: [], notes: [note] });
const one = (event: Event): Told => ({ events: [event], notes: [] });

const actions: Readonly<Record<string, (Event & { kind: "pull-request" })["action"]>> = {
  opened: "opened",
  synchronize: "synchronized",
  reopened: "reopened",
  edited: "edited",
  ready_for_review: "ready",
  labeled: "labeled",
  unlabeled: "labeled",
};

export function pullRequestEvents({
  action,
  number,
  pull_request: change,
  changes,
  sender,
}: Body<"pullRequest">): Told {
  const by = sender.login;
  if (action === "closed") {
    if (change.merged !== true) return one({ kind: "closed", pullRequest: number, by });
    const commit = change.merge_commit_sha;
    if (commit == null) return nothing("The pull request was merged, and the body does not say as which commit.");
    const merger = change.merged_by?.login ?? by;
    return one({ kind: "merge", pullRequest: number, branch: change.base.ref, commit, by: merger });
  }
  const known = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (known === undefined) return nothing(`A pull request that is "${action}" changes nothing for plangate.`);
  const retargeted = action === "edited" && changes?.base != null;
  return one({ kind: "pull-request", action: retargeted ? "retargeted" : known, pullRequest: number, by });
}

/** Who said what is read from the forge: the event only says that there is something to look at. */
export function reviewEvents({ action, pull_request: change, sender }: Body<"review">): Told {
  if (action !== "submitted" && action !== "dismissed")
    return nothing(`A review that is "${action}" says nothing new.`);
  return one({ kind: "answer", by: sender.login, pullRequest: change.number, environment: null });
}

export function issueCommentEvents({ action, issue, comment }: Body<"issueComment">): Told {
  if (action !== "created")
    return nothing("A comment is read once, when it is made: edited or deleted it says nothing.");
  // On an issue, such as one that tells of a push, a commit can be accepted by its id.
  const onPullRequest = issue.pull_request != null;
  const { events, notes, asked, problems } = commandsOf(comment, onPullRequest ? issue.number : null);
  const { id, user } = comment;
  if (id === undefined || (asked.length === 0 && problems.length === 0)) return { events, notes };
  return { events, notes, said: { comment: id, on: issue.number, onPullRequest, by: user.login, asked, problems } };
}

export function commitCommentEvents({ action, comment }: Body<"commitComment">): Told {
  if (action !== "created")
    return nothing("A comment is read once, when it is made: edited or deleted it says nothing.");
  const { events, notes } = commandsOf(comment, null);
  return { events, notes };
}

type Commands = Pick<Told, "events" | "notes"> & Pick<Said, "asked" | "problems">;

function commandsOf(
  {
    body,
    user,
  }: { readonly body: string; readonly user: { readonly login: Login; readonly type?: string | undefined } },
  pullRequest: number | null,
): Commands {
  if (user.type === "Bot")
    return { ...nothing(`${user.login} is a program, and commands are for people.`), asked: [], problems: [] };
  const parsed = parseCommands(body);
  const problems = [...parsed.problems];
  const [events, asked]: [Event[], Said["asked"][number][]] = [[], []];
  for (const command of parsed.commands) {
    const event = commandEvent(command, user.login, pullRequest);
    const same = event && events.find((other) => isSame(other, event));
    if (event === undefined)
      problems.push(`"${command.says}" is said on a pull request; on a commit or an issue there is only "accept".`);
    else if (same !== undefined) asked.push({ command, event: same });
    else if (events.length >= mostDone)
      problems.push(`One comment is good for ${mostDone} commands, and "${command.says}" is one more.`);
    else {
      events.push(event);
      asked.push({ command, event });
    }
  }
  const none = asked.length === 0 && problems.length === 0;
  const notes = none ? ["The comment holds no line that begins with /plangate."] : problems;
  return { events, notes, asked, problems };
}

function commandEvent({ says, stack }: Command, by: Login, pullRequest: number | null): Event | undefined {
  // Whoever accepts a commit may end what any run waits for.
  if (says === "accept") return { kind: "answer", by, pullRequest: null, environment: null };
  if (pullRequest === null) return undefined;
  if (says === "plan" || says === "release" || says === "take" || says === "merge")
    return { kind: "command", command: says, pullRequest, stack, by };
  return { kind: "answer", by, pullRequest, environment: null };
}

/** Asked for twice in one comment, or answered twice: once is enough. */
function isSame(left: Event, right: Event): boolean {
  if (left.kind === "command" && right.kind === "command")
    return left.command === right.command && left.stack === right.stack;
  return left.kind === "answer" && right.kind === "answer" && left.pullRequest === right.pullRequest;
}

export function pushEvents(
  { ref, before, after, deleted, sender }: Body<"push">,
  isBranch: (name: string) => boolean,
): Told {
  const branch = /^refs\/heads\/(.+)$/s.exec(ref)?.[1];
  if (branch === undefined || !isBranch(branch))
    return nothing("It is no push to a branch, and tags count when they are released or delivered.");
  const commit = deleted === true ? null : after;
  if (commit === null && before === null)
    return nothing("The push says that nothing was there and nothing is there now.");
  return {
    events: [{ kind: "push", branch, before, commit, by: sender.login }],
    notes:
      commit === null
        ? []
        : ["A push that only merges a pull request counts as that merge, which GitHub tells by pull_request closed."],
  };
}

const jobInputs: ReadonlySet<string> = new Set(["job", "ref"]);

export function workflowDispatchEvents(
  { workflow, ref, inputs, sender }: Body<"workflowDispatch">,
  { jobs }: Surroundings,
): Told {
  const meant = jobsOf(workflow, inputs.job, jobs);
  const [job, ...more] = meant;
  if (job === undefined)
    return nothing(`No dispatch row of the flow has the job or the workflow "${inputs.job ?? workflow}".`);
  if (more.length > 0)
    return nothing(`The workflow "${workflow}" carries out ${meant.join(", ")}: its input "job" says which is meant.`);
  const delivered = shortRef(inputs.ref === undefined || inputs.ref === "" ? ref : inputs.ref);
  const given = Object.fromEntries(Object.entries(inputs).filter(([name]) => !jobInputs.has(name)));
  return one({ kind: "dispatch", job, ref: delivered, by: sender.login, inputs: given });
}

/** The jobs that a dispatch may mean: the one that it names, else those that its workflow file carries out. */
function jobsOf(workflow: string, named: string | undefined, jobs: Surroundings["jobs"]): readonly string[] {
  if (named !== undefined && named !== "") return jobs.some(({ job }) => job === named) ? [named] : [];
  const file = slug((workflow.split("/").at(-1) ?? "").replace(/\.ya?ml$/, ""));
  const whole = slug(workflow);
  const exact = jobs.filter(({ job }) => slug(job) === file || slug(job) === whole);
  const carried = jobs.filter(({ workflow: name }) => name !== null && (slug(name) === file || slug(name) === whole));
  return (exact.length > 0 ? exact : carried).map(({ job }) => job);
}

/** `Demo (apply)` and `demo-apply` are the same words. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

function shortRef(ref: string): string {
  return ref.replace(/^refs\/heads\//, "").replace(/^refs\/tags\//, "tag:");
}

export function repositoryDispatchEvents(
  { action, branch, client_payload: given, sender }: Body<"repositoryDispatch">,
  { jobs }: Surroundings,
): Told {
  const job = given?.job ?? action;
  const known = jobs.find((row) => row.job === job) ?? jobs.find((row) => slug(row.job) === slug(job));
  if (known === undefined) return nothing(`No dispatch row of the flow has the job "${job}".`);
  const ref = given?.ref ?? branch;
  if (ref == null) return nothing('What is to be delivered is not said: "client_payload" takes a "ref".');
  return one({ kind: "dispatch", job: known.job, ref, by: sender.login, inputs: given?.inputs ?? {} });
}

export async function releaseEvents(
  { action, release, sender }: Body<"release">,
  { commitOf }: Surroundings,
): Promise<Told> {
  if (release.draft === true || (action !== "published" && action !== "released"))
    return nothing(`A release that is "${release.draft === true ? "draft" : action}" delivers nothing.`);
  const tag = release.tag_name;
  const target = release.target_commitish;
  const commit =
    (await commitOf(`refs/tags/${tag}`)) ??
    (target == null ? undefined : ((await commitOf(`refs/heads/${target}`)) ?? (await commitOf(target))));
  if (commit === undefined)
    return nothing(`GitHub does not say which commit ${tag} is, and it is not in this repository: fetch its tags.`);
  return one({ kind: "release", tag, commit, by: sender.login });
}

export function deploymentReviewEvents(body: Body<"deploymentReview">): Told {
  const { action, approver, environment, sender } = body;
  if (action !== "approved" && action !== "rejected")
    return nothing("Somebody is asked at a gate, and has not answered yet.");
  const named = [environment, ...(body.workflow_job_runs ?? []).map((run) => run.environment)];
  const environments = [...new Set(named.filter((name) => name != null))];
  if (environments.length === 0) return nothing("The answer does not say at which environment it was given.");
  const by = approver?.login ?? sender.login;
  return {
    events: environments.map((name) => ({ kind: "answer", by, pullRequest: null, environment: name })),
    notes: [],
  };
}

/** GitHub asks whether a job may go on: what waits is judged again. */
export function protectionRuleEvents({ action }: Body<"deploymentProtectionRule">): Told {
  return action === "requested"
    ? one({ kind: "tick" })
    : nothing(`A protection rule that is "${action}" asks nothing.`);
}

/** The button "Re-run" of one of our own checks, which carry the run's id. */
export function checkRunEvents({ action, check_run: check, sender }: Body<"checkRun">): Told {
  const run = parseRunId(check.external_id ?? "");
  if (action !== "rerequested" || run === undefined) return nothing("It asks for no run of plangate's again.");
  return one({ kind: "rerun", run, by: sender.login });
}

export function scheduleEvents({ schedule }: Body<"schedule">): Told {
  return one({ kind: "schedule", cron: schedule });
}
