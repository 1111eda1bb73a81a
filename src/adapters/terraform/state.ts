import type { Workdir } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { StateVersion } from "../../domain/plan.ts";
import { mustRun, type Program } from "./command.ts";

const longestState = 1024 * 1024 * 1024;

/** Which snapshot of the state there is now. Needs the backend only: no provider is started, no lock taken. */
export async function readStateVersion(program: Program, workdir: Workdir): Promise<StateVersion> {
  const { output } = await mustRun(program, workdir, { args: ["state", "pull"], wholeOutput: longestState });
  const text = Buffer.from(output).toString("utf8");
  if (text.trim() === "") return { lineage: null, serial: 0 };
  const state = parsed(text);
  if (state === undefined) {
    throw new DeliveryError({
      code: "state-unreadable",
      message: `${program.name} state pull in ${workdir.root}: what it printed is no state`,
      reaction: "stop",
    });
  }
  return state;
}

function parsed(text: string): StateVersion | undefined {
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state !== "object" || state === null || !("lineage" in state) || !("serial" in state)) return undefined;
    const { lineage, serial } = state;
    if (typeof lineage !== "string" || !Number.isSafeInteger(serial)) return undefined;
    return { lineage: lineage === "" ? null : lineage, serial: Number(serial) };
  } catch {
    return undefined;
  }
}
