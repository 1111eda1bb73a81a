import type { Duration, Instant, Login, StackName } from "../domain/names.ts";
import type { RuntimeOwned } from "../domain/runtime-owned.ts";

/** Who may say yes: a team of the flow, by its name there, or logins listed on the spot. */
export interface PeopleRef {
  /** Names of teams in `teams`. */
  readonly teams: readonly string[];
  readonly logins: readonly Login[];
}

/** A question to people that an apply waits for. */
export interface Gate {
  /** Under `gates` its key; the gate that an environment's `approvals` make is called after the environment. */
  readonly name: string;
  readonly count: number;
  readonly by: PeopleRef;
  /**
   * Who does not count, though named in `by`. Leaving somebody in needs a reason in the file. The triggerer is who
   * dispatched or ran again; nobody is that for a merge, so that a reviewer may approve and merge.
   */
  readonly notBy: readonly ("writers" | "triggerer")[];
  /** Why fewer are left out than by default, in the words of the file. */
  readonly because?: string;
}

/** What a protected branch asks of a pull request before it is merged. */
export interface BranchReviews {
  readonly count: number;
  /** Null: anyone who may review. */
  readonly by: PeopleRef | null;
  /** Whether one code owner of each changed path has to be among them. */
  readonly codeOwners: boolean;
}

/**
 * What may be pushed without a pull request: everything, nothing, or so much at once. What is over it is flagged, and
 * reaches no environment before somebody accepted it.
 */
export type DirectPush = "free" | "never" | { readonly lines: number; readonly files: number };

export interface BranchClass {
  readonly name: string;
  /** Patterns as GitHub's: `*` stops at `/`, `**` does not. */
  readonly match: readonly string[];
  readonly except: readonly string[];
  readonly cutFrom: string | null;
  /** Names of branch classes whose branches may be merged into this one; empty when it takes none. */
  readonly accepts: readonly string[];
  readonly merge: readonly ("squash" | "rebase" | "merge" | "fast-forward")[];
  readonly reviews: BranchReviews | null;
  readonly issue: "required" | "optional";
  /** `required`: a branch's name holds a ticket such as `NET-12`, be it by `{ticket}` in `match` or on its own. */
  readonly ticket: "required" | "optional";
  /** How long a pull request from the branch may stay open before it is flagged. */
  readonly maxAge: Duration | null;
  readonly directPush: DirectPush;
  /** A pull request into it has no merge commits of its own. */
  readonly linear: boolean;
  /** Classes that what reaches this branch goes back to, by a pull request that plangate opens; they accept it. */
  readonly backMerge: readonly string[];
  /** It accepts or reviews, so what stands there was looked at. */
  readonly protected: boolean;
}

export type EnvironmentKind = "ephemeral" | "dev" | "test" | "stage" | "prod";

export interface Environment {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** Branch classes and releases whose commits may be applied here. */
  readonly appliesFrom: readonly string[];
  /** One per open pull request, with a state and a name of its own. */
  readonly perPullRequest: boolean;
  /** How long an instance may stand before it is destroyed by itself. */
  readonly ttl: Duration | null;
  /** A stack belongs to the first branch that applied there, until that is merged, deleted, or freed by a person. */
  readonly heldByBranch: boolean;
  readonly approvals: Gate | null;
  /** Environments where the same change must be applied and verified first. */
  readonly after: readonly string[];
  readonly destroyable: boolean;
  /** When applies may begin; null: always. */
  readonly windows: readonly Window[] | null;
  /** When they may not, whatever the windows say. */
  readonly freezes: readonly Freeze[];
  readonly emergency: Emergency | null;
  /** Values that variables of the root modules have here: `az_count: 3`. */
  readonly expect: Readonly<Record<string, string | number | boolean>>;
  /** What something other than Terraform sets while the system runs: left out of drift and of plan meanings. */
  readonly runtimeOwned: readonly RuntimeOwned[];
  /** Whom a local command acts as: given to the tool as the cloud's own variables. And where workflows have identities. */
  readonly identity: Identity | null;
  /** Names of variables of plangate's own environment that Terraform gets to see here; never their values. */
  readonly variables: readonly string[];
  /** Has approvals, or a row that applies to it has a gate, or it is of kind stage or prod: no local command applies to it. */
  readonly gated: boolean;
}

/** `Mon-Thu 08:00-16:00 Europe/Berlin`: days count from 1 for Monday, minutes from midnight on the wall clock there. */
export interface Window {
  readonly text: string;
  readonly days: readonly number[];
  readonly from: number;
  /** Not after `from`: it ends on the day after. */
  readonly to: number;
  readonly zone: string;
}

export interface Freeze {
  readonly from: Instant;
  readonly to: Instant;
  readonly because: string | null;
}

/** A label on the pull request, set by somebody whom the environment's `approvals` name, waives windows and freezes; never a person. */
export interface Emergency {
  readonly label: string;
  /** By when somebody reviews what was done. */
  readonly review: Duration;
}

export interface Identity {
  readonly awsProfile: string | null;
  readonly awsRole: string | null;
  readonly gcpServiceAccount: string | null;
  /** Where identities of workflows are made; null: where the role is, or nowhere. */
  readonly awsAccount: string | null;
  /** The same for Google; null: where the service account is, or nowhere. */
  readonly gcpProject: string | null;
}

