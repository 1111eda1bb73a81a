import type { Action, Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, ModuleFacts } from "../../domain/facts.ts";
import type { Login } from "../../domain/names.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { nextModuleRelease } from "../../flow/releases.ts";
import { no, yes } from "../rule.ts";
import { whyAnyUnreviewed, whyUnreviewed } from "../rules/reviewed.ts";

/**
 * The stacks that a branch held are free once it is merged into a branch that takes it; into another one, which anybody
 * may make, it is not merged in earnest.
 */
export function freeMerged(flow: Flow, facts: Facts, event: Event & { kind: "merge" }): Decision {
  const { pullRequest: change } = facts;
  const head = change == null || change.fork ? undefined : branchClassOf(flow, change.headBranch)?.name;
  const takes = head !== undefined && branchClassOf(flow, event.branch)?.accepts.includes(head) === true;
  if (takes) return freeHeld(facts, event.by, `pull request ${event.pullRequest} was merged`);
  return {
    actions: [],
    reasons: (facts.held ?? []).map(({ stack, branch }) =>
      no("hold", "held-by-branch", `${branch} goes on holding ${stack}: ${event.branch} takes no such branches`),
    ),
  };
}

/** The stacks that a branch held are free. */
export function freeHeld(facts: Facts, by: Login, why: string): Decision {
  const held = facts.held ?? [];
  return {
    actions: held.map(({ stack }) => ({ kind: "hand-over", stack, branch: null, by, why })),
    reasons: held.map(({ stack, branch }) => yes("hold", `${branch} no longer holds ${stack}: ${why}`)),
  };
}

/** What reached a branch past another one goes back there: plangate opens the pull request, once. */
export function bringBack(facts: Facts): Decision {
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  for (const { from, into, needed, open } of facts.backMerges ?? []) {
    const why = `${from} holds what ${into} lacks`;
    if (!needed) reasons.push(yes("back-merge", `${into} has everything that ${from} holds`));
    else if (open !== null) reasons.push(yes("back-merge", `${why}; pull request ${open} brings it back`));
    else {
      actions.push({ kind: "open-pull-request", purpose: "back-merge", head: from, base: into, why });
      reasons.push(yes("back-merge", why));
    }
  }
  return { actions, reasons };
}

/** Modules that the flow releases by themselves when a merge changed them. */
export function releaseModules(flow: Flow, facts: Facts, event: Event & { kind: "merge" }): Decision {
  const actions: Action[] = [];
  const reasons: Verdict[] = [];
  const obstacle = whyNotReleased(flow, facts);
  for (const module of facts.modules ?? []) {
    const release = flow.releases.find(({ id }) => id === module.release);
    if (release?.on !== "merge" || !module.changed) continue;
    if (branchClassOf(flow, event.branch)?.name !== release.from) continue;
    const next = nextModuleRelease(flow, module);
    const unreviewed = obstacle ?? whyModuleUnreviewed(flow, facts, module);
    const wrong = unreviewed !== null ? whyNotYet(unreviewed) : "why" in next ? next.why : null;
    if (wrong !== null || "why" in next) {
      const code = unreviewed?.code ?? "release-not-ready";
      const why = `${module.name} is not released: ${wrong}`;
      actions.push({ kind: "refuse", stack: null, run: null, code, why });
      reasons.push(no("release", code, why));
      continue;
    }
    const why = `the merge changes ${module.path} (${module.bump})`;
    actions.push({ kind: "release", tag: next.tag, commit: event.commit, why });
    reasons.push(yes("release", why));
  }
  return { actions, reasons };
}

/** With what would help: nothing waits for it, so a later merge or a release by hand takes it up. */
export function whyNotYet({ sentence, after }: Verdict): string {
  return after === undefined ? sentence : `${sentence}; it takes ${after}`;
}

/**
 * The same of everything that came to a module since its last version, whoever merges it now or asks for the release. One
 * that is older than its first version may have come to be before anybody was asked: then people tag that themselves.
 */
export function whyModuleUnreviewed(flow: Flow, facts: Facts, module: ModuleFacts): Verdict | null {
  const { name, latest, changes, pushed } = module;
  const obstacle = whyAnyUnreviewed(flow, facts, { of: `the module ${name}`, changes, pushed });
  if (obstacle?.after === undefined || latest !== null) return obstacle;
  return { ...obstacle, after: `${obstacle.after}, or a first version that somebody tags by hand` };
}

/** Whoever pins a version of a module trusts that its branch was gated: what was forced past that gets none. */
function whyNotReleased(flow: Flow, facts: Facts): Verdict | null {
  const { pullRequest: change } = facts;
  return change == null
    ? no("release", "fact-unknown", "how the change was merged is not known")
    : whyUnreviewed(flow, facts, change);
}

/** `/plangate release` frees a stack that a branch holds, `/plangate take` gives it to the pull request's own branch. */
export function onHoldCommand(flow: Flow, facts: Facts, event: Event & { kind: "command" }): Decision {
  const stack = facts.stacks.find((candidate) => candidate.stack === event.stack);
  const environment = flow.environments.find(({ name }) => name === stack?.environment);
  const refuse = (code: ReasonCode, why: string): Decision => ({
    actions: [{ kind: "refuse", stack: event.stack, run: null, code, why }],
    reasons: [no("hold", code, why)],
  });
  if (stack?.hold === undefined || environment?.heldByBranch !== true)
    return refuse("no-transition", `${event.stack} is in no environment that branches hold`);
  const may = facts.maintainers?.includes(event.by) === true;
  if (event.command === "release") {
    if (stack.hold === null) return refuse("not-affected", `no branch holds ${stack.stack}`);
    if (!may && stack.hold.by !== event.by)
      return refuse("not-allowed", `${event.by} neither holds ${stack.stack} nor may merge here`);
    return handOver(stack.stack, null, event.by, `${event.by} freed ${stack.stack} of ${stack.hold.branch}`);
  }
  if (!may) return refuse("not-allowed", `${event.by} may not merge here, so may not take ${stack.stack} over`);
  const change = facts.pullRequest;
  const name = change == null || change.fork ? undefined : branchClassOf(flow, change.headBranch)?.name;
  if (change == null || name === undefined || !environment.appliesFrom.includes(name))
    return refuse(
      "ref-not-allowed",
      `the branch of pull request ${event.pullRequest} is none that ${environment.name} is applied from`,
    );
  // Nothing would end such a hold again.
  if (change.state !== "open") return refuse("not-affected", `pull request ${change.number} is over`);
  const before = stack.hold === null ? "" : ` from ${stack.hold.branch}`;
  return handOver(stack.stack, change.headBranch, event.by, `${event.by} took ${stack.stack} over${before}`);
}

function handOver(
  stack: NonNullable<Facts["stacks"][number]>["stack"],
  branch: string | null,
  by: Login,
  why: string,
): Decision {
  return { actions: [{ kind: "hand-over", stack, branch, by, why }], reasons: [yes("hold", why)] };
}
