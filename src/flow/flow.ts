import type { Duration, Login, StackName } from "../domain/names.ts";

/** Who may say yes: a team of the flow, by its name there, or logins listed on the spot. */
export interface PeopleRef {
  /** Names of teams in `teams`. */
  readonly teams: readonly string[];
  readonly logins: readonly Login[];
}

/** A question to people that an apply waits for. */
export interface Gate {
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
}

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
  /** It accepts or reviews, so what stands there was looked at. */
  readonly protected: boolean;
}

export type EnvironmentKind = "ephemeral" | "dev" | "test" | "stage" | "prod";

export interface Environment {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** Branch classes and releases whose commits may be applied here. */
  readonly appliesFrom: readonly string[];
  readonly approvals: Gate | null;
  /** Environments where the same change must be applied and verified first. */
  readonly after: readonly string[];
  readonly destroyable: boolean;
  /** Names of variables of plangate's own environment that Terraform gets to see here; never their values. */
  readonly variables: readonly string[];
  /** Has approvals, or is of kind stage or prod: no local command applies to it. */
  readonly gated: boolean;
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
  /** Where the entry stands in the file, to name it in messages. */
  readonly line?: number;
  readonly column?: number;
}

/** One root module in one environment, as the patterns give it for the folders that exist. Every template is filled in. */
export interface Stack {
  readonly name: StackName;
  readonly environment: string;
  /** The root module's folder, from the repository's top; `.` for the top. */
  readonly root: string;
  readonly backend: readonly string[];
  /** From the repository's top. */
  readonly varFiles: readonly string[];
  readonly verify: readonly (readonly string[])[];
}

export interface ReleaseClass {
  readonly id: string;
  readonly of: string;
  /** `v{version}` */
  readonly tag: string;
  readonly from: string;
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
  /** For pull requests and merges: the base branch class. */
  readonly into: string | null;
  readonly environment: string | null;
  /** In order. Where the environment has a gate, `gate` stands before `apply`; `verify` always stands behind it. */
  readonly do: readonly Step[];
  /** For a dispatch: the name people start it by. */
  readonly job: string | null;
  /** For a dispatch: the kind of ref it delivers. */
  readonly ref: string | null;
  readonly needs: readonly { readonly environment: string; readonly state: "applied" | "planned" }[];
  /** Where the row stands, to name it in messages. */
  readonly line: number;
}

/** The flow as used: every default filled in, every name known to exist. Made by `parseFlow` only. */
export interface Flow {
  readonly tool: "terraform" | "opentofu";
  readonly host: "actions" | "server";
  readonly assurance: "solo" | "team" | "regulated";
  readonly teams: Readonly<Record<string, { readonly logins: readonly Login[]; readonly forgeTeam: string | null }>>;
  readonly branches: readonly BranchClass[];
  readonly environments: readonly Environment[];
  readonly stacks: readonly StackPattern[];
  readonly releases: readonly ReleaseClass[];
  readonly when: readonly Transition[];
  readonly apply: {
    readonly plan: "stored" | "fresh";
    readonly ifStateMoved: "fail" | "same-meaning" | "ask-again";
    readonly maxAge: Duration;
  };
  readonly allow: {
    /** Provider addresses that may be started, with `*`: `hashicorp/*`. */
    readonly providers: readonly string[];
    readonly provisioners: readonly string[];
    readonly externalData: boolean;
  };
}
