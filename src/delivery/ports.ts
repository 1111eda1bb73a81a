/**
 * What delivery needs from the outside, in the words of the domain. Adapters implement these and know nothing of
 * each other; tests use the fakes in `testing/`. Whatever fails outside is thrown as a `DeliveryError`.
 */
import type { PersonalAnswer } from "../domain/answer.ts";
import type { Digest } from "../domain/digest.ts";
import type { PullRequestFacts, RefFacts } from "../domain/facts.ts";
import type { ProvedProperty } from "../domain/flow-change.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { ModuleInterface } from "../domain/module-interface.ts";
import type { CommitSha, Instant, Login, RunId, StackName, TreeSha } from "../domain/names.ts";
import type { SignedManifest, StoredPlan } from "../domain/plan.ts";
import type { AnswerFilter, Change, Conflict, RunFilter } from "../domain/record.ts";
import type { ModuleReferences } from "../domain/references.ts";
import type { BranchHold, Run, StackLease } from "../domain/run.ts";
import type { Flow } from "../flow/flow.ts";
import type { PlanOutcome, RunLog } from "./ports/terraform.ts";

export type { Change, RunFilter } from "../domain/record.ts";
export type {
  ApplyOutcome,
  BackendSettings,
  FetchedModule,
  PlanFileContents,
  PlanOutcome,
  ReadPlanFile,
  RunCommand,
  RunLog,
  StateLockHolder,
  Terraform,
  Workdir,
} from "./ports/terraform.ts";

export interface Clock {
  now(): Instant;
}

export interface Ids {
  run(): RunId;
}

export interface TreeEntry {
  /** From the repository's top, as Git has it. */
  readonly path: string;
  /** `100644`, `100755`, `120000` for a symbolic link, `160000` for a submodule. */
  readonly mode: string;
  readonly blob: string;
}

export interface CommitPeople {
  readonly sha: CommitSha;
  readonly parents: readonly CommitSha[];
  /** E-mail addresses of author, committer and co-authors, in lower case. */
  readonly emails: readonly string[];
  readonly message: string;
  /** Paths it changes against its first parent. */
  readonly paths: readonly string[];
}

/** A repository's objects and refs; no checkout is needed. */
export interface Repository {
  /** The commit that a branch, tag, or id names; `undefined` when there is none. */
  resolve(ref: string): Promise<CommitSha | undefined>;
  treeOf(commit: CommitSha): Promise<TreeSha>;
  /** What would be there after merging `head` into `base`; the conflicting paths when that cannot be said. */
  mergeTree(
    base: CommitSha,
    head: CommitSha,
  ): Promise<{ readonly tree: TreeSha } | { readonly conflicts: readonly string[] }>;
  /** Every file of the tree. */
  listTree(tree: TreeSha | CommitSha): Promise<readonly TreeEntry[]>;
  /** The blobs' contents, in order. */
  readBlobs(blobs: readonly string[]): Promise<readonly Uint8Array[]>;
  /** Writes the tree's files into an empty folder: modes and links as in Git, no hooks, no filters. */
  checkout(tree: TreeSha, folder: string): Promise<void>;
  /** The paths that differ between two contents. */
  changedPaths(from: TreeSha | CommitSha, to: TreeSha | CommitSha): Promise<readonly string[]>;
  /** The names of all tags, without `refs/tags/`. */
  tags(): Promise<readonly string[]>;
  /** The newest commit that both have; `undefined` when they have none. */
  mergeBase(one: CommitSha, other: CommitSha): Promise<CommitSha | undefined>;
  /** How many files differ between two contents, and how many lines were added and removed, whatever the files hold. */
  changeSize(
    from: TreeSha | CommitSha,
    to: TreeSha | CommitSha,
  ): Promise<{ readonly files: number; readonly lines: number }>;
  isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean>;
  /** The commits that `to` has and `from` has not (all of them when `from` is null), newest first. */
  commitsBetween(from: CommitSha | null, to: CommitSha): Promise<readonly CommitPeople[]>;
}

/** Can close, not open: what plan has. */
export interface Sealer {
  seal(plain: Uint8Array): Promise<Uint8Array>;
}

export interface Opener {
  /** Throws `bundle-altered` when it was not sealed for us or was altered. */
  open(sealed: Uint8Array): Promise<Uint8Array>;
}

/** What present alone has. */
export interface Signer {
  readonly keyId: string;
  sign(text: string): Promise<SignedManifest>;
}

