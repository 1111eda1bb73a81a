import type { ModuleInterface } from "../../domain/module-interface.ts";
import { attributesOf, blocksOf, wordsOf } from "./blocks.ts";
import { nativeFromJson } from "./json-syntax.ts";
import { parseHcl } from "./parser.ts";

/** The variables and outputs that a configuration file declares; `undefined` when it cannot be read whole. */
export async function readModuleInterface(text: string, path: string): Promise<ModuleInterface | undefined> {
  let native: string;
  try {
    native = path.endsWith(".json") ? nativeFromJson(text) : text;
  } catch {
    return undefined;
  }
  const tree = await parseHcl(native);
  try {
    if (tree.rootNode.hasError) return undefined;
    const body = tree.rootNode.namedChildren.find((child) => child.type === "body");
    const variables: [string, { hasDefault: boolean }][] = [];
    const outputs: string[] = [];
    for (const block of body === undefined ? [] : blocksOf(body)) {
      const [type, name = ""] = wordsOf(block);
      if (type === "output") outputs.push(name);
      if (type === "variable") {
        const hasDefault = attributesOf(block).some((attribute) => attribute.namedChild(0)?.text === "default");
        variables.push([name, { hasDefault }]);
      }
    }
    return { variables: Object.fromEntries(variables), outputs };
  } finally {
    tree.delete();
  }
}
