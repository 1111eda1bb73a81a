import { digestOf } from "../../domain/digest.ts";
import type { CommitSha, Instant, Login, RunId, StackName, TreeSha } from "../../domain/names.ts";
import { stackBaseName } from "../../domain/names.ts";
import type { PlanManifest, Tool } from "../../domain/plan.ts";
import type { Holder } from "../../domain/run.ts";
import type { Ground } from "./ground.ts";

/** The things that relations are between. What they are called says nothing: decisions ask whether two are the same. */

export const digests = {
  plan: digestOf("plan"),
  otherPlan: digestOf("another plan"),
  carriedPlan: digestOf("the plan that is carried on"),
  inputs: digestOf("inputs"),
  otherInputs: digestOf("other inputs"),
} as const;

const sha = (digit: string) => digit.repeat(40) as CommitSha;

export const commits = { delivered: sha("1"), applied: sha("2"), head: sha("3"), otherHead: sha("4") } as const;

export const runs = { own: "run-00000001" as RunId, other: "run-00000002" as RunId } as const;

/** Somebody whom the flow does not know, and who did not write what is delivered. */
export const passerBy = "a-passer-by" as Login;

export const tool: Tool = { name: "terraform", version: "1.14.0" };
export const otherTools = {
  "another version": { ...tool, version: "1.13.0" },
  "another tool": { ...tool, name: "opentofu" },
} as const;

export const versions = {
  planned: { lineage: "l1", serial: 7 },
  "its serial moved": { lineage: "l1", serial: 8 },
  "its lineage moved": { lineage: "l2", serial: 7 },
} as const;

export const holder: Holder = { host: "host", pid: 1, startedAt: "1" };

/** Another stack of the same environment. */
export function otherStack(stack: StackName): StackName {
  return `${stack}-and-not-${stackBaseName(stack)}` as StackName;
}

/** When what happened: everything that was said was said within minutes of the plan. */
export interface Times {
  readonly planned: Instant;
  readonly shown: Instant;
  readonly spoken: Instant;
  readonly later: Instant;
  readonly last: Instant;
}

const anHour = 3_600_000;

export function timesOf({ now, flow }: Pick<Ground, "now" | "flow">): Times {
  const planned = now - Math.min(anHour, flow.apply.maxAge);
  return { planned, shown: planned + 10, spoken: planned + 20, later: planned + 30, last: planned + 40 };
}

/** The plan as it is usually stored for a row. */
export function manifestOf({ stack, environment, mode, row }: Ground, { planned }: Times): PlanManifest {
  return {
    version: 1,
    run: runs.own,
    stack,
    environment: environment.name,
    instance: null,
    root: "root",
    mode,
    commit: commits.delivered,
    base: null,
    tree: "5".repeat(40) as TreeSha,
    tool,
    providers: [],
    modules: [],
    backend: { type: "local", workspace: "default", identity: digestOf("backend") },
    state: versions.planned,
    account: null,
    inputs: digests.inputs,
    variables: {},
    meaning: digestOf("meaning"),
    counts: { add: 1, change: 0, destroy: 0, replace: 0, import: 0, move: 0, forget: 0 },
    parts: [],
    createdAt: planned,
    keyId: `key-${row.line}`,
  };
}
