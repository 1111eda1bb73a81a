import { findWorktree, listWorkingFiles, readBranches } from "../../../adapters/git/index.ts";
import { readConfigurationFacts, readSettings } from "../../../adapters/hcl/index.ts";
import { readWorkflow } from "../../../adapters/workflow/index.ts";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import { parseFlow, type Stack } from "../../../flow/index.ts";
import { inspect, type RepositoryReader } from "../../../inspect/index.ts";
import { renderCheck } from "../../../views/check-text.ts";
import { type Context, directoryOf, type Result } from "../context.ts";
import { flowMissing, readFlowText } from "../flow-file.ts";
import type { Fields } from "../schema.ts";

/** More problems than this are counted and not shown. */
const mostShown = 100;

/** The flow file, the stacks it gives, and what the repository's files can show: every problem in one run. */
export async function checkCommand(context: Context): Promise<Result> {
  const file = context.options.flow;
  const { reader, text, wrong } = await openRepository(context);
  const parsed = text === undefined ? undefined : parseFlow(text, { file });
  const found = await inspect(parsed?.value, reader, file);
  const diagnostics = sorted([
    ...(parsed?.diagnostics ?? wrong ?? [flowMissing(file)]),
    ...found.diagnostics,
    ...found.checks.flatMap((check) => check.diagnostics),
  ]);
  const [errors, warnings] = (["error", "warning"] as const).map((severity) => count(diagnostics, severity));
  const flowChecks = parsed?.checked ?? [];
  const perPullRequest = new Set(
    (parsed?.value?.environments ?? []).filter((one) => one.perPullRequest).map(({ name }) => name),
  );
  return {
    exitCode: (errors ?? 0) > 0 ? 2 : 0,
    diagnostics: shown(diagnostics),
    fields: {
      stacks: found.stacks.map((stack) => stackFields(stack, perPullRequest)),
      checked: [...flowChecks, ...found.checks.map(({ name, count: looked }) => ({ name, count: looked }))],
    } satisfies Fields<"check">,
    text: renderCheck({
      file,
      readable: parsed?.value !== undefined,
      stacks: found.stacks.length,
      environments: (parsed?.value?.environments ?? []).map(({ name }) =>
        perPullRequest.has(name) ? `${name} (one for each pull request)` : name,
      ),
      flow: flowChecks,
      files: found.checks.map((check) => ({
        name: check.name,
        count: check.count,
        errors: count(check.diagnostics, "error"),
        warnings: count(check.diagnostics, "warning"),
      })),
      errors: errors ?? 0,
      warnings: warnings ?? 0,
    }),
  };
}

interface Opened {
  readonly reader: RepositoryReader;
  readonly text: string | undefined;
  /** Why what is in the place of the flow file is none; the other files are checked all the same. */
  readonly wrong: readonly Diagnostic[] | undefined;
}

async function openRepository(context: Context): Promise<Opened> {
  const worktree = await findWorktree(directoryOf(context.options), context.env);
  const [files, branches, { text, wrong }] = await Promise.all([
    listWorkingFiles(worktree, context.env),
    readBranches(worktree, context.env),
    readFlowText(context, worktree).then(
      (read) => ({ text: read, wrong: undefined }),
      (error: unknown) => {
        if (error instanceof InputError) return { text: undefined, wrong: error.diagnostics };
        throw error;
      },
    ),
  ]);
  const read: RepositoryReader["read"] = (path) => {
    if (context.signal.aborted)
      throw new DeliveryError({ code: "cancelled", message: `reading ${path}`, reaction: "stop" });
    return files.read(path);
  };
  const parsers = {
    configuration: readConfigurationFacts,
    settings: readSettings,
    workflow: async (written: string) => readWorkflow(written),
  };
  return { reader: { ...files, ...parsers, branches, read }, text, wrong };
}

function stackFields(
  { name, root, environment, backend, varFiles }: Stack,
  perPullRequest: ReadonlySet<string>,
): Fields<"check">["stacks"][number] {
  return { stack: name, root, environment, perPullRequest: perPullRequest.has(environment), backend, varFiles };
}

function count(diagnostics: readonly Diagnostic[], severity: Diagnostic["severity"]): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

/** By place; errors before warnings only where not all are shown. */
function sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const weight = ({ severity }: Diagnostic) => (diagnostics.length > mostShown && severity === "warning" ? 1 : 0);
  // What every environment of a stack says is one problem.
  const different = [...new Map(diagnostics.map((said) => [JSON.stringify(said), said])).values()];
  return different.sort(
    (left, right) =>
      weight(left) - weight(right) ||
      compare(left.file ?? "", right.file ?? "") ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function shown(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= mostShown) return diagnostics;
  // A check stops looking when it has more to say than anybody reads, so nobody knows how many there are.
  const summary = "There is more that is not shown; mend these first.";
  return [...diagnostics.slice(0, mostShown), { severity: "warning", code: "more-problems", summary }];
}
