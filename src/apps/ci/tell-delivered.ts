import type { Delivered } from "../../delivery/deliver.ts";
import { inertLine, inlineCode } from "../../views/inert.ts";
import type { Ci, CiResult } from "./open-job.ts";

/** So many decisions are shown of one job; the ledger has all of them. */
const mostShown = 500;

/** What was decided, for people who look at the run: the event, and each sentence about it. */
export function tellDelivered(ci: Ci, delivered: readonly Delivered[], exitCode: CiResult["exitCode"] = 0): CiResult {
  const decisions = delivered.map(({ event, decision }) => ({
    event: event.kind,
    actions: decision.actions.map(({ kind }) => kind),
    reasons: decision.reasons.map(({ sentence }) => sentence),
  }));
  const shown = decisions.filter(({ reasons }) => reasons.length > 0).slice(0, mostShown);
  const lines = shown.flatMap(({ event, reasons }) => reasons.map((sentence) => `- ${event}: ${inlineCode(sentence)}`));
  ci.outputs.summary(lines.length === 0 ? "Nothing was to be decided." : lines.join("\n"));
  const text = shown.flatMap(({ event, reasons }) => reasons.map((one) => `${event}: ${inertLine(one)}`)).join("\n");
  return { exitCode, text: text === "" ? "Nothing was to be decided." : text, fields: { decisions } };
}
