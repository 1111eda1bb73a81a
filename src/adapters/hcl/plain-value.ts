import type { Node } from "web-tree-sitter";
import { filledIn } from "../../domain/policy-document.ts";
import { innermost, piecesOf } from "./paths.ts";

/** An expression as plain data; whatever is computed stands as `…`. */
export function plainValue(expression: Node): unknown {
  const node = innermost(expression);
  switch (node.type) {
    case "collection_value":
      return plainValue(node.namedChild(0) ?? node);
    case "tuple":
      return node.namedChildren.flatMap((child) => (child?.type === "expression" ? [plainValue(child)] : []));
    case "object":
      return Object.fromEntries(
        node.namedChildren.flatMap((child) => {
          const [key, value] = child?.type === "object_elem" ? [child.namedChild(0), child.namedChild(1)] : [];
          return key && value ? [[keyText(key), plainValue(value)]] : [];
        }),
      );
    case "string_lit":
    case "quoted_template":
      return templateText(node);
    case "numeric_lit":
    case "bool_lit":
      return node.text;
    default:
      return filledIn;
  }
}

/** The text of a quoted template; interpolations stand as `…`. */
export function templateText(node: Node): string {
  return piecesOf(node)
    .map((piece) => (typeof piece === "string" ? piece : filledIn))
    .join("");
}

/** `a`, `"a"` and `("a")` are one key. */
function keyText(key: Node): string {
  const node = innermost(key);
  return node.type === "string_lit" || node.type === "quoted_template"
    ? templateText(node)
    : node.text.replaceAll(/[\s"()]/g, "");
}
