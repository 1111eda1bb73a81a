import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SmallForgeStage, smallForgeStage } from "../../../test/worlds/forge-stages.ts";
import type { Event } from "../../domain/event.ts";
import { infra } from "./forge/small-forge.ts";
import { eventsOf } from "./forge-events.ts";

let small: SmallForgeStage;
let events: Event[];

beforeEach(async () => {
  small = await smallForgeStage();
  await small.did("push", "root", { ref: "refs/heads/development", after: small.tip("main") });
  events = [];
  small.forge.listen((told) => void events.push(...told.flatMap((event) => eventsOf(small.forge, infra, event))));
});

afterEach(() => small.close());

const open = (head: string, base: string) => small.did("open", "ann", { head, base, title: `${head} into ${base}` });

describe("a push", () => {
  it("tells where the branch was and where it is, also when it is new and when it goes", async () => {
    const first = await small.pushed("ann", "feature/NET-1", { a: "1" });
    const second = await small.pushed("bob", "feature/NET-1", { a: "2" });
    await small.did("push", "bob", { ref: "refs/heads/feature/NET-1", after: null });
    await small.did("push", "bob", { ref: "refs/tags/v1", after: second });
    expect(events).toEqual([
      { kind: "push", branch: "feature/NET-1", before: null, commit: first, by: "ann" },
      { kind: "push", branch: "feature/NET-1", before: first, commit: second, by: "bob" },
      { kind: "push", branch: "feature/NET-1", before: second, commit: null, by: "bob" },
    ]);
  });

  it("is none when a pull request is merged, in whichever way", async () => {
    for (const [number, method] of (["squash", "rebase", "merge", "fast-forward"] as const).entries()) {
      const branch = `feature/NET-${number}`;
      await small.pushed("ann", branch, { [`file-${number}`]: "1" }, { from: "development" });
      await open(branch, "development");
      events.length = 0;
      const { commit } = await small.did("merge", "bob", { number: number + 1, method });
      expect(events).toEqual([{ kind: "merge", pullRequest: number + 1, branch: "development", commit, by: "bob" }]);
    }
  });
});

describe("a merge by fast-forward", () => {
  it("moves the base to the very head, and only where nothing is thrown away", async () => {
    await small.pushed("ann", "development", { a: "1" });
    const head = small.tip("development");
    await open("development", "main");
    expect(await small.did("merge", "bob", { number: 1, method: "fast-forward" })).toMatchObject({ commit: head });
    expect(small.tip("main")).toBe(head);
    await small.pushed("ann", "hotfix/NET-2", { b: "1" });
    await small.pushed("bob", "development", { c: "1" });
    await open("hotfix/NET-2", "main");
    await open("development", "main");
    await small.did("merge", "bob", { number: 2, method: "fast-forward" });
    expect(await small.tried("merge", "bob", { number: 3, method: "fast-forward" })).toMatchObject({
      blocked: { message: "Update is not a fast forward" },
    });
  });
});
