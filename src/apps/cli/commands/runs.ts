import { join } from "node:path";
import { findWorktree } from "../../../adapters/git/index.ts";
import { openSqliteStore } from "../../../adapters/store/index.ts";
import { isThere, systemClock } from "../../../adapters/system/index.ts";
import { lostRuns } from "../../../delivery/recover.ts";
import { InputError } from "../../../domain/errors.ts";
import { instantText, parseStackName, type StackName } from "../../../domain/names.ts";
import type { Run } from "../../../domain/run.ts";
import type { Flow } from "../../../flow/index.ts";
import { inertLine } from "../../../views/inert.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { prepareHome } from "../home.ts";
import { howToGoOn } from "../how-to-go-on.ts";
import { readFlow } from "../open-local.ts";
import { approvalsOf } from "../run-approvals.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";

/** Needs no tool, and a flow only to say what is next: the record can be read when everything else is broken. */
export async function runsCommand(context: Context, { operands, options }: Given): Promise<Result> {
  const worktree = await findWorktree(directoryOf(context.options), context.env as NodeJS.ProcessEnv);
  const stack = operands[0] === undefined ? undefined : parseStackName(String(operands[0]));
  if (operands[0] !== undefined && stack === undefined) {
    throw new InputError([
      {
        severity: "error",
        code: "unknown-stack",
        summary: `"${String(operands[0])}" is no stack.`,
        hint: "It is written environment/name, such as test/app; without one, all runs are listed.",
      },
    ]);
  }
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new InputError([
      {
        severity: "error",
        code: "not-a-number",
        summary: `--limit takes a number from 1, not "${String(options.limit)}".`,
        hint: "Leave it out for the 20 newest.",
      },
    ]);
  const store = await openSqliteStore(join(await prepareHome(worktree.mainTop), "store.sqlite"), {
    clock: systemClock,
  });
  try {
    const runs = await store.runs({ limit, ...(stack === undefined ? {} : { stack }) });
    const flow = await readFlow(context, worktree).catch(() => undefined);
    const lost = new Set((await lostRuns({ store }, isThere)).map((run) => run.id));
    const shown = await Promise.all(
      runs.map(async (run) => ({
        run,
        approvals: await approvalsOf(store, run),
        lost: lost.has(run.id),
        next: howToGoOn(run, lost.has(run.id), flow),
      })),
    );
    return {
      exitCode: 0,
      fields: {
        runs: shown.map(({ run, approvals, lost: gone, next }) => ({ ...runFields(run), approvals, lost: gone, next })),
      } satisfies Fields<"runs">,
      text: shown.length === 0 ? noneText(stack, flow) : shown.map(runText).join("\n"),
    };
  } finally {
    await store.close();
  }
}

/** Most who ask in a clone of a repository that GitHub's jobs deliver mean what these did. */
function noneText(stack: StackName | undefined, flow: Flow | undefined): string {
  const none = `No runs${stack === undefined ? "" : ` of ${stack}`} on this machine yet. \`plangate plan STACK\` makes one.`;
  return flow?.host === "actions"
    ? `${none} What GitHub's jobs planned and applied is on the record: \`git fetch\` and \`plangate ledger list --branch origin\`.`
    : none;
}

interface ShownRun {
  readonly run: Run;
  readonly approvals: Fields<"runs">["runs"][number]["approvals"];
  readonly lost: boolean;
  readonly next: string | null;
}

function runText({ run, approvals, lost, next }: ShownRun): string {
  const mode = run.mode === "normal" ? "" : `  ${run.mode}`;
  const yes = approvals.length === 0 ? null : `    approved by ${approvals.map(({ by }) => by).join(", ")}`;
  const head = `${run.id}  ${run.stack}${mode}  ${lost ? `${run.state}, its worker is gone` : run.state}  ${instantText(run.updatedAt)}`;
  return [
    head,
    yes === null ? null : inertLine(yes),
    run.why === null ? null : `    ${inertLine(run.why)}`,
    next === null ? null : `    → ${next}`,
  ]
    .filter((line) => line !== null)
    .join("\n");
}
