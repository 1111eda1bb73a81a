import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Forge } from "../../src/delivery/ports.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { infra, type SmallForge } from "../../src/worlds/real/forge/small-forge.ts";
import type { ForgeStage, OpenForgeStage } from "./forge-stage.ts";

/** What every forge tells of branches: who pushed what, and where a pull request's commits come from. */
export function forgeBranchesContract(name: string, openStage: OpenForgeStage): void {
  describe(`forge contract: ${name}`, () => {
    const flow = parseFlow(renderPreset("integration-branch"), { file: "preset" }).value as Flow;
    let dir: string;
    let stage: ForgeStage;
    let small: SmallForge;
    let port: Forge;

    beforeEach(async () => {
      dir = mkdtempSync(join(tmpdir(), "forge-"));
      stage = await openStage(dir, flow);
      ({ small, port } = stage);
      await small.did("push", "root", { ref: "refs/heads/development", after: small.tip("main") });
    });

    afterEach(async () => {
      await stage.close();
      rmSync(dir, { recursive: true, force: true });
    });

    const open = (head: string, base: string) =>
      small.did("open", "ann", { head, base, title: `${head} into ${base}` });
    const facts = async (number: number) => {
      const found = await port.pullRequest(number);
      if (found === undefined) throw new Error(`there is no pull request ${number}`);
      return found;
    };

    describe("a push", () => {
      it("names who did it for a commit, and nobody for what a merge brought", async () => {
        const { pusherOf, pushOf } = port;
        const before = small.tip("development");
        const files = { repository: infra, message: "M", author: "ann" };
        const first = await small.forge.commit({ ...files, parent: before, files: { a: "1" } });
        const after = await small.forge.commit({ ...files, parent: first, files: { a: "2" } });
        await small.did("push", "eve", { ref: "refs/heads/development", after });
        expect(await pusherOf("development", first)).toBe("eve");
        expect(await pushOf?.("development", first)).toEqual({ before, after });
        expect(await pusherOf("main", first)).toBeNull();
        expect(await pushOf?.("main", first)).toBeNull();
        await small.pushed("ann", "feature/NET-1", { b: "1" }, { from: "development" });
        await open("feature/NET-1", "development");
        const merged = await small.did("merge", "bob", { number: 1, method: "squash" });
        expect(await pusherOf("development", merged.commit)).toBeNull();
      });
    });

    describe("a branch that is moved on", () => {
      it("stands at the very commit, and what brought that is merged; it never loses commits", async () => {
        const head = await small.pushed("ann", "development", { a: "1" });
        await open("development", "main");
        expect(await port.fastForward("main", head)).toMatchObject({ kind: "moved" });
        expect(small.tip("main")).toBe(head);
        expect(await facts(1)).toMatchObject({ state: "merged", head });
        expect((await port.pullRequestsOf(head)).map(({ number }) => number)).toEqual([1]);
        const own = await small.pushed("bob", "main", { b: "1" });
        const apart = await small.pushed("ann", "development", { c: "1" });
        expect(await port.fastForward("main", apart)).toEqual({
          kind: "refused",
          why: expect.stringMatching(/not a fast forward/),
        });
        expect(small.tip("main")).toBe(own);
      });
    });

    describe("a back-merge", () => {
      it("is opened by plangate once, and merged with its commits it lets the branches go on together", async () => {
        const hotfix = await small.pushed("ann", "hotfix/NET-2", { b: "1" });
        await open("hotfix/NET-2", "main");
        await small.did("merge", "bob", { number: 1, method: "fast-forward" });
        await small.pushed("bob", "development", { c: "1" });
        const request = { head: "main", base: "development", title: "Back", body: "b", purpose: "back-merge" } as const;
        expect(await port.openBetween("main", "development")).toBeNull();
        expect(await port.openPullRequest(request)).toEqual({ number: 2, opened: true });
        expect(await port.openPullRequest(request)).toEqual({ number: 2, opened: false });
        expect(await port.openBetween("main", "development")).toBe(2);
        expect(await facts(2)).toMatchObject({
          opener: "plangate[bot]",
          headBranch: "main",
          carries: [],
          baseAhead: true,
        });
        await open("development", "main");
        expect(await facts(3)).toMatchObject({ baseAhead: true });
        await small.did("merge", "bob", { number: 2, method: "merge" });
        expect(await facts(3)).toMatchObject({ baseAhead: false, carries: [] });
        await small.did("merge", "bob", { number: 3, method: "fast-forward" });
        const paths = await small.forge.look(infra, ({ network }) => network.paths(small.tip("main") ?? hotfix));
        expect(paths).toEqual(expect.arrayContaining(["b", "c"]));
      });
    });

    describe("where a pull request's commits come from", () => {
      it("shows in the protected branches it carries: not its base, not where its class starts, not itself", async () => {
        await small.pushed("bob", "development", { d: "1" });
        await small.pushed("ann", "hotfix/NET-3", { a: "1" }, { from: "development" });
        await open("hotfix/NET-3", "main");
        expect((await facts(1)).carries).toEqual(["development"]);
        await open("development", "main");
        expect((await facts(2)).carries).toEqual([]);
        await small.pushed("ann", "feature/NET-4", { a: "1" }, { from: "development" });
        await open("feature/NET-4", "development");
        expect((await facts(3)).carries).toEqual([]);
      });

      it("stays as it was when it is merged, whatever the branches hold later", async () => {
        await small.pushed("ann", "hotfix/NET-5", { a: "1" });
        await open("hotfix/NET-5", "main");
        await small.did("merge", "bob", { number: 1, method: "fast-forward" });
        await open("main", "development");
        await small.did("merge", "bob", { number: 2, method: "merge" });
        expect(await facts(1)).toMatchObject({ state: "merged", carries: [], baseAhead: false });
      });

      it("counts merges among its own commits", async () => {
        await small.pushed("ann", "feature/NET-6", { a: "1" }, { from: "development" });
        await small.pushed("bob", "development", { b: "1" });
        await open("feature/NET-6", "development");
        expect((await facts(1)).mergeCommits).toBe(0);
        await small.did("update-branch", "ann", { number: 1 });
        expect(await facts(1)).toMatchObject({ mergeCommits: 1, baseAhead: false });
      });

      it("tells that the base has something else only where the content would differ", async () => {
        await small.pushed("ann", "feature/NET-7", { same: "1" }, { from: "development" });
        await small.pushed("bob", "development", { same: "1" });
        await open("feature/NET-7", "development");
        expect((await facts(1)).baseAhead).toBe(false);
        await small.pushed("bob", "development", { same: "2" });
        expect((await facts(1)).baseAhead).toBe(true);
      });
    });
  });
}
