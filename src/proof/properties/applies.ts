import { type StackName, stackBaseName } from "../../domain/names.ts";
import { contentOf } from "../../worlds/model/content.ts";
import { inputsOf } from "../../worlds/model/inputs.ts";
import { type About, aboutBegun } from "../asking.ts";
import type { Begun, Moment } from "../past.ts";
import { begunIn } from "../past.ts";
import { sameMeaning } from "../provenance.ts";
import type { Watched } from "./property.ts";

function each(moment: Moment, look: (begun: Begun) => string | null): string | null {
  for (const begun of begunIn(moment)) {
    const wrong = look(begun);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** P3, over what is decided and over what became of real objects. */
export const destroys: Watched = {
  id: "P3",
  atMoment(moment) {
    const { setting, before, after } = moment;
    const destroyed = each(moment, (begun) => {
      const about = aboutBegun(moment, begun);
      const isDestroy = begun.kind === "destroy" || before.plans[begun.plan]?.manifest.mode === "destroy";
      return isDestroy && about?.environment.destroyable === false
        ? `${begun.stack} is destroyed, and ${about.environment.name} is not destroyable`
        : null;
    });
    if (destroyed !== null) return destroyed;
    for (const { name, environment } of setting.stacks) {
      const of = setting.flow.environments.find((candidate) => candidate.name === environment);
      const stood = before.states[name]?.applied ?? null;
      if (of?.destroyable === false && stood !== null && (after.states[name]?.applied ?? null) === null)
        return `what was applied to ${name} is gone, and ${environment} is not destroyable`;
    }
    return null;
  },
};

/** P4: whoever applies holds the stack's lease, nobody else is at work there, and a lease goes to nobody while it is held. */
export const oneWriter: Watched = {
  id: "P4",
  atMoment(moment) {
    const { before, after } = moment;
    return (
      each(moment, ({ stack, run, kind }) => {
        const holder = before.leases[stack]?.run ?? null;
        if (holder !== run)
          return `${stack} is to be ${kind === "apply" ? "applied" : "destroyed"} by ${run}, and ${holder === null ? "nobody" : holder} holds its lease`;
        const busy = before.runs.find((other) => other.stack === stack && other.id !== run && isWriting(other.state));
        return busy === undefined
          ? null
          : `${stack} is to be applied by ${run} while ${busy.id} is ${busy.state} there`;
      }) ?? twoAtWork(after)
    );
  },
};

function isWriting(state: string): boolean {
  return state === "approved" || state === "applying" || state === "applied" || state === "verifying";
}

function twoAtWork(world: Moment["after"]): string | null {
  for (const run of world.runs) {
    if (!isWriting(run.state)) continue;
    const other = world.runs.find(({ id, stack, state }) => id !== run.id && stack === run.stack && isWriting(state));
    if (other !== undefined) return `${run.id} and ${other.id} are both at work on ${run.stack}`;
  }
  return null;
}

/** P7: neither a closed pull request's plan is applied, nor anything of an instance whose pull request is over. */
export const closedIsOver: Watched = {
  id: "P7",
  atMoment: (moment) =>
    each(moment, (begun) => {
      const about = aboutBegun(moment, begun);
      if (about === undefined || begun.kind === "destroy") return null;
      const { run, environment } = about;
      if (run.source.kind !== "pull-request") return null;
      const change = moment.before.pullRequests[run.source.pullRequest - 1];
      if (change?.state === "closed")
        return `${begun.stack} is applied for pull request ${change.number}, which was closed without a merge`;
      return environment.perPullRequest && change?.state !== "open"
        ? `${begun.stack} is applied though pull request ${run.source.pullRequest} is over`
        : null;
    }),
};

/** P8: the plan itself, what it was made from, and whether it was in front of anybody. */
export const rightPlan: Watched = {
  id: "P8",
  atMoment: (moment) => each(moment, (begun) => whyNotThisPlan(moment, begun)),
};

function whyNotThisPlan(moment: Moment, begun: Begun): string | null {
  const { before, past, setting } = moment;
  const { flow } = setting;
  const about = aboutBegun(moment, begun);
  const plan = before.plans[begun.plan];
  if (about === undefined || plan === undefined) return `${begun.stack} is applied by a plan that nobody stored`;
  const { run, environment } = about;
  const { manifest } = plan;
  if (past.begun.includes(begun.plan)) return `one plan of ${begun.stack} is applied twice`;
  if (run.plan !== begun.plan) return `${begun.stack} is applied by another plan than ${run.id} has`;
  if (manifest.stack !== begun.stack) return `${begun.stack} is applied by a plan of ${manifest.stack}`;
  if ((manifest.mode === "destroy") !== (begun.kind === "destroy"))
    return `${begun.stack}: a plan to ${manifest.mode} is used to ${begun.kind}`;
  if (plan.speculative !== null) return `${begun.stack} is applied by a plan that was for looking at only`;
  const state = before.states[begun.stack]?.version;
  if (state !== undefined && (state.lineage !== manifest.state.lineage || state.serial !== manifest.state.serial))
    return `${begun.stack} is applied by a plan that was made from another state`;
  if (before.now - manifest.createdAt > flow.apply.maxAge) return `${begun.stack} is applied by a plan that is too old`;
  const interrupted = before.runs.some(
    (other) => other.stack === begun.stack && other.state === "interrupted" && other.updatedAt >= manifest.createdAt,
  );
  if (interrupted) return `${begun.stack} is applied by a plan from before an apply that was interrupted`;
  if (environment.gated && !sameMeaning(before, plan).some(({ shown }) => shown.length > 0))
    return `${begun.stack} is applied by a plan that was in front of nobody`;
  return begun.kind === "apply" ? (whyNotWhatIsThere(moment, begun) ?? whyTooEarly(moment, about)) : null;
}

/** In every environment that comes first the same content is applied and verified, or nothing of it differs there. */
function whyTooEarly({ before, setting }: Moment, { run, environment, begun }: About): string | null {
  const tree = contentOf(before, run.source)?.tree;
  if (tree === undefined || run.source.kind === "schedule") return null;
  for (const name of environment.after) {
    const first = `${name}/${stackBaseName(begun.stack)}` as StackName;
    const inputs = inputsOf(setting, tree, first);
    const { applied = null, settled = [] } = before.states[first] ?? {};
    const isThere = [applied, ...settled].some((entry) => entry?.inputs === inputs && entry.verified);
    if (inputs !== null && !isThere)
      return `${begun.stack} is applied, and the same change is not applied and verified in ${first}`;
  }
  return null;
}

/** What is applied for a branch is what the branch holds at that moment. */
function whyNotWhatIsThere({ before, setting }: Moment, begun: Begun): string | null {
  const inputs = before.plans[begun.plan]?.manifest.inputs;
  const run = before.runs.find(({ id }) => id === begun.run);
  const { source } = run ?? {};
  const branch =
    source?.kind === "merge" || source?.kind === "push"
      ? source.branch
      : source?.kind === "pull-request" && before.pullRequests[source.pullRequest - 1]?.state === "merged"
        ? before.pullRequests[source.pullRequest - 1]?.base
        : undefined;
  const head = branch === undefined ? undefined : before.branches[branch];
  if (source?.kind === "merge" && run?.due?.kind !== "merge") return null;
  if (head === undefined || branch === undefined) return null;
  return inputsOf(setting, head.tree, begun.stack) === inputs
    ? null
    : `${begun.stack} is applied with something else than ${branch} holds now`;
}
