import { readGitHubEvent, type Said, type Told } from "../../adapters/github-events/index.ts";
import { lookAgain, sweepCrons } from "../../compile/names.ts";
import { plangate } from "../../delivery/perform/plangate.ts";
import type { Forge, Store } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import { type CommitSha, emailLogin, type Login } from "../../domain/names.ts";
import { type HappenedThere, parseHandedOver } from "./handed-over.ts";
import { mayHave } from "./job.ts";
import type { Ci, OpenJob } from "./open-job.ts";
import type { SeenRun } from "./outside.ts";
import { deletionIn, dispatchIn } from "./payload.ts";
import { whatWasPushed } from "./what-was-pushed.ts";

/** What a job is to deliver. */
export interface Happened {
  readonly events: readonly Event[];
  readonly notes: readonly string[];
  /** What was asked for and could not be read. */
  readonly passedOver: readonly string[];
  /** Whether something may have been pushed that GitHub told nobody of. */
  readonly mayLack: boolean;
  /** The run whose plans may be taken; null where there is none. */
  readonly plansOf: number | null;
  /** The comment that asks for it, whose writer waits for an answer; null where none does. */
  readonly said: SaidHere | null;
}

/** A comment with commands, and whether whoever wrote it may write here: nothing follows from it otherwise. */
export interface SaidHere extends Said {
  readonly mayWrite: boolean;
}

type Asking = Pick<OpenJob, "repository" | "dir" | "flow"> & {
  readonly forge: Forge;
  readonly store: Pick<Store, "ledger" | "ledgerHead">;
};

const nothing: Happened = { events: [], notes: [], passedOver: [], mayLack: false, plansOf: null, said: null };

/** Takes up what started this run: the event's own body, or what another run handed over, which is asked anew. */
export async function happenedIn(ci: Ci, asking: Asking): Promise<Happened> {
  const { job, payload, env } = ci;
  const dispatched = job.event.name === "workflow_dispatch" ? dispatchIn(payload) : undefined;
  if (dispatched !== undefined && dispatched.event !== "") return takeOver(ci, dispatched, asking);
  if (
    dispatched !== undefined &&
    (dispatched.job === lookAgain || (dispatched.job === "" && mayHave(env, "PLANGATE_JOB") === null))
  )
    return { ...nothing, events: [{ kind: "tick" }], passedOver: dispatched.unreadable };
  if (job.event.name === "delete") {
    const deleted = deletionIn(payload);
    if (deleted === undefined) return { ...nothing, notes: ["No branch was deleted."] };
    // Made anew since, or this is an old run that somebody runs again: whoever works there keeps what they hold.
    if ((await asking.repository.resolve(`refs/heads/${deleted.branch}`)) !== undefined)
      return { ...nothing, notes: [`The branch ${JSON.stringify(deleted.branch)} is there again.`] };
    return {
      ...nothing,
      events: [{ kind: "push", branch: deleted.branch, before: null, commit: null, by: deleted.by }],
    };
  }
  return ofPayload(ci, asking);
}

async function ofPayload(ci: Ci, asking: Asking): Promise<Happened> {
  const { job, payload, env } = ci;
  const { repository, flow } = asking;
  const told = await readGitHubEvent(meantJob(payload.body, mayHave(env, "PLANGATE_JOB")), job.event.name, {
    jobs: flow.when.flatMap((row) => (row.job === null ? [] : [{ job: row.job, workflow: row.workflow }])),
    commitOf: (ref) => repository.resolve(ref),
  });
  if ("problems" in told) {
    throw new DeliveryError({
      code: "event-malformed",
      message: told.problems.map(({ summary }) => summary).join(" "),
      reaction: "stop",
      hint: "GITHUB_EVENT_PATH names the file that the runner writes; report what is in it.",
    });
  }
  const { asked, notes, said } = await byWriters(asking, job.event.name, askedBy(ci, told));
  const events: Event[] = [];
  for (const event of asked) events.push(...(event.kind === "push" ? await whatWasPushed(event, asking) : [event]));
  const swept = job.event.name === "schedule" ? events.filter((event) => isMeant(event, flow)) : events;
  // Whatever waits is looked at with every cron.
  const tick: readonly Event[] = job.event.name === "schedule" ? [{ kind: "tick" }] : [];
  return {
    ...nothing,
    events: [...swept, ...tick],
    notes: [...told.notes, ...notes],
    mayLack: job.event.name === "schedule",
    said,
  };
}

