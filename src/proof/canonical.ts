import type { PersonalAnswer } from "../domain/answer.ts";
import { digestOf } from "../domain/digest.ts";
import type { Event } from "../domain/event.ts";
import { pushInKey } from "../domain/flag-key.ts";
import type { Instant, Login } from "../domain/names.ts";
import type { StoredPlan } from "../domain/plan.ts";
import { isOpen, isSpent, isUnderWay, type Run, type RunSource } from "../domain/run.ts";
import { type Commit, differingPaths } from "../worlds/model/git.ts";
import type { ModelWorld } from "../worlds/model/index.ts";
import type { StackState } from "../worlds/model/world.ts";
import type { Asked, Past } from "./past.ts";

/** A world, what waits to be delivered, and what the search knows of the past. */
export interface State {
  readonly world: ModelWorld;
  readonly queue: readonly Event[];
  readonly past: Past;
}

const anHour = 3_600_000;

/**
 * A name of everything about a state that can still matter, so that two states with one name need to be searched once.
 * Ids (commits, runs, plans, contents, serials) are replaced by the order in which they are met; instants by what they
 * are compared with: whether a review came after the head, whether an answer came while a plan was shown, how many hours
 * ago something began. Runs that are over and that no later decision can look at are left out.
 */
export function canonicalOf(state: State): string {
  return digestOf(JSON.stringify(canonicalForm(state)));
}

/** The same before it is shortened: for looking at, and for tests. */
export function canonicalForm({ world, queue, past }: State): unknown {
  const name = new Naming(world);
  // What is not named below is taken as it is: a world may come to have more.
  const { now, branches, commits: _all, pushes, releases, pullRequests, gateAnswers, commitAnswers, ...more } = world;
  const { issues, states, runs, plans, leases, holds, script, ...rest } = more;
  const kept = keptRuns(runs);
  const stored = kept.flatMap(({ plan }) => (plan === null ? [] : (plans[plan] ?? [])));
  return [
    sortedEntries(branches).map(([branch, head]) => [branch, name.commit(head)]),
    pullRequests.map((change) => [
      change.state,
      change.draft,
      change.body,
      change.issue,
      change.labels,
      change.headKey,
      change.base,
      name.commit(change.head),
      change.opener,
      name.hours(change.openedAt),
      lastAnswers(change.answers).map((answer) => [answerForm(answer, stored, name), answer.at > change.headSince]),
      change.merged === null
        ? null
        : [change.merged.commit, ...change.merged.commits.map(({ sha }) => sha)].map((sha) => name.sha(sha)),
    ]),
    pushes.map(({ branch, by, before, after }) => [branch, by, before && name.commit(before), name.commit(after)]),
    releases.map(({ tag, commit, movedTo = commit }) => [tag, name.sha(commit), name.sha(movedTo)]),
    lastAnswers(gateAnswers).map((answer) => answerForm(answer, stored, name)),
    commitAnswers.map(({ by, commit }) => [by, commit === null ? null : name.sha(commit)]).sort(),
    issues.map((issue) => issueForm(issue, name)).sort(),
    sortedEntries(states).map(([stack, at]) => [stack, stateForm(stack, at, name)]),
    kept.map((run) => runForm(run, kept, plans, name)),
    sortedEntries(leases).map(([stack, { run }]) => [stack, name.id(run)]),
    sortedEntries(holds).map(([stack, { branch, by }]) => [stack, branch, by]),
    script.plans.map(({ stack, gives }) => [stack, gives]),
    script.crashes.map(({ stack, during }) => [stack, during]),
    [...script.drifting].sort(),
    queue.map((event) => eventForm(event, name)),
    past.asked.map((one) => askedForm(one, runs, name)),
    past.begun.filter((plan) => stored.some(({ digest }) => digest === plan)).map((plan) => name.id(plan)),
    sortedEntries(past.holders),
    past.closed,
    [...past.acted].sort(),
    sortedEntries(past.used),
    Math.floor(now / anHour),
    rest,
  ];
}

function issueForm({ key, open }: ModelWorld["issues"][number], name: Naming): unknown {
  const push = pushInKey(key);
  return push === undefined ? [key, open] : [push.code, push.branch, name.sha(push.commit), open];
}

