import { describe, expect, it } from "vitest";
import type { Deployed, DeploymentEnd } from "../../adapters/github/deployments.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Run, RunState } from "../../domain/run.ts";
import { aDue, aRun, commit, runId } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Matrix } from "./matrix.ts";
import type { Ci } from "./open-job.ts";
import { tellBegun, tellEnded } from "./told-applies.ts";

const due = aDue({ commit: commit("c7") });

/** Jobs on one record, and what they told GitHub. */
async function jobs(runs: readonly Run[], refuses = false) {
  const store = memoryStore({ clock: { now: () => 1_000 } });
  for (const run of runs) await store.write({ createRuns: [run], ledger: [] });
  const [begun, ended, said]: [Deployed[], (DeploymentEnd & { id: number })[], string[]] = [[], [], []];
  const refused = () => {
    throw new DeliveryError({
      code: "forbidden",
      message: "the right Deployments (write) is missing",
      reaction: "stop",
    });
  };
  const ci = {
    job: { serverUrl: "https://github.example", repository: "acme/infra", run: 7 },
    progress: (line: string) => void said.push(line),
    outside: {
      deployments: {
        begin: async (one: Deployed) => (refuses ? refused() : begun.push(one)),
        end: async (id: number, end: DeploymentEnd) => void ended.push({ id, ...end }),
      },
    },
  } as unknown as Ci;
  const delivery = { store, clock: { now: () => 1_000 } } as unknown as Delivery;
  const applies = (place: string): Matrix<{ run: Run["id"]; stack: Run["stack"] }> => ({
    [place]: [{ label: "", orders: runs.map(({ id, stack }) => ({ run: id, stack })) }],
  });
  /** The runs as they are after their jobs. */
  const become = async (states: readonly RunState[]) => {
    for (const [index, state] of states.entries()) {
      const run = await store.run(runs[index]?.id ?? runId("0"));
      if (run !== undefined) await store.write({ updateRuns: [{ ...run, state }], ledger: [] });
    }
  };
  return {
    begin: (place: string) => tellBegun(ci, delivery, applies(place)),
    end: () => tellEnded(ci, delivery),
    begun,
    ended,
    said,
    store,
    become,
  };
}

const two = (state: RunState) => [aRun("prod/app", { state, due }), aRun("prod/db", { state, due, id: runId("2") })];

describe("what is told of applies", () => {
  it("is a deployment for each place, with the ledger's head as it is when that is told", async () => {
    const { begin, begun, store } = await jobs(two("approved"));
    const head = await store.ledgerHead();
    await begin("prod/release-prod");
    expect(begun).toEqual([
      {
        environment: "release-prod",
        commit: commit("c7"),
        state: "in_progress",
        description: "prod/app and 1 more, by plangate",
        ledger: head,
        url: "https://github.example/acme/infra/actions/runs/7",
      },
    ]);
  });

  it("is queued where a gate is asked first", async () => {
    const { begin, begun } = await jobs(two("waiting"));
    await begin("prod");
    expect(begun.map(({ state }) => state)).toEqual(["queued"]);
  });

  it.each([
    { states: ["verified", "verified"], told: ["success"] },
    { states: ["verified", "verify-failed"], told: ["failure"] },
    { states: ["verified", "refused"], told: ["success"] },
    { states: ["refused", "superseded"], told: ["inactive"] },
    { states: ["verified", "applying"], told: [] },
  ] as const)("ends once, when all of it has: $states", async ({ states, told }) => {
    const { begin, end, ended, become } = await jobs(two("approved"));
    await begin("prod");
    await end();
    expect(ended).toEqual([]);
    await become(states);
    await end();
    await end();
    expect(ended.map(({ id, state }) => [id, state])).toEqual(told.map((state) => [1, state]));
    for (const { description } of ended)
      expect(description).toMatch(/; the ledger's entry \d+ is sha256:[0-9a-f]{64}$/);
  });

  it("stops nothing where GitHub does not take it", async () => {
    const { begin, end, said, ended } = await jobs(two("approved"), true);
    await begin("prod");
    await end();
    expect(said).toEqual([
      "what is applied at prod is not told on the repository's page: the right Deployments (write) is missing",
    ]);
    expect(ended).toEqual([]);
  });
});
