import { mkdirSync } from "node:fs";
import { join, posix } from "node:path";
import { openRunLogs, systemIds } from "../../adapters/system/index.ts";
import { runFlowCommand, type TerraformProgram } from "../../adapters/terraform/index.ts";
import type { RunCommand, RunLog, Workdir } from "../../delivery/ports.ts";
import { DeliveryError, InputError } from "../../domain/errors.ts";
import { environmentRedactor } from "../../domain/redaction.ts";
import { toolFor } from "../../hosts/tool.ts";
import { inertLine, inertText } from "../../views/inert.ts";
import { type Ci, type CiResult, type OpenJob, withJob } from "./open-job.ts";
import { changeOf, type TouchingChange } from "./touching-change.ts";

export const staticChecks = ["fmt", "validate", "tflint", "tfsec"] as const;
export type StaticCheck = (typeof staticChecks)[number];

/** What a check looked at, and what it found wrong. */
interface Looked {
  readonly at: readonly string[];
  readonly wrong: readonly string[];
}

/**
 * One static check of what a change alters: of its files, or of the folders that they lie in. It runs beside code that
 * nobody reviewed, so it has no identity and no key, and what it says is good for this check alone.
 */
export function checkFilesCommand(ci: Ci, name: string | undefined): Promise<CiResult> {
  const check = staticChecks.find((one) => one === name);
  if (check === undefined) throw unknownCheck(name);
  return withJob(ci, async (opened) => {
    const change = await changeOf(ci, opened);
    // A check that could not look has not said that anything is good.
    if (change === undefined) throw sawNothing(check);
    const altered = await alteredFiles(opened, change, check);
    const { at, wrong } = altered.length === 0 ? nothing : await look(ci, opened, { check, change, altered });
    const seen = `${check} looked at ${at.length} ${check === "fmt" ? "files" : "folders"}, ${altered.length === 0 ? "since the change alters no such file" : "all that the change alters"}`;
    ci.outputs.summary([seen, ...wrong.map((one) => `- ${inertLine(one)}`)].join("\n"));
    return {
      exitCode: wrong.length === 0 ? 0 : 1,
      text: [seen, ...wrong.map(inertText)].join("\n"),
      fields: { looked: at.length, wrong },
    };
  });
}

const nothing: Looked = { at: [], wrong: [] };

/** What the change alters and the check reads, as far as it is still there. Whether values fit is seen when they are planned. */
async function alteredFiles(
  { repository }: OpenJob,
  { before, after }: TouchingChange,
  check: StaticCheck,
): Promise<readonly string[]> {
  const entries = await repository.listTree(after);
  const there = new Set(entries.filter(({ mode }) => mode !== "120000").map(({ path }) => path));
  const read = check === "fmt" ? /\.(?:tf|tofu|tfvars)$/ : /\.(?:tf|tofu)$/;
  return (await repository.changedPaths(before, after)).filter((path) => read.test(path) && there.has(path));
}

interface Looking {
  readonly check: StaticCheck;
  readonly change: TouchingChange;
  readonly altered: readonly string[];
}

async function look(
  ci: Ci,
  { repository, flow, env, home }: OpenJob,
  { check, change, altered }: Looking,
): Promise<Looked> {
  const checkout = join(home, "checkout");
  mkdirSync(checkout);
  await repository.checkout(change.after, checkout);
  const log = openRunLogs(join(home, "logs")).open(systemIds(ci.outside.clock).run());
  const tool = toolFor(flow, env, {});
  if (check === "fmt")
    return { at: altered, wrong: await wrongFormat(tool, { checkout, root: ".", env: {}, log }, altered) };
  const folders = [...new Set(altered.map((path) => posix.dirname(path)))].sort();
  const run = runFlowCommand({ env, redactor: environmentRedactor });
  const wrong: string[] = [];
  for (const root of folders) {
    ci.progress(`${check}: ${root}`);
    const said = await lookInto(
      { check, tool, run, program: programOf(flow.tool, env) },
      { checkout, root, log, signal: ci.signal },
    );
    if (said !== null) wrong.push(`${root}: ${said}`);
  }
  return { at: folders, wrong };
}

async function wrongFormat(
  tool: TerraformProgram,
  workdir: Workdir,
  files: readonly string[],
): Promise<readonly string[]> {
  return (await tool.check(workdir, files)).map(
    (file) => `${file} is not written as the tool would write it: run \`fmt\` on it`,
  );
}

function programOf(tool: "terraform" | "opentofu", env: OpenJob["env"]): string {
  return env.PLANGATE_TOOL ?? (tool === "opentofu" ? "tofu" : "terraform");
}

interface Tools {
  readonly check: Exclude<StaticCheck, "fmt">;
  readonly tool: TerraformProgram;
  readonly run: RunCommand;
  /** The tool's own program. */
  readonly program: string;
}

/** What one folder's check says is wrong; null when nothing is. */
async function lookInto(
  { check, tool, run, program }: Tools,
  about: { readonly checkout: string; readonly root: string; readonly log: RunLog; readonly signal: AbortSignal },
): Promise<string | null> {
  const workdir: Workdir = { ...about, env: {} };
  const argv = {
    validate: [program, "validate", "-no-color"],
    tflint: ["tflint", "--no-color"],
    tfsec: ["tfsec", "--no-color", "--no-module-downloads", "."],
  }[check];
  try {
    if (check === "validate") await tool.fetchProviders(workdir);
    const { exitCode, output } = await run(workdir, argv);
    return exitCode === 0 ? null : output;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return [error.message, error.detail, error.hint].filter(Boolean).join(". ");
  }
}

function sawNothing(check: StaticCheck): DeliveryError {
  return new DeliveryError({
    code: "check-saw-nothing",
    message: `${check} found no change to look at`,
    reaction: "stop",
    hint: "It runs for pull requests that can be merged, and for pushes to branches that left another one.",
  });
}

function unknownCheck(name: string | undefined): InputError {
  const summary = `"${inertLine(name ?? "")}" is no static check.`;
  return new InputError([
    { severity: "error", code: "unknown-check", summary, hint: `It is one of ${staticChecks.join(", ")}.` },
  ]);
}
