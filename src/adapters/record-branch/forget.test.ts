import { describe, expect, it } from "vitest";
import { ann, aPlan, aRun, runId, start } from "../../../test/contract/store-samples.ts";
import type { CommitSha, StackName } from "../../domain/names.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import { emptyRecord } from "../../domain/record.ts";
import type { Run } from "../../domain/run.ts";
import { forgetOld } from "./forget.ts";
import { type BranchState, parseState, stateText } from "./state-text.ts";

const day = 24 * 3_600_000;
const now = start + 100 * day;
const sha = "a".repeat(40) as CommitSha;

/** So many runs that were superseded, one a minute, of one stack. */
function many(count: number, change: Partial<Run> = {}): readonly Run[] {
  return Array.from({ length: count }, (_, index) =>
    aRun(`${index}`, { state: "superseded", createdAt: start + index, updatedAt: start + index, ...change }),
  );
}

function stateOf(runs: readonly Run[], plans: readonly StoredPlan[] = []): BranchState {
  const record = {
    ...emptyRecord,
    runs: new Map(runs.map((run) => [run.id, run])),
    plans: new Map(plans.map((plan) => [plan.digest, plan])),
  };
  const bundles = new Map(
    plans.map(({ digest }) => [digest, { plan: digest, artifact: "plangate-bundles-1-1-decide" }]),
  );
  return { record, bundles };
}

const due = { kind: "merge", at: start, by: ann, ref: "main", commit: sha, job: null } as const;

describe("what is left out of state.json", () => {
  it("is nothing as long as there is not much", () => {
    const state = stateOf(many(2_000));
    expect(forgetOld(state, now)).toBe(state);
  });

  it("is what was planned for pull requests long ago, but for the newest of each stack", () => {
    const other = aRun("99999", { state: "superseded", stack: "prod/dns" as StackName });
    const left = forgetOld(stateOf([...many(2_100), other]), now);
    expect([...left.record.runs.keys()].sort()).toEqual(
      [...Array.from({ length: 50 }, (_, index) => runId(`${2_050 + index}`)), other.id].sort(),
    );
  });

  it.each([
    { name: "what is not old", change: { updatedAt: now - 13 * day } },
    { name: "what has not ended", change: { state: "waiting" } },
    { name: "what was to be delivered, whatever came of it", change: { due } },
    {
      name: "what a protected branch brought",
      change: { source: { kind: "merge", pullRequest: 1, branch: "main", commit: sha } },
    },
    { name: "what was applied", change: { state: "verified", plan: aPlan(aRun("1")).digest } },
    { name: "what failed as it was applied", change: { state: "failed", plan: aPlan(aRun("1")).digest } },
  ] as const)("is never $name", ({ change }) => {
    const state = stateOf(many(2_100, change as Partial<Run>));
    expect(forgetOld(state, now).record.runs.size).toBe(2_100);
  });

  it("takes its plans along, and stays when others name one of them", () => {
    const runs = many(2_100);
    const [gone, carried, used] = runs as readonly [Run, Run, Run];
    const [goes, from] = [aPlan(gone), aPlan(carried, { createdAt: start + 1 })];
    const onto = { ...aPlan(runs.at(-1) as Run, { createdAt: start + 2 }), carriedFrom: from.digest };
    const shared = aPlan(used, { createdAt: start + 3 });
    const user = aRun("99999", { state: "waiting", plan: shared.digest });
    const left = forgetOld(stateOf([...runs, user], [goes, from, onto, shared]), now);
    expect([...left.record.plans.keys()]).toEqual([from.digest, onto.digest, shared.digest]);
    expect([...left.bundles.keys()]).toEqual([from.digest, onto.digest, shared.digest]);
    expect(left.record.runs.has(gone.id)).toBe(false);
    expect(left.record.runs.has(carried.id) && left.record.runs.has(used.id)).toBe(true);
    expect(parseState("a record", stateText(left)).record.runs.size).toBe(left.record.runs.size);
  });
});
