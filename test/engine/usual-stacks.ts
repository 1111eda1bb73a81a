import type { Due, RunSource } from "../../src/domain/run.ts";
import type { Environment, Flow } from "../../src/flow/flow.ts";
import {
  aChange,
  aDue,
  answer,
  aStack,
  commit,
  login,
  type StackBuilder,
  shownTime,
} from "../../src/testing/builders.ts";
import { branches } from "./any-things.ts";
import { leaseOf } from "./decisions.ts";

/** A row that applies or destroys in an environment, as a wish that would be granted. */
export function usualWish(
  flow: Flow,
  environment: Environment,
): { readonly due: Due; readonly mode: "normal" | "destroy" }[] {
  const from = flow.branches.filter(({ name }) => environment.appliesFrom.includes(name));
  const ofClass = (name: string | null) =>
    branches.find((branch) => from.some((known) => (name ?? known.name) === known.name && isOf(known.match, branch)));
  return flow.when.flatMap((row) => {
    const mode = row.do.includes("apply") ? "normal" : row.do.includes("destroy") ? "destroy" : null;
    if (row.environment !== environment.name || mode === null) return [];
    const kind = row.on === "pull_request" ? "pull-request" : row.on;
    const ref = row.ref !== null ? "tag:v1.0.0" : (ofClass(row.into ?? row.to) ?? ofClass(null));
    if (ref === undefined) return [];
    // Also started by the very one who says yes everywhere.
    return ["ann", "bob"].map((by) => ({ due: aDue({ kind, ref, job: row.job, by: login(by) }), mode }));
  });
}

/** Drift that is to be put back, whether a row wants that or not. */
export function putBack(flow: Flow, environment: Environment): readonly StackBuilder[] {
  return flow.when.flatMap(({ cron, environment: name }) => {
    if (cron === null || name !== environment.name) return [];
    const due = aDue({ kind: "schedule", ref: "main", by: login("ann") });
    const source = { kind: "schedule", cron, ref: "main", commit: due.commit } as const;
    return [usualStack(flow, environment, { due, mode: "normal" }).withRun({ source }).with({ source })];
  });
}

function isOf(patterns: readonly string[], branch: string): boolean {
  return patterns.some((pattern) => branch.startsWith(pattern.replace(/[*{].*$/, "")));
}

function sourceOf(due: Due): RunSource {
  const { by, ref, commit: delivered } = due;
  switch (due.kind) {
    case "push":
      return { kind: "push", branch: ref, commit: delivered, by };
    case "dispatch":
    case "release":
      return { kind: "dispatch", by, ref, commit: delivered };
    case "pull-request":
      return { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c1") };
    default:
      return { kind: "merge", pullRequest: 12, branch: ref, commit: delivered };
  }
}

/** A stack of the environment in which the row's wish may be granted: bob said yes wherever he is asked. */
export function usualStack(
  flow: Flow,
  environment: Environment,
  wish: ReturnType<typeof usualWish>[number],
): StackBuilder {
  const { due, mode } = wish;
  const name = `${environment.name}${environment.perPullRequest ? "-12" : ""}/app`;
  const gates = [environment.name, ...flow.gates.map((gate) => gate.name)];
  const source = sourceOf(due);
  return aStack(name)
    .due(due)
    .withRun({ source, mode, state: "approved" })
    .planned({ mode })
    .said(answer("bob", "approve"), ...gates.map((gate) => atGate("bob", gate)))
    .with({
      environment: environment.name,
      instance: environment.perPullRequest ? "12" : null,
      hold: null,
      standing: environment.perPullRequest ? shownTime : null,
      changes: [],
      lease: leaseOf(name),
      writers: [login("ann")],
      source,
      pullRequest: aChange({ state: "open", headBranch: "feature/x", sections: ["why", "rollback"] }),
    });
}

/** A yes at a gate of GitHub's. */
export const atGate = (by: string, gate: string) =>
  answer(by, "approve", { via: "gate", pullRequest: null, environment: gate });
