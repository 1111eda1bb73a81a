import type { Run } from "../../domain/run.ts";
import { whyNotFromHere } from "../../engine/index.ts";
import { type Flow, placeOf } from "../../flow/index.ts";
import { wayThrough } from "../../views/verdict.ts";

/**
 * What a person does next about a run, when there is something to do. `lost`: whoever worked on it is gone. Without a
 * flow nobody knows whether a stored plan may be applied from here.
 */
export function howToGoOn(run: Run, lost: boolean, flow?: Flow): string | null {
  const { stack } = run;
  const anew = `\`plangate ${commandOf[run.mode]} ${stack}\``;
  switch (run.state) {
    case "applying":
      return lost
        ? `plan anew with ${anew}: this run is then recorded as interrupted, and its plan is never applied again`
        : null;
    case "applied":
    case "verifying":
      return lost
        ? `it is applied, and nobody has seen yet whether it works: \`plangate verify ${stack}\` looks`
        : null;
    case "queued":
    case "checking":
    case "planning":
      return lost ? `nothing was stored: ${anew} makes a new plan` : null;
    case "planned":
    case "waiting":
    case "approved":
      return run.state === "approved" && !lost ? null : stillThere(run, flow);
    case "interrupted":
      return `how far it came is not known: ${anew} reads the state and shows what is left; this plan is never applied again`;
    case "failed":
      return `${anew} ${run.plan === null ? "tries again" : "shows what is left"}; what the tool said is in .plangate/logs/${run.id}.log`;
    case "verify-failed":
      return `it is applied: \`plangate verify ${stack}\` shows what differs`;
    case "refused":
      return `${anew} makes a new plan`;
    default:
      return null;
  }
}

/** What makes a plan of the same mode. */
export const commandOf: Readonly<Record<Run["mode"], string>> = {
  normal: "plan",
  destroy: "destroy",
  "refresh-only": "drift",
};

/** A stored plan that nobody has begun to apply. */
function stillThere(run: Run, flow: Flow | undefined): string | null {
  if (run.mode === "destroy" && run.source.kind === "local" && run.plan !== null)
    return `nothing was destroyed: \`plangate destroy ${run.stack}\` begins anew`;
  if (run.plan === null || run.source.kind !== "local" || run.code === "plan-speculative") return null;
  const apply = `nothing was started: \`plangate apply ${run.stack} --plan ${run.plan}\` applies it`;
  const environment = flow === undefined ? undefined : placeOf(flow, run.stack)?.environment;
  if (flow === undefined || environment === undefined) return `${apply}, where the flow has no gate`;
  return whyNotFromHere(flow, environment, "normal") === null
    ? apply
    : `it is for looking at here. ${wayThrough(flow, run.stack)}`;
}
