import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { initBare, openRemoteBranch } from "../../src/adapters/git/index.ts";
import { openRecordBranch } from "../../src/adapters/record-branch/index.ts";
import type { RemoteBranch } from "../../src/delivery/ports/remote-branch.ts";
import type { StackName } from "../../src/domain/names.ts";
import type { Run } from "../../src/domain/run.ts";
import { aPlan, aRun, holder, start } from "../../test/contract/store-samples.ts";
import type { Bench } from "../bench.ts";
import { measureCalls } from "../measure.ts";

type Counts = { fetch: number; push: number };

/** As large as what a decision about one stack takes. */
const said = (kind: "decided" | "run-created" | "plan-stored" | "lease-taken" | "apply-started" | "verified") =>
  ({ at: start, kind, body: { text: "x".repeat(1_500) } }) as const;

export const bench: Bench = {
  name: "record",
  about:
    "The record on a branch, without the network: fetches, pushes and seconds of a job that records planned stacks, and of one that applies.",
  run: async ({ folder, quick, runs, note }) => {
    const stacks = quick ? 20 : 200;
    const applies = quick ? 2 : 10;
    let count = 0;
    const counts: Counts = { fetch: 0, push: 0 };
    const fresh = async () => {
      const url = join(folder, `remote-${count++}.git`);
      await initBare(url);
      execFileSync("git", ["config", "--file", join(url, "config"), "uploadpack.allowFilter", "true"]);
      return url;
    };
    const opened = async (url: string) => {
      const dir = join(folder, `clone-${count++}`);
      const author = { name: "plangate", email: "plangate@example.com" };
      const branch = await openRemoteBranch({ dir, url, branch: "plangate/record", env: process.env, author });
      const store = await openRecordBranch({ branch: counting(branch, counts), clock: { now: () => start } });
      return { store, close: () => branch.close() };
    };
    const some = Array.from({ length: stacks }, (_, index) =>
      aRun(`${index}`, { stack: `prod/stack-${index}` as StackName, state: "planning" }),
    );
    let url = "";
    const planned = await measureCalls(async () => {
      url = await fresh();
      const { store, close } = await opened(url);
      for (const run of some) await recordPlan(store, run);
      await store.close();
      close();
      return some.length;
    }, runs(5));
    const ofPlans = perCall(counts, runs(5));
    const left = [...some];
    const applied = await measureCalls(
      async () => {
        const { store, close } = await opened(url);
        for (const run of left.splice(0, applies)) await recordApply(store, run);
        await store.close();
        close();
        return applies;
      },
      runs(5),
      { warmUp: false },
    );
    const ofApplies = perCall(counts, runs(5) - 1);
    note(`${stacks} planned: ${ofPlans}; ${applies} applied: ${ofApplies}`);
    return [
      {
        work: `a job that records ${stacks} planned stacks (${ofPlans})`,
        measured: planned,
        aim: "at most 3 s, one fetch and one push",
        holds: planned.wallMs.median <= 3_000 && ofPlans === "1 fetches, 1 pushes",
      },
      {
        work: `a job that records ${applies} applies (${ofApplies})`,
        measured: applied,
        aim: "4 pushes an apply, at most 2 s of its own",
        holds: applied.wallMs.median <= 2_000 * applies && ofApplies === `1 fetches, ${applies * 4} pushes`,
      },
    ];
  },
};

type Record = Awaited<ReturnType<typeof openRecordBranch>>;

async function recordPlan(store: Record, run: Run): Promise<void> {
  const plan = aPlan(run);
  await store.write({ createRuns: [run], ledger: [said("run-created")] });
  const stored = { ...run, state: "planned", plan: plan.digest } as const;
  await store.write({ updateRuns: [stored], plans: [plan], ledger: [said("plan-stored"), said("decided")] });
  await store.write({ updateRuns: [{ ...stored, state: "waiting", revision: 2 }], ledger: [said("decided")] });
}

async function recordApply(store: Record, { id, stack }: Run): Promise<void> {
  const move = async (state: Run["state"], more: object, kind: Parameters<typeof said>[0]) => {
    const run = await store.run(id);
    if (run === undefined) throw new Error(`${id} is not there`);
    await store.write({ ledger: [said("decided")] });
    const written = await store.write({ updateRuns: [{ ...run, state }], ...more, ledger: [said(kind)] });
    if (!written.ok) throw new Error(`${id} could not be written`);
  };
  await move("approved", { takeLease: { stack, run: id, holder, since: start } }, "lease-taken");
  await move("applying", {}, "apply-started");
  await move("applied", {}, "decided");
  await move("verified", { endLease: { stack, run: id } }, "verified");
}

function counting(branch: RemoteBranch, counts: Counts): RemoteBranch {
  return {
    ...branch,
    fetch: () => {
      counts.fetch++;
      return branch.fetch();
    },
    push: (next) => {
      counts.push++;
      return branch.push(next);
    },
  };
}

/** What one call of several cost, the one to warm up among them; begins anew. */
function perCall(counts: Counts, runs: number): string {
  const text = `${counts.fetch / (runs + 1)} fetches, ${counts.push / (runs + 1)} pushes`;
  [counts.fetch, counts.push] = [0, 0];
  return text;
}
