import type { Verdict } from "../../domain/verdict.ts";
import type { Moment } from "../past.ts";
import type { Rest, Watched } from "./property.ts";

/** P10, at each event and whenever nothing is left to do. */
export const noSilence: Watched = { id: "P10", atMoment: whySilent, atRest: whyStuck };

function whySilent({ decision, event }: Moment): string | null {
  const { actions, reasons } = decision;
  if (actions.length + reasons.length === 0) return `${event.kind} is met by silence`;
  for (const action of actions) {
    if (action.kind === "wait" && action.until === null && action.after === null)
      return `${action.stack} waits as ${action.code}, and nothing is told that would end it`;
    if ((action.kind === "wait" || action.kind === "refuse") && action.why === "")
      return `${action.stack ?? event.kind}: ${action.kind} without a reason`;
  }
  const bare = reasons.find(isBare);
  return bare === undefined ? null : `"${bare.sentence}" says ${bare.answer} and not why`;
}

/** A no without its code, or a wait that nothing ends. */
function isBare({ answer, code, until, after }: Verdict): boolean {
  return (
    answer !== "yes" && (code === undefined || (answer === "waiting" && until === undefined && after === undefined))
  );
}

/** At rest nobody works on anything, so a run is over, or waits with a reason, or was never asked for. */
function whyStuck({ world }: Rest): string | null {
  for (const run of world.runs) {
    if (run.state === "waiting" && run.code === null) return `${run.id} of ${run.stack} waits without a reason`;
    if (run.state === "approved" || run.state === "applying" || run.state === "applied" || run.state === "verifying")
      return `${run.id} of ${run.stack} is ${run.state}, and nobody goes on with it`;
    if (run.state === "planning") return `${run.id} of ${run.stack} is planning, and nobody plans`;
    if (run.state === "planned" && run.due !== null)
      return `${run.id} of ${run.stack} was asked for, and neither goes on nor says why not`;
  }
  const [stack, lease] = Object.entries(world.leases)[0] ?? [];
  return stack === undefined ? null : `${lease?.run} keeps the lease of ${stack}, and does nothing with it`;
}
