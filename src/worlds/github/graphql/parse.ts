/** A question in GraphQL, as far as GitHub's clients ask: operations, fields, arguments, variables, inline fragments. */

export interface Operation {
  readonly kind: "query" | "mutation";
  readonly variables: readonly string[];
  readonly selection: Selection;
}

export type Selection = readonly (Field | OnType)[];

export interface Field {
  readonly kind: "field";
  readonly name: string;
  readonly alias: string;
  readonly arguments: Readonly<Record<string, Value>>;
  /** Null: it is asked for as a whole. */
  readonly selection: Selection | null;
}

export interface OnType {
  readonly kind: "on";
  readonly type: string;
  readonly selection: Selection;
}

export type Value =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Value>> };

/** A question that cannot be read; GitHub says so in its answer. */
export class ParseError extends Error {
  override readonly name = "ParseError";
}

const token = /[\s,]*(?:#[^\n]*[\s,]*)*(\.\.\.|[{}()[\]:$!=@]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*)/y;

/** The one operation of a document. */
export function parseQuestion(text: string): Operation {
  const tokens = tokensIn(text);
  let at = 0;
  const peek = () => tokens[at];
  const take = (): string => {
    const next = tokens[at++];
    if (next === undefined) throw new ParseError("Unexpected end of document");
    return next;
  };
  const expect = (wanted: string): void => {
    const got = take();
    if (got !== wanted) throw new ParseError(`Expected ${wanted}, actual: ${got}`);
  };
  const takeName = (): string => {
    const name = take();
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ParseError(`Expected NAME, actual: ${name}`);
    return name;
  };
  const until = (end: string, item: () => void): void => {
    while (peek() !== end) item();
    expect(end);
  };

  const value = (): Value => {
    const next = take();
    if (next === "$") return { kind: "variable", name: takeName() };
    if (next === "[") {
      const items: Value[] = [];
      until("]", () => void items.push(value()));
      return { kind: "list", items };
    }
    if (next === "{") {
      const fields: [string, Value][] = [];
      until("}", () => {
        const name = takeName();
        expect(":");
        fields.push([name, value()]);
      });
      return { kind: "object", fields: Object.fromEntries(fields) };
    }
    return { kind: "literal", value: literal(next) };
  };

  const field = (): Field => {
    const first = takeName();
    let name = first;
    if (peek() === ":") {
      take();
      name = takeName();
    }
    const given: [string, Value][] = [];
    if (peek() === "(") {
      take();
      until(")", () => {
        const argument = takeName();
        expect(":");
        given.push([argument, value()]);
      });
    }
    return {
      kind: "field",
      name,
      alias: first,
      arguments: Object.fromEntries(given),
      selection: peek() === "{" ? selection() : null,
    };
  };

  const selection = (): Selection => {
    expect("{");
    const parts: (Field | OnType)[] = [];
    until("}", () => {
      if (peek() !== "...") {
        parts.push(field());
        return;
      }
      take();
      expect("on");
      parts.push({ kind: "on", type: takeName(), selection: selection() });
    });
    return parts;
  };

  const variables: string[] = [];
  const kind = peek() === "{" ? "query" : take();
  if (kind !== "query" && kind !== "mutation") throw new ParseError(`Unexpected ${kind}`);
  if (peek() !== "{" && peek() !== "(") takeName();
  if (peek() === "(") {
    take();
    until(")", () => {
      if (take() === "$") variables.push(takeName());
    });
  }
  const operation = { kind, variables, selection: selection() } as const;
  if (peek() !== undefined) throw new ParseError(`Unexpected ${peek()}`);
  return operation;
}

function tokensIn(text: string): readonly string[] {
  const tokens: string[] = [];
  const end = text.replace(/[\s,]+$/, "").length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match?.[1] === undefined) throw new ParseError(`Unexpected character at ${from}`);
    tokens.push(match[1]);
  }
  return tokens;
}

/** Words that stand for themselves are enumerations. */
function literal(written: string): string | number | boolean | null {
  if (written.startsWith('"')) return JSON.parse(written) as string;
  if (/^-?\d/.test(written)) return Number(written);
  if (written === "true" || written === "false") return written === "true";
  if (/^[A-Za-z_]/.test(written)) return written === "null" ? null : written;
  throw new ParseError(`Unexpected ${written}`);
}
