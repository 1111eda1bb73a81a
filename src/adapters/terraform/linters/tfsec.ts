import * as z from "zod";
import { lintSettings, tfsecRun } from "../../../domain/static-checks.ts";
import { fileIn, type Linter, linterFailed, nearest, parseOutput, runLinter } from "./lint.ts";

const report = z.object({
  results: z
    .array(
      z.object({
        long_id: z.string(),
        description: z.string(),
        severity: z.string(),
        /** 0: failed; 1: passed; 2: ignored. */
        status: z.int(),
        location: z.object({ filename: z.string(), start_line: z.int() }),
      }),
    )
    .nullable(),
});

/** tfsec, which has its settings and checks of one's own in a folder `.tfsec`. It fetches no modules. */
export const tfsec: Linter = async (about) => {
  const { workdir } = about;
  const settings = nearest(workdir, lintSettings.tfsec);
  const checks = nearest(workdir, lintSettings.tfsecChecks, "folder");
  const result = await runLinter(about, { argv: tfsecRun({ settings, checks }) });
  const said = report.safeParse(parseOutput(result));
  if (!said.success) throw linterFailed(result, workdir, "it did not say what it saw");
  const found = (said.data.results ?? [])
    .filter(({ status }) => status === 0)
    .map(({ long_id, description, severity, location }) => ({
      file: fileIn(workdir, location.filename),
      line: location.start_line,
      message: `${severity}: ${description}`,
      rule: long_id,
    }));
  if (result.exitCode !== 0 && found.length === 0)
    throw linterFailed(result, workdir, `it ended with ${result.exitCode} and found nothing`);
  return found;
};
