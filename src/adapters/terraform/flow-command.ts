import type { RunCommand } from "../../delivery/ports.ts";
import { type Redactor, rootFolder } from "./command.ts";
import { bareEnvironment } from "./environment.ts";
import { keepEnds } from "./process-output.ts";
import { runProcess } from "./run-process.ts";

/** Runs commands that the flow names for verification, in the root module's folder, with the same bare environment as the tool. */
export function runFlowCommand({
  env,
  redactor,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
}): RunCommand {
  return async (workdir, argv) => {
    const [program = "", ...args] = argv;
    const redact = redactor(workdir.env);
    const said = keepEnds(16 * 1024, 48 * 1024);
    const log = (line: string) => {
      workdir.log.write(`${line}\n`);
      said.add(line);
    };
    const result = await runProcess({
      program,
      args,
      cwd: rootFolder(workdir),
      env: { ...bareEnvironment(env), ...workdir.env },
      redact,
      log,
      signal: workdir.signal,
      grace: 15_000,
      lastGrace: 5_000,
      timeout: 60 * 60_000,
    });
    return { exitCode: result.exitCode, durationMs: result.durationMs, output: said.text() };
  };
}
