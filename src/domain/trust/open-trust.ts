import { statementsOf } from "../policy-document.ts";
import { mayAssume } from "./may-assume.ts";
import type { AwsRole, Claims, TrustDocuments } from "./trust.ts";

/** Somebody whom a trust lets in and hardly means to. */
export interface OpenTrust {
  /** The ARN of a role, or the address of a service account. */
  readonly identity: string;
  /** Who gets in, to follow "may be taken on by". */
  readonly who: string;
  /** False: the document leaves it open. */
  readonly certain: boolean;
}

/** The repository that identities are for, and who signs its tokens. */
export interface TrustedRepository {
  /** With `https://`. */
  readonly issuer: string;
  readonly owner: string;
  readonly name: string;
  readonly ownerId: string;
  readonly id: string;
}

/**
 * Who gets in besides the jobs of environments: strangers, anybody's pull request or branch, environments that somebody
 * makes up, tokens that lack what is asked, and whatever else fits where a subject is a pattern. Each is tried as a token,
 * so it does not matter how a trust is written, nor at which place of a list.
 */
export function openTrustOf(documents: TrustDocuments, repository: TrustedRepository): readonly OpenTrust[] {
  const audiences = [
    "sts.amazonaws.com",
    ...documents.providers.map(({ name, audiences: [own] }) => own ?? `https://iam.googleapis.com/${name}`),
  ];
  const tried = [...strangersOf(repository), ...patternsOf(documents.roles, repository)];
  const found = tried.flatMap(({ who, claims }) =>
    audiences.flatMap((aud) =>
      mayAssume(documents, { iss: repository.issuer, aud, ...claims }).map((one) => ({ ...one, who })),
    ),
  );
  return [...new Map(found.map((one) => [JSON.stringify([one.identity, one.who]), one])).values()];
}

interface Tried {
  readonly who: string;
  readonly claims: Claims;
}

/** Each with a subject of both forms, with numbers and without. */
function strangersOf(ours: TrustedRepository): readonly Tried[] {
  const other = { ...ours, name: "plangate-other", id: "2" };
  const stranger = { ...other, owner: "plangate-stranger", ownerId: "1" };
  const anew = { ...ours, id: "2" };
  const job = "environment:prod";
  return [
    ...tokens("any repository at all", stranger, job),
    ...tokens("any repository of the owner", other, job),
    ...tokens("a repository that is made anew by the same name", anew, job),
    ...tokens("any pull request", ours, "pull_request", "refs/pull/1/merge"),
    ...tokens("any branch", ours, "ref:refs/heads/plangate-probe", "refs/heads/plangate-probe"),
    ...tokens("any tag", ours, "ref:refs/tags/plangate-probe", "refs/tags/plangate-probe"),
    ...tokens("an environment that nobody made", ours, "environment:plangate-probe"),
    { who: "a token that claims nothing", claims: {} },
  ];
}

function tokens(
  who: string,
  { owner, name, ownerId, id }: TrustedRepository,
  context: string,
  ref = "refs/heads/main",
): readonly Tried[] {
  const environment = /^environment:(.*)$/.exec(context)?.[1];
  const claims = {
    repository: `${owner}/${name}`,
    repository_id: id,
    repository_owner: owner,
    repository_owner_id: ownerId,
    ref,
    ...(environment === undefined ? {} : { environment }),
    job_workflow_ref: `${owner}/${name}/.github/workflows/plangate-probe.yml@${ref}`,
  };
  return [`${owner}/${name}`, `${owner}@${ownerId}/${name}@${id}`].map((prefix) => ({
    who,
    claims: { ...claims, sub: `repo:${prefix}:${context}` },
  }));
}

/** One token for each pattern of a subject that a role is trusted by: nobody wrote that one down. */
function patternsOf(roles: readonly AwsRole[], ours: TrustedRepository): readonly Tried[] {
  const [own] = tokens("", ours, "environment:prod");
  const conditions = roles
    .flatMap(({ trust }) => statementsOf(trust, () => ({ line: 1, column: 1 })) ?? [])
    .flatMap(({ effect, conditions: all }) => (effect === "Allow" ? all : []));
  return conditions
    .filter(({ key, operator }) => /:sub$/i.test(key) && /Like/i.test(operator))
    .flatMap(({ values }) => values.filter((value) => /[*?]/.test(value)))
    .map((pattern) => ({
      who: `whoever has a subject like ${pattern}`,
      claims: { ...own?.claims, sub: pattern.replaceAll("*", "plangate-probe").replaceAll("?", "x") },
    }));
}
