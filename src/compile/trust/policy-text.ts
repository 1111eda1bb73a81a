import { evaluated, type TerraformRecord } from "./terraform-json.ts";

/** A statement as the provider of AWS takes it. */
interface Statement {
  readonly sid?: string;
  readonly effect: string;
  readonly actions?: readonly string[];
  readonly not_actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly not_resources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
  readonly condition?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

/** The policy that the provider makes of statements, as the text without white space that AWS measures. */
export function policyText(statements: readonly TerraformRecord[], meant: (code: string) => string): string {
  const written = statements.map((one) => evaluated(one, meant) as Statement);
  return JSON.stringify({ Version: "2012-10-17", Statement: written.map(statementOf) });
}

function statementOf({ sid, effect, principals, condition, ...rest }: Statement) {
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: effect,
    ...(rest.actions === undefined ? {} : { Action: oneOrMore(rest.actions) }),
    ...(rest.not_actions === undefined ? {} : { NotAction: oneOrMore(rest.not_actions) }),
    ...(rest.resources === undefined ? {} : { Resource: oneOrMore(rest.resources) }),
    ...(rest.not_resources === undefined ? {} : { NotResource: oneOrMore(rest.not_resources) }),
    ...(principals === undefined
      ? {}
      : { Principal: Object.fromEntries(principals.map(({ type, identifiers }) => [type, oneOrMore(identifiers)])) }),
    ...(condition === undefined ? {} : { Condition: conditionOf(condition) }),
  };
}

/** By operator, and then by key: of two with the same both, the provider keeps one. */
function conditionOf(conditions: NonNullable<Statement["condition"]>) {
  return Object.fromEntries(
    [...Map.groupBy(conditions, ({ test }) => test)].map(([test, same]) => [
      test,
      Object.fromEntries(same.map(({ variable, values }) => [variable, oneOrMore(values)])),
    ]),
  );
}

/** The provider writes each value of a list once, and no list around one alone. */
function oneOrMore<Value>(values: readonly Value[]): Value | readonly Value[] {
  const each = [...new Set(values)];
  return each.length === 1 && each[0] !== undefined ? each[0] : each;
}
