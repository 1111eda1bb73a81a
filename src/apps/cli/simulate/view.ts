import type { Action } from "../../../domain/decision.ts";
import type { Event } from "../../../domain/event.ts";
import { environmentOf, instantText } from "../../../domain/names.ts";
import { type Flow, placeOf } from "../../../flow/index.ts";
import { inertLine } from "../../../views/inert.ts";
import { renderVerdict } from "../../../views/verdict.ts";
import type { Fields } from "../schema.ts";
import type { Simulated } from "./simulate.ts";

type ShownAction = Fields<"simulate">["actions"][number];

/** An action as scripts read it. A wait for people is called by what they are asked at: the gate. */
export function actionFields(flow: Flow, action: Action, planOf: (run: string) => string | null): ShownAction {
  const stack = "stack" in action ? action.stack : null;
  const run = "run" in action ? action.run : null;
  const plan = "plan" in action ? action.plan : run === null ? null : planOf(run);
  return {
    kind: action.kind === "wait" && action.code === "approval-missing" ? "gate" : action.kind,
    ...(stack === null ? {} : { stack, environment: placeOf(flow, stack)?.environment.name ?? environmentOf(stack) }),
    ...(run === null ? {} : { run }),
    ...(plan === null ? {} : { plan }),
    ...("mode" in action ? { mode: action.mode } : {}),
    ...("code" in action ? { code: action.code } : {}),
    ...("until" in action && action.until !== null ? { until: instantText(action.until) } : {}),
    ...("after" in action && action.after !== null ? { after: action.after } : {}),
    ...branchOf(action),
    ...("tag" in action ? { tag: action.tag } : {}),
    ...("problems" in action ? { problems: action.problems } : {}),
    why: action.why,
  };
}

function branchOf(action: Action): { readonly branch?: string; readonly into?: string } {
  if (action.kind === "open-pull-request") return { branch: action.head, into: action.base };
  return "branch" in action && action.branch !== null ? { branch: action.branch } : {};
}

/** What people read: the event, what would be done, why, and what nobody said. */
export function simulatedText(
  simulated: readonly Simulated[],
  actionsOf: (one: Simulated) => readonly ShownAction[],
): string {
  const parts = simulated.map((one) => {
    const actions = actionsOf(one);
    const lines = [
      eventText(one.event),
      "",
      ...(actions.length === 0 ? ["Nothing is done."] : actions.map((action) => `→ ${actionText(action)}`)),
      "",
      ...one.decision.reasons.map((reason) => renderVerdict(reason)),
    ];
    if (one.unknown.length > 0)
      lines.push("", "Not known, and never taken as good:", ...one.unknown.map((path) => `  ${inertLine(path)}`));
    return lines.join("\n");
  });
  const isTold = simulated.every(({ unknown }) => unknown.length === 0);
  return [...parts, ...(isTold ? [] : [tellFacts])].join("\n\n");
}

const tellFacts =
  "With --facts FILE they are told; the same command with --facts-template prints such a file, to be filled in.";

function actionText(action: ShownAction): string {
  const { kind, stack, branch, into, tag, mode, code, until, after, problems, why } = action;
  const what = [
    kind,
    mode === undefined || mode === "normal" ? undefined : mode,
    stack,
    tag,
    branch === undefined ? undefined : into === undefined ? branch : `${branch} into ${into}`,
    code === undefined ? undefined : `[${code}]`,
  ].filter((part) => part !== undefined);
  const ends = [until === undefined ? undefined : `until ${until}`, after === undefined ? undefined : `after ${after}`];
  const tail = [why, ...ends.filter((part) => part !== undefined)].join("; ");
  return [
    inertLine(`${what.join(" ")}: ${tail}`),
    ...(problems ?? []).map((problem) => `    ${inertLine(problem)}`),
  ].join("\n");
}

/** `merge: pullRequest 12, branch main, by ann` */
function eventText(event: Event): string {
  const { kind, ...about } = event;
  const parts = Object.entries(about)
    .filter(([, given]) => given !== null)
    .map(([name, given]) => `${name} ${typeof given === "object" ? JSON.stringify(given) : String(given)}`);
  return inertLine(parts.length === 0 ? kind : `${kind}: ${parts.join(", ")}`);
}
