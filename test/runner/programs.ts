import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/parts.ts";
import { bundledCommandLine } from "../bundled.ts";

/**
 * Makes the folder that jobs find first on their PATH. Its `npx` stands for the registry: it knows this project at its
 * own version and nothing else, and runs the command line as it is published, bundled. `hostile-artifact` is for the
 * code of changes: it does to its run's artifacts whatever can be done from within a job.
 */
export async function programsFor(dir: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  mkdirSync(dir, { recursive: true });
  const npx = `#!/bin/sh
set -eu
if [ "\${1-}" != --yes ] || [ "\${2-}" != "plangate@${version}" ]; then
  echo "npx: 404 Not Found: $*" >&2
  exit 1
fi
shift 2
# What lies in the folder that it is started in, or above it, would say which program runs.
here=$PWD
while [ "$here" != / ]; do
  for name in .npmrc node_modules package.json; do
    if [ -e "$here/$name" ]; then
      echo "npx: $here/$name would be obeyed" >&2
      exit 1
    fi
  done
  here=$(dirname "$here")
done
# npm hands a signal to its shell, which is the program by then where that is bash. Any other one ends alone.
if [ "\${NPM_CONFIG_SCRIPT_SHELL-}" = bash ]; then
  exec ${quoted(process.execPath)} ${quoted(await bundledCommandLine())} "$@"
fi
exec 3<&0
trap 'exit 130' INT TERM
${quoted(process.execPath)} ${quoted(await bundledCommandLine())} "$@" <&3 &
wait $!
`;
  writeFileSync(join(dir, "npx"), npx, { mode: 0o755 });
  const hostile = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(join(root, "test/runner/hostile-artifact.mjs"))} "$@"\n`;
  writeFileSync(join(dir, "hostile-artifact"), hostile, { mode: 0o755 });
  return dir;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
