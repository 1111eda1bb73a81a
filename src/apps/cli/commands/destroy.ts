import type { StoredPlan } from "../../../domain/plan.ts";
import type { ReadPlan } from "../../../domain/read-plan.ts";
import { type ReasonCode, reasons } from "../../../domain/reason.ts";
import type { Run } from "../../../domain/run.ts";
import { whyNotFromHere } from "../../../engine/index.ts";
import { type Environment, type Flow, placeOf } from "../../../flow/index.ts";
import { renderPlanText } from "../../../views/plan-text.ts";
import { applyRun } from "../apply-run.ts";
import type { Context, Given, Result } from "../context.ts";
import { type NamedStack, stackCalled } from "../local-stack.ts";
import { refuseMixedUpFolder } from "../mixed-up-folder.ts";
import { openLocal } from "../open-local.ts";
import { planLocally } from "../planned-run.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";

/**
 * Plans the removal of everything of a stack, shows it, and does exactly that once the stack's name was given in full.
 * Only what the flow marks destroyable, of kind dev or ephemeral, and past no gate: all else goes the flow's own way.
 */
export async function destroyCommand(context: Context, { operands, options }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: true });
  try {
    const named = await stackCalled(local, operands[0]);
    const obstacle = whyNot(local.flow, named);
    if (obstacle !== null) return refused(named, obstacle);
    const given = typeof options.yesDestroy === "string" ? options.yesDestroy : null;
    if (given !== null && given !== named.name) return refused(named, notNamed(named, given));
    await refuseMixedUpFolder(context, local, named.name);
    local.embedded.getReady();
    await local.embedded.recover();
    const planned = await planLocally(context, local, { stack: named.name, mode: "destroy", tree: null });
    if ("result" in planned) return planned.result;
    const fields = planFields(planned.run, planned);
    if (planned.run.state === "no-changes")
      return { exitCode: 0, fields, text: `${named.name}: nothing stands there. There is nothing to destroy.` };
    const shown = renderPlanText(planned.reading, { color: false });
    process.stderr.write(`${shown}\n`);
    const question = `Everything of ${named.name} goes, and nothing brings it back. Type the stack's name in full (${named.name}): `;
    const typedName = given ?? (await context.ask(question));
    if (typedName !== named.name) return { ...refused(named, notNamed(named, typedName)), fields };
    const result = await applyRun(context, local, planned.run, { breakGlass: null, typedName });
    return { ...result, fields: { ...fields, ...result.fields } satisfies Fields<"destroy"> };
  } finally {
    await local.embedded.close();
  }
}

interface Obstacle {
  readonly code: ReasonCode;
  readonly summary: string;
  readonly hint: string;
}

function notNamed({ name }: NamedStack, typed: string): Obstacle {
  return {
    code: "name-not-confirmed",
    summary: `"${typed}" is not "${name}", so nothing was destroyed.`,
    hint: `Give the stack's name in full: \`plangate destroy ${name}\` begins anew.`,
  };
}

function whyNot(flow: Flow, { name }: NamedStack): Obstacle | null {
  const environment = placeOf(flow, name)?.environment;
  const way = wayToDestroy(flow, environment);
  if (environment?.destroyable !== true) {
    const where = environment?.name ?? name;
    const summary = `${name} is not destroyed as a whole: ${where} is not marked destroyable.`;
    const hint = `${reasons["not-destroyable"].next}`;
    return { code: "not-destroyable", summary, hint };
  }
  const why = whyNotFromHere(flow, environment, "destroy");
  if (why === null) return null;
  return {
    code: "gated-environment",
    summary: `${environment.name} is ${why}, so ${name} is not destroyed from a person's own machine.`,
    hint: way,
  };
}

function wayToDestroy(flow: Flow, environment: Environment | undefined): string {
  const jobs = flow.when
    .filter((row) => row.environment === environment?.name && row.do.includes("destroy") && row.job !== null)
    .map((row) => `start the job "${row.job}"`);
  const closes = environment?.perPullRequest === true ? ["close its pull request"] : [];
  const ways = [...jobs, ...closes];
  return ways.length === 0
    ? "The flow has no way there: add a dispatch row that does [plan-destroy, gate, destroy], by a reviewed change."
    : `The way there: ${ways.join(", or ")} (plangate.yaml, \`when\`).`;
}

function refused({ name }: NamedStack, obstacle: Obstacle): Result {
  return {
    exitCode: 3,
    diagnostics: [{ severity: "error", ...obstacle }],
    fields: { stack: name } satisfies Partial<Fields<"destroy">>,
    text: "",
  };
}

function planFields(
  run: Run,
  { stored, reading }: { readonly stored: StoredPlan; readonly reading: ReadPlan },
): Fields<"destroy"> {
  return {
    stack: run.stack,
    run: runFields(run),
    bundle: { digest: stored.digest, meaning: stored.manifest.meaning },
    summary: reading.summary.counts,
    resources: reading.summary.resources.map(({ address, action }) => ({ address, action })),
  };
}
