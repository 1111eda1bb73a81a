import { filledIn, type PolicyCondition, type PolicyStatement } from "../policy-document.ts";
import { statementsLetIn } from "./aws-trust.ts";
import { type ProbeKind, probesOf, type TrustedRepository, type Wishes } from "./probes.ts";

/** Somebody whom a trust lets in and hardly means to. */
export interface LetIn {
  readonly kind: ProbeKind | "pattern";
  /** To follow "lets … act as the identity". */
  readonly who: string;
}

/**
 * Who gets in by the statements of a role's trust besides the jobs of environments that people made. Each is tried as a
 * token, so it does not matter how the trust is written, nor at which place of a list: strangers, anybody's pull request or
 * branch, what somebody makes up, tokens that lack what is asked, and whatever fits where a subject is a pattern. Which
 * repository is meant is taken from the statements. What these leave to be filled in lets nobody in here, but for the
 * provider, which is taken to be GitHub.
 */
export function openStatementsOf(statements: readonly PolicyStatement[]): readonly LetIn[] {
  const issuer = issuerIn(statements);
  const read = statements.map((statement) => withIssuer(statement, issuer));
  const conditions = read.flatMap(({ effect, conditions: all }) => (effect === "Allow" ? all : []));
  const probes = probesOf(repositoryIn(conditions), wishesIn(conditions));
  const tried = [...probes, ...patternsIn(conditions, probes.at(0)?.claims ?? {})];
  const aud = plainIn(conditions, "aud") ?? "sts.amazonaws.com";
  const found = tried.filter(
    ({ claims }) => statementsLetIn(read, { iss: `https://${issuer}`, aud, ...claims }) === "yes",
  );
  return [...new Map(found.map(({ kind, who }) => [who, { kind, who }])).values()];
}

/** As the statements name it; where they leave it to be filled in, some host that nobody has. */
function issuerIn(statements: readonly PolicyStatement[]): string {
  const named = statements.flatMap(({ principals, conditions }) => [
    ...principals.map(({ id }) => /:oidc-provider\/(.+)$/.exec(id)?.[1]),
    ...conditions.map(({ key }) => /^(.+):[a-z_]+$/i.exec(key)?.[1]),
  ]);
  const known = named.find((one) => one !== undefined && !one.includes(filledIn) && /\.[a-z]/i.test(one));
  return known ?? "issuer.plangate-probe.example";
}

function withIssuer(statement: PolicyStatement, issuer: string): PolicyStatement {
  const provider = `arn:aws:iam::000000000000:oidc-provider/${issuer}`;
  return {
    ...statement,
    principals: statement.principals.map((one) =>
      one.type === "Federated" && one.id.includes(filledIn) ? { ...one, id: provider } : one,
    ),
    conditions: statement.conditions.map((condition) => {
      const claim = /^[^:]*…[^:]*:([a-z_]+)$/i.exec(condition.key)?.[1];
      return claim === undefined ? condition : { ...condition, key: `${issuer}:${claim}` };
    }),
  };
}

type Conditions = readonly PolicyCondition[];

function valuesIn(conditions: Conditions, claim: string): readonly string[] {
  return conditions.flatMap(({ key, operator, values }) =>
    key.toLowerCase().endsWith(`:${claim}`) && !/Not/i.test(operator) ? values : [],
  );
}

/** The first value that is told in full. */
function plainIn(conditions: Conditions, claim: string): string | undefined {
  return valuesIn(conditions, claim).find((value) => !/[*?…]|\$\{/.test(value));
}

function repositoryIn(conditions: Conditions): TrustedRepository {
  const prefixes = valuesIn(conditions, "sub").map((value) =>
    /^repo:([^/@:]+)(?:@(\d+))?\/([^@:]+)(?:@(\d+))?:/.exec(value),
  );
  const [, subjectOwner, subjectOwnerId, subjectName, subjectId] =
    prefixes.find((one) => one !== null && !/[*?…]/.test(one[0])) ?? [];
  const repositories = valuesIn(conditions, "repository").map((value) => /^([^/*?…]+)\/([^*?…]+)?/.exec(value));
  const [, owner, name] = repositories.find((one) => one !== null) ?? [];
  return {
    owner: subjectOwner ?? owner ?? "plangate-owner",
    name: subjectName ?? name ?? "plangate-repository",
    ownerId: subjectOwnerId ?? "47",
    id: subjectId ?? plainIn(conditions, "repository_id") ?? "74",
  };
}

function wishesIn(conditions: Conditions): Wishes {
  const names = ["ref", "environment", "workflow", "job_workflow_ref"] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = valuesIn(conditions, name).find((one) => !/…|\$\{/.test(one));
      return value === undefined ? [] : [[name, fitting(value)]];
    }),
  );
}

/** One token for each pattern that a subject is compared with: nobody wrote that one down. */
function patternsIn(conditions: Conditions, claims: Readonly<Record<string, unknown>>) {
  const patterns = conditions.filter(({ key, operator }) => /:sub$/i.test(key) && /Like/i.test(operator));
  return patterns
    .flatMap(({ values }) => values.filter((value) => /[*?]/.test(value)))
    .map((pattern) => ({
      kind: "pattern" as const,
      who: `whoever has a subject like ${pattern}`,
      claims: { ...claims, sub: fitting(pattern) },
    }));
}

/** A text that fits the pattern, which nobody wrote down. */
function fitting(pattern: string): string {
  return pattern.replaceAll("*", "plangate-probe").replaceAll("?", "x");
}
