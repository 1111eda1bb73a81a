import { join } from "node:path";
import { findWorktree } from "../../../adapters/git/index.ts";
import { openSqliteStore } from "../../../adapters/store/index.ts";
import { readRunLog, systemClock } from "../../../adapters/system/index.ts";
import { nearestName } from "../../../domain/diagnostic.ts";
import { InputError } from "../../../domain/errors.ts";
import { parseRunId, type RunId } from "../../../domain/names.ts";
import { inertText } from "../../../views/inert.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { prepareHome } from "../home.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";

/** What a run's programs said. Needs no tool and no flow: it is read when something else is broken. */
export async function logsCommand(context: Context, { operands }: Given): Promise<Result> {
  const worktree = await findWorktree(directoryOf(context.options), context.env as NodeJS.ProcessEnv);
  const written = String(operands[0]);
  const id = parseRunId(written);
  const home = await prepareHome(worktree.mainTop);
  const store = await openSqliteStore(join(home, "store.sqlite"), { clock: systemClock });
  try {
    const run = id === undefined ? undefined : await store.run(id);
    if (run === undefined)
      throw unknownRun(
        written,
        id,
        (await store.runs({ limit: 500 })).map((one) => one.id),
      );
    const log = await readRunLog(join(home, "logs"), run.id);
    const fields: Fields<"logs"> = { run: runFields(run), log: log ?? null };
    if (log !== undefined) return { exitCode: 0, fields, text: inertText(log) };
    return {
      exitCode: 0,
      diagnostics: [
        {
          severity: "warning",
          code: "no-log",
          summary: `${run.id} of ${run.stack} (${run.state}) has no log here: no program was started for it on this machine, or the file was removed.`,
        },
      ],
      fields,
      text: "",
    };
  } finally {
    await store.close();
  }
}

function unknownRun(written: string, id: RunId | undefined, known: readonly RunId[]): InputError {
  const nearest = nearestName(written, known);
  const hint =
    nearest !== undefined
      ? `Did you mean ${nearest}?`
      : known.length === 0
        ? "No run is recorded here yet. `plangate plan STACK` makes one."
        : "`plangate runs` lists them.";
  return new InputError([
    id === undefined
      ? { severity: "error", code: "not-a-run", summary: `"${written}" is no run: runs are called run-….`, hint }
      : { severity: "error", code: "unknown-run", summary: `No run ${written} is recorded here.`, hint },
  ]);
}
