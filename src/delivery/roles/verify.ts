import { type Digest, digestOf } from "../../domain/digest.ts";
import { type PlanJson, parsePlanJson } from "../../domain/plan-json.ts";
import { makeRedactor, type Redactor, sensitiveValuesOf } from "../../domain/redaction.ts";
import type { ToolError } from "../../domain/tool-error.ts";
import type { Clock, PlanOutcome, Repository, RunCommand, RunLogs, Terraform, Workdir, WorkFolders } from "../ports.ts";
import type { Order } from "./work.ts";

export interface VerifyRights {
  readonly repository: Pick<Repository, "checkout">;
  readonly terraform: Terraform;
  readonly runCommand: RunCommand;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
  readonly clock: Clock;
}

/** One thing that was looked at. */
export interface VerificationCheck {
  readonly name: string;
  readonly passed: boolean;
  /** Of a command of the flow; null for the plan, and where a signal ended it. */
  readonly exitCode: number | null;
  readonly startedAt: string;
  readonly durationMs: number;
  /** What it printed, redacted: of the plan, what differs or what failed. */
  readonly output: string;
}

/** What was looked at after an apply, and what was found. */
export interface Verification {
  readonly verified: boolean;
  readonly why: string;
  readonly checks: readonly VerificationCheck[];
  /** What the tool said where it could not plan. */
  readonly errors: readonly ToolError[];
  /** All of it as one JSON text, for whoever keeps it. */
  readonly document: string;
  /** The digest of that text: the ledger has it. */
  readonly proof: Digest;
}

const settledName = "a new plan is empty";

/** So many objects are named that a new plan would change. */
const mostDiffering = 20;

/**
 * Proves that an apply did what it should: a new plan is empty, and every command that the flow names succeeds. The
 * commands get the stack's outputs as a file. A verification that looked at nothing is none: the empty plan is always asked for.
 *
 * What commands print is kept: it is the proof. It is redacted of all that Terraform calls sensitive, and of what the environment
 * gives, and is free text all the same.
 */
export async function verifyStack(rights: VerifyRights, order: Order): Promise<Verification> {
  const folder = await rights.folders.create(`${order.run}-verify`);
  try {
    const checkout = `${folder.path}/checkout`;
    await rights.repository.checkout(order.tree, checkout);
    const log = rights.logs.open(order.run);
    const workdir: Workdir = {
      checkout,
      root: order.stack.root,
      env: order.variables,
      log,
      ...(order.signal === undefined ? {} : { signal: order.signal }),
    };
    await rights.terraform.init(workdir, { backend: order.stack.backend, reuse: order.initKey });
    const planFile = `${folder.path}/tfplan`;
    const begun = rights.clock.now();
    const outcome = await rights.terraform.plan(workdir, {
      varFiles: order.stack.varFiles,
      out: planFile,
      mode: "normal",
    });
    const durationMs = rights.clock.now() - begun;
    const plan = await shownPlan(rights, workdir, { outcome, planFile, wanted: order.stack.verify.length > 0 });
    const checks: VerificationCheck[] = [{ ...settledBy(outcome, plan), ...timed(begun, durationMs) }];
    if (order.stack.verify.length > 0) {
      const outputs = await rights.terraform.outputs(workdir);
      const shown = Object.fromEntries(
        Object.entries(outputs)
          .filter(([, output]) => !output.sensitive)
          .map(([name, output]) => [name, output.value]),
      );
      await folder.write("outputs.json", new TextEncoder().encode(JSON.stringify(shown)));
      const redact = redactorOf(plan, outputs);
      const own: Workdir = {
        ...workdir,
        env: { ...workdir.env, PLANGATE_OUTPUTS: `${folder.path}/outputs.json` },
        log: { write: (text) => log.write(redact(text)) },
      };
      for (const argv of order.stack.verify) checks.push(await ranCommand(rights, own, { argv, redact }));
    }
    return verificationOf(order, checks, outcome.kind === "failed" ? (outcome.errors ?? []) : []);
  } finally {
    await folder.remove();
  }
}

