import { deliver } from "../../../delivery/deliver.ts";
import { parseDigest } from "../../../domain/digest.ts";
import { InputError } from "../../../domain/errors.ts";
import { parseStackName } from "../../../domain/names.ts";
import type { Run } from "../../../domain/run.ts";
import type { Verdict } from "../../../domain/verdict.ts";
import type { Flow } from "../../../flow/flow.ts";
import { renderVerdict, wayTo } from "../../../views/verdict.ts";
import type { Context, Given, Result } from "../context.ts";
import { type Local, openLocal } from "../open-local.ts";
import { runFields } from "../run-fields.ts";

export async function applyCommand(context: Context, { operands, options }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: true });
  try {
    await local.embedded.recover();
    const run = await runOfPlan(local, String(operands[0]), String(options.plan));
    const breakGlass = typeof options.breakGlass === "string" ? options.breakGlass.trim() : null;
    if (breakGlass === "") throw wrong("reason-missing", "--break-glass needs a reason: it is recorded for good.");
    const typedName =
      breakGlass === null
        ? null
        : await context.ask(
            `This goes past the gate and is recorded for good. Type the stack's name in full (${run.stack}): `,
          );
    const delivered = await deliver(local.embedded.delivery, {
      kind: "local-apply",
      run: run.id,
      by: local.by,
      breakGlass,
      typedName,
    });
    const after = (await local.embedded.store.run(run.id)) ?? run;
    const verdict = delivered.at(0)?.decision.reasons[0];
    return after.state === "verified"
      ? done(after)
      : notDone(
          local.flow,
          after,
          verdict,
          delivered.flatMap(({ decision }) => decision.reasons),
        );
  } finally {
    await local.embedded.close();
  }
}

function done(run: Run): Result {
  return { exitCode: 0, fields: { run: runFields(run) }, text: `${run.stack}: applied and verified (${run.id}).` };
}

/** The reason that stopped it, and for a gate which way leads past it. */
function notDone(flow: Flow, run: Run, first: Verdict | undefined, all: readonly Verdict[]): Result {
  const verdict = all.findLast((candidate) => candidate.answer !== "yes") ?? first;
  const gated = verdict?.code === "gated-environment" || verdict?.code === "name-not-confirmed";
  const hint = gated
    ? wayTo(flow, run.stack)
    : run.state === "failed" || run.state === "interrupted"
      ? `Plan anew with \`plangate plan ${run.stack}\`: it shows what is left. The log is .plangate/logs/${run.id}.log.`
      : undefined;
  const summary = verdict?.sentence ?? `${run.stack} was not applied`;
  const code = verdict?.code ?? run.code ?? "not-applied";
  const outside = run.state === "failed" || run.state === "verify-failed" || run.state === "interrupted";
  return {
    exitCode: outside ? 1 : 3,
    diagnostics: [{ severity: "error", code, summary, ...(hint === undefined ? {} : { hint }) }],
    fields: { run: runFields(run), reasons: all },
    text: verdict === undefined ? "" : renderVerdict(verdict),
  };
}

/** The run that holds the plan; the stack is named too, so that a digest pasted wrong applies nothing else. */
async function runOfPlan(local: Local, stackText: string, planText: string): Promise<Run> {
  const stack = parseStackName(stackText);
  if (stack === undefined) throw wrong("unknown-stack", `"${stackText}" is no stack: it is written environment/name.`);
  const digest = parseDigest(planText);
  if (digest === undefined)
    throw wrong(
      "not-a-digest",
      `"${planText}" is no plan digest: it is written sha256:<64 hex digits>, as \`plangate plan\` prints it.`,
    );
  const [run] = await local.embedded.store.runs({ plan: digest });
  if (run === undefined)
    throw wrong("unknown-plan", `No plan ${digest} is stored here. \`plangate runs ${stack}\` lists those that are.`);
  if (run.stack !== stack) throw wrong("other-stack", `The plan is of ${run.stack}, not of ${stack}.`);
  return run;
}

function wrong(code: string, summary: string): InputError {
  return new InputError([{ severity: "error", code, summary }]);
}
