import type { Decision } from "../domain/decision.ts";
import type { Digest } from "../domain/digest.ts";
import type { Event } from "../domain/event.ts";
import type { Login, RunId, StackName } from "../domain/names.ts";
import type { ModelWorld, Setting } from "../worlds/model/index.ts";
import type { WorldStep } from "../worlds/step.ts";
import { type Holders, holdersAfter } from "./holders.ts";

/** What people did, as the search itself saw it and apart from what any rule made of it. */
export interface Past {
  readonly asked: readonly Asked[];
  /** Plans whose apply was decided. */
  readonly begun: readonly Digest[];
  readonly holders: Holders;
  /** Pull requests that a person closed. */
  readonly closed: readonly number[];
  /** Everybody who did something. */
  readonly acted: readonly Login[];
  /** How often the steps that a story has few of were made, by what they are called. */
  readonly used: Readonly<Record<string, number>>;
}

/** Somebody started something by hand. */
export type Asked =
  | {
      readonly kind: "dispatch";
      readonly by: Login;
      readonly job: string;
      readonly ref: string;
      /** How many runs there were: those that come next were made for it. */
      readonly runs: number;
    }
  | { readonly kind: "rerun"; readonly by: Login; readonly run: RunId }
  | { readonly kind: "schedule"; readonly cron: string };

export const nothingPast: Past = { asked: [], begun: [], holders: {}, closed: [], acted: [], used: {} };

/** One event on its way through the engine: what was true, what was decided, and what became of it. */
export interface Moment {
  readonly setting: Setting;
  readonly past: Past;
  readonly before: ModelWorld;
  readonly event: Event;
  readonly decision: Decision;
  readonly after: ModelWorld;
}

/** An apply or a destroy that was decided, with the stack and the plan that it is about. */
export interface Begun {
  readonly kind: "apply" | "destroy";
  readonly stack: StackName;
  readonly run: RunId;
  readonly plan: Digest;
}

export function begunIn({ decision }: Pick<Moment, "decision">): readonly Begun[] {
  return decision.actions.flatMap((action) =>
    action.kind === "apply" || action.kind === "destroy"
      ? [{ kind: action.kind, stack: action.stack, run: action.run, plan: action.plan }]
      : [],
  );
}

/** What a step that was let through adds to the past. */
export function afterStep(past: Past, step: WorldStep, after: ModelWorld, limit: string | null): Past {
  const by = "by" in step ? step.by : null;
  const acted = by === null || past.acted.includes(by) ? past.acted : [...past.acted, by];
  const used = limit === null ? past.used : { ...past.used, [limit]: (past.used[limit] ?? 0) + 1 };
  const closed =
    step.kind === "close" ? after.pullRequests.findLast(({ name }) => name === step.pr)?.number : undefined;
  return { ...past, acted, used, closed: closed === undefined ? past.closed : [...past.closed, closed] };
}

/** What an event adds to the past once it was heard, and what was decided about it. */
export function afterMoment(
  past: Past,
  { setting, event, before, decision }: Pick<Moment, "setting" | "event" | "before" | "decision">,
): Past {
  const asked = askedIn(event, before.runs.length);
  const begun = begunIn({ decision });
  const holders = holdersAfter(past.holders, { setting, event, before, begun });
  if (asked === null && begun.length === 0 && holders === past.holders) return past;
  return {
    ...past,
    asked: asked === null ? past.asked : [...past.asked, asked],
    begun: [...past.begun, ...begun.map(({ plan }) => plan)],
    holders,
  };
}

function askedIn(event: Event, runs: number): Asked | null {
  switch (event.kind) {
    case "dispatch":
      return { kind: "dispatch", by: event.by, job: event.job, ref: event.ref, runs };
    case "rerun":
      return { kind: "rerun", by: event.by, run: event.run };
    case "schedule":
      return { kind: "schedule", cron: event.cron };
    default:
      return null;
  }
}
