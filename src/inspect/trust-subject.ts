import type { SubjectFact } from "../domain/configuration-facts.ts";

/** What is wrong with who is trusted; null when nothing is, or when the text does not tell. */
export interface TrustProblem {
  readonly severity: "error" | "warning";
  readonly code:
    | "trust-anybody"
    | "trust-by-name"
    | "trust-condition-missing"
    | "trust-for-all-values"
    | "trust-if-exists"
    | "trust-other-repository"
    | "trust-pull-request"
    | "trust-repository-wide"
    | "trust-subject-missing"
    | "trust-wildcard";
  readonly summary: string;
  readonly hint: string;
}

const exact = "Name one subject for each environment: `repo:owner@1/name@2:environment:prod`.";

/** Judges a subject by its text, how it is compared, and what the identity seems to be for. */
export function problemOfSubject({ text, operator, within }: SubjectFact, file: string): TrustProblem | null {
  const how = operator ?? "";
  if (/Not(?:Like|Equals)/.test(how)) return null;
  if (how.startsWith("ForAllValues:")) {
    const summary = `"ForAllValues" also holds when the token has no such claim, so "${text}" restricts nobody.`;
    return { severity: "error", code: "trust-for-all-values", summary, hint: "Compare with StringEquals." };
  }
  if (how.endsWith("IfExists")) {
    const summary = `"${how}" also holds when the token has no such claim, so "${text}" restricts nobody.`;
    return { severity: "error", code: "trust-if-exists", summary, hint: "Compare with StringEquals." };
  }
  if (text.startsWith("principalSet://")) return problemOfSet(text);
  // Only these compare letter by letter: there a star is a star.
  if (/[*?]/.test(text) && !/^(?:ForAnyValue:)?StringEquals/.test(how)) {
    const summary = `"${text}" trusts every subject of that form, also refs and environments that nobody has made yet.`;
    return { severity: "error", code: "trust-wildcard", summary, hint: exact };
  }
  const ofPulls = text.endsWith(":pull_request") ? problemOfPullRequest(text, `${within} ${file}`) : null;
  return ofPulls ?? problemOfName(text);
}

/** A name is whoever's has it today, and is in no token once subjects have numbers, as the declared settings say. */
function problemOfName(text: string): TrustProblem | null {
  const [, prefix] = /^(repo:[^/@:*?…$]+\/[^/@:*?…$]+):/.exec(text) ?? [];
  if (prefix === undefined) return null;
  return {
    severity: "warning",
    code: "trust-by-name",
    summary: `"${text}" names the repository without its numbers: whoever comes to have that name fits it, and a token with numbers does not.`,
    hint: `Write \`repo:owner@1/name@2:…\` with the numbers of both: GET /repos/OWNER/NAME/actions/oidc/customization/sub tells it as sub_claim_prefix. Trust both forms until GitHub's setting is as \`plangate audit\` asks.`,
  };
}

/** Claims that a whole repository or owner shares, or that any repository can have. */
const wideAttributes =
  /^(?:repository(?:_id|_owner|_owner_id|_visibility)?|owner|org|actor(?:_id)?|ref|event_name|aud)$/;

function problemOfSet(text: string): TrustProblem | null {
  if (/\/\*$/.test(text)) {
    const summary = `"${text}" trusts everybody in the pool.`;
    return {
      severity: "error",
      code: "trust-wildcard",
      summary,
      hint: "Trust one subject: `principal://…/subject/…`.",
    };
  }
  const attribute = /\/attribute\.(\w+)\//.exec(text)?.[1] ?? "";
  if (!wideAttributes.test(attribute)) return null;
  const summary = `"${text}" trusts every branch and every pull request with that ${attribute}.`;
  return {
    severity: "error",
    code: "trust-repository-wide",
    summary,
    hint: "Trust one subject: `principal://…/subject/repo:owner@1/name@2:environment:prod`.",
  };
}

/** An identity that plans may trust pull requests, when it can only read. */
function problemOfPullRequest(text: string, about: string): TrustProblem | null {
  const is = (words: string) => new RegExp(`(?<![a-z])(?:${words})(?![a-z])`, "i").test(about.replaceAll("_", "-"));
  const code = "trust-pull-request";
  const hint = "Let pull requests have an identity of their own that reads and changes nothing.";
  if (is("apply|applier|deploy|deployer|deployment|release|admin|write|writer|prod|production")) {
    return {
      severity: "error",
      code,
      summary: `"${text}" lets any pull request act as an identity that applies.`,
      hint,
    };
  }
  if (is("plan|planner|read|reader|readonly|view|viewer|check|pr|pull|ci-plan")) return null;
  const summary = `"${text}" trusts any pull request, and the text does not tell whether the identity can change anything.`;
  return { severity: "warning", code, summary, hint };
}