/** What is asked for, what was left out of it, and the comment that asks. */
interface Asked<By extends Said = Said> {
  readonly asked: readonly Event[];
  readonly notes: readonly string[];
  readonly said: By | null;
}

/**
 * Who asks for it. GitHub hands the old event to a run that is run again, which everybody with write access may do: they
 * started it, and not who did at first, and what somebody said in a comment is not theirs to say again.
 */
function askedBy({ job: { attempt, startedBy } }: Ci, { events, said }: Told): Asked {
  if (attempt === 1) return { asked: events, notes: [], said: said ?? null };
  const by = startedBy ?? emailLogin("nobody");
  const [asked, notes]: [Event[], string[]] = [[], []];
  for (const event of events) {
    if (event.kind === "command" && event.by !== by)
      notes.push(
        `"/plangate ${event.command}" was said by ${event.by}, and ${by} ran this again: say it in a comment.`,
      );
    else asked.push(event.kind === "dispatch" ? { ...event, by } : event);
  }
  // It was answered when it was said.
  return { asked, notes, said: said?.by === by ? said : null };
}

/**
 * Everybody who can see a repository comments in it. Of what strangers say nothing is looked at, let alone the pull request
 * that they say it on: that could be theirs, and take all the requests that the repository has.
 */
async function byWriters(
  { forge }: Pick<Asking, "forge">,
  name: string,
  { asked, notes, said }: Asked,
): Promise<Asked<SaidHere>> {
  const [first] = asked;
  const by = said?.by ?? (first !== undefined && "by" in first ? first.by : undefined);
  if (name !== "issue_comment" || by === undefined) return { asked, notes, said: null };
  const mayWrite = (await forge.maintainers()).includes(by);
  const here = said && { ...said, mayWrite };
  if (mayWrite) return { asked, notes, said: here };
  return {
    asked: [],
    notes: [...notes, `${by} may not write here, so nothing follows from the comment.`],
    said: here,
  };
}

/** The sweep is a cron of plangate's own, be it that of the flow before this one, unless a row has the very same. */
function isMeant(event: Event, flow: Asking["flow"]): boolean {
  if (event.kind !== "schedule" || !Object.values(sweepCrons).includes(event.cron)) return true;
  return flow.when.some(({ cron }) => cron === event.cron);
}

/** In a workflow of several jobs, each of them is asked for by the jobs of its own. */
function meantJob(body: Ci["payload"]["body"], name: string | null): Ci["payload"]["body"] {
  const inputs = body.inputs;
  const given = typeof inputs === "object" && inputs !== null && !Array.isArray(inputs) ? inputs : {};
  const { event: _event, run: _run, ...people } = given as Ci["payload"]["body"];
  if (name === null) return Object.hasOwn(body, "inputs") ? { ...body, inputs: people } : body;
  return { ...body, inputs: { ...people, job: name } };
}

