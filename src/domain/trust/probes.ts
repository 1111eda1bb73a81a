import type { Claims } from "./trust.ts";

/** Somebody whom a trust may let in and hardly means to, as the token that they come with. */
export interface Probe {
  readonly kind: ProbeKind;
  /** To follow "lets … act as the identity". */
  readonly who: string;
  readonly claims: Claims;
}

export type ProbeKind =
  | "stranger"
  | "owner"
  | "made-anew"
  | "pull-request"
  | "branch"
  | "tag"
  | "environment"
  | "nothing";

/** The repository that an identity is for. */
export interface TrustedRepository {
  readonly owner: string;
  readonly name: string;
  readonly ownerId: string;
  readonly id: string;
}

/** Claims that whoever makes a token chooses, as somebody would who has read what is compared with them. */
export type Wishes = Readonly<Partial<Record<"ref" | "environment" | "workflow" | "job_workflow_ref", string>>>;

/** A number that GitHub will give nobody in our time. */
const otherId = "999999999999991";

/**
 * Everybody but the jobs of environments that people made. In a repository of one's own everything can be wished for: the
 * names of refs, environments and workflows, and a call of a workflow that others publish. In the trusted one a branch is
 * that branch, an environment has its rules, and a workflow that is named at a ref is the reviewed one.
 */
export function probesOf(ours: TrustedRepository, { workflow, ...wishes }: Wishes): readonly Probe[] {
  const other = { ...ours, name: "plangate-other", id: otherId };
  const stranger = { ...other, owner: "plangate-stranger", ownerId: otherId };
  const named = workflow === undefined ? {} : { workflow };
  const all = { ...named, ...wishes };
  const environment = `environment:${wishes.environment ?? "prod"}`;
  const branch = "refs/heads/plangate-probe";
  const tag = "refs/tags/plangate-probe";
  return [
    ...tokens("stranger", "any repository at all", { of: stranger, context: environment, wishes: all }),
    ...tokens("owner", "any repository of the owner", { of: other, context: environment, wishes: all }),
    ...tokens("made-anew", "a repository that is made anew by the same name", {
      of: { ...ours, id: otherId },
      context: environment,
      wishes: all,
    }),
    ...tokens("pull-request", "any pull request", {
      of: ours,
      context: "pull_request",
      wishes: { ...named, ref: "refs/pull/1/merge" },
    }),
    ...tokens("branch", "any branch", { of: ours, context: `ref:${branch}`, wishes: { ...named, ref: branch } }),
    ...tokens("tag", "any tag", { of: ours, context: `ref:${tag}`, wishes: { ...named, ref: tag } }),
    ...tokens("environment", "an environment that nobody made", {
      of: ours,
      context: "environment:plangate-probe",
      wishes: { ...named, environment: "plangate-probe" },
    }),
    { kind: "nothing", who: "a token that claims nothing", claims: {} },
  ];
}

/** What every token claims besides, and nobody is told apart by. */
const others = {
  actor: "plangate-probe",
  actor_id: "3",
  base_ref: "",
  enterprise: "plangate-probe",
  event_name: "push",
  head_ref: "",
  run_attempt: "1",
  run_id: "4",
  run_number: "1",
  runner_environment: "github-hosted",
  sha: "0123456789abcdef0123456789abcdef01234567",
  workflow: "plangate-probe",
  workflow_ref: "plangate-probe",
};

interface Token {
  readonly of: TrustedRepository;
  /** The end of the subject. */
  readonly context: string;
  readonly wishes: Wishes;
}

/** Each with a subject of both forms, with numbers and without. */
function tokens(kind: ProbeKind, who: string, { of, context, wishes }: Token): readonly Probe[] {
  const { owner, name, ownerId, id } = of;
  const environment = /^environment:(.*)$/.exec(context)?.[1];
  const { ref = "refs/heads/main" } = wishes;
  const claims = {
    repository: `${owner}/${name}`,
    repository_id: id,
    repository_owner: owner,
    repository_owner_id: ownerId,
    repository_visibility: "public",
    // Whatever a pool makes names of has to be there, or it takes no token at all.
    ...others,
    ref,
    ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
    ...(environment === undefined ? {} : { environment }),
    job_workflow_ref: `${owner}/${name}/.github/workflows/plangate-probe.yml@${ref}`,
    ...wishes,
  };
  return [`${owner}/${name}`, `${owner}@${ownerId}/${name}@${id}`].map((prefix) => ({
    kind,
    who,
    claims: { ...claims, sub: `repo:${prefix}:${context}` },
  }));
}
