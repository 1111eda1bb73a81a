import type { StackName } from "../domain/names.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Flow, Transition } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { inertLine } from "./inert.ts";
import { momentText } from "./moment.ts";

const mark = { yes: "✓", no: "✗", waiting: "…" } as const;

/**
 * A verdict as a tree for people: the answer, then what it comes from. What ends a wait stands behind it: a time, in
 * UTC and on the clocks of the given zones, or somebody or something else.
 */
export function renderVerdict(verdict: Verdict, depth = 0, zones: readonly string[] = []): string {
  const { answer, sentence, code, children = [] } = verdict;
  const line = `${"  ".repeat(depth)}${mark[answer]} ${inertLine(sentence)}`;
  // What a group says it has from one of its children, where it stands with its code and its end.
  const own = children.length > 0 ? "" : `${code === undefined ? "" : ` [${code}]`}${endText(verdict, zones)}`;
  return [line + own, ...children.filter(saysMore).map((child) => renderVerdict(child, depth + 1, zones))].join("\n");
}

/** Several rules that have nothing against it in the same words say it once. */
function saysMore(verdict: Verdict, index: number, all: readonly Verdict[]): boolean {
  const isPlain = ({ answer, children = [] }: Verdict) => answer === "yes" && children.length === 0;
  return !isPlain(verdict) || all.findIndex((other) => isPlain(other) && other.sentence === verdict.sentence) === index;
}

function endText({ until, after }: Verdict, zones: readonly string[]): string {
  const ends = [
    ...(until === undefined ? [] : [`until ${momentText(until, zones)}`]),
    ...(after === undefined ? [] : [`after ${inertLine(after)}`]),
  ];
  return ends.length === 0 ? "" : `, ${ends.join(", or ")}`;
}

/** Which way leads to an apply on a stack that is refused from here: the flow's own, and the one past its gate. */
export function wayTo(flow: Flow, stack: StackName): string {
  const way = wayThrough(flow, stack);
  return appliesTo(flow, stack).length === 0 ? way : `${way} In an emergency: --break-glass REASON.`;
}

/** Which way of the flow leads to an apply on a stack, as a sentence. */
export function wayThrough(flow: Flow, stack: StackName): string {
  const ways = appliesTo(flow, stack).map((row) => wayOf(row));
  return ways.length === 0
    ? `The flow applies nothing to ${stack}.`
    : `The way there: ${[...new Set(ways)].join(", or ")} (plangate.yaml, \`when\`).`;
}

function appliesTo(flow: Flow, stack: StackName): readonly Transition[] {
  const environment = placeOf(flow, stack)?.environment.name;
  return flow.when.filter((row) => row.environment === environment && row.do.includes("apply"));
}

function wayOf({ on, into, to, job, ref }: Transition): string {
  switch (on) {
    case "pull_request":
      return `open a pull request into ${into ?? "its branch"}`;
    case "merge":
      return `merge a pull request into ${into ?? "its branch"}`;
    case "push":
      return `push to ${to ?? "a branch of the flow"}`;
    case "dispatch":
      return `start the job "${job ?? ""}"${ref === null ? "" : ` with a ${ref}`}`;
    case "schedule":
      return "wait for the schedule, which puts drift right";
    case "release":
      return `make a ${ref ?? "release"}`;
  }
}