async function ranCommand(
  { runCommand, clock }: Pick<VerifyRights, "runCommand" | "clock">,
  workdir: Workdir,
  { argv, redact }: { readonly argv: readonly string[]; readonly redact: Redactor },
): Promise<VerificationCheck> {
  const begun = clock.now();
  workdir.log.write(`$ ${argv.join(" ")}\n`);
  const { exitCode, durationMs, output } = await runCommand(workdir, argv);
  const name = redact(argv.join(" "));
  return { name, passed: exitCode === 0, exitCode, ...timed(begun, durationMs), output: redact(output) };
}

function timed(begun: number, durationMs: number): Pick<VerificationCheck, "startedAt" | "durationMs"> {
  return { startedAt: new Date(begun).toISOString(), durationMs };
}

/** What the plan holds, where it tells something: what differs, and what is sensitive. */
async function shownPlan(
  { terraform }: Pick<VerifyRights, "terraform">,
  workdir: Workdir,
  { outcome, planFile, wanted }: { readonly outcome: PlanOutcome; readonly planFile: string; readonly wanted: boolean },
): Promise<PlanJson | undefined> {
  if (outcome.kind === "failed" || (outcome.kind === "no-changes" && !wanted)) return undefined;
  return parsePlanJson(await terraform.show(workdir, planFile)).value;
}

function settledBy(
  outcome: PlanOutcome,
  plan: PlanJson | undefined,
): Pick<VerificationCheck, "name" | "passed" | "exitCode" | "output"> {
  const output = outcome.kind === "failed" ? outcome.summary : outcome.kind === "changes" ? differing(plan) : "";
  return { name: settledName, passed: outcome.kind === "no-changes", exitCode: null, output };
}

/** `it would update terraform_data.app, create terraform_data.queue` */
function differing(plan: PlanJson | undefined): string {
  const changes = (plan?.resourceChanges ?? []).filter(({ change }) => change.actions.join() !== "no-op");
  const named = changes
    .slice(0, mostDiffering)
    .map(({ address, change }) => `${change.actions.join(" and ")} ${address}`);
  const outputs = Object.entries(plan?.outputChanges ?? {}).filter(([, { actions }]) => actions.join() !== "no-op");
  const more = changes.length - named.length;
  const all = [
    ...named,
    ...(more === 0 ? [] : [`change ${more} more`]),
    ...(outputs.length === 0 ? [] : [`change ${outputs.length} of the outputs`]),
  ];
  return all.length === 0 ? "" : `it would ${all.join(", ")}`;
}

function redactorOf(
  plan: PlanJson | undefined,
  outputs: Readonly<Record<string, { readonly value: unknown; readonly sensitive: boolean }>>,
): Redactor {
  const secret = Object.values(outputs).flatMap(({ value, sensitive }) => (sensitive ? textsIn(value) : []));
  return makeRedactor({ values: [...secret, ...(plan === undefined ? [] : sensitiveValuesOf(plan))] });
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function verificationOf(
  { run, stack, commit }: Order,
  checks: readonly VerificationCheck[],
  errors: readonly ToolError[],
): Verification {
  const failed = checks.find((check) => !check.passed);
  const verified = failed === undefined;
  const document = `${JSON.stringify({ version: 1, run, stack: stack.name, commit, verified, checks }, null, 2)}\n`;
  const why = verified ? `${checks.length} ${checks.length === 1 ? "check" : "checks"} passed` : whyFailed(failed);
  return { verified, why, checks, errors, document, proof: digestOf(document) };
}

/** Of a command its name and how it ended: what it printed is free text, and a reason stands on the record for good. */
function whyFailed({ name, exitCode, output }: VerificationCheck): string {
  if (exitCode !== null) return `"${name}" failed with the exit code ${exitCode}`;
  return output === "" || name !== settledName ? `"${name}" failed` : `"${name}" failed: ${output}`;
}