/** One entry under `stacks`: a pattern that may give many. `{stack}`, `{environment}` and `{instance}` are filled in. */
export interface StackPattern {
  readonly root: string;
  /** What its stacks are called when the root has no `{stack}`; without it, the last folder of the root. */
  readonly name?: string;
  readonly in: readonly string[];
  /** As `-backend-config`: a file, or `key=value`. */
  readonly backend: readonly string[];
  readonly vars: readonly string[];
  /** Commands that prove that an apply works, each an argument list, run in the root module. */
  readonly verify: readonly (readonly string[])[];
  /** Globs over paths that its stacks depend on besides what their configuration names. */
  readonly depends: readonly string[];
  /** Where the entry stands in the file, to name it in messages. */
  readonly line?: number;
  readonly column?: number;
}

/**
 * One root module in one environment, as the patterns give it for the folders that exist. Every template is filled in,
 * but `{instance}` in the backend of an environment per pull request: `instanceOf` makes the stack of one of them.
 */
export interface Stack {
  readonly name: StackName;
  readonly environment: string;
  /** The number of the pull request; null for a stack that all share, and for what instances are made from. */
  readonly instance: string | null;
  /** The root module's folder, from the repository's top; `.` for the top. */
  readonly root: string;
  readonly backend: readonly string[];
  /** From the repository's top. */
  readonly varFiles: readonly string[];
  readonly verify: readonly (readonly string[])[];
  readonly depends: readonly string[];
}

export interface ReleaseClass {
  readonly id: string;
  /** `project`: the whole repository has one version; else the folder of the modules that have one each, `modules/{module}`. */
  readonly of: string;
  /** `v{version}`, `{module}-v{version}` */
  readonly tag: string;
  readonly from: string;
  /** `merge`: released by itself when a merge changed the module. */
  readonly on: "dispatch" | "merge";
}

export type Step =
  | "check"
  | "plan"
  | "comment"
  | "gate"
  | "apply"
  | "verify"
  | "release"
  | "destroy"
  | "plan-destroy"
  | "artifact"
  | "drift";

/** One row of the trigger matrix. */
export interface Transition {
  readonly on: "pull_request" | "merge" | "push" | "dispatch" | "schedule" | "release";
  /** For pull requests and merges: the base branch class. Null: any, which only a row that applies nothing may say. */
  readonly into: string | null;
  /** For pushes: the branch class. Null: any, as above. */
  readonly to: string | null;
  readonly environment: string | null;
  /** In order. Where the environment has a gate, `gate` stands before `apply`; `verify` always stands behind it. */
  readonly do: readonly Step[];
  /** For a dispatch: the name people start it by. */
  readonly job: string | null;
  /** What the workflow is called that carries the row out on GitHub. */
  readonly workflow: string | null;
  /** For a dispatch: the kind of ref it delivers. For a release: which. */
  readonly ref: string | null;
  /** A gate of the row's own, besides the environment's approvals. */
  readonly gate: string | null;
  /** The job that people are offered when this one has ended, well or not. */
  readonly thenOffer: string | null;
  /** For a schedule: five fields, UTC. */
  readonly cron: string | null;
  /** For a schedule that looks for drift: report it, plan what would put it right, or apply that, past every gate that stands there. */
  readonly drift: "detect" | "propose" | "apply";
  readonly needs: readonly { readonly environment: string; readonly state: "applied" | "planned" }[];
  /** Where the row stands, to name it in messages. */
  readonly line: number;
}

/** A bucket that keeps bundles. `prefix` ends with a slash, or is empty. */
export type BundlesPlace =
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly prefix: string;
      readonly region: string;
      /** Where the identity is made that keeps them; null: by somebody else. */
      readonly account: string | null;
    }
  | { readonly kind: "gcs"; readonly bucket: string; readonly prefix: string; readonly project: string | null };

/** The flow as used: every default filled in, every name known to exist. Made by `parseFlow` only. */
export interface Flow {
  readonly tool: "terraform" | "opentofu";
  /** The exact version that workflows install; null: one that plangate was tested with. */
  readonly toolVersion: string | null;
  readonly host: "actions" | "server";
  /** Whom plangate acts as on GitHub Actions: each workflow's own token, or a GitHub App. */
  readonly identity: "token" | "app";
  readonly assurance: "solo" | "team" | "regulated";
  /** How often whatever waits is looked at on GitHub Actions though nothing happened. */
  readonly sweep: "15m" | "30m" | "1h" | "3h" | "6h";
  readonly teams: Readonly<Record<string, { readonly logins: readonly Login[]; readonly forgeTeam: string | null }>>;
  /** Who the repository is on the forge, so that identities can be bound to it for good. */
  readonly repository: {
    readonly owner: string;
    readonly name: string;
    readonly ownerId: number | null;
    readonly id: number | null;
    /** The GitHub App that plangate acts as, by the name in its address. */
    readonly app?: string;
  } | null;
  readonly branches: readonly BranchClass[];
  readonly gates: readonly Gate[];
  readonly environments: readonly Environment[];
  readonly stacks: readonly StackPattern[];
  readonly releases: readonly ReleaseClass[];
  readonly when: readonly Transition[];
  readonly apply: {
    readonly plan: "stored" | "fresh";
    readonly ifStateMoved: "fail" | "same-meaning" | "ask-again";
    readonly maxAge: Duration;
  };
  /** Where jobs keep bundles for one another; null: in artifacts of workflow runs. */
  readonly bundles: BundlesPlace | null;
  readonly allow: {
    /** Provider addresses that may be started, with `*`: `hashicorp/*`. */
    readonly providers: readonly string[];
    readonly provisioners: readonly string[];
    readonly externalData: boolean;
  };
  readonly require: {
    /** Headings that the text of a pull request has, with words below them. In lower case. */
    readonly sections: readonly string[];
    /** Whether somebody has to say in so many words that what a plan deletes is meant. */
    readonly deletions: "acknowledged" | "free";
    /** Static checks by name. */
    readonly checks: readonly string[];
  };
}
