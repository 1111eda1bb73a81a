import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { buildCommandLine } from "../../scripts/build.ts";
import { root } from "../../scripts/parts.ts";

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
  exec ${quoted(process.execPath)} ${quoted(join(await bundled(), "main.mjs"))} "$@"
fi
exec 3<&0
trap 'exit 130' INT TERM
${quoted(process.execPath)} ${quoted(join(await bundled(), "main.mjs"))} "$@" <&3 &
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

/** The bundle of the sources as they are now, made once. */
async function bundled(): Promise<string> {
  const digest = createHash("sha256");
  for (const file of [
    "package-lock.json",
    "scripts/build.ts",
    ...globSync("src/**/*.{ts,scm}", { cwd: root }).sort(),
  ]) {
    if (/\.test\.ts$/.test(file)) continue;
    digest.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  const tree = join(root, ".tools", `plangate-${digest.digest("hex").slice(0, 16)}`);
  const dist = join(tree, "dist");
  if (existsSync(dist)) return dist;
  mkdirSync(join(root, ".tools"), { recursive: true });
  const partial = mkdtempSync(join(root, ".tools", "partial-"));
  try {
    await buildCommandLine(root, join(partial, "dist"));
    // Whole or not at all: another test file may make it at the same time.
    if (!existsSync(tree)) renameSync(partial, tree);
    forgetOld();
  } catch (error) {
    if (!existsSync(dist)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return dist;
}

const day = 24 * 3600 * 1000;

/** Bundles of sources as they were days ago; what others have made just now may be in use. */
function forgetOld(): void {
  for (const old of globSync(".tools/plangate-*", { cwd: root }).map((name) => join(root, name)))
    if (Date.now() - statSync(old).mtimeMs > day) rmSync(old, { recursive: true, force: true });
}
