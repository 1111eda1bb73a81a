import type { Workdir } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { mustRun, type Program } from "./command.ts";

export type Outputs = Readonly<Record<string, { readonly value: unknown; readonly sensitive: boolean }>>;

const longestOutputs = 64 * 1024 * 1024;

/** The root module's outputs as the state has them, sensitive ones in clear text and marked. */
export async function readOutputs(program: Program, workdir: Workdir): Promise<Outputs> {
  const args = ["output", "-no-color", "-json"];
  const { output } = await mustRun(program, workdir, { args, wholeOutput: longestOutputs });
  let told: unknown;
  try {
    told = JSON.parse(Buffer.from(output).toString("utf8"));
  } catch (cause) {
    throw new DeliveryError({
      code: "outputs-unreadable",
      message: `${program.name} output in ${workdir.root}: what it printed is not JSON`,
      reaction: "stop",
      cause,
    });
  }
  const outputs: [string, Outputs[string]][] = [];
  for (const [name, entry] of Object.entries(told as Record<string, { value?: unknown; sensitive?: unknown }>)) {
    outputs.push([name, { value: entry.value ?? null, sensitive: entry.sensitive === true }]);
  }
  return Object.fromEntries(outputs);
}
