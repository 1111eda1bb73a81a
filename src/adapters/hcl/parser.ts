import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Language, Parser, type Tree } from "web-tree-sitter";
import { InternalError } from "../../domain/errors.ts";

let opening: Promise<Parser> | undefined;

/** Parses HCL; the caller deletes the tree. Loading takes some 15 ms, so it waits for the first text. */
export async function parseHcl(text: string): Promise<Tree> {
  opening ??= openParser();
  const tree = (await opening).parse(text);
  if (tree === null) throw new InternalError("the HCL parser gave no tree");
  return tree;
}

async function openParser(): Promise<Parser> {
  const wasmBinary = await readFile(wasmFile("web-tree-sitter", "web-tree-sitter.wasm"));
  await Parser.init({ wasmBinary });
  const grammar = await readFile(wasmFile("@tree-sitter-grammars/tree-sitter-hcl", "tree-sitter-hcl.wasm"));
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return parser;
}

/** In the package during development; beside the program once that is bundled into one file. */
function wasmFile(packageName: string, file: string): string {
  const beside = fileURLToPath(new URL(file, import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve(`${packageName}/${file}`);
}
