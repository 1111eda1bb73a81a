import type { Node } from "web-tree-sitter";
import type { Setting, SettingsFacts } from "../../domain/configuration-facts.ts";
import { parseHcl } from "./parser.ts";
import { innermost, plainString } from "./paths.ts";
import { spotInText } from "./places.ts";

/** The plain values of a file of variables or backend settings. Never throws: what cannot be read is not whole. */
export async function readSettings(text: string, path: string): Promise<SettingsFacts> {
  if (path.endsWith(".json")) return settingsInJson(text);
  const tree = await parseHcl(text);
  try {
    const body = tree.rootNode.namedChildren.find((child) => child.type === "body");
    const settings: Setting[] = [];
    for (const attribute of body?.namedChildren ?? []) {
      const value = attribute.type === "attribute" ? attribute.namedChild(1) : null;
      if (value !== null) collect(attribute.namedChild(0)?.text ?? "", value, settings);
    }
    return { whole: !tree.rootNode.hasError, settings };
  } finally {
    tree.delete();
  }
}

function collect(key: string, expression: Node, settings: Setting[]): void {
  const node = innermost(expression);
  if (node.type === "collection_value" || node.type === "tuple" || node.type === "object") {
    for (const child of node.namedChildren) {
      if (child.type === "expression" || child.type === "tuple" || child.type === "object")
        collect(key, child, settings);
      const [name, value] = child.type === "object_elem" ? [child.namedChild(0), child.namedChild(1)] : [null, null];
      if (name !== null && value !== null) collect(`${key}.${name.text.replaceAll('"', "").trim()}`, value, settings);
    }
    return;
  }
  const value = node.type === "numeric_lit" || node.type === "bool_lit" ? node.text : plainString(node);
  if (value !== null) settings.push({ key, value, ...spotInText(node) });
}

function settingsInJson(text: string): SettingsFacts {
  const settings: Setting[] = [];
  const walk = (key: string, value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(key, item);
    else if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) walk(key === "" ? name : `${key}.${name}`, inner);
    } else if (value !== null) settings.push({ key, value: String(value), line: 1, column: 1 });
  };
  try {
    walk("", JSON.parse(text));
    return { whole: true, settings };
  } catch {
    return { whole: false, settings };
  }
}
