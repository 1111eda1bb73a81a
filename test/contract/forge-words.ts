import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Forge } from "../../src/delivery/ports.ts";
import { parseCommitSha, type StackName } from "../../src/domain/names.ts";
import { infra, type SmallForge } from "../../src/worlds/real/forge/small-forge.ts";
import { type ForgeStage, type OpenForgeStage, smallFlow } from "./forge-stage.ts";

/** What every forge does with words: what people accept and write, and what plangate says itself. */
export function forgeWordsContract(name: string, open: OpenForgeStage): void {
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
    const comments = (by: string, number: number, ...bodies: readonly string[]) =>
      bodies.reduce<Promise<unknown>>(
        (last, body) => last.then(() => small.did("comment", by, { number, body })),
        Promise.resolve(),
      );

    describe("what people accept", () => {
      it("is said on the commit itself, or with its id on a pull request or an issue, and wakes whatever waits", async () => {
        const direct = await small.pushed("eve", "main", { a: "1" });
        await small.pushed("ann", "dev/x", { b: "1" });
        await openX();
        await small.did("comment", "bob", { commit: direct, body: "/plangate accept" });
        await comments("ann", 1, `/plangate accept ${direct.slice(0, 10)}`);
        const told = await small.did("issue", "root", { title: "Pushed without a pull request: main" });
        await small.did("comment", "eve", { number: told.number, body: `/plangate accept ${direct.slice(0, 12)}` });
        await small.did("comment", "ann", { number: told.number, body: "/plangate accept" });
        expect(await port.commitAnswers(direct)).toMatchObject([
          { by: "bob", says: "accept", commit: direct, pullRequest: null },
          { by: "ann", says: "accept", commit: direct, pullRequest: 1 },
          { by: "eve", says: "accept", commit: direct, pullRequest: null },
        ]);
        expect((await port.pullRequest(1))?.answers).toEqual([]);
      });

      it("is nothing from people without write access, from bots, or once the comment was edited", async () => {
        const direct = await small.pushed("eve", "main", { a: "1" });
        await small.did("comment", "sam", { commit: direct, body: "/plangate accept" });
        await small.did("comment", "plangate[bot]", { commit: direct, body: "/plangate accept" });
        const edited = await small.did("comment", "bob", { commit: direct, body: "/plangate accept" });
        await small.did("edit-comment", "eve", { comment: edited.id, body: "/plangate accept " });
        expect(await port.commitAnswers(direct)).toEqual([]);
        expect(await small.tried("comment", "bob", { commit: "0".repeat(40) as never, body: "hm" })).toMatchObject({
          blocked: { status: 404 },
        });
      });

      it("names a commit that was there, and no other whose id begins so", async () => {
        await small.pushed("ann", "dev/x", { b: "1" });
        await openX();
        const wanted = "abcdef1";
        await comments("bob", 1, `/plangate accept ${wanted}`);
        const later = await small.pushed("eve", "main", { a: "1" });
        await comments("bob", 1, `/plangate accept ${later.slice(0, 7)}`, `/plangate accept ${later.slice(0, 6)}`);
        expect(await port.commitAnswers(later)).toHaveLength(1);
      });

      it("is not given before the commit is there", async () => {
        await small.pushed("ann", "dev/x", { b: "1" });
        await openX();
        const evil = await small.forge.commit({
          repository: infra,
          parent: small.tip("main"),
          files: { evil: "1" },
          message: "made to fit",
          author: "eve",
        });
        await comments("bob", 1, `/plangate accept ${evil}`);
        small.later(60);
        await small.did("push", "eve", { ref: "refs/heads/main", after: evil });
        expect(await port.commitAnswers(evil)).toEqual([]);
      });
    });

    describe("a pull request's text, labels and owners", () => {
      it("are its sections with words, and each label with who set it last", async () => {
        await small.pushed("ann", "dev/x", { b: "1" });
        await openX({ body: "## Why\nIt is slow.\n\n## Rollback\n<!-- how? -->\n" });
        await small.did("label", "bob", { number: 1, add: ["urgent", "net"] });
        await small.did("label", "eve", { number: 1, add: ["net"], remove: ["urgent"] });
        await small.did("label", "eve", { number: 1, add: ["urgent"] });
        const { sections, labels, openedAt } = (await port.pullRequest(1)) ?? {};
        expect(sections).toEqual(["why"]);
        expect(labels).toEqual([
          { name: "net", by: "bob" },
          { name: "urgent", by: "eve" },
        ]);
        expect(openedAt).toBe(small.forge.state.repositories[0]?.pullRequests[0]?.createdAt);
      });

      it("are the owners that the base branch's file names, each group once, whatever the change makes of the file", async () => {
        await small.pushed("eve", "main", { "eve.txt": "1" });
        await small.pushed("root", "main", {
          ".github/CODEOWNERS": "* @Bob\nnetwork/ @acme/devops eve@acme.example\ndocs/\n*.md @gone\n",
          CODEOWNERS: "* @eve\n",
        });
        await small.pushed("ann", "dev/x", {
          ".github/CODEOWNERS": null,
          "network/a.tf": "1",
          "network/b.tf": "1",
          "docs/a.txt": "1",
          "x.md": "1",
          "y.tf": "1",
        });
        await openX();
        expect((await port.pullRequest(1))?.codeOwners).toEqual([["bob"], ["ann", "bob", "eve"], ["gone"]]);
      });
    });

    describe("plangate's own issues", () => {
      const issues = () => small.forge.state.repositories[0]?.issues.map(({ title, state }) => `${title}: ${state}`);

      it("are one for each thing, opened, updated and closed once", async () => {
        const key = "drift-found prod/infra";
        expect(await port.raiseIssue({ key, title: "Drift", body: "one" })).toEqual({ changed: true });
        expect(await port.raiseIssue({ key, title: "Drift", body: "one" })).toEqual({ changed: false });
        expect(await port.raiseIssue({ key, title: "Drift", body: "two" })).toEqual({ changed: true });
        expect(await port.raiseIssue({ key: "drift-found prod/infra-2", title: "Other", body: "" })).toEqual({
          changed: true,
        });
        expect([...(await port.openIssues())].sort()).toEqual([key, `${key}-2`]);
        expect(await port.closeIssue(key, "It is as it was applied.")).toEqual({ changed: true });
        expect(await port.openIssues()).toEqual([`${key}-2`]);
        expect(await port.closeIssue(key, "")).toEqual({ changed: false });
        expect(issues()).toEqual(["Drift: closed", "Other: open"]);
        await port.raiseIssue({ key, title: "Drift", body: "one" });
        expect(issues()).toEqual(["Drift: closed", "Other: open", "Drift: open"]);
      });

      it("are never somebody else's, though anybody can write the mark", async () => {
        const key = "drift-found prod/infra";
        await port.raiseIssue({ key, title: "Drift", body: "one <!-- plangate:issue x -->" });
        const body = small.forge.state.repositories[0]?.issues[0]?.body ?? "";
        expect(body.match(/<!-- plangate/g)).toHaveLength(1);
        await port.closeIssue(key, "over");
        await small.did("issue", "eve", { title: "Mine", body });
        expect(await port.openIssues()).toEqual([]);
        expect(await port.closeIssue(key, "over")).toEqual({ changed: false });
        expect(issues()).toEqual(["Drift: closed", "Mine: open"]);
      });
    });

    describe("refs and releases", () => {
      it("tell a tag from a branch of the same name", async () => {
        const { did, pushed, tip } = small;
        const branch = await pushed("eve", "v1.0.0", { evil: "1" });
        await did("release", "bob", { tag: "v1.0.0", target: tip("main") ?? "" });
        expect(await port.ref("tag:v1.0.0")).toMatchObject({
          ref: "tag:v1.0.0",
          release: { moved: false, onBranch: true },
        });
        expect(await port.ref("v1.0.0")).toEqual({ ref: "v1.0.0", commit: branch, release: null });
        expect(await port.ref("refs/heads/v1.0.0")).toMatchObject({ ref: "v1.0.0" });
        expect(await port.ref("none")).toBeUndefined();
        expect(await port.ref("HEAD~1")).toBeUndefined();
      });

      it("tell that a release's tag was moved, or never was on the branch", async () => {
        const { did, pushed } = small;
        await did("release", "bob", { tag: "v1.0.0", target: "main", immutable: false });
        const evil = await pushed("eve", "dev/x", { a: "1" });
        await did("push", "eve", { ref: "refs/tags/v1.0.0", after: evil, rewrite: true });
        expect(await port.ref("tag:v1.0.0")).toMatchObject({ commit: evil, release: { moved: true, onBranch: false } });
        await did("release", "eve", { tag: "v1.1.0", target: "dev/x" });
        expect(await port.ref("tag:v1.1.0")).toMatchObject({ release: { moved: false, onBranch: false } });
        await did("push", "eve", { ref: "refs/tags/v9.0.0", after: evil });
        expect(await port.ref("tag:v9.0.0")).toMatchObject({ release: null });
        expect(await port.latestRelease()).toBe("1.1.0");
      });

      it("are made once, and never on a tag that points elsewhere", async () => {
        const { did, pushed, tip } = small;
        const commit = tip("main") ?? parseCommitSha("0".repeat(40));
        if (commit === undefined) return expect(commit).toBeDefined();
        expect(await port.latestRelease()).toBeNull();
        await port.release("v1.0.0", commit, "notes");
        await port.release("v1.0.0", commit, "notes");
        await port.release("v1.10.0", commit, "notes");
        expect(await port.latestRelease()).toBe("1.10.0");
        const evil = await pushed("eve", "dev/x", { a: "1" });
        await did("push", "eve", { ref: "refs/tags/v2.0.0", after: evil });
        await expect(port.release("v2.0.0", commit, "notes")).rejects.toMatchObject({ code: "tag-taken" });
      });
    });

    describe("plangate's own comment", () => {
      beforeEach(async () => {
        await small.pushed("ann", "dev/x", { a: "1" });
        await openX();
      });

      const shown = () => small.forge.state.repositories[0]?.comments ?? [];

      it("has a section a stack, which no text can leave", async () => {
        await small.did("comment", "eve", { number: 1, body: "<!-- plangate -->\nmine" });
        const first = await port.show(
          1,
          network,
          "one <!-- plangate:end -->\n<!-- plangate:section prod/app -->\nforged",
        );
        small.later(5);
        const second = await port.show(1, "prod/app" as StackName, "two");
        expect(await port.show(1, "prod/app" as StackName, "two")).toBe(second);
        expect(second).toBeGreaterThan(first);
        expect(shown()).toHaveLength(2);
        expect(shown()[1]?.body.match(/^<!-- plangate.*$/gm)).toEqual([
          "<!-- plangate -->",
          "<!-- plangate:section prod/app -->",
          "<!-- plangate:end -->",
          "<!-- plangate:section prod/network -->",
          "<!-- plangate:end -->",
        ]);
      });

      it("has a section about a change of the flow before those of the stacks, for as long as there is one", async () => {
        await port.showFlowChange(1, null);
        expect(shown()).toHaveLength(0);
        await port.show(1, "dev/app" as StackName, "a plan");
        await port.showFlowChange(1, "one <!-- plangate:end -->");
        await port.showFlowChange(1, "two");
        const sections = () => shown().map(({ body }) => body.match(/(?<=plangate:section )\S+/g) ?? []);
        expect(sections()).toEqual([["flow", "dev/app"]]);
        expect(shown()[0]?.body).not.toContain("one");
        await port.showFlowChange(1, null);
        expect(sections()).toEqual([["dev/app"]]);
      });

      it("goes on in a second one when the first is full", async () => {
        const long = "x".repeat(60_000);
        await port.show(1, network, long);
        await port.show(1, "prod/app" as StackName, long);
        await port.show(1, network, "short");
        expect(shown().map(({ body }) => [body.includes("prod/network"), body.includes("prod/app")])).toEqual([
          [true, false],
          [false, true],
        ]);
      });
    });

    describe("people", () => {
      it("are known by verified and no-reply addresses", async () => {
        // GitHub tells who has an address by what they wrote.
        await small.pushed("ann", "main", { "ann.txt": "1" });
        expect(await port.loginOf("ANN@acme.example")).toBe("ann");
        expect(await port.loginOf("41+Ann@users.noreply.github.example")).toBe("ann");
        expect(await port.loginOf("ann@evil.example")).toBe("email:ann@evil.example");
        expect(await port.loginOf("a b <x>")).toBe("email:a_b__x_");
        expect(await port.teams()).toEqual({ devops: ["zoe", "ann", "bob"] });
        expect(await port.maintainers()).toEqual(["ann", "bob", "eve", "root"]);
      });
    });
  });
}
