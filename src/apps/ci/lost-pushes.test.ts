import { describe, expect, it } from "vitest";
import type { Store } from "../../delivery/ports.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import { type Flow, parseFlow, renderPreset } from "../../flow/index.ts";
import { commit } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import { lostPushes } from "./lost-pushes.ts";

const flow = parseFlow(renderPreset("gitflow"), { file: "plangate.yaml" }).value as Flow;
const minutes = 60_000;
const [c1, c2, c3] = [commit("c1"), commit("c2"), commit("c3")];

/** A repository whose branches are looked at as time goes by. */
function watched() {
  let now = 1_000_000;
  const store: Store = memoryStore({ clock: { now: () => now } });
  const heads = new Map<string, CommitSha>([["develop", c1]]);
  const looks = () =>
    lostPushes({
      flow,
      store,
      now,
      repository: {
        branches: async () => [...heads.keys()],
        resolve: async (ref) => heads.get(ref.replace("refs/heads/", "")),
      },
      forge: { pusherOf: async () => "github-actions[bot]" as Login },
    });
  const decided = (branch: string, to: CommitSha, kind: "push" | "merge" = "push") =>
    store.write({ ledger: [{ at: now, kind: "decided", body: { event: { kind, branch, commit: to } } }] });
  const later = (by: number) => {
    now += by;
  };
  return { heads, looks, decided, store, later };
}

describe("pushes that nobody was told of", () => {
  it("are delivered when they were seen twice, with where the branch was before", async () => {
    const { heads, looks, decided, later } = watched();
    expect(await looks()).toEqual([]);
    heads.set("develop", c2);
    later(15 * minutes);
    expect(await looks()).toEqual([]);
    later(15 * minutes);
    const push = { kind: "push", branch: "develop", before: c1, commit: c2, by: "github-actions[bot]" };
    expect(await looks()).toEqual([push]);
    // Whoever was to deliver it died before: it is found again, until somebody decided.
    expect(await looks()).toEqual([push]);
    await decided("develop", c2, "merge");
    later(15 * minutes);
    expect(await looks()).toEqual([]);
  });

  it("are none where a workflow run of their own delivers them meanwhile", async () => {
    const { heads, looks, decided, later } = watched();
    await looks();
    heads.set("develop", c2);
    await looks();
    await decided("develop", c2);
    later(30 * minutes);
    expect(await looks()).toEqual([]);
  });

  it("wait anew when the branch moved on, and each for itself", async () => {
    const { heads, looks, later } = watched();
    heads.set("main", c1);
    await looks();
    heads.set("develop", c2).set("main", c2);
    await looks();
    later(15 * minutes);
    heads.set("develop", c3);
    expect((await looks()).map(({ branch }) => branch)).toEqual(["main"]);
    later(15 * minutes);
    expect((await looks()).map(({ branch, commit: to }) => [branch, to])).toEqual([
      ["develop", c3],
      ["main", c2],
    ]);
  });

  it("are none of branches that the flow delivers nothing from, nor of what was there before anybody looked", async () => {
    const { heads, looks, later } = watched();
    heads.set("plangate/record", c1).set("wip", c1).set("release/1.0", c1);
    await looks();
    heads.set("plangate/record", c2).set("wip", c2);
    for (let count = 0; count < 3; count++) {
      later(15 * minutes);
      expect(await looks()).toEqual([]);
    }
  });

  it("are told in the ledger only when something is new", async () => {
    const { heads, looks, later, store } = watched();
    const entries = async () => (await store.ledgerHead()).seq;
    await looks();
    const before = await entries();
    for (let count = 0; count < 5; count++) {
      later(15 * minutes);
      await looks();
    }
    expect(await entries()).toBe(before);
    heads.set("develop", c2);
    await looks();
    later(minutes);
    await looks();
    expect(await entries()).toBe(before + 1);
  });
});
