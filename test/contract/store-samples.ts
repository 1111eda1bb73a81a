import { type Digest, digestOf } from "../../src/domain/digest.ts";
import type { CommitSha, Login, RunId, StackName, TreeSha } from "../../src/domain/names.ts";
import { manifestText, type PlanManifest, planDigestOf, type StoredPlan } from "../../src/domain/plan.ts";
import type { Holder, Run } from "../../src/domain/run.ts";

export const start = Date.UTC(2026, 0, 2, 3, 4, 5);
export const network = "prod/network" as StackName;
export const ann = "ann" as Login;
export const holder: Holder = { host: "box", pid: 4711, startedAt: "98765" };

export function runId(name: string): RunId {
  return `run-${name.padStart(8, "0")}` as RunId;
}

export function aRun(name: string, change: Partial<Run> = {}): Run {
  return {
    id: runId(name),
    stack: network,
    source: {
      kind: "pull-request",
      pullRequest: 12,
      head: "a".repeat(40) as CommitSha,
      base: "b".repeat(40) as CommitSha,
    },
    mode: "normal",
    state: "queued",
    code: null,
    why: null,
    plan: null,
    due: null,
    revision: 1,
    createdAt: start,
    updatedAt: start,
    holder: null,
    ...change,
  };
}

export function aPlan(run: Run, change: Partial<PlanManifest> = {}): StoredPlan {
  const manifest: PlanManifest = {
    version: 1,
    run: run.id,
    stack: run.stack,
    environment: "prod",
    instance: null,
    root: "stacks/network",
    mode: "normal",
    commit: "a".repeat(40) as CommitSha,
    base: null,
    tree: "c".repeat(40) as TreeSha,
    tool: { name: "terraform", version: "1.14.0" },
    providers: [],
    modules: [],
    backend: { type: "local", workspace: "default", identity: digestOf("backend") },
    state: { lineage: "l1", serial: 7 },
    account: null,
    inputs: digestOf("inputs"),
    variables: {},
    meaning: digestOf("meaning"),
    counts: { add: 1, change: 0, destroy: 0, replace: 0, import: 0, move: 0, forget: 0 },
    parts: [{ name: "tfplan", digest: digestOf("tfplan"), bytes: 6 }],
    createdAt: start,
    keyId: "ed25519-1",
    ...change,
  };
  const digest: Digest = planDigestOf(manifestText(manifest));
  return { digest, manifest, speculative: null, shown: [], carriedFrom: null };
}
