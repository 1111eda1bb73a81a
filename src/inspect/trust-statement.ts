import { filledIn, type PolicyCondition, type PolicyStatement } from "../domain/policy-document.ts";
import { type LetIn, openStatementsOf } from "../domain/trust/open-statements.ts";
import type { TrustProblem } from "./trust-subject.ts";

const subjectHint =
  'Compare the subject: `"StringEquals": { "token.actions.githubusercontent.com:sub": "repo:owner@1/name@2:environment:prod" }`.';

/** Who may become an identity by a statement, where no subject shows it: everybody, or whoever has any token at all. */
export function problemOfTrust(statement: PolicyStatement): TrustProblem | null {
  if (statement.effect !== "Allow" || !assumes(statement)) return null;
  if (statement.conditions.some(({ operator, key }) => operator === filledIn || key === filledIn)) return null;
  if (trustsAnybody(statement)) {
    return {
      severity: "error",
      code: "trust-anybody",
      summary: "This lets anybody at all act as the identity.",
      hint: "Name who may: one role, or one provider and its subject.",
    };
  }
  return federated(statement) && !restricts(statement) ? missingSubject(statement) : null;
}

function assumes({ actions }: PolicyStatement): boolean {
  return actions.some((action) => /^(?:\*|sts:(?:\*|Assume\*|AssumeRole\w*\*?))$/i.test(action));
}

function trustsAnybody({ principals, hasNotPrincipal, conditions }: PolicyStatement): boolean {
  if (hasNotPrincipal) return true;
  return principals.some(({ type, id }) => id === "*" && (type === "Federated" || conditions.length === 0));
}

/** Providers of consumers' sign-in have an audience that is one's own, and no subject to compare. */
const ofConsumers = /cognito-identity\.amazonaws\.com|accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com/;

function federated({ actions, principals }: PolicyStatement): boolean {
  return (
    actions.some((action) => /WebIdentity|^sts:(?:\*|Assume\*|AssumeRole\*)$|^\*$/i.test(action)) &&
    principals.some(({ type, id }) => type === "Federated" && !ofConsumers.test(id) && !id.includes(":saml-provider/"))
  );
}

/** Compares something that tells one repository from another. */
function restricts({ conditions }: PolicyStatement): boolean {
  return conditions.some(
    (condition) => /:(?:sub|job_workflow_ref|repository|repository_id)$/i.test(condition.key) && holds(condition),
  );
}

/** One that also holds without the claim is told where subjects are judged. */
function holds({ operator, values }: PolicyCondition): boolean {
  return (
    /^(?:For(?:AnyValue|AllValues):)?String(?:Equals|EqualsIgnoreCase|Like)(?:IfExists)?$/i.test(operator) &&
    values.length > 0
  );
}

function missingSubject({ conditions }: PolicyStatement): TrustProblem {
  const negated = conditions.some(({ key, operator }) => /:sub$/i.test(key) && /Not/.test(operator));
  return {
    severity: "error",
    code: "trust-subject-missing",
    summary: negated
      ? "This names subjects that may not act as the identity, so every other one in the world may."
      : "This lets every token of the provider act as the identity, whichever repository it was made for.",
    hint: subjectHint,
  };
}

/** Who else gets in by all statements of a document together, where no single one, and no subject, shows it. */
export function problemOfReach(statements: readonly PolicyStatement[]): TrustProblem | null {
  if (!statements.some((one) => one.effect === "Allow" && federated(one))) return null;
  const found = openStatementsOf(statements);
  const of = (...kinds: readonly LetIn["kind"][]) => found.filter(({ kind }) => kinds.includes(kind));
  const [other] = of("stranger", "owner");
  if (other !== undefined) {
    const summary = `This lets ${other.who} act as the identity: what it compares is theirs to name, or fits more than one.`;
    return { severity: "error", code: "trust-other-repository", summary, hint: subjectHint };
  }
  // A pull request that a subject names is judged there.
  if (of("branch", "tag").length === 0) return null;
  const who = of("pull-request", "branch", "tag").map((one) => one.who);
  const summary = `This lets ${who.join(", ")} of the repository act as the identity.`;
  return { severity: "error", code: "trust-repository-wide", summary, hint: subjectHint };
}
