/**
 * Enough of CEL, the language of Google's conditions, to say what a condition over a token's claims comes to. What is not
 * known here is `unknown`, and never guessed; a claim that is not there is an error, which fails a condition unless the
 * other side of `&&` or `||` settles it.
 */
export type CelValue = string | number | boolean | null | readonly CelValue[] | CelMap;

export interface CelMap {
  readonly [key: string]: CelValue;
}

export type CelResult = { readonly kind: "value"; readonly value: CelValue } | { readonly kind: "error" | "unknown" };

/** What names stand for: `assertion`, `google`, `attribute`. */
export type CelNames = Readonly<Record<string, CelMap>>;

export function evaluateCel(text: string, names: CelNames): CelResult {
  const tokens = tokensOf(text);
  if (tokens === null || tokens.filter(({ text: sign }) => /^[([!?]$/.test(sign)).length > deepest) return unknown;
  const reader = { tokens, at: 0, names };
  try {
    const result = readChoice(reader);
    return reader.at === tokens.length ? result : unknown;
  } catch (error) {
    if (error instanceof NotKnown) return unknown;
    throw error;
  }
}

/** More than any condition that people can read; each takes some of the stack. */
const deepest = 100;

class NotKnown extends Error {
  override readonly name = "NotKnown";
}

const unknown = { kind: "unknown" } as const;
const failed = { kind: "error" } as const;
const valued = (value: CelValue): CelResult => ({ kind: "value", value });

interface Token {
  readonly kind: "text" | "number" | "name" | "sign";
  readonly text: string;
}

const pattern =
  /\s+|(?<text>'(?:[^'\\\n]|\\['"\\])*'|"(?:[^"\\\n]|\\['"\\])*")|(?<number>\d+)|(?<name>[A-Za-z_]\w*)|(?<sign>&&|\|\||==|!=|[!()[\].,+?:])/y;

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return null;
    at = pattern.lastIndex;
    for (const kind of ["text", "number", "name", "sign"] as const) {
      const found = match.groups?.[kind];
      if (found !== undefined) tokens.push({ kind, text: found });
    }
  }
  return tokens;
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly names: CelNames;
}

function takes(reader: Reader, text: string): boolean {
  const next = reader.tokens[reader.at];
  if (next === undefined || next.kind === "text" || next.text !== text) return false;
  reader.at++;
  return true;
}

function expects(reader: Reader, text: string): void {
  if (!takes(reader, text)) throw new NotKnown();
}

function readChoice(reader: Reader): CelResult {
  const condition = readOr(reader);
  if (!takes(reader, "?")) return condition;
  const yes = readChoice(reader);
  expects(reader, ":");
  const no = readChoice(reader);
  if (condition.kind !== "value") return condition;
  return condition.value === true ? yes : condition.value === false ? no : failed;
}

function readOr(reader: Reader): CelResult {
  let left = readAnd(reader);
  while (takes(reader, "||")) left = joined(left, readAnd(reader), true);
  return left;
}

function readAnd(reader: Reader): CelResult {
  let left = readCompared(reader);
  while (takes(reader, "&&")) left = joined(left, readCompared(reader), false);
  return left;
}

/** `settles` of either side is the answer, whatever the other one is. */
function joined(left: CelResult, right: CelResult, settles: boolean): CelResult {
  const sides = [left, right];
  if (sides.some((side) => side.kind === "value" && side.value === settles)) return valued(settles);
  if (sides.some((side) => side.kind === "unknown")) return unknown;
  return sides.every((side) => side.kind === "value" && side.value === !settles) ? valued(!settles) : failed;
}

function readCompared(reader: Reader): CelResult {
  let left = readSum(reader);
  for (;;) {
    const sign = ["==", "!=", "in"].find((one) => takes(reader, one));
    if (sign === undefined) return left;
    left = compared(left, readSum(reader), sign);
  }
}

function compared(left: CelResult, right: CelResult, sign: string): CelResult {
  return over([left, right], ([one, other]) => {
    if (sign !== "in") return valued(isEqual(one, other) === (sign === "=="));
    if (Array.isArray(other)) return valued(other.some((item: CelValue) => isEqual(one, item)));
    return isMap(other) && typeof one === "string" ? valued(Object.hasOwn(other, one)) : failed;
  });
}

function readSum(reader: Reader): CelResult {
  let left = readNot(reader);
  while (takes(reader, "+")) {
    left = over([left, readNot(reader)], ([one, other]) =>
      typeof one === "string" && typeof other === "string" ? valued(one + other) : failed,
    );
  }
  return left;
}

function readNot(reader: Reader): CelResult {
  if (!takes(reader, "!")) return readMembers(reader);
  return over([readNot(reader)], ([one]) => (typeof one === "boolean" ? valued(!one) : failed));
}

function readMembers(reader: Reader): CelResult {
  let left = readWhole(reader);
  for (;;) {
    if (takes(reader, "[")) {
      const key = readChoice(reader);
      expects(reader, "]");
      left = over([left, key], ([map, name]) => memberOf(map, name));
    } else if (takes(reader, ".")) {
      const name = reader.tokens[reader.at++];
      if (name?.kind !== "name") throw new NotKnown();
      left = takes(reader, "(")
        ? called(name.text, left, readList(reader, ")"))
        : over([left], ([map]) => memberOf(map, name.text));
    } else return left;
  }
}

function memberOf(map: CelValue | undefined, name: CelValue | undefined): CelResult {
  if (isMap(map) && typeof name === "string" && Object.hasOwn(map, name)) return valued(map[name] ?? null);
  return failed;
}

function readWhole(reader: Reader): CelResult {
  if (takes(reader, "(")) {
    const inside = readChoice(reader);
    expects(reader, ")");
    return inside;
  }
  if (takes(reader, "[")) return over(readList(reader, "]"), (items) => valued(items));
  const token = reader.tokens[reader.at++];
  if (token?.kind === "text") return valued(token.text.slice(1, -1).replaceAll(/\\(.)/g, "$1"));
  if (token?.kind === "number") return valued(Number(token.text));
  if (token?.kind !== "name") throw new NotKnown();
  if (token.text === "true" || token.text === "false") return valued(token.text === "true");
  if (token.text === "null") return valued(null);
  if (takes(reader, "(")) return globally(token.text, reader);
  const named = Object.hasOwn(reader.names, token.text) ? reader.names[token.text] : undefined;
  return named === undefined ? unknown : valued(named);
}

/** `has(assertion.ref)` asks for a claim without failing on it; `string(x)` of a text is the text. */
function globally(name: string, reader: Reader): CelResult {
  const [only, ...more] = readList(reader, ")");
  if (only === undefined || more.length > 0) return unknown;
  if (name === "has") return only.kind === "unknown" ? only : valued(only.kind === "value");
  return name === "string" ? over([only], ([one]) => (typeof one === "string" ? valued(one) : unknown)) : unknown;
}

function called(name: string, on: CelResult, given: readonly CelResult[]): CelResult {
  return over([on, ...given], ([text, argument, ...more]) => {
    if (typeof text !== "string" || typeof argument !== "string" || more.length > 0) return unknown;
    if (name === "startsWith") return valued(text.startsWith(argument));
    if (name === "endsWith") return valued(text.endsWith(argument));
    return name === "contains" ? valued(text.includes(argument)) : unknown;
  });
}

function readList(reader: Reader, end: string): readonly CelResult[] {
  const items: CelResult[] = [];
  while (!takes(reader, end)) {
    if (items.length > 0) expects(reader, ",");
    items.push(readChoice(reader));
  }
  return items;
}

function over(results: readonly CelResult[], use: (values: readonly CelValue[]) => CelResult): CelResult {
  if (results.some(({ kind }) => kind === "error")) return failed;
  const values = results.flatMap((one) => (one.kind === "value" ? [one.value] : []));
  return values.length < results.length ? unknown : use(values);
}

function isEqual(one: CelValue | undefined, other: CelValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isMap(value: CelValue | undefined): value is CelMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
