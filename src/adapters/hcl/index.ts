/**
 * Reads configuration without running anything: what a file calls, reads and requires, as far as its text tells.
 * Terraform is the authority on what it means; whoever relies on this must take `opaque` for "may be anything".
 */
import type { ModuleReferences } from "../../domain/references.ts";
import { collectBlocks } from "./blocks.ts";
import { nativeFromJson } from "./json-syntax.ts";
import { parseHcl } from "./parser.ts";
import { collectFiles, type Found } from "./references.ts";

export { readConfigurationFacts } from "./configuration-facts.ts";
export { readModuleInterface } from "./module-interface.ts";
export { readQuickly } from "./quick.ts";
export { readSettings } from "./settings.ts";

const nothing: ModuleReferences = {
  calls: [],
  files: [],
  opaque: false,
  backend: null,
  providers: [],
  hasProvisioners: false,
  hasLocalExec: false,
  hasExternalData: false,
  hidesProvisioners: false,
};

/**
 * What a configuration file refers to. A file that is no configuration by its name is taken for a template, as
 * `templatefile` would: one that calls functions that read files is opaque.
 */
export async function readModuleReferences(text: string, path: string): Promise<ModuleReferences> {
  try {
    return await readReferences(text, path);
  } catch (error) {
    // It nests deeper than anybody writes, and the stack was full.
    if (error instanceof RangeError) return { ...nothing, opaque: true, hidesProvisioners: true };
    throw error;
  }
}

async function readReferences(text: string, path: string): Promise<ModuleReferences> {
  if (!/\.(tf|tofu)(\.json)?$/.test(path)) {
    return { ...nothing, opaque: /\b(file\w*|templatefile|fileset)\s*\(/.test(text) };
  }
  let native: string;
  try {
    native = path.endsWith(".json") ? nativeFromJson(text) : text;
  } catch {
    return { ...nothing, opaque: true, hidesProvisioners: true };
  }
  const tree = await parseHcl(native);
  try {
    const body = tree.rootNode.namedChildren.find((child) => child.type === "body");
    const found: Found = { files: [], opaque: tree.rootNode.hasError };
    if (body === undefined) return { ...nothing, opaque: found.opaque, hidesProvisioners: mayHideProvisioners(native) };
    collectFiles(body, found);
    const blocks = collectBlocks(body);
    const hides = blocks.hidesProvisioners || (tree.rootNode.hasError && mayHideProvisioners(native));
    return { ...blocks, ...found, hidesProvisioners: hides };
  } finally {
    tree.delete();
  }
}

/** Of a text that cannot be read whole: whether it has the words for it. */
function mayHideProvisioners(text: string): boolean {
  return /\bremoved\b/.test(text) && /\bprovisioner\b/.test(text);
}

/** The text of a file's `backend` block; null when it has none. */
export async function readBackendBlock(text: string, path: string): Promise<string | null> {
  return (await readModuleReferences(text, path)).backend?.block ?? null;
}
