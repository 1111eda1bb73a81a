import type { Duration, Login, StackName } from "../domain/names.ts";
import type { ReasonCode } from "../domain/reason.ts";
import type { SettingsChange } from "./live-settings.ts";

/** Where a step stands in its story: 1-based, as editors count. */
export interface StepPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * A path that a push changes. Without a text one value in it becomes another one, which is one changed line of one file;
 * below the folder of a module that is one value in every stack that uses it, directly or through modules.
 */
export interface PathChange {
  readonly path: string;
  readonly text: string | null;
}

/**
 * One thing that a person or the world does. `pr` is the name that an earlier `open` gave its pull request; the reader
 * of stories fills it in where a story leaves it out.
 */
export type WorldStep =
  | {
      readonly kind: "push";
      readonly by: Login;
      readonly branch: string;
      /** Whose fork the branch is in; null for the repository itself. */
      readonly fork: Login | null;
      /** Set when the branch starts here. */
      readonly from: string | null;
      readonly changes: readonly PathChange[];
      /** Files that go, or folders with all that is below them. */
      readonly remove: readonly string[];
      readonly message: string | null;
      readonly coAuthors: readonly Login[];
      /** The branch's own commits are thrown away: what the push brings starts at `from`, else where the branch left the default branch. */
      readonly rewrite: boolean;
      /** Past the forge's rules, as an administrator. */
      readonly force: boolean;
    }
  | {
      readonly kind: "open";
      readonly by: Login;
      readonly head: string;
      readonly fork: Login | null;
      readonly base: string;
      readonly title: string;
      readonly body: string;
      readonly labels: readonly string[];
      readonly draft: boolean;
      /** An issue that it links besides those that its body closes. */
      readonly issue: number | null;
      readonly as: string;
    }
  | {
      readonly kind: "review";
      readonly by: Login;
      readonly pr: string;
      readonly state: "approve" | "request-changes" | "comment" | "dismiss";
      /** Whose review is dismissed. */
      readonly of: Login | null;
    }
  /** On a pull request, or on the commit that a branch points at: there `/plangate accept` means that commit. */
  | {
      readonly kind: "comment";
      readonly by: Login;
      readonly pr: string | null;
      readonly branch: string | null;
      readonly body: string;
    }
  /** The branch is deleted, and the pull requests from and into it are closed with it. No merge deletes one. */
  | { readonly kind: "delete-branch"; readonly by: Login; readonly branch: string }
  | {
      readonly kind: "label";
      readonly by: Login;
      readonly pr: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | {
      readonly kind: "edit";
      readonly by: Login;
      readonly pr: string;
      readonly title: string | null;
      readonly body: string | null;
      readonly base: string | null;
    }
  | { readonly kind: "ready"; readonly by: Login; readonly pr: string }
  | { readonly kind: "close"; readonly by: Login; readonly pr: string }
  | { readonly kind: "reopen"; readonly by: Login; readonly pr: string }
  | { readonly kind: "update-branch"; readonly by: Login; readonly pr: string }
  | {
      readonly kind: "merge";
      readonly by: Login;
      readonly pr: string;
      /** Null: the first that is allowed between the two branches. */
      readonly method: "squash" | "rebase" | "merge" | "fast-forward" | null;
      readonly force: boolean;
    }
  | {
      readonly kind: "dispatch";
      readonly by: Login;
      readonly name: string;
      /** A branch or a tag; a tag when there are both, as Git reads it. */
      readonly ref: string;
      readonly inputs: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "gate";
      readonly by: Login;
      /** A gate of the flow, or an environment, whose approvals are its gate. */
      readonly environment: string;
      readonly state: "approve" | "reject";
    }
  /** Somebody makes a release by hand, past plangate. */
  | {
      readonly kind: "release";
      readonly by: Login;
      readonly tag: string;
      /** A branch. */
      readonly ref: string;
      /** The tag of a release that is there is moved, past the forge's rules, as an administrator. */
      readonly force?: boolean;
    }
  /** The clock of the forge: every row with this cron. */
  | { readonly kind: "schedule"; readonly cron: string }
  /** The run that was created last, of the stack when one is named. */
  | { readonly kind: "rerun"; readonly by: Login; readonly stack: StackName | null }
  | { readonly kind: "wait"; readonly duration: Duration }
  | {
      readonly kind: "outside";
      readonly stack: StackName;
      readonly change: "drift" | "state" | "lineage";
      /** Not now, but while the next apply of the stack is under way: that is found when it is verified. */
      readonly during?: "apply";
    }
  | {
      readonly kind: "replan";
      readonly stack: StackName;
      readonly gives: "same-meaning" | "different" | "empty" | "error";
    }
  | { readonly kind: "crash"; readonly stack: StackName; readonly during: "plan" | "apply" | "verify" }
  /** Somebody changes what the forge enforces, of a branch or at a gate. Nobody tells plangate. */
  | ({ readonly kind: "settings" } & SettingsChange);

export type StepOf<K extends WorldStep["kind"]> = Extract<WorldStep, { readonly kind: K }>;

/** Something that did not go on, and why. */
export interface Because {
  /** Null when it is about no stack: a release, a job that does not exist. */
  readonly stack: StackName | null;
  readonly because: ReasonCode;
}

/** What people should look at: about a stack, or about a branch. */
export interface FlagBecause {
  readonly stack: StackName | null;
  readonly branch: string | null;
  readonly because: ReasonCode;
}

/**
 * What must have happened since the last expectation. A kind that is left out is not compared, but for `applied` and
 * `destroyed`: left out they mean none.
 */
export interface Expectation {
  readonly kind: "expect";
  readonly applied: readonly StackName[];
  readonly destroyed: readonly StackName[];
  readonly planned?: readonly StackName[];
  readonly verified?: readonly StackName[];
  readonly superseded?: readonly StackName[];
  readonly commented?: readonly StackName[];
  readonly released?: readonly string[];
  readonly refused?: readonly Because[];
  readonly waiting?: readonly Because[];
  readonly interrupted?: readonly Because[];
  /** Stacks whose objects were found changed by somebody else. */
  readonly drifted?: readonly StackName[];
  readonly flagged?: readonly FlagBecause[];
  /** Pull requests that plangate opened, by what they are for. */
  readonly opened?: readonly string[];
  /** Issues that plangate opened and closed, by what they say: the code of the flag. */
  readonly issues?: { readonly opened: readonly ReasonCode[]; readonly closed: readonly ReasonCode[] };
  readonly checks?: Readonly<Record<string, "pass" | "fail">>;
  readonly blocked?: boolean;
}

export type Step = (WorldStep | Expectation) & { readonly at: StepPlace };

/** A branch by the name under which a world keeps it: those of forks after their owner. */
export function branchKey(fork: Login | null, branch: string): string {
  return fork === null ? branch : `${fork}:${branch}`;
}
