import type { Workdir } from "../../delivery/ports.ts";
import { fromRoot, goDuration, mustRun, type Program } from "./command.ts";

/**
 * Writes a state that was kept in a file to the backend. The tool refuses one of another lineage, and one that is older than
 * what is there, so nothing that somebody wrote meanwhile is lost.
 */
export async function pushState(program: Program, workdir: Workdir, file: string): Promise<void> {
  const args = ["state", "push", `-lock-timeout=${goDuration(program.lockTimeout)}`, fromRoot(workdir, file)];
  await mustRun(program, workdir, { args });
}