export interface SignatureCheck {
  /** Whether a key that this store trusts made the signature. */
  verify(signed: SignedManifest, keyId: string): Promise<boolean>;
}

/** Sealed parts and signed manifests, by plan digest. Content is written once and never replaced. */
export interface BundleStore {
  put(plan: Digest, signed: SignedManifest, parts: Readonly<Record<string, Uint8Array>>): Promise<void>;
  /** `undefined` when there is no such bundle. */
  manifest(plan: Digest): Promise<SignedManifest | undefined>;
  /** `undefined` when the part is not there. */
  part(plan: Digest, name: string): Promise<Uint8Array | undefined>;
}

export type Written =
  | { readonly ok: true; readonly entries: readonly LedgerEntry[]; readonly lease: StackLease | null }
  | Conflict;

export interface Store {
  write(change: Change): Promise<Written>;
  run(id: RunId): Promise<Run | undefined>;
  /** Newest first. */
  runs(filter: RunFilter): Promise<readonly Run[]>;
  plan(digest: Digest): Promise<StoredPlan | undefined>;
  lease(stack: StackName): Promise<StackLease | undefined>;
  leases(): Promise<readonly StackLease[]>;
  hold(stack: StackName): Promise<BranchHold | undefined>;
  /** In order of the stacks' names. */
  holds(filter: { readonly branch?: string }): Promise<readonly BranchHold[]>;
  /** Every stack that there ever was a run of, in order of their names. */
  stacks(): Promise<readonly StackName[]>;
  /** In the order they were said. */
  answers(filter: AnswerFilter): Promise<readonly PersonalAnswer[]>;
  /** From `afterSeq` on, in order. */
  ledger(afterSeq?: number): AsyncIterable<LedgerEntry>;
  ledgerHead(): Promise<{ readonly seq: number; readonly hash: Digest }>;
  close(): Promise<void>;
}

/** How a comment was taken: what it asks for is done or counts, it is not done, or it could not be understood or taken up. */
export type Reaction = "taken-up" | "refused" | "not-understood";

