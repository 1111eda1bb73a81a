import { expect, it } from "vitest";
import { DeliveryError } from "../../domain/errors.ts";
import type { CommitSha } from "../../domain/names.ts";
import type { RunState } from "../../domain/run.ts";
import { aRun, commit, login, runId } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import { bringApplied, bringPlanned } from "./applied-commits.ts";
import type { Ci, OpenJob } from "./open-job.ts";

const here = commit("c1");

/** A store with runs, oldest first, each of a push of its own commit. */
async function storeWith(
  runs: readonly { readonly stack: string; readonly id: string; readonly of: CommitSha; readonly state: RunState }[],
) {
  let now = Date.UTC(2026, 0, 6, 10);
  const store = memoryStore({ clock: { now: () => ++now } });
  for (const { stack, id, of, state } of runs) {
    const source = { kind: "push", branch: "dev/a", commit: of, by: login("dan") } as const;
    const run = { ...aRun(stack, { id: runId(id), source, state, plan: null }), createdAt: ++now };
    await store.write({ createRuns: [run], ledger: [] });
  }
  return store;
}

function jobWith(bring: (wanted: readonly string[]) => Promise<void>) {
  const told: string[] = [];
  const ci = {
    outside: { bring: (_dir: string, wanted: readonly string[]) => bring(wanted) },
    progress: (line: string) => void told.push(line),
  };
  const opened = { dir: "d", repository: { resolve: async (of: string) => (of === here ? here : undefined) } };
  return { ci: ci as unknown as Ci, opened: opened as unknown as OpenJob, told };
}

it("fetches what each stack was last applied from, and what was found empty since, where the checkout lacks it", async () => {
  const store = await storeWith([
    { stack: "dev/app", id: "one", of: commit("c2"), state: "verified" },
    { stack: "dev/app", id: "two", of: commit("c3"), state: "applied" },
    { stack: "dev/app", id: "three", of: commit("c4"), state: "no-changes" },
    { stack: "dev/app", id: "four", of: commit("c5"), state: "refused" },
    { stack: "dev/web", id: "five", of: here, state: "verified" },
  ]);
  const brought: string[] = [];
  const { ci, opened } = jobWith(async (wanted) => void brought.push(...wanted));
  await bringApplied(ci, opened, store);
  expect(brought.toSorted()).toEqual([commit("c3"), commit("c4")].toSorted());
});

it("tells of one that is nowhere any more, and fetches the others", async () => {
  const store = await storeWith([
    { stack: "dev/app", id: "one", of: commit("c2"), state: "verified" },
    { stack: "dev/web", id: "two", of: commit("c3"), state: "verified" },
  ]);
  const brought: string[] = [];
  const { ci, opened, told } = jobWith(async ([wanted = ""]) => {
    if (wanted === commit("c2"))
      throw new DeliveryError({ code: "git-failed", message: "not our ref", reaction: "stop" });
    brought.push(wanted);
  });
  await bringApplied(ci, opened, store);
  expect(brought).toEqual([commit("c3")]);
  expect(told.join()).toContain("not our ref");
});

it("fetches the head of a fork that a run was planned from, which no checkout has", async () => {
  const brought: string[] = [];
  const { ci, opened } = jobWith(async (wanted) => void brought.push(...wanted));
  const source = { kind: "pull-request", pullRequest: 3, head: commit("c2"), base: here } as const;
  await bringPlanned(ci, opened, [aRun("test/app", { source }), undefined]);
  expect(brought).toEqual([commit("c2")]);
});
