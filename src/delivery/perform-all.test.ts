import { expect, it } from "vitest";
import { presetNamed } from "../../test/engine/decisions.ts";
import type { Action } from "../domain/decision.ts";
import type { StackName, TreeSha } from "../domain/names.ts";
import type { Stack } from "../flow/flow.ts";
import { commit, runId, stackName } from "../testing/builders.ts";
import { memoryStore } from "../testing/memory-store.ts";
import type { Delivery } from "./delivery.ts";
import { performAll, todoOf } from "./perform-all.ts";

const tree = "7".repeat(40) as TreeSha;
const source = { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c0") } as const;
const names = ["test/a", "test/b", "test/c", "test/d"].map(stackName);

/** Plans four stacks, of which those later in the list are presented sooner; what was written, in its order. */
async function planned(plansAtOnce: number) {
  let now = 0;
  const clock = { now: () => ++now };
  const store = memoryStore({ clock });
  const said: string[] = [];
  let atWork = 0;
  let most = 0;
  let ids = 0;
  const delivery = {
    flow: presetNamed("trunk-stored-plan"),
    store,
    repository: { mergeTree: async () => ({ tree }) },
    configuration: {
      stacks: async () =>
        new Map(names.map((name) => [name, { name, environment: "test", backend: [] } as unknown as Stack])),
      content: async () => ({ inputs: "sha256:0", paths: new Set(), initKey: null, forbidden: null }),
    },
    roles: {
      plan: async () => ({ outcome: { kind: "changes" }, folder: { remove: async () => undefined } }),
      present: async (_: unknown, { order }: { order: { stack: { name: StackName } } }) => {
        most = Math.max(most, ++atWork);
        for (let turns = 10 * (names.length - names.indexOf(order.stack.name)); turns > 0; turns--)
          await Promise.resolve();
        atWork--;
        return { kind: "refused", code: "snapshot-differs", sentence: `${order.stack.name} differs` };
      },
    },
    clock,
    ids: { run: () => runId(`${++ids}`) },
    holder: { host: "here", pid: 1, startedAt: "1" },
    variables: () => ({}),
    progress: (line: string) => void said.push(line),
    plansAtOnce,
  } as unknown as Delivery;
  const actions = names.map(
    (stack): Action => ({
      kind: "plan",
      stack,
      source,
      mode: "normal",
      speculative: null,
      due: null,
      why: "it changed",
    }),
  );
  const performing: string[] = [];
  const followed = await performAll(delivery, todoOf({ kind: "tick" }, actions), {
    performing: (action) => void performing.push((action as Action & { stack: StackName }).stack),
  });
  const ledger = await Array.fromAsync(store.ledger());
  return {
    most,
    performing,
    said,
    followed,
    written: ledger.map(({ kind, body }) => [kind, body.run, body.stack, body.state]),
  };
}

it("plans of different stacks are made at once, and told, recorded and followed as if one after the other", async () => {
  const [one, several] = [await planned(1), await planned(3)];
  expect([one.most, several.most]).toEqual([1, 3]);
  expect(several.written.map(([kind]) => kind)).toEqual([
    "store-created",
    ...names.flatMap(() => ["run-created", "run-advanced"]),
  ]);
  expect({ ...several, most: 1 }).toEqual(one);
});
