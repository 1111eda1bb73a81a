import type { Workdir } from "../../delivery/ports.ts";
import { fromRoot, mustRun, type Program } from "./command.ts";

/** A plan of a hundred thousand changes is some 300 MB. */
const longestPlanJson = 1024 * 1024 * 1024;

/** The plan JSON, as it is. It holds secrets in clear text. Starts the plan's providers, for their schemas. */
export async function showPlan(program: Program, workdir: Workdir, planFile: string): Promise<Uint8Array> {
  const args = ["show", "-no-color", "-json", fromRoot(workdir, planFile)];
  return (await mustRun(program, workdir, { args, wholeOutput: longestPlanJson })).output;
}
