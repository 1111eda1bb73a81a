import type { BranchSet } from "./branch-sets.ts";
import type { BranchClass, Flow } from "./flow.ts";
import { type Glob, holdsTicket, matchesGlob, parseGlob } from "./glob.ts";
import { releaseClassOf } from "./releases.ts";
import { asksForTicket, ticketWord } from "./ticket.ts";

/** Names of branches seen so far and their class; a flow meets few, an attacker many. */
const mostRemembered = 10_000;

interface Matcher {
  readonly classes: readonly { readonly branch: BranchClass; readonly set: BranchSet }[];
  readonly remembered: Map<string, BranchClass | undefined>;
}

const matchers = new WeakMap<Flow, Matcher>();

function matcherOf(flow: Flow): Matcher {
  let matcher = matchers.get(flow);
  if (matcher === undefined) {
    matcher = { classes: flow.branches.map((branch) => ({ branch, set: setOf(branch) })), remembered: new Map() };
    matchers.set(flow, matcher);
  }
  return matcher;
}

/** Patterns that can be read; the others are reported when the flow is parsed. */
export function globsOf(patterns: readonly string[]): readonly Glob[] {
  return patterns.map(parseGlob).filter((glob) => "tokens" in glob);
}

/** The branches of a class. Where a ticket is required and no pattern has one, it may stand anywhere in the name. */
export function setOf({ match, except, ticket }: BranchClass): BranchSet {
  const anywhere = ticket === "required" && !match.some(asksForTicket);
  return { match: globsOf(match), except: globsOf(except), also: anywhere ? [holdsTicket] : [] };
}

/** The class of a branch, by its name; undefined when the flow knows none. A check makes sure that there is one at most. */
export function branchClassOf(flow: Flow, branch: string): BranchClass | undefined {
  const { classes, remembered } = matcherOf(flow);
  if (remembered.has(branch)) return remembered.get(branch);
  const matches = (glob: Glob) => matchesGlob(glob, branch);
  const found = classes.find(
    ({ set }) => set.match.some(matches) && !set.except.some(matches) && set.also.every(matches),
  )?.branch;
  if (remembered.size < mostRemembered) remembered.set(branch, found);
  return found;
}

/**
 * The class that a branch would be of if its name held a ticket; undefined when it has a class, or would have none
 * even then. For the sentence that tells people what to call their branch.
 */
export function classButForTicket(flow: Flow, branch: string): BranchClass | undefined {
  if (branchClassOf(flow, branch) !== undefined) return undefined;
  return flow.branches.find((candidate) => {
    if (candidate.ticket !== "required") return false;
    const { match, except } = setOf({
      ...candidate,
      match: candidate.match.map((pattern) => pattern.replaceAll(ticketWord, "*")),
    });
    return match.some((glob) => matchesGlob(glob, branch)) && !except.some((glob) => matchesGlob(glob, branch));
  });
}

/** The name under which `appliesFrom` speaks of a ref (a branch's name, or `tag:<name>`): its branch class, or its release. */
export function refNameOf(flow: Flow, ref: string): string | undefined {
  if (ref.startsWith("tag:")) return releaseClassOf(flow, ref.slice("tag:".length))?.id;
  return branchClassOf(flow, ref)?.name;
}

/** The one branch that a class is, when it is no pattern: where releases are made. */
export function onlyBranchOf(branch: BranchClass): string | undefined {
  const [glob, ...more] = globsOf(branch.match);
  return glob === undefined || more.length > 0 ? undefined : (glob.literal ?? undefined);
}
