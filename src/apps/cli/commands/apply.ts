import { parseDigest } from "../../../domain/digest.ts";
import { InputError } from "../../../domain/errors.ts";
import { parseStackName, type StackName } from "../../../domain/names.ts";
import type { Run } from "../../../domain/run.ts";
import { whyNotFromHere } from "../../../engine/index.ts";
import { placeOf } from "../../../flow/index.ts";
import { wayThrough } from "../../../views/verdict.ts";
import { applyRun } from "../apply-run.ts";
import type { Context, Given, Result } from "../context.ts";
import { stackCalled } from "../local-stack.ts";
import { refuseMixedUpFolder } from "../mixed-up-folder.ts";
import { type Local, openLocal } from "../open-local.ts";
import { failed } from "../tell.ts";

export async function applyCommand(context: Context, given: Given): Promise<Result> {
  try {
    return await applyStored(context, given);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    // It was stopped while it looked: what it did about the run itself is told where that is done.
    const [stack, plan] = [String(given.operands[0]), given.options.plan];
    const again = `Nothing was started. \`plangate apply ${stack}${typeof plan === "string" ? ` --plan ${plan}` : ""}\` begins anew.`;
    const result = failed(error, context.signal);
    return { ...result, diagnostics: (result.diagnostics ?? []).map((diagnostic) => ({ ...diagnostic, hint: again })) };
  }
}

async function applyStored(context: Context, { operands, options }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: true });
  try {
    await local.embedded.recover();
    const run = await runOfPlan(local, String(operands[0]), options.plan);
    await refuseMixedUpFolder(context, local, run.stack);
    const breakGlass = typeof options.breakGlass === "string" ? options.breakGlass.trim() : null;
    if (breakGlass === "") {
      const given = 'Say the reason why the gate is passed: --break-glass "region down, ticket 12".';
      throw wrong("reason-missing", "--break-glass needs a reason: it is recorded for good.", given);
    }
    const typedName =
      breakGlass === null
        ? null
        : await context.ask(
            `This goes past the gate and is recorded for good. Type the stack's name in full (${run.stack}): `,
          );
    return await applyRun(context, local, run, { breakGlass, typedName });
  } finally {
    await local.embedded.close();
  }
}

/** The run that holds the plan; the stack is named too, so that a digest pasted wrong applies nothing else. */
async function runOfPlan(local: Local, stackText: string, planText: unknown): Promise<Run> {
  const stack = parseStackName(stackText);
  if (stack === undefined) {
    const hint = "It is written environment/name; `plangate runs` lists the stacks that have stored plans.";
    throw wrong("unknown-stack", `"${stackText}" is no stack.`, hint);
  }
  const stored = `\`plangate runs ${stack}\` lists the plans that are stored, \`plangate plan ${stack}\` makes a new one.`;
  if (typeof planText !== "string") {
    await stackCalled(local, stack);
    throw wrong("plan-missing", "Which plan is applied has to be said, with --plan.", await planToApply(local, stack));
  }
  const digest = parseDigest(planText);
  if (digest === undefined) {
    const summary = `"${planText}" is no plan digest: it is written sha256:<64 hex digits>, as \`plangate plan\` prints it.`;
    throw wrong("not-a-digest", summary, stored);
  }
  const [run] = await local.embedded.store.runs({ plan: digest });
  if (run === undefined) throw wrong("unknown-plan", `No plan ${digest} is stored here.`, stored);
  if (run.mode !== "normal") {
    const summary = `The plan of ${run.id} is there to ${run.mode === "destroy" ? `destroy everything of ${stack}` : "look for drift"}, so it is not applied from here.`;
    throw wrong(
      "other-mode",
      summary,
      `\`plangate ${run.mode === "destroy" ? "destroy" : "drift"} ${stack}\` begins anew.`,
    );
  }
  if (run.stack !== stack) throw wrong("other-stack", `The plan is of ${run.stack}, not of ${stack}.`, stored);
  return run;
}

/** What somebody who named no plan may have meant: the newest that waits; or how it is applied, where that is not from here. */
async function planToApply({ flow, embedded }: Local, stack: StackName): Promise<string> {
  const environment = placeOf(flow, stack)?.environment;
  if (environment !== undefined && whyNotFromHere(flow, environment, "normal") !== null) return wayThrough(flow, stack);
  const stored = await embedded.store.runs({ stack, states: ["waiting"], modes: ["normal"], limit: 20 });
  const newest = stored.find(({ plan, code }) => plan !== null && code !== "plan-speculative");
  return newest === undefined
    ? `None is stored: \`plangate plan ${stack}\` makes one, and prints what applies it.`
    : `The newest that waits: \`plangate apply ${stack} --plan ${newest.plan}\`; \`plangate runs ${stack}\` lists all.`;
}

function wrong(code: string, summary: string, hint: string): InputError {
  return new InputError([{ severity: "error", code, summary, hint }]);
}
