import { compareEnvironments } from "../../audit/index.ts";
import { capabilitiesOf, settingsOf } from "../../compile/settings/index.ts";
import { DeliveryError, InputError } from "../../domain/errors.ts";
import type { ForgeSettings } from "../../domain/forge-settings.ts";
import type { SeenEnvironment } from "../../domain/seen-settings.ts";
import { type Flow, parseFlow } from "../../flow/index.ts";
import { inertLine } from "../../views/inert.ts";
import { flowMissing } from "../cli/flow-file.ts";
import { mustBeAtHome } from "./identity-at-home.ts";
import { mustHave } from "./job.ts";
import { environmentHeldBy } from "./matrix.ts";
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
  const applied = environmentHeldBy(flow, held);
  for (const one of flow.environments) if (one.name === applied) mustBeAtHome(env, one, held);
  const { settings } = settingsOf(flow, { flowFile, defaultBranch });
  const declared = settings.environments.filter(({ name }) => name === held);
  if (declared.length === 0) throw refused(held, "the flow applies nothing there", "Compile the workflows again.");
  const seen = await outside.settings.environments();
  if (seen.kind !== "seen")
    throw refused(held, `GitHub does not show it: ${seen.why}`, "The job takes the right Actions (read).");
  const live = seen.value.filter(({ name }) => name.toLowerCase() === held.toLowerCase());
  const asking = askingOf(ci, { flow, settings, all: seen.value });
  const findings = compareEnvironments(declared, live, { reviewers: asking.insists });
  const lines = findings.map(({ where, fix }) => `${inertLine(where)}: ${inertLine(fix)}`);
  if (lines.length > 0)
    throw refused(
      held,
      `it is not as the flow has it: ${lines.join(" ")}`,
      "Run `plangate audit --fix`, and start the workflow again.",
    );
  const good = `The environment ${inertLine(held)} is as the flow has it.`;
  if (asking.instead === null || declared.every(({ reviewers }) => reviewers.length === 0))
    return { exitCode: 0, text: good, fields: {} };
  const text = `${good} GitHub asks nobody there, though the flow has a gate: ${asking.instead}`;
  ci.outputs.summary(text);
  return { exitCode: 0, text, fields: {} };
}

interface Asking {
  /** Whether an environment has to ask those whom the flow names. */
  readonly insists: boolean;
  /** What holds where GitHub cannot ask; null where it can. */
  readonly instead: string | null;
}

/**
 * Private repositories have reviewers with Enterprise alone, and no job may ask for the plan. It shows where an enterprise is
 * told, where the repository is internal, and where any environment asks somebody or waits. Where nothing shows of what the
 * repository is, GitHub counts as able to.
 */
function askingOf(
  { payload: { offer } }: Ci,
  about: {
    readonly flow: Flow;
    readonly settings: ForgeSettings;
    readonly all: readonly SeenEnvironment[];
  },
): Asking {
  const { flow, settings, all } = about;
  const shown = all.some(({ reviewers, wait_timer }) => reviewers.length > 0 || wait_timer > 0);
  if (offer === null || shown) return { insists: true, instead: null };
  const { visibility, ofEnterprise } = offer;
  const plan = ofEnterprise || visibility === "internal" ? "enterprise" : null;
  const capability = capabilitiesOf(flow, settings, { visibility, plan }).find(
    ({ feature }) => feature === "environment-reviewers",
  );
  if (capability === undefined || capability.available === true) return { insists: true, instead: null };
  return { insists: false, instead: capability.fallback };
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
