import { describe, expect, it } from "vitest";
import { digestOf } from "../../domain/digest.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { aDue, aRun, runId } from "../../testing/builders.ts";
import { runsAtGate } from "./runs-at-gate.ts";

describe("runsAtGate", () => {
  it("gives each workflow run with the plans that were handed to it there as people saw them, and no others", async () => {
    const flow = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;
    if (flow === undefined) throw new Error("the preset does not parse");
    const runs = ["prod/app", "prod/net", "test/app", "prod/app", "prod/new"].map((stack, index) =>
      aRun(stack, { id: runId(`${index}`), due: aDue(), plan: stack === "prod/new" ? null : digestOf(`${index}`) }),
    );
    const left = (run: number, handed: typeof runs) => ({
      kind: "work-left",
      body: {
        ...{ run, attempt: 1, job: "present", plans: [], events: [], later: [], states: [] },
        applies: handed.map(({ id, stack }) => ({ run: id, stack })),
      },
    });
    const entries = [left(7, runs.slice(1, 3)), left(5, runs.slice(0, 1)), left(9, runs.slice(2))];
    const store = {
      run: async (id: string) => runs.find((one) => one.id === id),
      // The plan of prod/net was carried over under the lease: people saw the one before.
      plan: async (digest: string) => ({
        shown: digest === digestOf("1") ? [{ digest: digestOf("before"), at: 1, until: null }] : [],
      }),
      ledgerHead: async () => ({ seq: entries.length }),
      ledger: async function* () {
        for (const [index, entry] of entries.entries()) yield { ...entry, seq: index + 1 };
      },
    } as unknown as Parameters<typeof runsAtGate>[0]["store"];
    expect(await runsAtGate({ flow, store }, "prod")).toEqual([
      { run: 5, asked: [{ stack: "prod/app", plan: digestOf("0") }] },
      { run: 7, asked: [{ stack: "prod/net", plan: digestOf("before") }] },
      { run: 9, asked: [{ stack: "prod/app", plan: digestOf("3") }] },
    ]);
  });
});
