import type { Clock, Repository } from "../../../delivery/ports.ts";
import type { Digest } from "../../../domain/digest.ts";
import type { Duration, Login, StackName } from "../../../domain/names.ts";
import type { ClientAbout } from "../client.ts";

/** As whom plangate acts on GitHub. */
export type Identity =
  /** A workflow's `GITHUB_TOKEN`, or a person's token. */
  | { readonly kind: "token"; readonly token: string }
  /** An app's own key, exchanged for a token of its installation in the repository, good for an hour. */
  | {
      readonly kind: "app";
      readonly appId: string;
      readonly privateKey: string;
      /** What its tokens may do at most, in GitHub's words; all that the app was granted when left out. */
      readonly may?: AppRights;
    };

export type AppRights = Readonly<Record<string, "read" | "write">>;

/** What the flow says that GitHub is asked by. */
export interface FlowWords {
  readonly teams: Readonly<Record<string, { readonly logins: readonly Login[]; readonly forgeTeam: string | null }>>;
  /** The protected branches, of classes that are one branch. */
  readonly protectedBranches: readonly string[];
  /** The one branch that branches of such a name are cut from. */
  cutFrom(branch: string): string | null;
  /** What a tag of that name releases, and the branch that such releases are made from; null when it releases nothing. */
  releaseOf(tag: string): {
    readonly version: string;
    readonly ofProject: boolean;
    readonly branch: string | null;
  } | null;
}

/** A workflow run at a gate, and what it goes on with behind it: stacks, each with the plan that people saw of it. */
export interface RunAtGate {
  readonly run: number;
  readonly asked: readonly { readonly stack: StackName; readonly plan: Digest }[];
}

export interface GitHubForgeAbout extends Pick<ClientAbout, "apiUrl" | "progress" | "signal" | "patience" | "sent"> {
  /** The host that people see: `github.com`, or the Enterprise Server's. No-reply addresses end in it. */
  readonly host: string;
  readonly owner: string;
  readonly repo: string;
  readonly identity: Identity;
  readonly flow: FlowWords;
  readonly clock: Clock;
  /** With every branch as GitHub has it now. */
  readonly repository: Repository;
  /** Brings the head of a pull request into `repository`: called when its commit is not there. */
  readonly bringHead: (pullRequest: number) => Promise<void>;
  /** The workflow runs of ours that wait or waited at the gate, as the record knows them. */
  readonly runsAtGate: (gate: string) => Promise<readonly RunAtGate[]>;
  /** Shows a plan where people look before they open a gate: in the summary of the job. */
  readonly showAtGate: (section: StackName, markdown: string) => Promise<void>;
  /**
   * For how long an answer serves again, so that one look at much asks once. What happens on GitHub in that time counts from
   * the next look on. Left out: two seconds.
   */
  readonly keep?: Duration;
}