/**
 * Calls things by the order in which they are met, whatever they are: two things of different kinds never have one id, and
 * where they did, their names would tell more apart than they need to, never less.
 */
class Naming {
  readonly #world: ModelWorld;
  readonly #names = new Map<string, number>();

  constructor(world: ModelWorld) {
    this.#world = world;
  }

  id(of: string | null): number | null {
    if (of === null) return null;
    let known = this.#names.get(of);
    if (known === undefined) {
      known = this.#names.size;
      this.#names.set(of, known);
    }
    return known;
  }

  /** How long ago, in hours: steps take seconds, so only waiting tells two instants apart here. */
  hours(at: Instant | null): number | null {
    return at === null ? null : Math.round((this.#world.now - at) / anHour);
  }

  sha(sha: string): unknown {
    const commit = this.#world.commits[sha as keyof ModelWorld["commits"]];
    return commit === undefined ? sha : this.commit(commit);
  }

  /** The whole of a commit where it is met first, its name from then on. */
  commit(commit: Commit): unknown {
    const known = this.#names.get(commit.sha);
    if (known !== undefined) return known;
    const parents = commit.parents.map((parent) => this.commit(parent));
    const name = this.#names.size;
    this.#names.set(commit.sha, name);
    return [name, parents, commit.people, changesOf(commit).map(([path, value]) => [path, this.id(value)])];
  }
}

/** What a commit gives its paths that its first parent has otherwise, in order; null: the path goes. */
const changesOf = remembered(({ tree, parents }: Commit): readonly (readonly [string, string | null])[] =>
  [...differingPaths(parents[0]?.tree ?? {}, tree)].sort().map((path) => [path, tree[path] ?? null]),
);

/** Worlds share most of what they are made of, so what follows from one such part alone is found once for each. */
function remembered<K extends object, V>(find: (part: K) => V): (part: K) => V {
  const known = new WeakMap<K, V>();
  return (part) => {
    let found = known.get(part);
    if (found === undefined) {
      found = find(part);
      known.set(part, found);
    }
    return found;
  };
}

const entriesOf = remembered((record: object) =>
  Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)),
);

function sortedEntries<T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return entriesOf(record);
}

/** Runs that a decision may look at again: those that go on, the newest of each kind, and the last that was applied or interrupted. */
const keptRuns = remembered((runs: readonly Run[]): readonly Run[] => {
  const newest = new Map<string, Run>();
  for (const run of runs) {
    newest.set(`${run.stack} ${sourceKey(run.source)} ${run.mode}`, run);
    newest.set(run.stack, run);
    if (isSpent(run.state)) newest.set(`${run.stack} spent ${run.mode}`, run);
    if (run.state === "interrupted") newest.set(`${run.stack} interrupted`, run);
    newest.set("last", run);
  }
  const kept = new Set(newest.values());
  return runs.filter((run) => kept.has(run) || isOpen(run.state) || isUnderWay(run.state));
});

function sourceKey(source: RunSource): string {
  if (source.kind === "pull-request") return `change ${source.pullRequest}`;
  return source.kind === "push" ? `push ${source.branch}` : source.kind;
}

function sourceForm(source: RunSource, name: Naming): unknown {
  switch (source.kind) {
    case "pull-request":
      return [source.kind, source.pullRequest, name.sha(source.head), name.sha(source.base)];
    case "merge":
      return [source.kind, source.pullRequest, source.branch, name.sha(source.commit)];
    case "push":
      return [source.kind, source.branch, name.sha(source.commit), source.by];
    case "dispatch":
      return [source.kind, source.ref, name.sha(source.commit), source.by];
    default:
      return [source.kind, name.sha(source.commit)];
  }
}

