import { deliver } from "../../../delivery/deliver.ts";
import { InternalError } from "../../../domain/errors.ts";
import type { StoredPlan } from "../../../domain/plan.ts";
import { type ReasonCode, reasons } from "../../../domain/reason.ts";
import type { Run } from "../../../domain/run.ts";
import { renderPlanText } from "../../../views/plan-text.ts";
import type { Context, Given, Result } from "../context.ts";
import { type Local, openLocal, stackNamed } from "../open-local.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";
import { failed } from "../tell.ts";

export async function planCommand(context: Context, { operands }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: false });
  try {
    local.embedded.getReady();
    await local.embedded.recover();
    const stack = await stackNamed(local, operands[0]);
    const { by, commit, dirtyTree: tree } = local;
    const { delivery, store } = local.embedded;
    try {
      const delivered = await deliver(delivery, { kind: "local-plan", stack, by, commit, tree });
      const planned = delivered.map(({ event }) => event).find((event) => event.kind === "run-planned");
      const run = planned?.kind === "run-planned" ? await store.run(planned.run) : undefined;
      if (run === undefined) throw new InternalError(`planning ${stack} made no run`);
      return run.plan === null ? refusedPlan(run) : await madePlan(context, local, run);
    } catch (error) {
      const [run] = await store.runs({ stack, states: ["failed"], limit: 1 });
      const own = run?.why?.startsWith(error instanceof Error ? error.message : String(error)) === true;
      return failedPlan(failed(error, context.signal), own ? run : undefined);
    }
  } finally {
    await local.embedded.close();
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
  if (code === "state-locked") return `${reasons[code].next} Then: \`plangate plan ${run.stack}\`.`;
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

async function madePlan(context: Context, local: Local, run: Run): Promise<Result> {
  const { delivery, store } = local.embedded;
  const stored = run.plan === null ? undefined : await store.plan(run.plan);
  const made = stored === undefined ? undefined : delivery.readingOf(stored.digest);
  if (stored === undefined || made === undefined) throw new InternalError(`the plan of ${run.id} is gone`);
  const { reading } = made;
  const { manifest } = stored;
  return {
    exitCode: 0,
    fields: {
      stack: run.stack,
      run: runFields(run),
      bundle: {
        digest: stored.digest,
        meaning: manifest.meaning,
        file: stored.speculative === null ? `.plangate/bundles/${stored.digest.slice("sha256:".length)}` : null,
      },
      speculative: stored.speculative,
      summary: reading.summary.counts,
      resources: reading.summary.resources.map(({ address, action }) => ({ address, action })),
      findings: [],
      state: manifest.state,
    } satisfies Fields<"plan">,
    text: `${renderPlanText(reading, { color: context.options.color, most: 200 })}\n${closing(local, run, stored)}`,
  };
}

/** What the plan is good for, and what a person can do with it. */
function closing(local: Local, run: Run, stored: StoredPlan): string {
  if (run.state === "no-changes") return `${run.stack}: no changes. There is nothing to apply.`;
  if (stored.speculative !== null)
    return `This plan was made from a checkout with uncommitted changes, so it is for looking at: commit, and plan again.`;
  const environment = local.flow.environments.find((candidate) => candidate.name === stored.manifest.environment);
  const next =
    environment?.gated === true
      ? `${environment.name} is gated: it is applied through the flow, not from here.`
      : `Apply it with: plangate apply ${run.stack} --plan ${stored.digest}`;
  return `Stored as ${stored.digest} (${run.id}).\n${next}`;
}
