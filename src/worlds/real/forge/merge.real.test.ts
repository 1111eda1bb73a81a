import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal, type SmallForgeStage, smallForgeStage } from "../../../../test/worlds/forge-stages.ts";
import { infra, must } from "./small-forge.ts";

let small: SmallForgeStage;

beforeEach(async () => {
  small = await smallForgeStage();
});

afterEach(() => small.close());

const commitAt = (sha: string) => small.forge.look(infra, async ({ network }) => network.commit(sha as never));

describe("a merge", () => {
  it("by squash speaks for the opener and names everybody else who wrote", async () => {
    const { did, pushed, tip } = small;
    const before = tip("main");
    await pushed("ann", "dev/x", { a: "1" }, { message: "First", coAuthors: ["eve"] });
    await pushed("bob", "dev/x", { b: "1" }, { message: "Second" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "A\nCo-authored-by: mallory <m@x>" });
    const merged = await did("merge", "bob", { number: 1, method: "squash" });
    expect(await commitAt(merged.commit)).toMatchObject({
      parents: [before],
      author: { name: "ANN", email: "ann@acme.example" },
      committer: { name: "GitHub", email: "noreply@github.example" },
      message:
        "A Co-authored-by: mallory <m@x> (#1)\n\n* First\n\n* Second\n\nCo-authored-by: EVE <eve@acme.example>\nCo-authored-by: BOB <bob@acme.example>\n",
    });
  });

  it("by merge commit has whoever merged as its author, and the head as it is", async () => {
    const { did, pushed, tip } = small;
    const before = tip("main");
    const head = await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "Add a" });
    const outcome = await small.tried("merge", "bob", { number: 1, method: "merge" });
    const merged = must(outcome, "merge");
    expect(outcome.ok && outcome.events.map(({ kind }) => kind)).toEqual(["push", "pull_request"]);
    expect(merged).toMatchObject({ method: "merge", onto: before });
    expect(await commitAt(merged.commit)).toMatchObject({
      parents: [before, head],
      author: { email: "bob@acme.example" },
      committer: { email: "noreply@github.example" },
      message: "Merge pull request #1 from acme/dev/x\n\nAdd a\n",
    });
  });

  it("by rebase keeps authors, changes committers, and picks onto a base that moved on", async () => {
    const { did, pushed, tip, forge } = small;
    const files = Array.from({ length: 9 }, (_, index) => `line ${index}\n`);
    await pushed("ann", "main", { f: files.join("") });
    await pushed("ann", "dev/x", { f: files.with(0, "ann\n").join("") }, { message: "Top" });
    await pushed("ann", "dev/x", { g: "1" }, { message: "Other" });
    await pushed("eve", "main", { f: files.with(8, "eve\n").join("") });
    const base = tip("main");
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    const merged = await did("merge", "bob", { number: 1, method: "rebase" });
    const last = await commitAt(merged.commit);
    const first = await commitAt(last?.parents[0] ?? "");
    expect([first?.message, last?.message, first?.parents[0]]).toEqual(["Top\n", "Other\n", base]);
    expect(last).toMatchObject({ author: { email: "ann@acme.example" }, committer: { email: "bob@acme.example" } });
    const paths = await forge.look(infra, ({ network }) => network.changedPaths(base as never, merged.commit));
    expect(paths).toEqual(["f", "g"]);
  });

  it("by fast-forward gives the base the very commits, or nothing", async () => {
    const { did, pushed, tried, tip } = small;
    const head = await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await pushed("eve", "dev/y", { b: "1" });
    await did("open", "eve", { head: "dev/y", base: "main", title: "T" });
    await did("merge", "bob", { number: 1, method: "fast-forward" });
    expect(tip("main")).toBe(head);
    expect(await tried("merge", "bob", { number: 2, method: "fast-forward" })).toEqual(
      refusal(422, "not a fast forward"),
    );
  });

  it.each(["merge", "squash", "rebase"] as const)(
    "by %s of what conflicts is refused and changes nothing",
    async (method) => {
      const { did, pushed, tried, tip } = small;
      await pushed("ann", "dev/x", { "README.md": "ann\n" });
      await pushed("eve", "main", { "README.md": "eve\n" });
      const before = tip("main");
      await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
      for (const force of [false, true]) {
        const outcome = await tried("merge", "root", { number: 1, method, force });
        expect(outcome).toEqual(refusal(405, "^Pull Request is not mergeable$"));
      }
      expect(tip("main")).toBe(before);
      expect(small.forge.state.repositories[0]?.pullRequests[0]).toMatchObject({ state: "open", merged: null });
    },
  );

  it("that races another one happens once, and the second is judged on what the first left", async () => {
    const { forge, pushed, did, tip } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await pushed("eve", "dev/y", { a: "2" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "X" });
    await did("open", "eve", { head: "dev/y", base: "main", title: "Y" });
    const merge = (number: number) => forge.act("merge", { by: "bob", repository: infra, number, method: "squash" });
    const outcomes = await Promise.all([merge(1), merge(1), merge(2)]);
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, false]);
    expect(outcomes[0]?.ok && outcomes[0].value.commit).toBe(tip("main"));
  });

  it("is refused when the base was moved behind the forge's back", async () => {
    const { forge, did, pushed, tried } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "X" });
    const { openWriter } = await import("../../../adapters/git/index.ts");
    const from = small.tip("main");
    const to = await forge.commit({ repository: infra, parent: from, files: { z: "1" }, message: "z", author: "eve" });
    await openWriter(forge.dirOf(infra)).updateRef("refs/heads/main", { from, to });
    expect(await tried("merge", "bob", { number: 1, method: "merge" })).toEqual(
      refusal(405, "Base branch was modified"),
    );
    expect(forge.state.repositories[0]?.pullRequests[0]?.state).toBe("open");
    expect(await tried("merge", "bob", { number: 1, method: "merge" })).toMatchObject({ ok: true });
  });

  it("needs the head that was looked at, no draft, an allowed method, and checks", async () => {
    const { did, pushed, tried } = small;
    const first = await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "X", draft: true });
    const wish = { number: 1, method: "merge" } as const;
    expect(await tried("merge", "bob", wish)).toEqual(refusal(405, "draft"));
    await did("draft", "ann", { number: 1, draft: false });
    const head = await pushed("ann", "dev/x", { a: "2" });
    expect(await tried("merge", "bob", { ...wish, head: first })).toEqual(refusal(409, "Head branch was modified"));
    await did("settings", "root", { mergeMethods: ["squash"] });
    expect(await tried("merge", "bob", wish)).toEqual(refusal(405, "Merge commits are not allowed on this repository"));
    await did("settings", "root", { mergeMethods: ["squash", "merge"] });
    await did("protect", "root", { pattern: "main", linear: true, checks: ["plangate"] });
    expect(await tried("merge", "bob", wish)).toEqual(refusal(405, "must not contain merge commits"));
    expect(await tried("merge", "bob", { number: 1, method: "squash" })).toEqual(
      refusal(405, '"plangate" is expected'),
    );
    await did("status", "eve", { commit: first, name: "plangate", state: "success" });
    expect(await tried("merge", "bob", { number: 1, method: "squash" })).toMatchObject({ ok: false });
    await did("status", "eve", { commit: head, name: "plangate", state: "success" });
    expect(await tried("merge", "sam", { number: 1, method: "squash" })).toEqual(refusal(403, "denied to sam"));
    expect(await tried("merge", "bob", { number: 1, method: "squash" })).toMatchObject({ ok: true });
  });

  it("closes the issues that the description names by keyword, and no others", async () => {
    const { did, pushed, forge } = small;
    for (const title of ["one", "two", "three", "four"]) await did("issue", "ann", { title });
    await pushed("ann", "dev/x", { a: "1" });
    const body =
      "Closes #1, fixes: acme/infra#2, resolves other/repo#3\n<!-- closes #4 --> `closes #4`\n```\nfixes #4\n```";
    const change = await did("open", "ann", { head: "dev/x", base: "main", title: "T", body });
    expect(change.number).toBe(5);
    await did("merge", "bob", { number: 5, method: "squash" });
    expect(forge.state.repositories[0]?.issues.map(({ state }) => state)).toEqual(["closed", "closed", "open", "open"]);
  });

  it("deletes the head branch where the repository says so", async () => {
    const { did, pushed, tip } = small;
    await did("settings", "root", { deleteBranchOnMerge: true });
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await did("merge", "bob", { number: 1, method: "squash" });
    expect(tip("dev/x")).toBeNull();
  });
});

describe("the test merge", () => {
  it("follows head and base, and is gone while they conflict", async () => {
    const { did, pushed, tip } = small;
    const head = await pushed("ann", "dev/x", { "README.md": "ann\n" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    const first = await did("test-merge", "sam", { number: 1 });
    expect(await commitAt(first.commit ?? "")).toMatchObject({ parents: [tip("main"), head] });
    expect(await did("test-merge", "sam", { number: 1 })).toEqual(first);
    await pushed("eve", "main", { "README.md": "eve\n" });
    expect(await did("test-merge", "sam", { number: 1 })).toEqual({ mergeable: false, commit: null });
    expect(await small.forge.look(infra, async ({ refs }) => refs.get("refs/pull/1/merge"))).toBeUndefined();
  });
});
