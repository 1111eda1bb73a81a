import type { Node } from "web-tree-sitter";
import type { DocumentFact } from "../../domain/configuration-facts.ts";
import { filledIn, type PolicyStatement, parsePolicy, statementsOf } from "../../domain/policy-document.ts";
import { attributesOf, blocksOf, bodyOf, wordsOf } from "./blocks.ts";
import { plainString } from "./paths.ts";
import type { SpotOf } from "./places.ts";
import { plainValue } from "./plain-value.ts";

/** Whether a text may hold a policy document. */
export function mayHoldDocuments(text: string): boolean {
  return /\bStatement\b|\baws_iam_policy_document\b/.test(text);
}

/**
 * Policy documents written into the configuration: objects with a `Statement`, texts of JSON, and the blocks of
 * `aws_iam_policy_document`, which are read the same way.
 */
export function collectDocuments(block: Node, documents: DocumentFact[], spot: SpotOf): void {
  const words = wordsOf(block);
  const within = words.join(" ");
  if (words[0] === "data" && words[1] === "aws_iam_policy_document") {
    documents.push({ how: "block", within, statements: statementBlocks(block, spot), ...spot(block) });
    return;
  }
  for (const node of block.descendantsOfType(["object", "heredoc_template", "string_lit", "quoted_template"])) {
    if (node === null || !node.text.includes("Statement")) continue;
    if (node.type === "object") {
      const at = encodingOf(node);
      const statements = hasKey(node, "Statement") ? statementsOf(plainValue(node), () => spot(at)) : undefined;
      if (statements === undefined) continue;
      documents.push({ how: at === node ? "object" : "jsonencode", within, statements, ...spot(at) });
    } else if (/\\?"Statement\\?"\s*:/.test(node.text)) {
      const text =
        node.type === "heredoc_template" ? node.text.split("\n").slice(1, -1).join("\n") : (plainString(node) ?? "");
      const { statements } = parsePolicy(text, () => spot(node));
      documents.push({ how: node.type === "heredoc_template" ? "heredoc" : "text", within, statements, ...spot(node) });
    }
  }
}

/** The `jsonencode` around an object, when there is one. */
function encodingOf(object: Node): Node {
  for (let at = object.parent; at !== null && at.type !== "attribute" && at.type !== "object"; at = at.parent) {
    if (at.type === "function_call") return at.namedChild(0)?.text === "jsonencode" ? at : object;
  }
  return object;
}

function hasKey(object: Node, name: string): boolean {
  return object.namedChildren.some(
    (child) => child?.type === "object_elem" && child.namedChild(0)?.text.replaceAll(/[\s"()]/g, "") === name,
  );
}

function statementBlocks(block: Node, spot: SpotOf): readonly PolicyStatement[] {
  return blocksOf(bodyOf(block)).flatMap((inner) => {
    if (wordsOf(inner)[0] !== "statement") return [];
    const values = valuesIn(inner);
    const inside = (name: string) => blocksOf(bodyOf(inner)).filter((nested) => wordsOf(nested)[0] === name);
    // A dynamic block brings what nobody can see here.
    const dynamic = (name: string) => inside("dynamic").filter((nested) => wordsOf(nested)[1] === name);
    return {
      effect: textsIn(values.effect ?? "Allow")[0] ?? filledIn,
      actions: textsIn(values.actions),
      notActions: textsIn(values.not_actions),
      resources: textsIn(values.resources),
      notResources: textsIn(values.not_resources),
      principals: [
        ...inside("principals").flatMap((nested) => {
          const { type, identifiers } = valuesIn(nested);
          return textsIn(identifiers).map((id) => ({ type: textsIn(type)[0] ?? filledIn, id }));
        }),
        ...dynamic("principals").map(() => ({ type: filledIn, id: filledIn })),
      ],
      hasNotPrincipal: inside("not_principals").length > 0,
      conditions: [
        ...inside("condition").map((nested) => {
          const { test, variable, values: compared } = valuesIn(nested);
          return {
            operator: textsIn(test)[0] ?? filledIn,
            key: textsIn(variable)[0] ?? filledIn,
            values: textsIn(compared),
          };
        }),
        ...dynamic("condition").map(() => ({ operator: filledIn, key: filledIn, values: [filledIn] })),
      ],
      unknownKeys: [],
      ...spot(inner),
    };
  });
}

function valuesIn(block: Node): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributesOf(block).map((attribute) => {
      const value = attribute.namedChild(1);
      return [attribute.namedChild(0)?.text ?? "", value === null ? filledIn : plainValue(value)];
    }),
  );
}

function textsIn(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
