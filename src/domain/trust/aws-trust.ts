import { filledIn, type PolicyCondition, type PolicyStatement, statementsOf } from "../policy-document.ts";
import { conditionHolds } from "./aws-condition.ts";
import { likeText } from "./like-text.ts";
import { type Answer, type AwsRole, answer, both, type Claims, either } from "./trust.ts";

/**
 * Whether a token's holder may take on the role with sts:AssumeRoleWithWebIdentity. A statement that allows counts when all
 * of its conditions hold; one that denies counts before all that allow. A document that cannot be read trusts nobody, as AWS
 * takes none such.
 */
export function mayTakeRole({ trust }: AwsRole, claims: Claims): Answer {
  return statementsLetIn(statementsOf(trust, () => ({ line: 1, column: 1 })) ?? [], claims);
}

/** The same of a document that was read already. */
export function statementsLetIn(statements: readonly PolicyStatement[], claims: Claims): Answer {
  const issuer = issuerOf(claims);
  if (issuer === null) return "no";
  const of = (effect: string) =>
    either(
      ...statements
        .filter((one) => one.effect === effect)
        .map((statement) => statementHolds(statement, issuer, claims)),
    );
  const denied = of("Deny");
  return both(of("Allow"), denied === "yes" ? "no" : denied === "untold" ? "untold" : "yes");
}

/** As AWS calls a provider: without `https://`. */
export function issuerOf({ iss }: Claims): string | null {
  return typeof iss === "string" && iss.startsWith("https://") ? iss.slice("https://".length) : null;
}

function statementHolds(statement: PolicyStatement, issuer: string, claims: Claims): Answer {
  return both(
    acts(statement),
    trusts(statement, issuer),
    ...statement.conditions.map((condition: PolicyCondition) => conditionHolds(condition, issuer, claims)),
  );
}

function acts({ actions, notActions }: PolicyStatement): Answer {
  const action = "sts:assumerolewithwebidentity";
  const named = (patterns: readonly string[]) =>
    either(
      ...patterns.map((pattern) =>
        pattern.includes(filledIn) ? "untold" : answer(likeText(pattern.toLowerCase(), action)),
      ),
    );
  if (notActions.length === 0) return named(actions);
  const left = named(notActions);
  return left === "untold" ? left : answer(left === "no");
}

/** A provider is named by its ARN, which ends with its issuer; whoever trusts everybody trusts its tokens, too. */
function trusts({ principals, hasNotPrincipal }: PolicyStatement, issuer: string): Answer {
  if (hasNotPrincipal) return "untold";
  return either(
    ...principals.map(({ type, id }): Answer => {
      if (id === "*") return "yes";
      if (type !== "Federated") return "no";
      if (id.includes(filledIn)) return "untold";
      return answer(/^arn:[a-z-]+:iam::\d{12}:oidc-provider\/(.+)$/.exec(id)?.[1] === issuer);
    }),
  );
}
