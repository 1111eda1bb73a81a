import type { Login, StackName } from "../../../domain/names.ts";
import type { StepOf } from "../../../worlds/step.ts";

/** Steps as the demo tells them, with everything that it leaves out filled in. */
export const by = { ann: "ann" as Login, bob: "bob" as Login };

export function push(branch: string, files: Readonly<Record<string, string>>, who: Login = by.ann): StepOf<"push"> {
  const changes = Object.entries(files).map(([path, text]) => ({ path, text }));
  return {
    kind: "push",
    by: who,
    branch,
    fork: null,
    from: "main",
    changes,
    remove: [],
    message: null,
    coAuthors: [],
    rewrite: false,
    force: false,
  };
}

/** The title is the pull request's name, too. */
export function open(head: string, title: string, who: Login = by.ann): StepOf<"open"> {
  return {
    kind: "open",
    by: who,
    head,
    fork: null,
    base: "main",
    title,
    body: `${title}.\n\nCloses #1`,
    labels: [],
    draft: false,
    issue: null,
    as: title,
  };
}

export function approve(pr: string, who: Login = by.bob): StepOf<"review"> {
  return { kind: "review", by: who, pr, state: "approve", of: null };
}

export function say(pr: string, body: string, who: Login): StepOf<"comment"> {
  return { kind: "comment", by: who, pr, branch: null, body };
}

export function merge(
  pr: string,
  { who = by.bob, force = false }: { readonly who?: Login; readonly force?: boolean } = {},
): StepOf<"merge"> {
  return { kind: "merge", by: who, pr, method: null, force };
}

export function start(name: string, ref: string, who: Login = by.ann): StepOf<"dispatch"> {
  return { kind: "dispatch", by: who, name, ref, inputs: {} };
}

export function openGate(environment: string, who: Login = by.bob): StepOf<"gate"> {
  return { kind: "gate", by: who, environment, state: "approve" };
}

export function outside(stack: string, change: StepOf<"outside">["change"]): StepOf<"outside"> {
  return { kind: "outside", stack: stack as StackName, change };
}

export function crash(stack: string): StepOf<"crash"> {
  return { kind: "crash", stack: stack as StackName, during: "apply" };
}

export function rerun(stack: string, who: Login = by.bob): StepOf<"rerun"> {
  return { kind: "rerun", by: who, stack: stack as StackName };
}

export function replan(stack: string, gives: StepOf<"replan">["gives"]): StepOf<"replan"> {
  return { kind: "replan", stack: stack as StackName, gives };
}
