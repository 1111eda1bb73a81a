import type { Node } from "web-tree-sitter";
import { parseCidr } from "../../domain/cidr.ts";
import type { ValueFact } from "../../domain/configuration-facts.ts";
import { identitiesIn, mayNameIdentity } from "../../domain/identity.ts";
import { wordsOf } from "./blocks.ts";
import { plainString } from "./paths.ts";
import type { SpotOf } from "./places.ts";

/** Whether a text may hold a range of addresses or name an identity. */
export function mayHoldValues(text: string): boolean {
  return /[\d:]\/\d{1,3}"/.test(text) || mayNameIdentity(text);
}

/** Plain texts that are ranges of addresses or name identities, with what they are given to. */
export function collectValues(block: Node, values: ValueFact[], spot: SpotOf): void {
  for (const node of block.descendantsOfType("string_lit")) {
    const value = node === null ? null : plainString(node);
    if (node === null || value === null) continue;
    if (parseCidr(value) === undefined && identitiesIn(value).length === 0) continue;
    const place = placeOf(node);
    if (place !== undefined) values.push({ ...place, value, ...spot(node) });
  }
}

/** Undefined where the text is a label or a key. */
function placeOf(node: Node): { readonly within: string; readonly key: string } | undefined {
  const keys: string[] = [];
  const words: string[] = [];
  for (let at: Node = node, above = node.parent; above !== null; at = above, above = above.parent) {
    if (above.type === "object_elem" || above.type === "attribute") {
      const name = above.namedChild(0);
      if (name?.id === at.id) return undefined;
      keys.unshift((name?.text ?? "").replaceAll(/[\s"()]/g, ""));
    } else if (above.type === "block") {
      if (keys.length === 0) return undefined;
      words.unshift(...wordsOf(above));
    }
  }
  return { within: words.join(" "), key: keys.join(".") };
}
