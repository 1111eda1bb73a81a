import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./parts.ts";

/** GitHub's reader of workflows and its evaluator of expressions, which work on each other's values. */
export interface WorkflowParser {
  readonly workflows: typeof import("@actions/workflow-parser");
  readonly expressions: typeof import("@actions/expressions");
}

/** CommonJS packages inside an ES module call `require` for Node's modules; ES modules have none. */
const requireForCommonJs =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * Both as one module in `.tools`, made when the lock file, or how it is made, is another. They import JSON in a way that Node refuses, so a
 * bundler puts it in.
 */
export async function workflowParser(): Promise<WorkflowParser> {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(requireForCommonJs)
    .digest("hex");
  const file = join(root, ".tools", `workflow-parser-${lock.slice(0, 16)}.mjs`);
  if (!existsSync(file)) await bundle(file);
  return (await import(pathToFileURL(file).href)) as WorkflowParser;
}

async function bundle(file: string): Promise<void> {
  const contents = `
    export * as workflows from "@actions/workflow-parser";
    export * as expressions from "@actions/expressions";
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: "esm",
    platform: "node",
    banner: { js: requireForCommonJs },
    write: false,
    logLevel: "error",
  });
  const text = outputFiles[0]?.text;
  if (text === undefined) throw new Error("bundling GitHub's workflow parser gave no file");
  mkdirSync(join(root, ".tools"), { recursive: true });
  // Whole or not at all: another test file may make it at the same time.
  const partial = `${file}.${process.pid}`;
  try {
    writeFileSync(partial, text);
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}
