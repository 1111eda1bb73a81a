import { filledIn, type PolicyCondition } from "../policy-document.ts";
import { likeText } from "./like-text.ts";
import { type Answer, answer, type Claims } from "./trust.ts";

/** The claims of such a token that AWS hands to conditions; it reads no other, so a key of another one is never there. */
const read: ReadonlySet<string> = new Set([
  "actor",
  "actor_id",
  "amr",
  "aud",
  "enterprise_id",
  "environment",
  "job_workflow_ref",
  "ref",
  "repository",
  "repository_id",
  "sub",
  "workflow",
]);

/** How one value of a key compares with one of a condition. */
type Compare = (written: string, given: string) => boolean;

const comparisons: Readonly<Record<string, { readonly compare: Compare; readonly negated: boolean }>> = {
  stringequals: { compare: (written, given) => written === given, negated: false },
  stringnotequals: { compare: (written, given) => written === given, negated: true },
  stringequalsignorecase: { compare: sameButCase, negated: false },
  stringnotequalsignorecase: { compare: sameButCase, negated: true },
  stringlike: { compare: likeText, negated: false },
  stringnotlike: { compare: likeText, negated: true },
};

/**
 * Whether a condition holds, by AWS's documentation: a key that is not there fails what compares, and passes what denies,
 * what ends with `IfExists`, and what begins with `ForAllValues`. Names of keys have no case, values have.
 */
export function conditionHolds({ operator, key, values }: PolicyCondition, issuer: string, claims: Claims): Answer {
  if (operator === filledIn || key.includes(filledIn)) return "untold";
  const given = valuesOf(key, issuer, claims);
  if (given === "untold") return "untold";
  const { set, base, ifExists } = partsOf(operator);
  if (base === "null") return nullHolds(values, given.length === 0);
  const comparison = comparisons[base];
  if (given.length === 0) {
    if (ifExists || set === "all") return "yes";
    if (set === "any") return "no";
    return comparison === undefined ? "untold" : answer(comparison.negated);
  }
  if (comparison === undefined || values.some(isComputed)) return "untold";
  // Which of several values a condition for one looks at is not documented.
  if (set === null && given.length > 1) return "untold";
  const { compare, negated } = comparison;
  const holds = (one: string) => values.some((written) => compare(written, one)) !== negated;
  return answer(set === "any" ? given.some(holds) : given.every(holds));
}

function partsOf(operator: string): { set: "all" | "any" | null; base: string; ifExists: boolean } {
  const [, quantifier, name = "", exists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/i.exec(operator) ?? [];
  const set = quantifier === undefined ? null : /all/i.test(quantifier) ? "all" : "any";
  return { set, base: name.toLowerCase(), ifExists: exists !== undefined };
}

function nullHolds(values: readonly string[], missing: boolean): Answer {
  if (values.some(isComputed)) return "untold";
  return answer(values.some((value) => (value.toLowerCase() === "true") === missing));
}

/** What the key has in the request; empty when it is not there. Keys of the request itself are the caller's to choose. */
function valuesOf(key: string, issuer: string, claims: Claims): readonly string[] | "untold" {
  const at = key.lastIndexOf(":");
  const [provider, claim] = [key.slice(0, at).toLowerCase(), key.slice(at + 1).toLowerCase()];
  if (provider === "aws" || provider === "sts") return "untold";
  if (provider !== issuer.toLowerCase() || !read.has(claim)) return [];
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Filled in when the role is made, or by AWS itself for each request. */
function isComputed(value: string): boolean {
  return value.includes(filledIn) || value.includes("${");
}

function sameButCase(written: string, given: string): boolean {
  return written.toLowerCase() === given.toLowerCase();
}
