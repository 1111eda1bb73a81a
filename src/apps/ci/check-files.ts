import { mkdirSync } from "node:fs";
import { join, posix } from "node:path";
import { openRunLogs, systemIds } from "../../adapters/system/index.ts";
import {
  type LinterName,
  type LintFinding,
  openLinter,
  runFlowCommand,
  type TerraformProgram,
} from "../../adapters/terraform/index.ts";
import type { Workdir } from "../../delivery/ports.ts";
import { DeliveryError, InputError } from "../../domain/errors.ts";
import { environmentRedactor } from "../../domain/redaction.ts";
import { validateArgs } from "../../domain/static-checks.ts";
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
    const altered = await alteredIn(opened, change, check);
    const { at, wrong } = await look(ci, opened, { check, change, altered });
    const seen = `${check} looked at ${at.length} ${check === "fmt" ? "files" : "folders"}, ${at.length === 0 ? "since the change alters no such file" : "all that the change alters"}`;
    ci.outputs.summary([seen, ...wrong.map((one) => `- ${inertLine(one)}`)].join("\n"));
    return {
      exitCode: wrong.length === 0 ? 0 : 1,
      text: [seen, ...wrong.map(inertText)].join("\n"),
      fields: { looked: at.length, wrong },
    };
  });
}

/** What each check reads. Whether values fit is seen when they are planned. */
const reads: Readonly<Record<StaticCheck, RegExp>> = {
  fmt: /\.(?:tf|tofu|tfvars)$/,
  validate: /\.(?:tf|tofu)(?:\.json)?$/,
  tflint: /\.tf(?:\.json)?$/,
  tfsec: /\.tf(?:\.json)?$/,
};

interface Altered {
  /** Those that are still there. */
  readonly files: readonly string[];
  /** Those that something was altered in, or taken out of, and that the check still has something to read in. */
  readonly folders: readonly string[];
}

async function alteredIn(
  { repository }: OpenJob,
  { before, after }: TouchingChange,
  check: StaticCheck,
): Promise<Altered> {
  const entries = await repository.listTree(after);
  const all = new Set(entries.flatMap(({ mode, path }) => (mode === "120000" ? [] : [path])));
  const there = new Set([...all].filter((path) => reads[check].test(path)));
  const changed = await repository.changedPaths(before, after);
  const read = changed.filter((path) => reads[check].test(path));
  const holding = new Set([...there].map((path) => posix.dirname(path)));
  const folders = new Set(read.map((path) => posix.dirname(path)).filter((folder) => holding.has(folder)));
  const passedOver = changed.filter((path) => all.has(path) && reads.validate.test(path) && !reads[check].test(path));
  if (read.length === 0 && check !== "fmt" && passedOver.length > 0) throw readsNone(check, passedOver);
  return { files: read.filter((path) => there.has(path)), folders: [...folders].sort() };
}

interface Looking {
  readonly check: StaticCheck;
  readonly change: TouchingChange;
  readonly altered: Altered;
}

async function look(
  ci: Ci,
  { repository, flow, env, home }: OpenJob,
  { check, change, altered: { files, folders } }: Looking,
): Promise<Looked> {
  const at = check === "fmt" ? files : folders;
  if (at.length === 0) return { at, wrong: [] };
  const checkout = join(home, "checkout");
  mkdirSync(checkout);
  await repository.checkout(change.after, checkout);
  const log = openRunLogs(join(home, "logs")).open(systemIds(ci.outside.clock).run());
  const tool = toolFor(flow, env, {});
  if (check === "fmt") return { at, wrong: await wrongFormat(tool, { checkout, root: ".", env: {}, log }, files) };
  const inFolder =
    check === "validate" ? validating(tool, { env, program: programOf(flow.tool, env) }) : linting(check, env);
  const wrong: string[] = [];
  for (const root of folders) {
    ci.progress(`${check}: ${root}`);
    wrong.push(...(await orWhatFailed(inFolder, { checkout, root, log, env: {}, signal: ci.signal })));
  }
  return { at, wrong };
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

/** What is wrong in one folder, each a text of its own. */
type InFolder = (workdir: Workdir) => Promise<readonly string[]>;

/** A folder that could not be looked at is wrong; a program that is not there is so for all of them. */
async function orWhatFailed(inFolder: InFolder, workdir: Workdir): Promise<readonly string[]> {
  try {
    return await inFolder(workdir);
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code === "tool-missing") throw error;
    return [`${workdir.root}: ${[error.message, error.hint].filter(Boolean).join(". ")}`];
  }
}

function validating(
  tool: TerraformProgram,
  { env, program }: { readonly env: OpenJob["env"]; readonly program: string },
): InFolder {
  const run = runFlowCommand({ env, redactor: environmentRedactor });
  return async (workdir) => {
    await tool.fetchProviders(workdir);
    const { exitCode, output } = await run(workdir, [program, ...validateArgs]);
    return exitCode === 0 ? [] : [`${workdir.root}: ${output}`];
  };
}

function linting(check: LinterName, env: OpenJob["env"]): InFolder {
  const lint = openLinter(check);
  return async (workdir) =>
    (await lint({ env, redactor: environmentRedactor, workdir })).map((one) => told(workdir, one));
}

/** `stacks/app/main.tf:7: variable "x" is declared but not used (terraform_unused_declarations)` */
function told({ root }: Workdir, { file, line, message, rule }: LintFinding): string {
  const place = file === null ? root : line === null ? file : `${file}:${line}`;
  return `${place}: ${message}${rule === null ? "" : ` (${rule})`}`;
}

function sawNothing(check: StaticCheck): DeliveryError {
  return new DeliveryError({
    code: "check-saw-nothing",
    message: `${check} found no change to look at`,
    reaction: "stop",
    hint: "It runs for pull requests that can be merged, and for pushes to branches that left another one.",
  });
}

function readsNone(check: StaticCheck, files: readonly string[]): DeliveryError {
  return new DeliveryError({
    code: "check-saw-nothing",
    message: `${check} reads none of the files that the change alters: ${files.slice(0, 5).map(inertLine).join(", ")}${files.length > 5 ? " …" : ""}`,
    reaction: "stop",
    hint: "It knows no such files. Take the check out of the flow, or keep the configuration in .tf files.",
  });
}

function unknownCheck(name: string | undefined): InputError {
  const summary = `"${inertLine(name ?? "")}" is no static check.`;
  return new InputError([
    { severity: "error", code: "unknown-check", summary, hint: `It is one of ${staticChecks.join(", ")}.` },
  ]);
}
