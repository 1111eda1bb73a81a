import { type Diagnostic, diagnosticText, hasErrors } from "../../domain/diagnostic.ts";
import { DeliveryError, InputError, InternalError } from "../../domain/errors.ts";
import { inertText } from "../../views/inert.ts";
import type { GlobalOptions, Result } from "./context.ts";

/** Writes a result: with `--json` exactly one document on stdout, else the text there and diagnostics on stderr. */
export function tell(command: string, result: Result, options: GlobalOptions): void {
  const diagnostics = result.diagnostics ?? [];
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ command: command.split(" ")[0], ok: result.exitCode === 0, diagnostics, ...result.fields }, null, 2)}\n`,
    );
    return;
  }
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity === "error" || !options.quiet)
      process.stderr.write(`${inertText(diagnosticText(diagnostic))}\n`);
  }
  if (result.text !== "") process.stdout.write(result.text.endsWith("\n") ? result.text : `${result.text}\n`);
}

/** What a command comes to when it did not get to its end. */
export function failed(error: unknown, signal: AbortSignal): Result {
  if (error instanceof InputError) {
    return { exitCode: hasErrors(error.diagnostics) ? 2 : 0, diagnostics: error.diagnostics, fields: {}, text: "" };
  }
  if (error instanceof DeliveryError) return outside(error, signal);
  const message = error instanceof Error ? error.message : String(error);
  const trace = error instanceof Error && process.env.PLANGATE_TRACE !== undefined ? error.stack : undefined;
  const diagnostic: Diagnostic = {
    severity: "error",
    code: error instanceof InternalError ? "internal-error" : "unexpected-error",
    summary: `plangate has a bug: ${message}`,
    ...(trace === undefined ? {} : { detail: trace }),
    hint: "Nothing that was recorded is lost. Run again with PLANGATE_TRACE=1 and report what it prints.",
  };
  return { exitCode: 1, diagnostics: [diagnostic], fields: {}, text: "" };
}

/** Codes of outside failures that are about what the user gave us, so exit 2. */
const wrongInput: ReadonlySet<string> = new Set([
  "not-a-repository",
  "bare-repository",
  "no-commit",
  "tool-missing",
  "tool-too-old",
  "git-too-old",
  "backend-missing",
  "lock-file-missing",
  "lock-file-outdated",
  "variable-refused",
  "setting-wrong",
]);

function outside(error: DeliveryError, signal: AbortSignal): Result {
  const diagnostic: Diagnostic = {
    severity: "error",
    code: signal.aborted ? "cancelled" : error.code,
    summary: signal.aborted ? `Stopped on request: ${error.message}` : error.message,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
  return {
    exitCode: wrongInput.has(error.code) && !signal.aborted ? 2 : 1,
    diagnostics: [diagnostic],
    fields: {},
    text: "",
  };
}
