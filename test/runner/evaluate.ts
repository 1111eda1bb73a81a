import { workflowParser } from "../../scripts/workflow-parser.ts";
import { BadExpression } from "./errors.ts";
import type { Written } from "./workflow.ts";

const { expressions } = await workflowParser();
const { data, Evaluator, Lexer, Parser } = expressions;
type Data = InstanceType<typeof data.StringData> | ReturnType<InstanceType<typeof Evaluator>["evaluate"]>;

/** What an expression can see, and what the words about the status say there. */
export interface Situation {
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly success: boolean;
    readonly failure: boolean;
    readonly cancelled: boolean;
  };
  /** The digest of the files that patterns name; undefined where there are none. */
  readonly hashFiles?: (patterns: readonly string[]) => string;
}

/** What a template comes to: any value when it is one expression and nothing else, a text otherwise. */
export function evaluate(written: Written, situation: Situation): unknown {
  if (Array.isArray(written)) return (written as readonly Written[]).map((one) => evaluate(one, situation));
  if (typeof written === "object" && written !== null)
    return Object.fromEntries(
      Object.entries(written).map(([key, value]) => [evaluateText(key, situation), evaluate(value, situation)]),
    );
  if (typeof written !== "string") return written;
  const parts = partsOf(written);
  const [only] = parts;
  if (parts.length === 1 && only?.expression === true) return plain(dataOf(only.text, situation));
  return textOf(parts, situation);
}

/** The same as a text, as `env`, `with` and names take it. */
export function evaluateText(written: Written, situation: Situation): string {
  if (typeof written === "object" && written !== null) throw new BadExpression("a text is wanted, and a list is there");
  return textOf(partsOf(written === null ? "" : String(written)), situation);
}

/** Whether an `if` holds; without a word about the status only after nothing but success. */
export function holds(condition: string | null, situation: Situation): boolean {
  if (condition === null || condition.trim() === "") return situation.status?.success ?? true;
  const parts = partsOf(condition);
  const [only] = parts;
  const one = parts.length === 1 ? (only?.text ?? "") : null;
  // Text around an expression makes a text of it all, which is true unless it is empty.
  const expression = one ?? `format('${parts.map(asFormat).join("")}'${parts.map(asArgument).join("")})`;
  const whole = namesStatus(expression) ? expression : `success() && (${expression})`;
  return isTrue(dataOf(whole, situation));
}

interface Part {
  readonly expression: boolean;
  readonly text: string;
}

function asFormat(part: Part, at: number, all: readonly Part[]): string {
  if (!part.expression) return part.text.replaceAll("'", "''").replaceAll("{", "{{").replaceAll("}", "}}");
  return `{${all.slice(0, at).filter(({ expression }) => expression).length}}`;
}

function asArgument(part: Part): string {
  return part.expression ? `, ${part.text}` : "";
}

/** Texts and expressions in their order. An expression's end is not looked for within its own quotes. */
function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = text;
  for (;;) {
    const start = rest.indexOf("$" + "{{");
    if (start < 0) break;
    if (start > 0) parts.push({ expression: false, text: rest.slice(0, start) });
    const inner = /^(?:[^'}]|'(?:[^']|'')*'|\}(?!\}))*/.exec(rest.slice(start + 3))?.[0] ?? "";
    const end = start + 3 + inner.length;
    if (rest.slice(end, end + 2) !== "}}") throw new BadExpression(`an expression without an end: ${rest}`);
    parts.push({ expression: true, text: inner.trim() });
    rest = rest.slice(end + 2);
  }
  if (rest !== "" || parts.length === 0) parts.push({ expression: false, text: rest });
  return parts;
}

function textOf(parts: readonly Part[], situation: Situation): string {
  return parts.map(({ expression, text }) => (expression ? dataOf(text, situation).coerceString() : text)).join("");
}

const statusNames = ["always", "cancelled", "failure", "success"] as const;
const functionsAbout = [
  ...statusNames.map((name) => ({ name, description: "", minArgs: 0, maxArgs: 0 })),
  { name: "hashFiles", description: "", minArgs: 1, maxArgs: 255 },
];

function namesStatus(expression: string): boolean {
  const { tokens } = lexed(expression);
  return tokens.some(
    ({ lexeme }, at) => statusNames.some((name) => name === lexeme.toLowerCase()) && tokens[at + 1]?.lexeme === "(",
  );
}

function lexed(expression: string) {
  try {
    return new Lexer(expression).lex();
  } catch (error) {
    throw new BadExpression(`${expression}: ${messageOf(error)}`);
  }
}

function dataOf(expression: string, situation: Situation): Data {
  const { contexts, status, hashFiles } = situation;
  try {
    const names = Object.keys(contexts);
    const parsed = new Parser(lexed(expression).tokens, names, [...functionsAbout]).parse();
    const answers = { always: true, ...status };
    const functions = new Map(
      functionsAbout.map((about) => {
        const call = (...given: Data[]): Data => {
          if (about.name === "hashFiles") {
            if (hashFiles === undefined) throw new BadExpression("hashFiles has no place here");
            return new data.StringData(hashFiles(given.map((one) => one.coerceString())));
          }
          const answer = answers[about.name as keyof typeof answers];
          if (answer === undefined) throw new BadExpression(`${about.name}() has no place here`);
          return new data.BooleanData(answer);
        };
        return [about.name.toLowerCase(), { ...about, call }];
      }),
    );
    const values = JSON.parse(JSON.stringify(contexts), data.reviver) as InstanceType<typeof data.Dictionary>;
    return new Evaluator(parsed, values, functions).evaluate();
  } catch (error) {
    throw new BadExpression(`${expression}: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isTrue(value: Data): boolean {
  switch (value.kind) {
    case data.Kind.Null:
      return false;
    case data.Kind.Boolean:
    case data.Kind.Number:
    case data.Kind.String: {
      const plainValue = plain(value);
      return Boolean(plainValue);
    }
    default:
      return true;
  }
}

function plain(value: Data): unknown {
  return JSON.parse(JSON.stringify(value, data.replacer)) as unknown;
}