/** What delivery reads from the forge, and the little it writes. What opens a gate is always read from here. */
export interface Forge {
  pullRequest(number: number): Promise<PullRequestFacts | undefined>;
  /**
   * Every merged pull request that holds a commit, oldest first: a commit travels from branch to branch through several.
   * A squash or rebase holds what it became as well as what it was made of.
   */
  pullRequestsOf(commit: CommitSha): Promise<readonly PullRequestFacts[]>;
  /** Who is behind an e-mail address; `email:<address>` when nobody is known. */
  loginOf(email: string): Promise<Login>;
  /** The members of the flow's teams, by their name in the flow. */
  teams(): Promise<Readonly<Record<string, readonly Login[]>>>;
  maintainers(): Promise<readonly Login[]>;
  /** What people answered at a gate: one of the flow's `gates`, or an environment's own. */
  gateAnswers(gate: string): Promise<readonly PersonalAnswer[]>;
  /** Every `/plangate accept` of a commit, be it said on the commit or, with its id, on a pull request or an issue. */
  commitAnswers(commit: CommitSha): Promise<readonly PersonalAnswer[]>;
  /** Who pushed a commit to the branch, as far as the forge knows; its writers are added by the caller. */
  pusherOf(branch: string, commit: CommitSha): Promise<Login | null>;
  /**
   * The push that brought a commit to the branch, all of it: several small commits at once are one change. Absent where a
   * forge keeps no such record, and a commit counts alone then.
   */
  pushOf?(
    branch: string,
    commit: CommitSha,
  ): Promise<{ readonly before: CommitSha | null; readonly after: CommitSha } | null>;
  /** Where the branch stood before a push or a merge brought it the commit. Absent where a forge keeps no such record. */
  stoodBefore?(branch: string, commit: CommitSha): Promise<CommitSha | null>;
  /** The open pull request between two branches of the repository. */
  openBetween(head: string, base: string): Promise<number | null>;
  ref(ref: string): Promise<RefFacts | undefined>;
  latestRelease(): Promise<string | null>;
  /**
   * Creates or replaces the stack's section of plangate's own comment; without a pull request, what people see at the
   * environment's gate. Returns when people could first see it, by the forge's clock. Calls may overlap: a forge that is far
   * away writes what is asked for in the same moment in one go.
   */
  show(pullRequest: number | null, section: StackName, markdown: string): Promise<Instant>;
  /**
   * Creates or replaces the section about a change of the flow, before those of the stacks in the same comment; null
   * takes it away, where it stands.
   */
  showFlowChange(pullRequest: number, markdown: string | null): Promise<void>;
  /**
   * The same of what became of a pull request, behind the section about the flow. Absent where whoever delivers tells it
   * otherwise.
   */
  showOutcome?(pullRequest: number, markdown: string | null): Promise<void>;
  /** The same of what people asked for in comments and what is not done, behind what became of it. Absent likewise. */
  showAsked?(pullRequest: number, markdown: string | null): Promise<void>;
  /** The open pull requests that came from forks last: some of them, newest first. Absent likewise. */
  openForks?(): Promise<readonly { readonly number: number; readonly base: string }[]>;
  /** The section that tells whoever opened one what is not done for a fork. Absent likewise. */
  showFork?(pullRequest: number, markdown: string): Promise<void>;
  /**
   * Marks a comment with how what it asks for was taken; the same mark again does nothing. Absent where a forge has no such
   * marks.
   */
  react?(comment: number, reaction: Reaction): Promise<void>;
  /** Answers on an issue, which has no comment of plangate's own to be rewritten. Absent likewise. */
  reply?(issue: number, markdown: string): Promise<void>;
  /** Reports plangate's own check of a commit: of a pull request's head, or of what was pushed. */
  reportCheck(commit: CommitSha, check: { readonly passed: boolean; readonly summary: string }): Promise<void>;
  /** Opens a pull request as plangate; gives the one that is open already when there is one. */
  openPullRequest(request: {
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
    readonly purpose: "back-merge";
  }): Promise<{ readonly number: number; readonly opened: boolean }>;
  /**
   * Moves a branch on to a commit that has all of its commits, past what the forge asks of people and never past its checks.
   * `told`: the forge tells of it by itself, as of any push.
   */
  fastForward(
    branch: string,
    commit: CommitSha,
  ): Promise<{ readonly kind: "moved"; readonly told: boolean } | { readonly kind: "refused"; readonly why: string }>;
  /** Opens or updates the one issue that says this; `changed` is false when it stood there just so. */
  raiseIssue(issue: { readonly key: string; readonly title: string; readonly body: string }): Promise<{
    readonly changed: boolean;
  }>;
  /** The keys of those that are open. */
  openIssues(): Promise<readonly string[]>;
  /** Closes it; `changed` is false when none was open. */
  closeIssue(key: string, why: string): Promise<{ readonly changed: boolean }>;
  release(tag: string, commit: CommitSha, notes: string): Promise<void>;
}

/** What plan hands to present: sealed, and a claim, nothing more. */
export interface SealedPlan {
  readonly run: RunId;
  readonly outcome: PlanOutcome;
  /** `tfplan`, `.terraform.lock.hcl`, `files/…`, each sealed; empty when the plan failed. */
  readonly parts: Readonly<Record<string, Uint8Array>>;
}

export interface ListedFile {
  readonly path: string;
  /** Tells whether it was touched. */
  readonly stamp: string;
  readonly bytes: number;
  /** A file with content; false for a link, and for whatever else may have a name. */
  readonly isPlain: boolean;
}

/** A folder of one run's own, thrown away with it. Names are relative and never leave it, nor does a link on the way. */
export interface WorkFolder {
  readonly path: string;
  write(name: string, content: Uint8Array): Promise<void>;
  /** `undefined` when there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Every file under a folder of it, links not followed, `.terraform` left out. */
  list(under: string): Promise<readonly ListedFile[]>;
  /** Makes `name` stand for a folder elsewhere, when that is there. */
  link(name: string, target: string): Promise<void>;
  remove(): Promise<void>;
}

export interface WorkFolders {
  create(name: string): Promise<WorkFolder>;
}

/** Reads what a `.tf` file refers to. */
export type ReadReferences = (text: string, path: string) => Promise<ModuleReferences>;

/** What callers of a module see in one of its files; `undefined` when it cannot be read whole. */
export type ReadInterface = (text: string, path: string) => Promise<ModuleInterface | undefined>;

/** Looks for a story that breaks what a flow promises, for as long as a check may take. */
export type ProveFlow = (flow: Flow) => Promise<readonly ProvedProperty[]>;

export interface RunLogs {
  open(run: RunId): RunLog;
}
