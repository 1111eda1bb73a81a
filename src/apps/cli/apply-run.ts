import { deliver } from "../../delivery/deliver.ts";
import { type ReasonCode, reasons } from "../../domain/reason.ts";
import type { Run } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeOf } from "../../flow/index.ts";
import { zonesOf } from "../../views/moment.ts";
import { renderVerdict, wayTo } from "../../views/verdict.ts";
import type { Context, Result } from "./context.ts";
import { commandOf, howToGoOn } from "./how-to-go-on.ts";
import type { Local } from "./open-local.ts";
import { runFields } from "./run-fields.ts";
import type { Fields } from "./schema.ts";
import { failed } from "./tell.ts";

/**
 * Asks for the apply of a stored plan, of whatever mode, from a person's own terminal: what the flow says about it, and
 * how far it came.
 */
export async function applyRun(
  context: Context,
  { by, flow, embedded }: Pick<Local, "by" | "flow" | "embedded">,
  run: Run,
  asked: { readonly breakGlass: string | null; readonly typedName: string | null },
): Promise<Result> {
  const current = async () => (await embedded.store.run(run.id)) ?? run;
  try {
    const delivered = await deliver(embedded.delivery, { kind: "local-apply", run: run.id, by, ...asked });
    const after = await current();
    // What it led to for other runs is told where they are.
    const about = delivered.filter(({ event }) => "run" in event && event.run === run.id);
    const verdicts = about.flatMap(({ decision }) => decision.reasons);
    // A plan that was applied before is verified too, and this command did nothing.
    const begun = after.revision !== run.revision;
    if (begun && after.state === "verified") return done(after);
    return notDone({ context, flow, run: after, verdicts, begun });
  } catch (error) {
    const after = await current();
    // What came of it is on the record; only what would have followed from it was cut short.
    if (context.signal.aborted && after.state === "verified") return done(after);
    if (context.signal.aborted && after.state === "failed")
      return notDone({ context, flow, run: after, verdicts: [], begun: true });
    return cutShort(after, failed(error, context.signal));
  }
}

/** Something outside ended it, or a person did: how far the run came, and what to do now. */
function cutShort(run: Run, result: Result): Result {
  const hint = howToGoOn(run, true);
  const diagnostics = (result.diagnostics ?? []).map((diagnostic) => ({
    ...diagnostic,
    ...(hint === null ? {} : { hint: [diagnostic.hint, sentence(hint)].filter(Boolean).join("\n") }),
  }));
  return { ...result, diagnostics, fields: { run: runFields(run) } satisfies Fields<"apply"> };
}

function done(run: Run): Result {
  return {
    exitCode: 0,
    fields: { run: runFields(run) } satisfies Fields<"apply">,
    text:
      run.mode === "destroy"
        ? `${run.stack}: everything of it is destroyed (${run.id}).`
        : `${run.stack}: applied and verified (${run.id}).`,
  };
}

/** The reason that stopped it, and for a gate which way leads past it. */
function notDone(about: {
  readonly context: Context;
  readonly flow: Flow;
  readonly run: Run;
  readonly verdicts: readonly Verdict[];
  /** Whether this command moved the run at all. */
  readonly begun: boolean;
}): Result {
  const { context, flow, run, verdicts, begun } = about;
  const verdict = verdicts.findLast((candidate) => candidate.answer !== "yes");
  const outside = begun && (run.state === "failed" || run.state === "verify-failed");
  const next = outside || verdict?.code === undefined ? howToGoOn(run, false) : wayOn(flow, run, verdict.code);
  const diagnostic = {
    severity: "error",
    code: outside && context.signal.aborted ? "cancelled" : (verdict?.code ?? run.code ?? "not-applied"),
    // Nothing stood against it when it was judged: somebody else was faster.
    summary: verdict?.sentence ?? run.why ?? `another process took ${run.stack} at the same moment`,
    ...(next === null ? {} : { hint: sentence(next) }),
  } as const;
  return {
    exitCode: outside ? 1 : 3,
    diagnostics: [diagnostic],
    fields: { run: runFields(run), reasons: verdicts } satisfies Fields<"apply">,
    text: verdict === undefined ? "" : renderVerdict(verdict, 0, zonesOf(placeOf(flow, run.stack)?.environment)),
  };
}

/** What a person does about a no. */
function wayOn(flow: Flow, run: Run, code: ReasonCode): string {
  const anew = `\`plangate ${commandOf[run.mode]} ${run.stack}\``;
  switch (code) {
    case "gated-environment":
      return wayTo(flow, run.stack);
    case "name-not-confirmed":
      return `begin anew, and type ${run.stack} when asked. ${wayTo(flow, run.stack)}`;
    case "stack-leased":
      return `\`plangate runs ${run.stack}\` shows how far it is; apply again when it has ended`;
    case "outside-window":
    case "frozen":
      return "apply again when that is over; nothing goes on by itself for a person's own terminal";
    case "bundle-altered":
    case "bundle-unsigned":
    case "snapshot-differs":
      return `${reasons[code].next} ${anew} makes a new plan`;
    default:
      return others.has(code) ? reasons[code].next : `${anew} makes a new plan from what is there now`;
  }
}

/** What a new plan alone does not help against: others have to do something, or the flow has to change. */
const others: ReadonlySet<ReasonCode> = new Set([
  "approval-missing",
  "changes-requested",
  "rejected",
  "held",
  "held-by-branch",
  "after-not-applied",
  "fact-unknown",
  "deletions-unacknowledged",
  "expectation-failed",
  "not-destroyable",
  "stack-deleted",
  "state-locked",
]);

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
