import { deliver } from "../../delivery/deliver.ts";
import { InternalError } from "../../domain/errors.ts";
import type { StackName, TreeSha } from "../../domain/names.ts";
import type { PlanMode, StoredPlan } from "../../domain/plan.ts";
import type { ReadPlan } from "../../domain/read-plan.ts";
import { type ReasonCode, reasons } from "../../domain/reason.ts";
import type { Run } from "../../domain/run.ts";
import type { Context, Result } from "./context.ts";
import { commandOf } from "./how-to-go-on.ts";
import type { Local } from "./open-local.ts";
import { runFields } from "./run-fields.ts";
import type { Fields } from "./schema.ts";
import { failed } from "./tell.ts";

/** A plan that a person asked for, or what is to be told when there is none. */
export type Planned =
  | { readonly run: Run; readonly stored: StoredPlan; readonly reading: ReadPlan }
  | { readonly run: Run | undefined; readonly result: Result };

/** Plans a stack for a person at their terminal, in a mode, from the commit that is checked out or from what is on disk. */
export async function planLocally(
  context: Context,
  local: Pick<Local, "by" | "commit" | "embedded">,
  about: { readonly stack: StackName; readonly mode: PlanMode; readonly tree: TreeSha | null },
): Promise<Planned> {
  const { by, commit } = local;
  const { delivery, store } = local.embedded;
  const { stack, mode } = about;
  try {
    const delivered = await deliver(delivery, { kind: "local-plan", ...about, by, commit });
    const planned = delivered.map(({ event }) => event).find((event) => event.kind === "run-planned");
    const run = planned?.kind === "run-planned" ? await store.run(planned.run) : undefined;
    if (run === undefined) throw new InternalError(`planning ${stack} made no run`);
    if (run.plan === null) return { run, result: refusedPlan(run) };
    const stored = await store.plan(run.plan);
    const made = stored === undefined ? undefined : delivery.readingOf(stored.digest);
    if (stored === undefined || made === undefined) throw new InternalError(`the plan of ${run.id} is gone`);
    return { run, stored, reading: made.reading };
  } catch (error) {
    const [run] = await store.runs({ stack, states: ["failed"], modes: [mode], limit: 1 });
    const own = run?.why?.startsWith(error instanceof Error ? error.message : String(error)) === true;
    return { run: own ? run : undefined, result: failedPlan(failed(error, context.signal), own ? run : undefined) };
  }
}

function refusedPlan(run: Run): Result {
  const outside = run.code === "plan-failed" || run.code === "state-locked";
  const code = run.code ?? "plan-failed";
  const diagnostic = {
    severity: "error",
    code,
    summary: run.why ?? "the plan failed",
    hint: `${nextOf(run, code)}\n${logOf(run)}`,
  } as const;
  return {
    exitCode: outside ? 1 : 3,
    diagnostics: [diagnostic],
    fields: { stack: run.stack, run: runFields(run) } satisfies Partial<Fields<"plan">>,
    text: "",
  };
}

function nextOf(run: Run, code: ReasonCode): string {
  if (code === "plan-failed") return `Mend the configuration, commit, and plan again.`;
  if (code === "state-locked") return `${reasons[code].next} Then: \`plangate ${commandOf[run.mode]} ${run.stack}\`.`;
  return reasons[code].next;
}

function logOf(run: Run): string {
  return `What the tool said is in .plangate/logs/${run.id}.log.`;
}

/** Something outside ended it: nothing was stored, and the run's log tells more than the first sentence. */
function failedPlan(result: Result, run: Run | undefined): Result {
  if (run === undefined) return result;
  const diagnostics = (result.diagnostics ?? []).map((diagnostic) => ({
    ...diagnostic,
    hint: [diagnostic.hint, logOf(run)].filter(Boolean).join("\n"),
  }));
  return {
    ...result,
    diagnostics,
    fields: { stack: run.stack, run: runFields(run) } satisfies Partial<Fields<"plan">>,
  };
}
