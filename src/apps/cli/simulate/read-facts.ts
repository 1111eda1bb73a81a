import { type Diagnostic, nearestName } from "../../../domain/diagnostic.ts";
import type { Facts, StackFacts } from "../../../domain/facts.ts";
import type { JsonObject } from "../../../domain/json-value.ts";
import type { CommitSha, Instant, StackName } from "../../../domain/names.ts";
import { type Flow, placeOf } from "../../../flow/index.ts";
import { readMembers, settle } from "./fact.ts";
import { factsFile, factsShape, stackShape } from "./facts-schema.ts";
import { problemsOf } from "./issues.ts";

/** Facts as they were given, and where those stand that are unknown because only a part of them was given. */
export interface GivenFacts {
  readonly facts: Facts;
  /** By the fact's name: the parts that are not known. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
  /** The same, stack by stack. */
  readonly missingOf: ReadonlyMap<StackFacts, Readonly<Record<string, readonly string[]>>>;
  /** Nobody says that there are no other stacks. */
  readonly othersUnknown: boolean;
}

/** What the schema lets through; single facts are settled one by one. */
interface FileRead {
  readonly now?: unknown;
  readonly stacks?: readonly (Readonly<Record<string, unknown>> | null)[] | null;
  readonly otherStacks?: "none" | null;
  readonly [fact: string]: unknown;
}

/** Where Git would say that there is no commit. With it nothing is known of a stack, so no decision can act on it. */
const noCommit = "0".repeat(40) as CommitSha;

/** Reads a file of facts. Stacks that the event may concern and that are not in it are there with nothing known of them. */
export function readFacts(
  body: JsonObject,
  about: {
    readonly flow: Flow;
    readonly file: string;
    readonly now: Instant;
    readonly concerned: readonly StackName[] | null;
  },
): { readonly given: GivenFacts } | { readonly problems: readonly Diagnostic[] } {
  const { flow, file } = about;
  const parsed = factsFile.safeParse(body);
  if (!parsed.success) return { problems: problemsOf(parsed.error, { file, what: "facts" }) };
  const { now, stacks, otherStacks, ...members } = parsed.data as FileRead;
  const problems: Diagnostic[] = [];
  const missingOf = new Map<StackFacts, Readonly<Record<string, readonly string[]>>>();
  const read: StackFacts[] = [];
  let isOneUnnamed = false;
  for (const [index, entry] of (stacks ?? []).entries()) {
    const one = readStack(flow, entry ?? {});
    if ("why" in one)
      problems.push({
        severity: "error",
        code: "facts-wrong",
        summary: `stacks[${index}]: ${one.why}`,
        hint: "Its name says where a stack is: environment/name, or environment-12/name for a pull request.",
        file,
      });
    else if (one.stack === null) isOneUnnamed = true;
    else {
      read.push(one.stack);
      missingOf.set(one.stack, one.missing);
    }
  }
  if (problems.length > 0) return { problems };
  const listed = new Set(read.map(({ stack }) => stack));
  const others = otherStacks === "none" ? [] : (about.concerned ?? []).filter((stack) => !listed.has(stack));
  for (const stack of others) {
    const place = placeOf(flow, stack);
    if (place !== undefined) read.push({ ...placed(stack, place), commit: noCommit });
  }
  const { known, missing } = readMembers(factsShape, members);
  const instant = settle<Instant>(now);
  const facts = { now: "value" in instant ? instant.value : about.now, stacks: read, ...known } as Facts;
  return {
    given: {
      facts,
      missing,
      missingOf,
      othersUnknown: isOneUnnamed || (otherStacks !== "none" && about.concerned === null),
    },
  };
}

type ReadStack =
  | { readonly why: string }
  | { readonly stack: StackFacts | null; readonly missing: Readonly<Record<string, readonly string[]>> };

function readStack(flow: Flow, entry: Readonly<Record<string, unknown>>): ReadStack {
  const named = settle<StackName>(entry.stack);
  if ("missing" in named) return { stack: null, missing: {} };
  const name = named.value;
  const place = placeOf(flow, name);
  if (place === undefined) {
    const nearest = nearestName(
      name.split("/")[0] ?? "",
      flow.environments.map((environment) => environment.name),
    );
    return {
      why: `the flow has no environment for ${name}.${nearest === undefined ? "" : ` Did you mean "${nearest}"?`}`,
    };
  }
  const identity = placed(name, place);
  if (entry.environment != null && entry.environment !== identity.environment)
    return { why: `${name} is in ${identity.environment}, not in ${String(entry.environment)}.` };
  if (entry.instance != null && entry.instance !== (identity.instance ?? "none"))
    return { why: `${name} is not of instance ${String(entry.instance)}.` };
  const { known, missing } = readMembers(stackShape, entry);
  for (const fact of ["run", "lease", "hold"] as const) {
    const of = (known[fact] as { readonly stack: StackName } | null | undefined)?.stack;
    if (of !== undefined && of !== name) return { why: `its ${fact} is of ${of}, not of ${name}.` };
  }
  const commit = settle<CommitSha>(entry.commit);
  if ("missing" in commit) return { stack: { ...identity, commit: noCommit }, missing: { commit: ["commit"] } };
  return { stack: { ...identity, commit: commit.value, ...known } as StackFacts, missing };
}

function placed(stack: StackName, place: NonNullable<ReturnType<typeof placeOf>>) {
  return { stack, environment: place.environment.name, instance: place.instance };
}

/** Whether the commit of a stack is known, without which nothing of it is. */
export function isCommitKnown({ commit }: StackFacts): boolean {
  return commit !== noCommit;
}
