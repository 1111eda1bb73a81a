import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Forge } from "../../src/delivery/ports.ts";
import type { StackName } from "../../src/domain/names.ts";
import { infra, type SmallForge } from "../../src/worlds/real/forge/small-forge.ts";
import { type ForgeStage, type OpenForgeStage, smallFlow } from "./forge-stage.ts";

/** What every forge tells of pull requests: who wrote them, what they are, what was said, what they hold. */
export function forgeChangesContract(name: string, open: OpenForgeStage): void {
  describe(`forge contract: ${name}`, () => {
    const network = "prod/network" as StackName;
    let dir: string;
    let stage: ForgeStage;
    let small: SmallForge;
    let port: Forge;

    beforeEach(async () => {
      dir = mkdtempSync(join(tmpdir(), "forge-"));
      stage = await open(dir, smallFlow);
      ({ small, port } = stage);
    });

    afterEach(async () => {
      await stage.close();
      rmSync(dir, { recursive: true, force: true });
    });

    const openX = (about: { base?: string; body?: string } = {}) =>
      small.did("open", "ann", { head: "dev/x", base: "main", title: "T", ...about });
    const saysOn = async (number = 1) =>
      (await port.pullRequest(number))?.answers.map(({ by, via, says }) => `${by} ${via} ${says}`);

    describe("writers of a pull request", () => {
      it("are authors, co-authors, committers, pushers and the opener", async () => {
        const { did, forge, tip, pushed } = small;
        const after = await forge.commit({
          repository: infra,
          parent: tip("main"),
          files: { a: "1" },
          message: "x",
          author: "bob",
          committer: "root",
          coAuthors: ["sam", { name: "Who", email: "Who@Else.example" }],
        });
        await did("push", "eve", { ref: "refs/heads/dev/x", after });
        await openX();
        expect((await port.pullRequest(1))?.writers).toEqual([
          "ann",
          "bob",
          "root",
          "sam",
          "email:who@else.example",
          "eve",
        ]);
        await pushed("ann", "dev/y", { b: "1" });
        expect((await port.pullRequest(1))?.writers).not.toContain("zoe");
      });

      it("hold whoever hides behind another one's address, or the forge's, since somebody pushed it", async () => {
        const { did, forge, tip } = small;
        const web = { name: "GitHub", email: "noreply@github.example" };
        const parent = tip("main");
        const after = await forge.commit({
          repository: infra,
          parent,
          files: { a: "1" },
          message: "x",
          author: web,
          committer: web,
        });
        await did("push", "eve", { ref: "refs/heads/dev/x", after });
        await openX();
        expect((await port.pullRequest(1))?.writers).toEqual(["ann", "eve"]);
      });

      it("hold whoever put another one's commits on the branch, and not who merged or only cut a branch", async () => {
        const { did, pushed, tip } = small;
        await did("push", "bob", { ref: "refs/heads/develop", after: tip("main") });
        const wip = await pushed("sam", "sam/wip", { b: "1" }).catch(() => null);
        expect(wip).toBeNull();
        await pushed("ann", "dev/x", { a: "1" }, { from: "develop" });
        const other = await pushed("ann", "ann/wip", { b: "1" }, { from: "dev/x" });
        await did("push", "eve", { ref: "refs/heads/dev/x", after: other });
        await openX({ base: "develop" });
        await did("merge", "bob", { number: 1, method: "merge" });
        await did("open", "root", { head: "develop", base: "main", title: "T" });
        expect((await port.pullRequest(2))?.writers).toEqual(["root", "ann", "eve"]);
      });

      it("do not hold who took the commits into a branch of their own", async () => {
        const { did, pushed, tip } = small;
        const head = await pushed("ann", "develop", { a: "1" });
        await did("push", "bob", { ref: "refs/heads/dev/y", after: tip("main") });
        await did("push", "bob", { ref: "refs/heads/dev/y", after: head });
        await did("open", "ann", { head: "develop", base: "main", title: "T" });
        expect((await port.pullRequest(1))?.writers).toEqual(["ann"]);
      });

      it.each(["squash", "rebase", "merge"] as const)("reach through a %s on the way", async (method) => {
        const { did, pushed, tip } = small;
        await did("push", "bob", { ref: "refs/heads/develop", after: tip("main") });
        await pushed("ann", "dev/x", { a: "1" }, { from: "develop" });
        await pushed("eve", "dev/x", { b: "1" }, { author: "ann" });
        await openX({ base: "develop" });
        await did("merge", "bob", { number: 1, method });
        await did("open", "plangate[bot]", { head: "develop", base: "main", title: "T" });
        expect((await port.pullRequest(2))?.writers).toEqual(["plangate[bot]", "ann", "eve"]);
      });

      it("of a fork hold its pusher", async () => {
        const { did, pushed } = small;
        await did("fork", "sam", {});
        await pushed("sam", "fix", { a: "1" }, { repository: "sam/infra", author: "ann" });
        await did("open", "ann", { head: "fix", headRepository: "sam/infra", base: "main", title: "T" });
        expect(await port.pullRequest(1)).toMatchObject({ fork: true, headBranch: "fix", writers: ["ann", "sam"] });
      });
    });

    describe("what stands in a pull request's facts", () => {
      it("are trusted paths by either name of a file, and open issues only", async () => {
        const { did, pushed } = small;
        await did("issue", "ann", { title: "one" });
        await did("issue", "ann", { title: "two" });
        await did("edit-issue", "ann", { number: 2, state: "closed" });
        await pushed("root", "main", { ".github/workflows/a.yml": "a", "docs/CODEOWNERS": "x" });
        await pushed("ann", "dev/x", {
          ".github/workflows/a.yml": null,
          "stacks/a/b.yml": "a",
          "docs/CODEOWNERS": null,
          "plangate.yaml": "v",
          "x/plangate.yaml": "v",
          CODEOWNERS: "y",
        });
        await openX({ body: "Closes #1, closes #2, closes #9" });
        expect(await port.pullRequest(3)).toMatchObject({
          trustedPaths: [".github/workflows/a.yml", "CODEOWNERS", "docs/CODEOWNERS", "plangate.yaml"],
          issues: [1],
        });
      });

      it("is since when the head and the base are what they are", async () => {
        const { did, pushed, tip } = small;
        await did("push", "bob", { ref: "refs/heads/develop", after: tip("main") });
        await pushed("ann", "dev/x", { a: "1" });
        await openX();
        const first = (await port.pullRequest(1))?.headSince ?? 0;
        await did("review", "bob", { number: 1, says: "APPROVE" });
        await did("edit", "ann", { number: 1, base: "develop" });
        const facts = await port.pullRequest(1);
        expect(facts?.headSince).toBeGreaterThan(facts?.answers[0]?.at ?? 0);
        expect(facts?.answers[0]?.at).toBeGreaterThan(first);
        await pushed("bob", "dev/x", { a: "2" });
        expect((await port.pullRequest(1))?.headSince).toBeGreaterThan(facts?.headSince ?? 0);
      });

      it("keeps a closed pull request apart from the next one on the same branch name", async () => {
        const { did, pushed } = small;
        const head = await pushed("ann", "dev/x", { a: "1" });
        await openX();
        await did("push", "ann", { ref: "refs/heads/dev/x", after: null });
        await pushed("eve", "dev/x", { evil: "1" });
        await did("open", "eve", { head: "dev/x", base: "main", title: "T" });
        expect(await port.pullRequest(1)).toMatchObject({ state: "closed", head, writers: ["ann"] });
        expect(await port.openBetween("dev/x", "main")).toBe(2);
        expect(await port.pullRequest(2)).toMatchObject({ writers: ["eve"] });
      });
    });

    describe("answers", () => {
      beforeEach(async () => {
        await small.pushed("ann", "dev/x", { a: "1" });
        await openX();
      });

      it("come from reviews and commands in order; dismissed ones are taken back at their own time", async () => {
        const { did } = small;
        await did("review", "bob", { number: 1, says: "APPROVE" });
        const no = await did("review", "bob", { number: 1, says: "REQUEST_CHANGES", body: "no" });
        await did("review", "bob", { number: 1, says: "COMMENT", body: "hm" });
        await did("comment", "eve", { number: 1, body: "/plangate hold prod/network\nplease" });
        await did("review", "bob", { number: 1, says: "APPROVE" });
        await did("dismiss", "ann", { number: 1, review: no.id });
        expect(await saysOn()).toEqual([
          "bob review approve",
          "bob review take-back",
          "eve command hold",
          "bob review approve",
        ]);
        expect((await port.pullRequest(1))?.answers[2]).toMatchObject({ stack: network, plan: null, pullRequest: 1 });
      });

      it("of people without write access and of bots are none", async () => {
        const { did } = small;
        await did("review", "sam", { number: 1, says: "APPROVE" });
        await did("comment", "sam", { number: 1, body: "/plangate approve" });
        await did("comment", "plangate[bot]", { number: 1, body: "/plangate approve" });
        expect(await saysOn()).toEqual([]);
      });

      it("of a commit that was not the head any more are no approval", async () => {
        const { did, pushed, tip } = small;
        const old = tip("dev/x");
        await pushed("ann", "dev/x", { a: "2" });
        await did("review", "bob", { number: 1, says: "APPROVE", ...(old === null ? {} : { commit: old }) });
        expect(await saysOn()).toEqual([]);
      });

      it("in a comment are what its writer first wrote: an edit opens nothing and releases nothing", async () => {
        const { did } = small;
        const harmless = await did("comment", "bob", { number: 1, body: "Looks good" });
        const approval = await did("comment", "bob", { number: 1, body: "/plangate approve" });
        const hold = await did("comment", "bob", { number: 1, body: "/plangate hold" });
        await did("edit-comment", "eve", { comment: harmless.id, body: "/plangate approve" });
        await did("edit-comment", "eve", { comment: approval.id, body: "/plangate approve \nindeed" });
        await did("edit-comment", "eve", { comment: hold.id, body: "never mind" });
        expect(await saysOn()).toEqual(["bob command hold"]);
      });
    });

    describe("the pull requests of a commit", () => {
      const heldBy = async (commit: string) =>
        (await port.pullRequestsOf(commit as never)).map(({ number, base }) => `${number} into ${base}`);

      it("are all that hold it, each with its base: which of them count is not for the forge to say", async () => {
        const { did, pushed, tip } = small;
        await did("protect", "root", { pattern: "main", pullRequest: true });
        const head = await pushed("ann", "dev/x", { a: "1" });
        await did("push", "ann", { ref: "refs/heads/dev/free", after: tip("main") });
        await openX({ base: "dev/free" });
        await did("merge", "ann", { number: 1, method: "merge" });
        expect(await heldBy(head)).toEqual(["1 into dev/free"]);
        await did("open", "ann", { head: "dev/free", base: "main", title: "T" });
        const merged = await did("merge", "bob", { number: 2, method: "squash" });
        expect(await heldBy(head)).toEqual(["1 into dev/free", "2 into main"]);
        expect(await heldBy(merged.commit)).toEqual(["2 into main"]);
      });

      it("are none for what was pushed past pull requests, also when it merges one by hand", async () => {
        const { pushed, forge, tip, did } = small;
        const direct = await pushed("eve", "main", { z: "1" });
        expect(await heldBy(direct)).toEqual([]);
        const head = await pushed("ann", "dev/x", { a: "1" });
        await openX();
        const evil = await forge.look(infra, async ({ network: git }) => {
          const person = { name: "EVE", email: "eve@acme.example" };
          const tree = (await git.commit(head))?.tree;
          const parents = [tip("main") ?? head, head];
          return git.writer.commitTree(tree as never, parents, {
            author: person,
            committer: person,
            message: "M",
            at: 1e12,
          });
        });
        await did("push", "eve", { ref: "refs/heads/main", after: evil });
        expect(await heldBy(head)).toEqual(["1 into main"]);
        expect(await heldBy(evil)).toEqual([]);
      });
    });
  });
}
