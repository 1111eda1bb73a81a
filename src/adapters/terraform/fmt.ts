import type { Workdir } from "../../delivery/ports.ts";
import { formatArgs } from "../../domain/static-checks.ts";
import { type Program, runCommand, subject } from "./command.ts";
import { outsideFailure } from "./outside-failure.ts";

/** `fmt -check` of the files named: exit 3 names those it would write in another way, exit 2 those it cannot read. */
export async function checkFormat(
  program: Program,
  workdir: Workdir,
  files: readonly string[],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  // A command line holds a limited number of names.
  for (let start = 0; start < files.length; start += 200) {
    const some = files.slice(start, start + 200);
    const args = formatArgs(some.map((file) => `./${file}`));
    const result = await runCommand(program, workdir, { args });
    if (result.exitCode === 0) continue;
    const listed = new Set(result.stdout.split("\n").map((line) => line.trim().replace(/^\.\//, "")));
    const named = some.filter((file) => listed.has(file) || result.stderr.includes(file));
    if ((result.exitCode !== 3 && result.exitCode !== 2) || named.length === 0)
      throw outsideFailure({ subject: subject(program, workdir, { args }), root: workdir.root }, result);
    wrong.push(...named);
  }
  return wrong;
}
