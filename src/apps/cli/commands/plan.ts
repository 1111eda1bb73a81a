import { deliver } from "../../../delivery/deliver.ts";
import { InternalError } from "../../../domain/errors.ts";
import type { StoredPlan } from "../../../domain/plan.ts";
import type { Run } from "../../../domain/run.ts";
import { renderPlanText } from "../../../views/plan-text.ts";
import type { Context, Given, Result } from "../context.ts";
import { type Local, openLocal, stackNamed } from "../open-local.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";

export async function planCommand(context: Context, { operands }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: false });
  try {
    local.embedded.getReady();
    await local.embedded.recover();
    const stack = await stackNamed(local, operands[0]);
    const { by, commit, dirtyTree: tree } = local;
    const delivered = await deliver(local.embedded.delivery, { kind: "local-plan", stack, by, commit, tree });
    const planned = delivered.map(({ event }) => event).find((event) => event.kind === "run-planned");
    const run = planned?.kind === "run-planned" ? await local.embedded.store.run(planned.run) : undefined;
    if (run === undefined) throw new InternalError(`planning ${stack} made no run`);
    return run.plan === null ? refusedPlan(local, run) : await madePlan(context, local, run);
  } finally {
    await local.embedded.close();
  }
}

function refusedPlan(local: Local, run: Run): Result {
  const outside = run.code === "plan-failed" || run.code === "state-locked";
  const diagnostic = {
    severity: "error",
    code: run.code ?? "plan-failed",
    summary: run.why ?? "the plan failed",
    hint: `\`plangate runs ${run.stack}\` shows the run; its log is .plangate/logs/${run.id}.log.`,
  } as const;
  void local;
  return {
    exitCode: outside ? 1 : 3,
    diagnostics: [diagnostic],
    fields: { stack: run.stack, run: runFields(run) } satisfies Partial<Fields<"plan">>,
    text: "",
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
