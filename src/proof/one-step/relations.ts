import type { Login } from "../../domain/names.ts";

/**
 * What can be true of an apply that is about to be decided, as relations and not as ids: whose plan it is, whether the
 * state moved since, who said what when. The first word of each is what an apply usually finds.
 */
export const relations = {
  asked: [
    "by the row's trigger",
    "by nobody",
    "by a merge",
    "by a push",
    "by a pull request",
    "by a release",
    "by a schedule",
    "by another job",
    "from a terminal",
    "from a terminal, past the gate",
  ],
  ref: [
    "the row's",
    "of another class",
    "of no class",
    "a tag that moved",
    "a tag off its branch",
    "a tag without a release",
    "a tag that nobody looked up",
  ],
  source: [
    "what the row plans",
    "a pull request",
    "a merge",
    "a push",
    "a dispatch",
    "a dispatch of somebody who says yes",
    "a schedule",
  ],
  change: [
    "merged",
    "open",
    "closed",
    "with another head than was planned",
    "from a fork",
    "one that governs delivery",
  ],
  reviewed: [
    "as its branch asks",
    "by nobody",
    "before its last commit",
    "only by who wrote it",
    "only by a stranger",
    "and then changes were asked for",
  ],
  pushed: [
    "nothing",
    "too much",
    "too much, and somebody else accepted it",
    "too much, and who pushed it accepted it",
    "too much, and a stranger accepted it",
  ],
  mode: [
    "what the row does",
    "to apply",
    "to destroy",
    "to destroy, by a plan to apply",
    "to apply, by a plan to destroy",
    "only to look for drift",
  ],
  run: [
    "approved",
    "waiting",
    "planned",
    "planning",
    "applying",
    "applied",
    "verified",
    "verify-failed",
    "failed",
    "interrupted",
    "superseded",
    "discarded",
    "refused",
    "no-changes",
  ],
  plan: ["the run's", "none", "another run's", "another stack's", "for looking at only"],
  inputs: ["as planned", "moved", "gone"],
  state: ["as planned", "its serial moved", "its lineage moved"],
  tool: ["as planned", "another version", "another tool"],
  age: ["young enough", "too old"],
  bundle: ["whole", "missing", "altered"],
  shown: [
    "before anybody spoke",
    "never",
    "until just before anybody spoke",
    "as the plan that it carries on",
    "after everybody spoke",
  ],
  lease: ["the run's", "nobody's", "another run's"],
  interrupted: ["nothing", "another run, after the plan"],
  others: ["none", "one waits at the same gate"],
  before: ["applied and verified", "applied only", "applied with other inputs", "nothing applied", "not there"],
  held: ["by nobody", "by the branch that is delivered", "by another branch"],
  objection: [
    "none",
    "somebody put it on hold",
    "somebody put it on hold and released it",
    "changes asked for on what comes along",
  ],
  deletes: [
    "nothing",
    "something, acknowledged",
    "something, and nobody acknowledged it",
    "something, and a stranger acknowledged it",
    "something, acknowledged before it was shown",
  ],
  unknown: [
    "nothing",
    "who is in the teams",
    "who may merge",
    "the inputs",
    "the state",
    "the tool",
    "the bundle",
    "the changes",
    "the pushes",
    "the lease",
    "what was interrupted",
    "who wrote it",
    "what people said",
    "what comes before",
    "which branch holds it",
    "the pull request",
  ],
} as const;

export type Relation = keyof typeof relations;

export type Word<Of extends Relation> = (typeof relations)[Of][number];

/** What one person said of the plan; the first word is silence. */
export const sayings = [
  "nothing",
  "yes",
  "yes, naming the plan",
  "no, then yes",
  "yes before it was shown",
  "yes in the moment it was shown",
  "yes to another plan",
  "yes to another stack",
  "yes at another gate",
  "yes at one of two gates",
  "yes on another pull request",
  "yes, then asks for changes",
  "yes, then takes it back",
  "yes, then no",
] as const;

export type Saying = (typeof sayings)[number];

export interface Person {
  readonly login: Login;
  /** People of equal roles are interchangeable: only the order within one is left out. */
  readonly role: number;
  readonly says: Saying;
  /** Wrote part of what would be applied. */
  readonly writes: boolean;
  /** Asked for the apply. */
  readonly starts: boolean;
}

/** One way in which everything can stand. Facts are made from it, and what is allowed is told from it, each by itself. */
export type Case = { readonly [Of in Relation]: Word<Of> } & { readonly people: readonly Person[] };

const told: Readonly<Record<Relation, string>> = {
  asked: "the apply was asked for",
  ref: "the ref is",
  source: "the run plans",
  change: "the pull request is",
  reviewed: "what was merged was reviewed",
  pushed: "pushed past the reviews was",
  mode: "the run is there",
  run: "the run is",
  plan: "the plan is",
  inputs: "the inputs are",
  state: "the state is",
  tool: "the tool is",
  age: "the plan is",
  bundle: "the bundle is",
  shown: "the plan was shown",
  lease: "the lease is",
  interrupted: "interrupted was",
  others: "other runs there:",
  before: "in what comes first it is",
  held: "the stack is held",
  objection: "objections:",
  deletes: "the plan deletes",
  unknown: "not known is",
};

/** In what a case differs from the usual one, a phrase for each. */
export function caseText(usual: Case, about: Case): readonly string[] {
  const names = Object.keys(told) as readonly Relation[];
  const phrases = names.filter((name) => about[name] !== usual[name]).map((name) => `${told[name]} ${about[name]}`);
  const people = about.people.flatMap((person, index) => personText(usual.people[index], person));
  return [...phrases, ...people];
}

function personText(usual: Person | undefined, { login, says, writes, starts }: Person): readonly string[] {
  const phrases: string[] = [];
  if (says !== usual?.says) phrases.push(`${login} says ${says}`);
  if (writes !== usual?.writes) phrases.push(`${login} wrote ${writes ? "part of it" : "none of it"}`);
  if (starts !== usual?.starts) phrases.push(`${login} ${starts ? "started it" : "did not start it"}`);
  return phrases;
}
