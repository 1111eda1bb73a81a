/**
 * `npm run build`: bundles the command line into dist/, everything but Node's own modules inside. Code splitting keeps
 * what a subcommand imports lazily in files of their own, so that `plangate --version` does not load it. dist/ is the
 * package that is published: `npm publish dist`.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { root } from "./parts.ts";

const entry = "src/apps/cli/main.ts";

/** Threads run a program of their own, found beside the bundle by the name that it has here. */
const threads = "src/apps/cli/*-worker.ts";

/** WebAssembly that is read from beside the bundle at run time: the parser of HCL and its grammar. */
const wasm = [
  "node_modules/web-tree-sitter/web-tree-sitter.wasm",
  "node_modules/@tree-sitter-grammars/tree-sitter-hcl/*.wasm",
];

/** CommonJS packages inside an ES module call `require` for Node's modules; ES modules have none. */
const requireForCommonJs =
  'import { createRequire as plangateCreateRequire } from "node:module"; const require = plangateCreateRequire(import.meta.url);';

/**
 * Bundles the entry of `tree`, into its dist/ or elsewhere, with more entries beside it by their names. Throws when there is
 * no entry, or the grammar is not installed.
 */
export async function buildCommandLine(
  tree: string,
  dist: string = join(tree, "dist"),
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (!existsSync(join(tree, entry))) throw new Error(`there is no ${entry} to build`);
  rmSync(dist, { recursive: true, force: true });
  await build({
    absWorkingDir: tree,
    entryPoints: { main: entry, ...threadsOf(tree), ...more },
    outdir: dist,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.18",
    // Names stay, so that traces and the text can be read; a third less to load is 2 % of a plan.
    minifySyntax: true,
    minifyWhitespace: true,
    banner: { js: requireForCommonJs },
    logLevel: "warning",
  });
  makeExecutable(join(dist, "main.mjs"));
  for (const pattern of wasm) {
    const files = globSync(pattern, { cwd: tree });
    if (files.length === 0) throw new Error(`nothing matches ${pattern}; run npm ci`);
    for (const file of files) copyFileSync(join(tree, file), join(dist, basename(file)));
  }
  writePackage(tree, dist);
}

/** What of package.json is true of the bundle too. */
const told = ["name", "version", "description", "license", "type", "engines"] as const;

/**
 * The bundle needs no other package, and says so: whoever starts it by `npx` fetches this one alone, by the digest that
 * the registry keeps, and runs nobody's install script.
 */
function writePackage(tree: string, dist: string): void {
  const source = JSON.parse(readFileSync(join(tree, "package.json"), "utf8")) as Readonly<Record<string, unknown>>;
  const kept = Object.fromEntries(told.flatMap((key) => (key in source ? [[key, source[key]]] : [])));
  const manifest = { ...kept, bin: { plangate: "main.mjs" } };
  writeFileSync(join(dist, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const name of ["README.md", "LICENSE", "schema"])
    if (existsSync(join(tree, name))) cpSync(join(tree, name), join(dist, name), { recursive: true });
}

function threadsOf(tree: string): Readonly<Record<string, string>> {
  return Object.fromEntries(globSync(threads, { cwd: tree }).map((file) => [basename(file, ".ts"), file]));
}

function makeExecutable(file: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.startsWith("#!")) writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  chmodSync(file, 0o755);
}

if (import.meta.main) {
  try {
    await buildCommandLine(root);
    console.log(`built dist/main.mjs and ${globSync("dist/*", { cwd: root }).length - 1} files beside it`);
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
