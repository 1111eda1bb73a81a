import type { Login } from "../domain/names.ts";
import type { Flow } from "../flow/flow.ts";
import type { StepOf } from "../worlds/step.ts";

/** Steps as people make them, with what a step always has filled in. */

/** Everything that a flow may ask the text of a pull request for. */
export function fullText(flow: Flow): string {
  const sections = flow.require.sections.map((section) => `\n## ${section}\nIt is so.\n`);
  return `Closes #1\n${sections.join("")}`;
}

export interface PushOf {
  readonly by: Login;
  readonly branch: string;
  /** Whose fork the branch is in; the repository itself without it. */
  readonly fork?: Login;
  readonly from?: string;
  readonly paths: readonly string[];
  /** What the paths hold from then on; another value of each without it. */
  readonly text?: string;
  readonly force?: boolean;
  readonly remove?: readonly string[];
}

export function push({ by, branch, fork, from, paths, text, force, remove }: PushOf): StepOf<"push"> {
  return {
    kind: "push",
    by,
    branch,
    fork: fork ?? null,
    from: from ?? null,
    changes: paths.map((path) => ({ path, text: text ?? null })),
    remove: remove ?? [],
    message: null,
    coAuthors: [],
    rewrite: false,
    force: force ?? false,
  };
}

export interface OpenOf {
  readonly by: Login;
  readonly head: string;
  readonly fork?: Login;
  readonly base: string;
  readonly as: string;
}

export function open(flow: Flow, { fork, ...about }: OpenOf): StepOf<"open"> {
  const text = { title: "", body: fullText(flow), labels: [], draft: false, issue: null };
  return { kind: "open", ...about, fork: fork ?? null, ...text };
}

/** A root module that keeps its backend and nothing else: what it had is deleted. */
export const emptiedRoot = 'terraform {\n  backend "local" {}\n}\n';

export function review(by: Login, pr: string, state: StepOf<"review">["state"]): StepOf<"review"> {
  return { kind: "review", by, pr, state, of: null };
}

export function comment(by: Login, pr: string, says: string): StepOf<"comment"> {
  return { kind: "comment", by, pr, branch: null, body: `/plangate ${says}` };
}

export function accept(by: Login, branch: string): StepOf<"comment"> {
  return { kind: "comment", by, pr: null, branch, body: "/plangate accept" };
}

export function merge(by: Login, pr: string, force = false): StepOf<"merge"> {
  return { kind: "merge", by, pr, method: null, force };
}

export function dispatch(by: Login, name: string, ref: string): StepOf<"dispatch"> {
  return { kind: "dispatch", by, name, ref, inputs: {} };
}

export function gate(by: Login, environment: string, state: "approve" | "reject" = "approve"): StepOf<"gate"> {
  return { kind: "gate", by, environment, state };
}

/** What the forge asks before a merge, or a push, to a branch. */
export function settings(branch: string, set: StepOf<"settings">["set"]): StepOf<"settings"> {
  return { kind: "settings", branch, environment: null, set };
}
