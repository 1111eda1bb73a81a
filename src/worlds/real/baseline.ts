import type { Delivery } from "../../delivery/delivery.ts";
import { digestOf } from "../../domain/digest.ts";
import type { CommitSha, StackName } from "../../domain/names.ts";
import { manifestText, type PlanManifest, planDigestOf } from "../../domain/plan.ts";
import { newRun, type Run } from "../../domain/run.ts";
import type { Stack } from "../../flow/flow.ts";
import { type Fixture, objectsOf } from "./fixture.ts";
import type { States } from "./states.ts";
import { administrator } from "./story-forge.ts";

/** What a world starts from: its first commit, and where its states lie. */
export interface Baseline {
  readonly fixture: Fixture;
  readonly states: States;
  readonly commit: CommitSha;
}

/** Makes it so that a stack was applied and verified at the first commit, before plangate had anything to do with it. */
export async function applyBefore(delivery: Delivery, stack: Stack, baseline: Baseline): Promise<void> {
  const { fixture, states, commit } = baseline;
  const { firstFiles } = fixture;
  const objects = await objectsOf(stack, Object.keys(firstFiles), async (path) => firstFiles[path] ?? "");
  states.settle(stack.name, objects);
  const tree = await delivery.repository.treeOf(commit);
  const { inputs } = await delivery.configuration.content(stack, tree);
  const run = firstRun(delivery, stack.name, commit);
  const manifest: PlanManifest = {
    version: 1,
    run: run.id,
    stack: stack.name,
    environment: stack.environment,
    instance: null,
    root: stack.root,
    mode: "normal",
    commit,
    base: null,
    tree,
    tool: await delivery.roles.tool(),
    providers: [],
    modules: [],
    backend: { type: "local", workspace: "default", identity: digestOf(stack.name) },
    state: { lineage: null, serial: 0 },
    account: null,
    inputs,
    variables: {},
    meaning: digestOf("before plangate"),
    counts: { add: 1, change: 0, destroy: 0, replace: 0, import: 0, move: 0, forget: 0 },
    parts: [],
    createdAt: run.createdAt,
    keyId: "none",
  };
  const digest = planDigestOf(manifestText(manifest));
  await delivery.store.write({ createRuns: [run], ledger: [] });
  await delivery.store.write({
    plans: [{ digest, manifest, speculative: null, shown: [], carriedFrom: null }],
    updateRuns: [{ ...run, state: "verified", plan: digest }],
    ledger: [],
  });
}

function firstRun(delivery: Delivery, stack: StackName, commit: CommitSha): Run {
  const at = delivery.clock.now();
  return newRun({
    id: delivery.ids.run(),
    stack,
    source: { kind: "merge", pullRequest: null, branch: "main", commit },
    mode: "normal",
    due: { kind: "merge", at, by: administrator, ref: "main", commit, job: null },
    at,
    holder: null,
  });
}
