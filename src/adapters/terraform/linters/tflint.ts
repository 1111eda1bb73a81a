import { readFileSync } from "node:fs";
import * as z from "zod";
import { lintSettings, tflintInit, tflintRun } from "../../../domain/static-checks.ts";
import {
  fileIn,
  type LintAbout,
  type Linter,
  type LintFinding,
  linterFailed,
  nearest,
  parseOutput,
  runLinter,
} from "./lint.ts";

const range = z.object({ filename: z.string(), start: z.object({ line: z.int() }) });

const report = z.object({
  issues: z.array(z.object({ rule: z.object({ name: z.string() }), message: z.string(), range })),
  errors: z.array(z.object({ message: z.string(), summary: z.string().optional(), range: range.optional() })),
});

/**
 * TFLint. Its settings may name plugins, which it fetches once for each file of settings; GitHub answers few such requests
 * of a machine that does not say who asks, so `GITHUB_TOKEN` is given to that, where there is one.
 */
export function openTflint(): Linter {
  const fetched = new Map<string, Promise<readonly LintFinding[]>>();
  return async (about) => {
    const settings = nearest(about.workdir, lintSettings.tflint);
    if (settings !== null && /\bsource"?\s*[=:]/.test(readFileSync(settings, "utf8"))) {
      const fetching = fetched.get(settings) ?? fetchPlugins(about, settings);
      fetched.set(settings, fetching);
      const missing = await fetching;
      if (missing.length > 0) return missing;
    }
    const result = await runLinter(about, { argv: tflintRun(settings) });
    const said = report.safeParse(parseOutput(result));
    if (!said.success) throw linterFailed(result, about.workdir, "it did not say what it saw");
    const { issues, errors } = said.data;
    const found = [
      ...issues.map(({ rule, message, range: at }) => ({ ...placeOf(about, at), message, rule: rule.name })),
      ...errors.map(({ summary, message, range: at }) => ({
        ...placeOf(about, at),
        message: summary === undefined ? message : `${summary}. ${message}`,
        rule: null,
      })),
    ];
    // 2 is for issues, 1 for errors, and either would have been told.
    if (result.exitCode !== 0 && found.length === 0)
      throw linterFailed(result, about.workdir, `it ended with ${result.exitCode} and found nothing`);
    return found;
  };
}

function placeOf({ workdir }: LintAbout, at: z.infer<typeof range> | undefined) {
  if (at === undefined || at.filename === "") return { file: null, line: null };
  return { file: fileIn(workdir, at.filename), line: at.start.line };
}

async function fetchPlugins(about: LintAbout, settings: string): Promise<readonly LintFinding[]> {
  const token = about.env.GITHUB_TOKEN;
  const result = await runLinter(about, {
    argv: tflintInit(settings),
    more: token === undefined || token === "" ? {} : { GITHUB_TOKEN: token },
  });
  if (result.exitCode === 0) return [];
  throw linterFailed(result, about.workdir, "its plugins could not be fetched");
}
