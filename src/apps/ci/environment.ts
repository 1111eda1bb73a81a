import { compareEnvironments } from "../../audit/index.ts";
import { settingsOf } from "../../compile/settings/index.ts";
import { DeliveryError, InputError } from "../../domain/errors.ts";
import type { SeenEnvironment } from "../../domain/seen-settings.ts";
import { type Flow, parseFlow } from "../../flow/index.ts";
import { inertLine } from "../../views/inert.ts";
import { flowMissing } from "../cli/flow-file.ts";
import { mustHave } from "./job.ts";
import type { Ci, CiResult } from "./open-job.ts";

/**
 * Ends the job before it takes on any identity, unless GitHub has the environment as the flow of the default branch asks:
 * one that is missing is made by GitHub for every ref, and one that was loosened lets other branches have what it holds.
 */
export async function environmentCommand(ci: Ci): Promise<CiResult> {
  const { outside, env, flowFile, job } = ci;
  const held = mustHave(env, "PLANGATE_ENVIRONMENT");
  const defaultBranch = ci.payload.defaultBranch ?? job.ref.replace(/^refs\/heads\//, "");
  const flow = await flowOn(ci, defaultBranch);
  const declared = settingsOf(flow, { flowFile, defaultBranch }).settings.environments.filter(
    ({ name }) => name === held,
  );
  if (declared.length === 0) throw refused(held, "the flow applies nothing there", "Compile the workflows again.");
  const seen = await outside.settings.environments();
  if (seen.kind !== "seen")
    throw refused(held, `GitHub does not show it: ${seen.why}`, "The job takes the right Actions (read).");
  const live = seen.value.filter(({ name }) => name.toLowerCase() === held.toLowerCase());
  const findings = compareEnvironments(declared, live, { reviewers: mayAsk(ci, live) });
  const lines = findings.map(({ where, fix }) => `${inertLine(where)}: ${inertLine(fix)}`);
  if (lines.length > 0)
    throw refused(
      held,
      `it is not as the flow has it: ${lines.join(" ")}`,
      "Run `plangate audit --fix`, and start the workflow again.",
    );
  return { exitCode: 0, text: `The environment ${inertLine(held)} is as the flow has it.`, fields: {} };
}

/**
 * Plans of GitHub that have no reviewers for private repositories do not say so to a job. There plangate's own gate asks,
 * which nothing is applied past either way.
 */
function mayAsk({ payload }: Ci, live: readonly SeenEnvironment[]): boolean {
  return payload.isPublic === true || live.some(({ reviewers }) => reviewers.length > 0);
}

async function flowOn({ outside, flowFile }: Ci, branch: string): Promise<Flow> {
  const text = await outside.settings.file(flowFile, branch);
  if (text === undefined) throw new InputError([flowMissing(flowFile)]);
  const { value, diagnostics } = parseFlow(text, { file: flowFile });
  if (value === undefined) throw new InputError(diagnostics);
  return value;
}

function refused(held: string, why: string, hint: string): DeliveryError {
  return new DeliveryError({
    code: "environment-refused",
    message: `looking at the environment ${JSON.stringify(held)}: ${why}`,
    reaction: "stop",
    hint,
  });
}
