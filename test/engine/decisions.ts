import type { Action, Decision } from "../../src/domain/decision.ts";
import { digestOf } from "../../src/domain/digest.ts";
import type { Event } from "../../src/domain/event.ts";
import type {
  AppliedFacts,
  Facts,
  OtherRun,
  PullRequestFacts,
  PushedCommit,
  PushFacts,
} from "../../src/domain/facts.ts";
import type { RunSource, StackLease } from "../../src/domain/run.ts";
import { decide } from "../../src/engine/index.ts";
import { type Flow, type PresetName, parseFlow, renderPreset } from "../../src/flow/index.ts";
import {
  aChange,
  aStack,
  commit,
  judgeTime,
  login,
  planTime,
  runId,
  type StackBuilder,
  stackName,
} from "../../src/testing/builders.ts";

/** Flows and decisions for the engine's tests: facts as builders tell them, decisions in words short enough for a table. */

export function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
  return value;
}

const parsed = new Map<PresetName, Flow>();

export function presetNamed(name: PresetName): Flow {
  const flow = parsed.get(name) ?? flowOf(renderPreset(name));
  parsed.set(name, flow);
  return flow;
}

/** A preset of which a text stands otherwise: a window, a key that its author left out. */
export function presetWith(name: PresetName, change: { readonly from: string | RegExp; readonly to: string }): Flow {
  const text = renderPreset(name);
  const changed = text.replace(change.from, change.to);
  if (changed === text) throw new Error(`the preset ${name} does not say ${change.from}`);
  return flowOf(changed);
}

/** What builders take besides the stack. */
export type More = Parameters<StackBuilder["build"]>[0];

/** Several stacks as the facts of one event. */
export function factsOf(stacks: readonly StackBuilder[], more: More = {}): Facts {
  const [first] = stacks;
  return (first ?? aStack("test/app")).build({ stacks: stacks.map(({ stack }) => stack), ...more });
}

/** An action in words: `wait test/app approval-missing`, `plan test/app merge due`. */
export function word(action: Action): string {
  const about = "stack" in action && action.stack !== null ? ` ${action.stack}` : "";
  switch (action.kind) {
    case "plan": {
      const mode = action.mode === "normal" ? "" : ` ${action.mode}`;
      const due = action.due === null ? "" : " due";
      const speculative = action.speculative === null ? "" : ` ${action.speculative}`;
      return `plan${about} ${action.source.kind}${mode}${due}${speculative}`;
    }
    case "flag": {
      const branch = action.branch === null ? "" : ` ${action.branch}`;
      return `flag${about}${branch} ${action.code}${action.issue === null ? "" : ` ${action.issue}`}`;
    }
    case "hand-over":
      return `hand-over${about} ${action.branch ?? "nobody"}`;
    case "open-pull-request":
      return `open ${action.purpose} ${action.head} ${action.base}`;
    case "fast-forward":
      return `fast-forward ${action.branch} ${action.by}`;
    case "release":
      return `release ${action.tag}`;
    case "check":
      return action.problems.length === 0 ? "check" : "check problems";
    case "wait":
    case "refuse":
      return `${action.kind}${about} ${action.code}`;
    default:
      return `${action.kind}${about}`;
  }
}

export function words({ actions }: Decision): readonly string[] {
  return actions.map(word);
}

export function decided(flow: Flow, about: readonly StackBuilder[], event: Event, more: More = {}): readonly string[] {
  return words(decide(flow, factsOf(about, more), event));
}

/** What a run of pull request 12 plans: its head as merged, and after the merge. */
export const ofChange = { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c0") } as const;
export const onBranch = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1") } as const;

export function openChange(about: Partial<PullRequestFacts> = {}): { readonly pullRequest: PullRequestFacts } {
  return { pullRequest: aChange({ state: "open", answers: [], ...about }) };
}

export function leaseOf(stack: string, run = "1"): StackLease {
  const holder = { host: "h", pid: 1, startedAt: "1" };
  return { stack: stackName(stack), run: runId(run), fence: 1, since: judgeTime, holder };
}

/** What is applied by another run: the delivered inputs, verified. */
export function appliedOf(about: Partial<AppliedFacts> = {}): AppliedFacts {
  const common = { commit: commit("c1"), inputs: digestOf("inputs"), verified: true, at: planTime, source: null };
  return { run: runId("2"), ...common, ...about };
}

export function otherRun(about: Partial<OtherRun> = {}): OtherRun {
  return {
    id: runId("5"),
    mode: "normal",
    state: "waiting",
    pullRequest: 12,
    again: onBranch,
    due: null,
    ...about,
  };
}

/** Ten lines of one file that ann pushed to main and nobody accepted. */
export function pushedCommit(about: Partial<PushedCommit> = {}): PushedCommit {
  return {
    branch: "main",
    commit: commit("bad"),
    files: 1,
    lines: 10,
    writers: [login("ann")],
    accepted: [],
    ...about,
  };
}

export function pushFacts(about: Partial<PushFacts> = {}): { readonly push: PushFacts } {
  return { push: { ...pushedCommit(), openPullRequests: [], ...about } };
}

/** What both decisions say: the first about whether to start, the second, under the lease, about whether to apply. */
export function judged(flow: Flow, about: StackBuilder, more: More = {}) {
  const leased =
    about.stack.lease === null
      ? about.withRun({ state: "approved" }).with({ lease: leaseOf(about.stack.stack, "1") })
      : about;
  const short = (facts: Facts, event: Event) =>
    decide(flow, facts, event).actions.map((action) =>
      "code" in action ? `${action.kind} ${action.code}` : action.kind,
    );
  return {
    first: short(about.build(more), { kind: "tick" }),
    second: short(leased.build(more), { kind: "apply-ready", run: about.run.id }),
  };
}

/** A row of a table about one apply. */
export interface ApplyCase {
  readonly name: string;
  readonly about: StackBuilder;
  readonly facts?: More;
  readonly first: readonly string[];
  /** When the second decision differs from the first. */
  readonly second?: readonly string[];
}

export const goes = { first: ["start"], second: ["apply"] };

/** A stack of a source of its own, and the same as what would be planned. */
export function from(about: StackBuilder, source: RunSource): StackBuilder {
  return about.withRun({ source }).with({ source });
}
