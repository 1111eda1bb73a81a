import { likeText } from "../../src/domain/trust/like-text.ts";

/**
 * For tests: whether policies of a role let it do something, as AWS documents it: what any statement denies is denied,
 * else it takes one that allows it. Actions have no case, resources have.
 */

export interface Request {
  readonly action: string;
  readonly resource: string;
  /** What AWS says of the request; a key that is not there is missing. */
  readonly keys?: Readonly<Record<string, string>>;
}

type Values = string | readonly string[];

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: Values;
  readonly NotAction?: Values;
  readonly Resource?: Values;
  readonly NotResource?: Values;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
}

/** `allowed`, the name of the statement that denies it, or `not allowed` where none says anything. */
export function judged(policies: readonly string[], request: Request): string {
  const statements = policies.flatMap((text) => (JSON.parse(text) as { readonly Statement: Statement[] }).Statement);
  const holding = statements.filter((one) => applies(one, request));
  const denied = holding.find(({ Effect }) => Effect === "Deny");
  if (denied !== undefined) return `denied by ${denied.Sid ?? "?"}`;
  return holding.length > 0 ? "allowed" : "not allowed";
}

function applies(statement: Statement, { action, resource, keys = {} }: Request): boolean {
  const acts = (patterns: Values) =>
    list(patterns).some((pattern) => likeText(pattern.toLowerCase(), action.toLowerCase()));
  const meets = (patterns: Values) => list(patterns).some((pattern) => likeText(pattern, resource));
  const { Action, NotAction, Resource, NotResource } = statement;
  return (
    (Action !== undefined ? acts(Action) : NotAction !== undefined && !acts(NotAction)) &&
    (Resource !== undefined ? meets(Resource) : NotResource !== undefined && !meets(NotResource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, compared]) =>
      Object.entries(compared).every(([key, values]) => holds(operator, keys[key], list(values))),
    )
  );
}

function holds(operator: string, given: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case "Null":
      return values.includes(String(given === undefined));
    case "StringNotEquals":
      // Where the key is missing, too.
      return given === undefined || !values.includes(given);
    default:
      throw new Error(`nothing is known of ${operator}`);
  }
}

function list(values: Values): readonly string[] {
  return typeof values === "string" ? [values] : values;
}
