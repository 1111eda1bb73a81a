import { describe, expect, it } from "vitest";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { aDue, aRun, runId } from "../../testing/builders.ts";
import { runsAtGate } from "./runs-at-gate.ts";

describe("runsAtGate", () => {
  it("gives each workflow run with the stacks that were handed to it there, and no others", async () => {
    const flow = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;
    if (flow === undefined) throw new Error("the preset does not parse");
    const [app, net, other] = ["prod/app", "prod/net", "test/app"].map((stack, index) =>
      aRun(stack, { id: runId(`${index}`), due: aDue() }),
    );
    const runs = [app, net, other].filter((one) => one !== undefined);
    const left = (run: number, handed: typeof runs) => ({
      kind: "work-left",
      body: {
        ...{ run, attempt: 1, job: "present", plans: [], events: [], later: [], states: [] },
        applies: handed.map(({ id, stack }) => ({ run: id, stack })),
      },
    });
    const entries = [left(7, runs.slice(1)), left(5, runs.slice(0, 1)), left(9, runs.slice(2))];
    const store = {
      run: async (id: string) => runs.find((one) => one.id === id),
      ledgerHead: async () => ({ seq: entries.length }),
      ledger: async function* () {
        for (const [index, entry] of entries.entries()) yield { ...entry, seq: index + 1 };
      },
    } as unknown as Parameters<typeof runsAtGate>[0]["store"];
    expect(await runsAtGate({ flow, store }, "prod")).toEqual([
      { run: 5, stacks: ["prod/app"] },
      { run: 7, stacks: ["prod/net"] },
    ]);
  });
});
