import type { Workdir } from "../../delivery/ports.ts";
import { mustRun, type Program } from "./command.ts";

/** `get`: fetches what the root's module calls name, into `.terraform/modules`; needs no backend and no provider. */
export async function fetchModules(program: Program, workdir: Workdir): Promise<void> {
  await mustRun(program, workdir, { args: ["get", "-no-color"] });
}