/** What another run says to look at. Whose run that was and what is there now is asked from GitHub. */
async function takeOver(
  { outside, progress }: Ci,
  given: { readonly event: string; readonly run: string },
  asking: Asking,
): Promise<Happened> {
  const handed = parseHandedOver(given.event);
  const id = /^[1-9]\d{0,14}$/.test(given.run) ? Number(given.run) : undefined;
  if (handed === undefined || id === undefined) throw notHandedOver("it names nothing that plangate hands over");
  const seen = await outside.workflows.run(id);
  if (seen === undefined) throw notHandedOver(`this repository has no run ${id}`);
  if (!seen.fromHere) throw notHandedOver(`run ${id} is one of a fork, which plans nothing`);
  if (handed.kind === "left") return { ...nothing, events: [{ kind: "tick" }] };
  const { events, notes, head, mayLack = events.length === 0 } = await askAnew(handed, seen, asking);
  // GitHub names a pull request's run by its head. A claim of another commit is of no use, and nothing of it is looked at.
  const fits = seen.head === head;
  if (!fits && head !== null) progress(`run ${id} is not of what is there now, so its plans are not looked at`);
  return { ...nothing, events, notes, mayLack, plansOf: fits ? id : null };
}

interface Anew {
  readonly events: readonly Event[];
  readonly notes: readonly string[];
  /** The commit that it is about; null when it is about none any more. */
  readonly head: CommitSha | null;
  /** A merge by a workflow is told to nobody. */
  readonly mayLack?: boolean;
}

async function askAnew(handed: HappenedThere, seen: SeenRun, asking: Asking): Promise<Anew> {
  const { forge, repository } = asking;
  switch (handed.kind) {
    case "pull-request":
    case "review":
      return changeNow(handed, seen, asking);
    case "push": {
      const { branch } = handed;
      const commit = (await repository.resolve(`refs/heads/${branch}`)) ?? null;
      if (commit === null) return none(`The branch ${JSON.stringify(branch)} is gone, which its deletion tells.`);
      const by: Login = (await forge.pusherOf(branch, commit)) ?? seen.by;
      // Of two pushes in short order both runs may find the second: what that one pushed is looked at too.
      const since = seen.event === "push" ? ((await forge.stoodBefore?.(branch, seen.head)) ?? null) : null;
      const before = (await forge.pushOf?.(branch, commit))?.before ?? since;
      const push: Event = { kind: "push", branch, before, commit, by };
      return { events: await whatWasPushed(push, asking, since ?? before), notes: [], head: commit };
    }
    case "release": {
      // Else anybody with write access could have a tag delivered as a release of somebody else's.
      if (seen.event !== "release" || seen.ref !== handed.tag)
        throw notHandedOver(`it is no run for a release of ${JSON.stringify(handed.tag)}`);
      const commit = await repository.resolve(`refs/tags/${handed.tag}`);
      if (commit === undefined) return none(`There is no tag ${JSON.stringify(handed.tag)}.`);
      return { events: [{ kind: "release", tag: handed.tag, commit, by: seen.by }], notes: [], head: commit };
    }
  }
}

async function changeNow(
  { kind, number }: HappenedThere & { kind: "pull-request" | "review" },
  { by }: SeenRun,
  { forge }: Asking,
): Promise<Anew> {
  const change = await forge.pullRequest(number);
  if (change === undefined) return none(`There is no pull request ${number}.`);
  const answered: Event = { kind: "answer", by: plangate, pullRequest: number, environment: null };
  if (kind === "review") return { events: [answered], notes: [], head: null };
  // What its applies wait for may be said on it all the same, such as by the label of an emergency.
  if (change.state === "merged")
    return {
      events: [answered],
      notes: [`Pull request ${number} is merged, which the push to its base tells, or the sweep.`],
      head: null,
      mayLack: true,
    };
  if (change.state === "closed")
    return { events: [{ kind: "closed", pullRequest: number, by }], notes: [], head: null };
  const looked: Event = { kind: "pull-request", action: "synchronized", pullRequest: number, by };
  return { events: [looked, answered], notes: [], head: change.head };
}

function none(note: string): Anew {
  return { events: [], notes: [note], head: null };
}

function notHandedOver(why: string): DeliveryError {
  return new DeliveryError({
    code: "handed-over-refused",
    message: `taking up what another run handed over: ${why}`,
    reaction: "stop",
    hint: "plangate sets the inputs event and run itself. Leave both empty to start this workflow by hand.",
  });
}
