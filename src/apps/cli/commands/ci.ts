import { setTimeout } from "node:timers/promises";
import { systemClock } from "../../../adapters/system/index.ts";
import { nearestName } from "../../../domain/diagnostic.ts";
import { InputError } from "../../../domain/errors.ts";
import { withGivenSecrets } from "../../ci/given-secrets.ts";
import { openOutside } from "../../ci/outside-here.ts";
import { ciCommandNames, runCheck, runCi } from "../../ci/run-ci.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";

/** What the workflows call: one step of a job, with all of its input in variables and files. */
export async function ciCommand(context: Context, { operands }: Given): Promise<Result> {
  const [step, name] = operands.map((operand) => (operand === undefined ? undefined : String(operand)));
  const { options, progress, signal } = context;
  const env = withGivenSecrets(context.env);
  if (step === "check") return runCheck(env);
  if (step === "keys") return (await import("./ci-keys.ts")).ciKeysCommand(context, name);
  const known = ciCommandNames.find((one) => one === step);
  if (known === undefined) {
    const all = [...ciCommandNames, "check", "keys"];
    const nearest = step === undefined ? undefined : nearestName(step, all);
    const hint = nearest === undefined ? `It is one of ${all.join(", ")}.` : `Did you mean "${nearest}"?`;
    throw wrong("unknown-step", `"${step ?? ""}" is no step of a job.`, hint);
  }
  let shown = false;
  const result = await runCi(known, {
    env,
    name,
    directory: directoryOf(options),
    flowFile: options.flow,
    progress,
    signal,
    outside: (job, given) => openOutside(job, { ...given, env, clock: systemClock, progress, signal }),
    watching: {
      performing: ({ kind }) => {
        shown ||= kind === "comment";
      },
    },
  });
  if (shown) await secondEnds();
  return result;
}

/**
 * GitHub tells times in whole seconds, and an approval counts only when it came after its plan was shown. A job that waits at a
 * gate for this one begins to wait in a later second than anything that was shown here.
 */
async function secondEnds(): Promise<void> {
  const second = 1000;
  await setTimeout(second - (systemClock.now() % second));
}

function wrong(code: string, summary: string, hint: string): InputError {
  return new InputError([{ severity: "error", code, summary, hint }]);
}
