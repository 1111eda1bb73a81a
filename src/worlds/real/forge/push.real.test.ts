import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal, type SmallForgeStage, smallForgeStage } from "../../../../test/worlds/forge-stages.ts";
import { infra } from "./small-forge.ts";

let small: SmallForgeStage;

beforeEach(async () => {
  small = await smallForgeStage();
});

afterEach(() => small.close());

describe("a push", () => {
  it.each([
    ["a space", "dev/a b"],
    ["a line break", "dev/a\nb"],
    ["a control character", "dev/a\u0007"],
    ["two dots", "dev/a..b"],
    ["a reflog", "dev/@{1}"],
    ["nothing", ""],
    ["a lock", "dev/a.lock"],
    ["a ref in a ref", "refs/heads/main"],
    ["a commit id", "a".repeat(40)],
  ])("is refused to a branch whose name has %s", async (_, branch) => {
    const after = small.tip("main");
    expect(await small.tried("push", "ann", { ref: `refs/heads/${branch}`, after })).toMatchObject({
      ok: false,
      blocked: { status: 422 },
    });
  });

  it.each(["--upload-pack=touch$IFS", "dev/'\"`$(id)`\"'", "dev/<b>&amp;", "-x", "dev/ünï/日本", "tag=v1"])(
    "to the branch %s is a push like any other, and can be merged",
    async (branch) => {
      const { did, pushed, tip } = small;
      const head = await pushed("ann", branch, { "a.tf": "1" });
      await did("open", "ann", { head: branch, base: "main", title: 'T\n\n"; rm -rf / <script>@everyone</script>' });
      await did("merge", "bob", { number: 1, method: "squash" });
      expect(tip(branch)).toBe(head);
      expect(tip("main")).not.toBe(head);
    },
  );

  it("by somebody without write access is denied", async () => {
    const after = await small.forge.commit({ repository: infra, parent: null, files: {}, message: "x", author: "sam" });
    expect(await small.tried("push", "sam", { ref: "refs/heads/x", after })).toEqual(
      refusal(403, "^Permission to acme/infra.git denied to sam.$"),
    );
    expect(await small.tried("push", "nobody", { ref: "refs/heads/x", after })).toEqual(refusal(401, "authentication"));
  });

  it("replaces history only when it says so, and tells that it did", async () => {
    const { tried, pushed, forge, tip } = small;
    await pushed("ann", "dev/x", { "a.tf": "1" });
    const other = await forge.commit({
      repository: infra,
      parent: tip("main"),
      files: { "a.tf": "2" },
      message: "Again",
      author: "ann",
    });
    const push = { ref: "refs/heads/dev/x", after: other };
    expect(await tried("push", "ann", push)).toEqual(refusal(422, "^Update is not a fast forward$"));
    const done = await tried("push", "ann", { ...push, rewrite: true });
    expect(done.ok && done.events).toMatchObject([{ kind: "push", forced: true, commits: [other] }]);
  });

  it("is refused when the ref is elsewhere than believed, or a name is in the way", async () => {
    const { tried, pushed, tip } = small;
    const after = await pushed("ann", "dev/x", { "a.tf": "1" });
    expect(await tried("push", "ann", { ref: "refs/heads/dev/x", before: null, after })).toEqual(
      refusal(409, "fetch first"),
    );
    expect(await tried("push", "ann", { ref: "refs/heads/dev", after })).toEqual(refusal(422, "cannot create"));
    expect(await tried("push", "ann", { ref: "refs/heads/y", after: "0".repeat(40) as typeof after })).toEqual(
      refusal(422, "^Object does not exist$"),
    );
    expect(tip("dev/x")).toBe(after);
  });

  it("knows what was new to everybody and what only came to the branch", async () => {
    const { pushed, did, forge } = small;
    const first = await pushed("ann", "dev/x", { "a.tf": "1" });
    const second = await pushed("bob", "dev/y", { "b.tf": "1" }, { from: "dev/x" });
    await did("push", "eve", { ref: "refs/heads/dev/x", after: second });
    const pushes = forge.state.repositories[0]?.pushes.slice(1);
    expect(pushes).toMatchObject([
      { by: "ann", commits: [first], fresh: [first] },
      { by: "bob", commits: [second], fresh: [second] },
      { by: "eve", commits: [second], fresh: [] },
    ]);
  });
});

describe("a protected branch", () => {
  beforeEach(async () => {
    await small.did("protect", "root", { pattern: "main", pullRequest: true, approvals: 1 });
  });

  it("takes no pushes, also not from an administrator who does not say so", async () => {
    const { tried, forge, tip } = small;
    const parent = tip("main");
    const after = await forge.commit({
      repository: infra,
      parent,
      files: { "a.tf": "1" },
      message: "x",
      author: "root",
    });
    const push = { ref: "refs/heads/main", after };
    for (const by of ["ann", "root"]) {
      expect(await tried("push", by, push)).toEqual(refusal(422, "Changes must be made through a pull request."));
    }
    expect(await tried("push", "ann", { ...push, force: true })).toMatchObject({ ok: false });
    expect(await tried("push", "root", { ...push, force: true })).toMatchObject({ ok: true });
    await small.did("protect", "root", { pattern: "main", adminBypass: false });
    const next = await forge.commit({
      repository: infra,
      parent: after,
      files: { b: "1" },
      message: "x",
      author: "root",
    });
    expect(await tried("push", "root", { ref: "refs/heads/main", after: next, force: true })).toMatchObject({
      ok: false,
    });
  });

  it("cannot be deleted or rewritten", async () => {
    const { tried, did, pushed } = small;
    await did("protect", "root", { pattern: "release/**", forcePush: false });
    await pushed("ann", "release/a/b", { a: "1" });
    const main = small.tip("main");
    expect(await tried("push", "ann", { ref: "refs/heads/release/a/b", after: null })).toEqual(
      refusal(422, "Cannot delete"),
    );
    expect(await tried("push", "ann", { ref: "refs/heads/release/a/b", after: main, rewrite: true })).toEqual(
      refusal(422, "Cannot force-push"),
    );
    expect(await tried("push", "root", { ref: "refs/heads/main", after: null, force: true })).toEqual(
      refusal(422, "refusing to delete the current branch"),
    );
  });

  it("lets an app past its rules that it names, and holds everybody to who may push", async () => {
    const { tried, did, forge, tip } = small;
    await did("protect", "root", { pattern: "main", bypass: ["plangate[bot]"], pushers: ["acme/devops"] });
    const parent = tip("main");
    const after = await forge.commit({ repository: infra, parent, files: { a: "1" }, message: "x", author: "root" });
    expect(await tried("push", "plangate[bot]", { ref: "refs/heads/main", after })).toMatchObject({ ok: true });
    await small.pushed("eve", "dev/x", { b: "1" });
    await did("open", "eve", { head: "dev/x", base: "main", title: "T" });
    await did("review", "bob", { number: 1, says: "APPROVE" });
    expect(await tried("merge", "eve", { number: 1, method: "merge" })).toEqual(refusal(405, "not authorized"));
    expect(await tried("merge", "ann", { number: 1, method: "merge" })).toMatchObject({ ok: true });
  });

  it("is changed by administrators only", async () => {
    expect(await small.tried("protect", "ann", { pattern: "main", approvals: 0 })).toEqual(
      refusal(403, "admin rights"),
    );
    expect(await small.tried("unprotect", "ann", { pattern: "main" })).toEqual(refusal(403, "admin rights"));
    expect(await small.tried("role", "ann", { login: "ann", role: "admin" })).toEqual(refusal(403, "admin rights"));
  });
});
