import type { Transition } from "../../flow/flow.ts";
import type { PropertyId } from "../properties/property.ts";
import {
  type Apply,
  isAtTerminal,
  isOfPullRequest,
  isPastTheGate,
  isTornDown,
  isTriedNow,
  plannedBy,
  rowsOf,
} from "./apply.ts";
import { whyShut } from "./gates-open.ts";
import { type Ground, isTried, kindOf, refOf } from "./ground.ts";
import type { Case } from "./relations.ts";

/** A promise of the flow, as it is told of one apply: what is wrong with it, in a sentence; null when nothing is. */
interface Clause {
  readonly property: PropertyId;
  readonly why: (apply: Apply) => string | null;
}

export interface Wrong {
  readonly property: PropertyId;
  readonly wrong: string;
}

/**
 * What the flow promises and this apply breaks, told from the relations that the case is made of: no fact, and no rule of
 * the engine, is asked.
 */
export function wrongsOf(ground: Ground, about: Case, does: Apply["does"]): readonly Wrong[] {
  return clauses.flatMap(({ property, why }) => {
    const wrong = why({ ground, about, does });
    return wrong === null ? [] : [{ property, wrong }];
  });
}

/** Whether the relation of a clause forbids by one word, whatever else is true. */
function forbids(property: PropertyId, when: (apply: Apply) => boolean, wrong: string): Clause {
  return { property, why: (apply) => (when(apply) ? wrong : null) };
}

const spent: readonly Case["run"][] = ["applying", "applied", "verified", "verify-failed", "failed", "interrupted"];
const replaced: readonly Case["run"][] = ["superseded", "discarded", "refused"];
const planless: readonly Case["run"][] = ["planning", "no-changes"];

const clauses: readonly Clause[] = [
  { property: "P1", why: whyNobodyAsked },
  { property: "P1", why: whyShut },
  { property: "P1", why: whyObjected },
  { property: "P1", why: whyNotMeant },
  { property: "P2", why: whyNotFromThere },
  { property: "P2", why: whyUnreviewed },
  { property: "P3", why: whyMustStay },
  forbids("P4", ({ about }) => about.lease !== "the run's", "the run does not hold the stack's lease"),
  forbids("P4", ({ about }) => about.unknown === "the lease", "who holds the stack's lease is not known"),
  { property: "P4", why: whyHeld },
  { property: "P7", why: whyOver },
  forbids("P8", ({ about }) => spent.includes(about.run), "an apply of this plan was begun before"),
  forbids("P8", ({ about }) => replaced.includes(about.run), "the plan does not stand any more"),
  forbids("P8", ({ about }) => planless.includes(about.run), "there is no plan that could be applied"),
  forbids("P8", ({ about }) => about.plan === "none", "there is no plan"),
  forbids("P8", ({ about }) => about.plan === "another run's", "the plan is not the one that the run has"),
  forbids("P8", ({ about }) => about.plan === "another stack's", "the plan is of another stack"),
  forbids("P8", ({ about }) => about.plan === "for looking at only", "the plan was for looking at only"),
  { property: "P8", why: whyLookedAt },
  { property: "P8", why: whyOtherMode },
  forbids("P8", ({ about }) => about.inputs !== "as planned", "what is delivered is not what was planned"),
  forbids("P8", ({ about }) => about.state !== "as planned", "the plan was made from another state"),
  forbids("P8", ({ about }) => about.tool !== "as planned", "the plan was made with another tool"),
  forbids("P8", ({ about }) => about.age === "too old", "the plan is older than the flow lets it be"),
  forbids("P8", ({ about }) => about.bundle !== "whole", "the bundle is not what was stored"),
  forbids(
    "P8",
    ({ about }) => about.interrupted !== "nothing",
    "the plan is from before an apply that was interrupted",
  ),
  {
    property: "P8",
    why: ({ about: { unknown } }) => (ofThePlan.has(unknown) ? `of the plan, ${unknown} is not known` : null),
  },
  { property: "P8", why: whyMovedRef },
  { property: "P8", why: whyTooEarly },
];

const ofThePlan: ReadonlySet<Case["unknown"]> = new Set([
  "the inputs",
  "the state",
  "the tool",
  "the bundle",
  "what was interrupted",
]);

function whyNobodyAsked(apply: Apply): string | null {
  const { ground, about } = apply;
  if (about.asked === "by nobody") return "nobody asked for it";
  if (isPastTheGate(apply) || isTornDown(apply)) return null;
  if (isAtTerminal(apply)) {
    const asks = ground.environment.gated || rowsThatGate(apply).length > 0;
    return asks ? "it has a gate, and was started at somebody's own terminal" : null;
  }
  return rowsOf(apply).length === 0 ? "no row of the flow does that" : null;
}

function rowsThatGate({ ground, does }: Apply): readonly Transition[] {
  return ground.flow.when.filter(
    (row) => row.environment === ground.environment.name && row.gate !== null && row.do.includes(does),
  );
}

function whyObjected(apply: Apply): string | null {
  const { ground, about, does } = apply;
  if (isAtTerminal(apply) || isTornDown(apply)) return null;
  if (about.unknown === "who may merge") return "who may object is not known";
  const own = isOfPullRequest(apply);
  const along = does === "apply" && ground.past !== null;
  if (about.objection === "somebody put it on hold" && (own || along)) return "somebody put it on hold";
  if (isTriedNow(apply)) return null;
  if (about.objection === "changes asked for on what comes along" && along)
    return "somebody asks for changes on what comes along";
  const { members } = ground.stage.cast;
  const objects = about.people.find(
    ({ login, says }) => says === "yes, then asks for changes" && members.includes(login),
  );
  return own && objects !== undefined ? `${objects.login} asks for changes` : null;
}

