import type { Node } from "web-tree-sitter";
import type { SubjectFact } from "../../domain/configuration-facts.ts";
import { attributesOf, wordsOf } from "./blocks.ts";
import { piecesOf, plainString } from "./paths.ts";
import type { SpotOf } from "./places.ts";

/** Whether a text may say whose token is taken for an identity. */
export function mayHoldSubjects(text: string): boolean {
  return text.includes("repo:") || text.includes(":sub") || text.includes("principalSet:");
}

/** Texts that are compared with the subject of a token, and texts that look as if they were. */
export function collectSubjects(block: Node, subjects: SubjectFact[], spot: SpotOf): void {
  const within = wordsOf(block).join(" ");
  for (const node of block.descendantsOfType(["string_lit", "quoted_template"])) {
    if (node === null) continue;
    const text = piecesOf(node)
      .map((piece) => (typeof piece === "string" ? piece : "…"))
      .join("");
    const about = comparisonOf(node);
    if (
      about.isSubject ||
      /^repo:[^/]+\//.test(text) ||
      /^principalSet:\/\/./.test(text) ||
      /\bclaims\['sub'\] matches/.test(text)
    )
      subjects.push({ text, operator: about.operator, within, ...spot(node) });
  }
}

interface Comparison {
  readonly isSubject: boolean;
  readonly operator: string | null;
}

/** Whether a text is the value of a condition on `…:sub`, and how it is compared there. */
function comparisonOf(node: Node): Comparison {
  let isSubject = false;
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.type === "block") return inBlock(at, node, isSubject);
    if (at.type !== "object_elem" || isWithin(node, at.namedChild(0))) continue;
    const key = (at.namedChild(0)?.text ?? "").replaceAll(/[\s"()]/g, "");
    if (isSubject) return { isSubject, operator: key };
    isSubject = key.endsWith(":sub");
  }
  return { isSubject, operator: null };
}

/** `condition { test = "StringLike", variable = "…:sub", values = […] }`, as policy documents are written. */
function inBlock(block: Node, node: Node, isSubject: boolean): Comparison {
  const values = new Map(
    attributesOf(block).map((attribute) => [attribute.namedChild(0)?.text, attribute.namedChild(1)]),
  );
  const [test, variable] = ["test", "variable"].map((name) => values.get(name));
  if (!variable?.text.endsWith(':sub"') || !isWithin(node, values.get("values") ?? null))
    return { isSubject, operator: null };
  return { isSubject: true, operator: test ? plainString(test) : null };
}

function isWithin(inner: Node, outer: Node | null): boolean {
  return outer !== null && inner.startIndex >= outer.startIndex && inner.endIndex <= outer.endIndex;
}
