import type { Decision } from "../../../domain/decision.ts";
import type { Event } from "../../../domain/event.ts";
import type { Facts, StackFacts } from "../../../domain/facts.ts";
import { decide } from "../../../engine/index.ts";
import type { Flow } from "../../../flow/index.ts";
import { type Concerned, mayMatter } from "./concerned.ts";
import { stackShape } from "./facts-schema.ts";
import { type GivenFacts, isCommitKnown } from "./read-facts.ts";

export interface Simulated {
  readonly event: Event;
  readonly decision: Decision;
  /** Facts that the decision asked for and nobody gave, by where they would stand in a file of facts. */
  readonly unknown: readonly string[];
}

/** What plangate would do about the event, decided by the very engine that decides in production. */
export function simulate(
  flow: Flow,
  event: Event,
  { given, concerned }: { readonly given: GivenFacts; readonly concerned: Concerned },
): Simulated {
  const asked = new Set<string>(given.othersUnknown && !isAboutGiven(event, given.facts) ? ["stacks"] : []);
  // Where a branch points is known from its stacks: only of a tag it has to be told.
  const isTagAsked =
    event.kind === "dispatch" ||
    event.kind === "release" ||
    given.facts.stacks.some(({ run }) => run?.due?.ref.startsWith("tag:") === true);
  const decision = decide(
    flow,
    watched(flow, given, concerned, (path) => {
      if (isTagAsked || !/^(?:stacks\[[^\]]*\]\.)?ref(?:\.|$)/.test(path)) asked.add(path);
    }),
    event,
  );
  return { event, decision, unknown: [...asked].sort() };
}

/** Events about one run and nothing else: with its stack given, no other matters. */
const aboutOneRun: ReadonlySet<Event["kind"]> = new Set(["apply-ready", "local-apply", "rerun", "run-planned"]);

function isAboutGiven(event: Event, { stacks }: Facts): boolean {
  return aboutOneRun.has(event.kind) && "run" in event && stacks.some(({ run }) => run?.id === event.run);
}

/** The same facts, telling which ones were asked for and are not known. */
function watched(flow: Flow, given: GivenFacts, { whole }: Concerned, tell: (path: string) => void): Facts {
  const { facts, missing, missingOf } = given;
  const stacks = facts.stacks.map((stack) => watchedStack(stack, missingOf.get(stack), tell));
  const tellFact = (fact: string) => {
    if (!mayMatter(flow, fact) || Object.hasOwn(facts, fact)) return;
    for (const path of missing[fact] ?? [fact]) tell(path);
  };
  return new Proxy(
    { ...facts, stacks },
    {
      get(target, key) {
        if (typeof key === "string") tellFact(key);
        return Reflect.get(target, key) as unknown;
      },
      // Whoever copies the facts may ask the copy for any of them.
      ownKeys(target) {
        for (const fact of whole) tellFact(fact);
        return Reflect.ownKeys(target);
      },
    },
  );
}

/** `missing` is undefined for a stack of which nobody said anything. */
function watchedStack(
  stack: StackFacts,
  missing: Readonly<Record<string, readonly string[]>> | undefined,
  tell: (path: string) => void,
): StackFacts {
  return new Proxy(stack, {
    get(target, key) {
      if (typeof key === "string" && Object.hasOwn(stackShape, key) && !Object.hasOwn(target, key)) {
        if (missing === undefined) tell(`stacks[${stack.stack}]`);
        else
          for (const path of isCommitKnown(stack) ? (missing[key] ?? [key]) : ["commit"])
            tell(`stacks[${stack.stack}].${path}`);
      }
      return Reflect.get(target, key) as unknown;
    },
  });
}