function whyNotMeant(apply: Apply): string | null {
  const { about, does, ground } = apply;
  const kind = kindOf(ground, about.asked);
  const isAskedFor = does === "apply" && kind !== "push" && kind !== "pull-request" && isOfPullRequest(apply);
  if (about.deletes === "nothing" || !isAskedFor || isAtTerminal(apply)) return null;
  const seen = about.shown === "before anybody spoke" || about.shown === "as the plan that it carries on";
  return about.deletes === "something, acknowledged" && seen ? null : "nobody said that what it deletes is meant";
}

function whyNotFromThere(apply: Apply): string | null {
  const { ground, about } = apply;
  if (isAtTerminal(apply) || isTornDown(apply) || kindOf(ground, about.asked) === "schedule") return null;
  const { ref, name } = refOf(ground, about.ref);
  const { appliesFrom } = ground.environment;
  if (name === null || !appliesFrom.includes(name)) return `${ref} is none of ${appliesFrom.join(", ")}`;
  if (!isTriedNow(apply)) return null;
  if (about.change === "from a fork") return "the pull request that is tried comes from a fork";
  if (about.change === "one that governs delivery")
    return "the pull request that is tried touches what governs delivery";
  return null;
}

function whyUnreviewed(apply: Apply): string | null {
  const { ground, about, does } = apply;
  const { past } = ground;
  if (past === null || does === "destroy" || isAtTerminal(apply)) return null;
  if (about.unknown === "the changes" || about.unknown === "the pushes") return "what it brings is not known";
  const anybody = past.reviews?.by === null && about.reviewed === "only by a stranger";
  const reviewed =
    past.reviews === null || past.reviews.count === 0 || about.reviewed === "as its branch asks" || anybody;
  if (!reviewed) return `what it brings was reviewed ${about.reviewed}`;
  const taken = about.pushed === "nothing" || about.pushed === "too much, and somebody else accepted it";
  return taken ? null : `pushed past the reviews was ${about.pushed}`;
}

function whyMustStay({ ground, about, does }: Apply): string | null {
  const { name, kind, destroyable } = ground.environment;
  const destroys = does === "destroy" || about.mode === "to apply, by a plan to destroy";
  if (!destroys) return null;
  if (kind === "stage" || kind === "prod") return `${name} is of kind ${kind}`;
  return destroyable ? null : `${name} is not destroyable`;
}

function whyHeld(apply: Apply): string | null {
  const { ground, about } = apply;
  if (!ground.environment.heldByBranch || isPastTheGate(apply)) return null;
  if (about.unknown === "which branch holds it") return "which branch holds the stack is not known";
  if (about.held === "by another branch") return "another branch holds the stack";
  const isOther = about.ref !== "the row's" && !isAtTerminal(apply);
  return about.held === "by the branch that is delivered" && isOther ? "another branch holds the stack" : null;
}

function whyOver(apply: Apply): string | null {
  const { about, does } = apply;
  if (does === "destroy") return null;
  if (plannedBy(apply) === "a pull request" && about.unknown !== "the pull request" && about.change === "closed")
    return "its pull request was closed without a merge";
  if (!isTriedNow(apply)) return null;
  if (plannedBy(apply) !== "a pull request") return "it is tried for a pull request, and the run plans none";
  if (about.unknown === "the pull request") return "whether its pull request is open is not known";
  return about.change === "merged" || about.change === "closed" ? `its pull request is ${about.change}` : null;
}

function whyLookedAt(apply: Apply): string | null {
  const { ground, about, does } = apply;
  const isStored = plannedBy(apply) === "a pull request" && does === "apply" && ground.past !== null;
  if (!isStored || isTried(ground)) return null;
  return about.change === "from a fork" || about.change === "one that governs delivery"
    ? `the plan was made before the merge, of a pull request ${about.change === "from a fork" ? "from a fork" : "that governs delivery"}`
    : null;
}

function whyOtherMode({ ground, about, does }: Apply): string | null {
  const planned = about.mode === "what the row does" ? ground.mode : about.mode;
  const fits =
    does === "destroy"
      ? planned === "destroy" || planned === "to destroy"
      : planned === "normal" || planned === "to apply";
  return fits
    ? null
    : `the run is there ${about.mode === "what the row does" ? `to ${ground.mode === "destroy" ? "destroy" : "apply"}` : about.mode}, and would ${does}`;
}

function whyMovedRef(apply: Apply): string | null {
  const { about } = apply;
  if (isTriedNow(apply) && about.change === "with another head than was planned")
    return "the branch has another head than was planned";
  return !isAtTerminal(apply) && about.ref.startsWith("a tag ") ? `what is delivered is ${about.ref}` : null;
}

function whyTooEarly(apply: Apply): string | null {
  const { ground, about, does } = apply;
  if (ground.environment.after.length === 0 || does === "destroy" || isPastTheGate(apply)) return null;
  if (kindOf(ground, about.asked) === "schedule") return null;
  if (about.unknown === "what comes before") return "what is applied in the environments that come first is not known";
  const isThere = about.before === "applied and verified" || about.before === "not there";
  return isThere ? null : `in ${ground.environment.after.join(", ")} it is ${about.before}`;
}
