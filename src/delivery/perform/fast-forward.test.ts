import { describe, expect, it } from "vitest";
import { commit, login } from "../../testing/builders.ts";
import { memoryForge } from "../../testing/memory-forge.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Delivery } from "../delivery.ts";
import type { Forge } from "../ports.ts";
import { performFastForward } from "./fast-forward.ts";

const about = { pullRequest: 12, branch: "main", commit: commit("c2"), by: login("ann") };
const action = { kind: "fast-forward", ...about, why: "ann merges pull request 12 into main" } as const;

async function moved(answer: Awaited<ReturnType<Forge["fastForward"]>>) {
  let now = Date.UTC(2026, 0, 6, 10);
  const clock = { now: () => ++now };
  const store = memoryStore({ clock });
  const entries = async () => {
    const found: unknown[] = [];
    for await (const { kind, body } of store.ledger()) if (kind.startsWith("fast-forward")) found.push([kind, body]);
    return found;
  };
  const before: unknown[] = [];
  const said: string[] = [];
  const forge: Forge = {
    ...memoryForge({ ...clock, maintainers: [] }),
    async fastForward() {
      before.push(...(await entries()));
      return answer;
    },
  };
  const parts: Partial<Delivery> = { forge, store, clock, progress: (line) => void said.push(line) };
  return { events: await performFastForward(parts as Delivery, action), before, after: await entries(), said };
}

describe("moving a branch on", () => {
  it("is told as a merge by who asked, where the forge does not tell it itself", async () => {
    const { events } = await moved({ kind: "moved", told: false });
    expect(events).toEqual([{ kind: "merge", ...about }]);
    expect((await moved({ kind: "moved", told: true })).events).toEqual([]);
  });

  it("has who asked on the ledger before the branch moves", async () => {
    const { before } = await moved({ kind: "moved", told: true });
    expect(before).toEqual([["fast-forwarding", about]]);
  });

  it("says what the forge refused, and is no merge then", async () => {
    const { events, after, said } = await moved({ kind: "refused", why: "a check is not green" });
    expect(events).toEqual([]);
    expect(after.at(-1)).toEqual(["fast-forward-refused", { ...about, why: "a check is not green" }]);
    expect(said.join("\n")).toContain("main is not moved on to pull request 12: a check is not green");
  });
});
