import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A program in the tool's place: what takes no backend is answered from what the tool once said, at once; all else is the
 * tool itself, and how long that took is written down.
 */
export function standIn(folder: string, json: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, "plan.json"), json);
  const program = join(folder, "terraform");
  writeFileSync(
    program,
    `#!/bin/bash
case "$1 $*" in
  version*) echo '{"terraform_version":"1.11.4"}' ;;
  show*) exec cat '${folder}/plan.json' ;;
  init*-backend=false*) ;;
  fmt*) ;;
  *)
    began=$EPOCHREALTIME
    terraform "$@"
    code=$?
    echo "$began $EPOCHREALTIME" >> '${folder}/spent'
    exit $code ;;
esac
`,
  );
  chmodSync(program, 0o755);
  return program;
}

/** Milliseconds that the tool took since it was asked last. */
export function toolTime(program: string): number {
  const file = join(program, "..", "spent");
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  rmSync(file, { force: true });
  return lines
    .map((line) => line.split(" ").map(Number))
    .reduce((sum, [began = 0, done = 0]) => sum + (done - began) * 1000, 0);
}
