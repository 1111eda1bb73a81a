import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../domain/errors.ts";
import { memoryForge } from "../../testing/memory-forge.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Delivery } from "../delivery.ts";
import type { Forge } from "../ports.ts";
import { performOpenPullRequest } from "./open-pull-request.ts";

const action = {
  kind: "open-pull-request",
  purpose: "back-merge",
  head: "main",
  base: "development",
  why: "main holds what development lacks",
} as const;

function deliveryWith(openPullRequest?: Forge["openPullRequest"]) {
  let now = Date.UTC(2026, 0, 6, 10);
  const clock = { now: () => ++now };
  const forge = memoryForge({ ...clock, maintainers: [] });
  const store = memoryStore({ clock });
  const asking = openPullRequest === undefined ? forge : { ...forge, openPullRequest };
  const parts: Partial<Delivery> = { forge: asking, store, clock, progress: () => undefined };
  return { delivery: parts as Delivery, forge, store };
}

const failing = (code: string) => async () =>
  Promise.reject(new DeliveryError({ code, message: "opening it", reaction: "stop" }));

async function kindsIn(store: Delivery["store"]): Promise<readonly string[]> {
  const kinds: string[] = [];
  for await (const { kind } of store.ledger()) kinds.push(kind);
  return kinds;
}

describe("opening a pull request", () => {
  it("is done once, recorded, and told as an event", async () => {
    const { delivery, store } = deliveryWith();
    expect(await performOpenPullRequest(delivery, action)).toMatchObject([{ kind: "pull-request", action: "opened" }]);
    expect(await performOpenPullRequest(delivery, action)).toEqual([]);
    expect(await kindsIn(store)).toContain("pull-request-opened");
  });

  it("is asked of people, once, where plangate may open none, and keeps nothing else from going on", async () => {
    const { delivery, forge, store } = deliveryWith(failing("right-missing"));
    expect(await performOpenPullRequest(delivery, action)).toEqual([]);
    expect(await performOpenPullRequest(delivery, action)).toEqual([]);
    expect([...forge.issues.values()].map(({ title }) => title)).toEqual([
      "Open the pull request that brings main back to development",
    ]);
    expect((await kindsIn(store)).filter((kind) => kind === "flagged")).toHaveLength(1);
  });

  it("fails where the forge fails", async () => {
    const { delivery } = deliveryWith(failing("forge-unreachable"));
    await expect(performOpenPullRequest(delivery, action)).rejects.toMatchObject({ code: "forge-unreachable" });
  });
});
