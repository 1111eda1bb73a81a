import type { Spot } from "./spot.ts";
import { isRecord } from "./unknown-value.ts";

/** What stands where a template or an expression is filled in later. */
export const filledIn = "…";

/** One statement of a policy document of AWS, as far as its text tells. What is computed is `…`. */
export interface PolicyStatement extends Spot {
  /** `Allow` or `Deny`, or what is written in their place. */
  readonly effect: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly principals: readonly { readonly type: string; readonly id: string }[];
  readonly hasNotPrincipal: boolean;
  readonly conditions: readonly PolicyCondition[];
  /** Keys that no statement has. */
  readonly unknownKeys: readonly string[];
}

export interface PolicyCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const known: ReadonlySet<string> = new Set(
  "Sid Effect Action NotAction Resource NotResource Principal NotPrincipal Condition".split(" "),
);

/** The statements of a document as plain data; undefined when it is none. `spots` are theirs, in order. */
export function statementsOf(
  document: unknown,
  spots: (index: number) => Spot,
): readonly PolicyStatement[] | undefined {
  if (!isRecord(document) || document.Statement === undefined) return undefined;
  const written = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return written.flatMap((statement: unknown, index) => {
    if (!isRecord(statement)) return [];
    const { Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
    return {
      effect: typeof Effect === "string" ? Effect : "",
      actions: textsIn(Action),
      notActions: textsIn(NotAction),
      resources: textsIn(Resource),
      notResources: textsIn(NotResource),
      principals: principalsIn(Principal),
      hasNotPrincipal: NotPrincipal !== undefined,
      conditions: conditionsIn(Condition),
      unknownKeys: Object.keys(statement).filter((key) => !known.has(key)),
      ...spots(index),
    };
  });
}

export interface ParsedPolicy {
  readonly statements: readonly PolicyStatement[];
  /** Why it is no policy document; null when it is one. */
  readonly problem: string | null;
  /** Loops and choices of a template decide what it will be, so nobody can tell from the text. */
  readonly isComputed: boolean;
}

/** Reads a policy document or a template of one: each place that is filled in later stands for any one value. */
export function parsePolicy(text: string, spotAt: (index: number) => Spot): ParsedPolicy {
  if (/%\{/.test(text)) return { statements: [], problem: null, isComputed: true };
  const offsets = [...text.matchAll(/"Effect"\s*:/g)].map(({ index }) => index);
  try {
    const statements = statementsOf(JSON.parse(withoutTemplates(text)), (index) => spotAt(offsets[index] ?? 0));
    return statements === undefined
      ? { statements: [], problem: "it has no statements at its top", isComputed: false }
      : { statements, problem: null, isComputed: false };
  } catch (error) {
    return { statements: [], problem: error instanceof Error ? error.message : String(error), isComputed: false };
  }
}

/** `"${a}"` keeps its quotes; `${jsonencode(a)}` on its own becomes a text. */
function withoutTemplates(text: string): string {
  let filled = "";
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === "$" && text[at + 1] === "{" && text[at - 1] !== "$") {
      at = endOfTemplate(text, at + 2);
      filled += inString ? filledIn : `"${filledIn}"`;
      continue;
    }
    if (character === '"') inString = !inString;
    filled += character;
    if (inString && character === "\\") filled += text[++at] ?? "";
  }
  return filled;
}

function endOfTemplate(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at;
  }
  throw new SyntaxError("a ${ has no end");
}

function textsIn(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((item) => (typeof item === "string" ? item : String(item)));
}

function principalsIn(value: unknown): PolicyStatement["principals"] {
  if (typeof value === "string") return [{ type: value === "*" ? "*" : filledIn, id: value }];
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([type, ids]) => textsIn(ids).map((id) => ({ type, id })));
}

function conditionsIn(value: unknown): readonly PolicyCondition[] {
  if (!isRecord(value)) return value === undefined ? [] : [{ operator: filledIn, key: filledIn, values: [filledIn] }];
  return Object.entries(value).flatMap(([operator, keys]) =>
    isRecord(keys)
      ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: textsIn(values) }))
      : [{ operator, key: filledIn, values: [filledIn] }],
  );
}
