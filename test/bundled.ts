import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { buildCommandLine } from "../scripts/build.ts";
import { root } from "../scripts/parts.ts";

/** What a bundle is made from besides sources. */
const makers = ["package-lock.json", "scripts/build.ts"];

/**
 * The command line as it is published, from the sources as they are now: the program that Node starts. A bundle starts in
 * a third of the time that its sources take.
 */
export async function bundledCommandLine(): Promise<string> {
  return join(await bundled({}), "main.mjs");
}

/** A program of the tests, bundled with all that it imports. `file` is given from the top of the repository. */
export async function bundledProgram(file: string): Promise<string> {
  const name = basename(file, ".ts");
  return join(await bundled({ [name]: file }), `${name}.mjs`);
}

/** The folder of a bundle. It is called after the digest of all that it may be made from, so none is ever of other sources. */
async function bundled(more: Readonly<Record<string, string>>): Promise<string> {
  const programs = Object.values(more);
  const sources = programs.length === 0 ? ["src/**/*.{ts,scm}"] : ["src/**/*.{ts,scm}", "test/**/*.ts"];
  const digest = createHash("sha256").update(JSON.stringify(programs));
  for (const file of [...makers, ...globSync(sources, { cwd: root }).sort()]) {
    if (/\.test\.ts$/.test(file)) continue;
    digest.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  const tree = join(root, ".tools", `plangate-${digest.digest("hex").slice(0, 16)}`);
  const dist = join(tree, "dist");
  if (existsSync(dist)) return dist;
  mkdirSync(join(root, ".tools"), { recursive: true });
  const partial = mkdtempSync(join(root, ".tools", "partial-"));
  try {
    await buildCommandLine(root, join(partial, "dist"), more);
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