function runForm(run: Run, kept: readonly Run[], plans: ModelWorld["plans"], name: Naming): unknown {
  const { due } = run;
  const plan = run.plan === null ? undefined : plans[run.plan];
  const after = kept.filter((other) => other.state === "interrupted" && other.stack === run.stack);
  return [
    name.id(run.id),
    run.stack,
    sourceForm(run.source, name),
    run.mode,
    run.state,
    run.code,
    due === null ? null : [due.kind, due.by, due.ref, name.sha(due.commit), due.job],
    name.hours(run.createdAt),
    plan === undefined ? null : planForm(plan, run, name),
    after.map(({ updatedAt }) => [run.createdAt > updatedAt, (plan?.manifest.createdAt ?? 0) > updatedAt]),
  ];
}

function planForm(
  { digest, manifest, speculative, shown, carriedFrom }: StoredPlan,
  { stack }: Run,
  name: Naming,
): unknown {
  const { commit, base, inputs, meaning, state, mode, counts, createdAt } = manifest;
  return [
    name.id(digest),
    name.sha(commit),
    base === null ? null : name.sha(base),
    name.id(inputs),
    name.id(meaning),
    name.id(`${stack} ${state.lineage} ${state.serial}`),
    mode,
    counts.destroy + counts.forget + counts.replace,
    name.hours(createdAt),
    speculative,
    shown.map((showing) => [name.id(showing.digest), showing.until === null]),
    name.id(carriedFrom),
  ];
}

function stateForm(
  stack: string,
  { version, applied, settled, drift, repaired, standing }: StackState,
  name: Naming,
): unknown {
  return [
    name.id(`${stack} ${version.lineage} ${version.serial}`),
    applied === null
      ? null
      : [name.id(applied.inputs), name.sha(applied.commit), applied.verified, name.id(applied.run)],
    settled.map((entry) => [name.id(entry.inputs), name.sha(entry.commit), entry.verified]),
    drift - repaired,
    name.hours(standing),
  ];
}

const opinions: ReadonlySet<PersonalAnswer["says"]> = new Set(["approve", "request-changes", "take-back", "reject"]);
const holds: ReadonlySet<PersonalAnswer["says"]> = new Set(["hold", "release-hold"]);

/** What later words of the same person undo is left out; where the words of several people undo each other, none is. */
const lastAnswers = remembered((answers: readonly PersonalAnswer[]): readonly PersonalAnswer[] => {
  const last = new Map<string, PersonalAnswer>();
  const held: PersonalAnswer[] = [];
  for (const answer of answers) {
    const { by, via, environment, stack, plan, says } = answer;
    if (holds.has(says)) held.push(answer);
    else {
      const group = opinions.has(says) ? "opinion" : says;
      const key = JSON.stringify([by, group, via, environment, stack, plan]);
      last.delete(key);
      last.set(key, answer);
    }
  }
  const byPerson = [...last.values()].sort((left, right) => compare(left.by, right.by) || left.at - right.at);
  return [...byPerson, ...held];
});

function compare(left: Login, right: Login): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An answer, and for each plan that is kept whether it stood in front of people when it was given, and since before. */
function answerForm(answer: PersonalAnswer, stored: readonly StoredPlan[], name: Naming): unknown {
  const { by, via, says, environment, stack, plan, at } = answer;
  const seen = stored.map(({ shown }) =>
    shown.map((showing) =>
      showing.at > at ? 0 : showing.at === at ? 1 : showing.until === null || at <= showing.until ? 3 : 2,
    ),
  );
  return [by, via, says, environment, stack, name.id(plan), seen];
}

/** What was started by hand, and which of the runs that are kept were there already. */
function askedForm(asked: Asked, runs: readonly Run[], name: Naming): unknown {
  if (asked.kind === "schedule") return asked.cron;
  if (asked.kind === "rerun") return [asked.by, name.id(asked.run)];
  const { by, job, ref } = asked;
  return [by, job, ref, keptRuns(runs).filter((run) => runs.indexOf(run) < asked.runs).length];
}

function eventForm(event: Event, name: Naming): unknown {
  const { kind, ...fields } = event;
  return [
    kind,
    ...Object.entries(fields).map(([field, value]: [string, unknown]) => {
      if (typeof value !== "string") return [field, value];
      if (field === "run") return [field, name.id(value)];
      return field === "commit" || field === "before" ? [field, name.sha(value)] : [field, value];
    }),
  ];
}
