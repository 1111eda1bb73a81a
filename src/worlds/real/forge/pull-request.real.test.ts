import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal, type SmallForgeStage, smallForgeStage } from "../../../../test/worlds/forge-stages.ts";
import { infra, must } from "./small-forge.ts";

let small: SmallForgeStage;

beforeEach(async () => {
  small = await smallForgeStage();
});

afterEach(() => small.close());

const changes = () => small.forge.state.repositories[0]?.pullRequests ?? [];
const actionsOf = (outcome: Awaited<ReturnType<SmallForgeStage["tried"]>>) =>
  outcome.ok ? outcome.events.map((event) => ("action" in event ? `${event.kind} ${event.action}` : event.kind)) : [];

describe("a pull request", () => {
  it("follows its head branch, and an old approval goes unless the rules keep it", async () => {
    const { did, pushed, forge, tip, tried } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await did("protect", "root", { pattern: "main", approvals: 1, dismissStale: true });
    await did("review", "bob", { number: 1, says: "APPROVE" });
    const after = await forge.commit({
      repository: infra,
      parent: tip("dev/x"),
      files: { a: "2" },
      message: "x",
      author: "eve",
    });
    const push = await tried("push", "eve", { ref: "refs/heads/dev/x", after });
    expect(actionsOf(push)).toEqual(["push", "pull_request_review dismissed", "pull_request synchronize"]);
    expect(changes()[0]?.headCommit).toBe(after);
    expect(await forge.look(infra, async ({ refs }) => refs.get("refs/pull/1/head"))).toBe(after);
    expect(await tried("merge", "ann", { number: 1, method: "merge" })).toEqual(
      refusal(405, "At least 1 approving review"),
    );
  });

  it("is merged by whoever pushes its commits to the base", async () => {
    const { did, pushed, tried } = small;
    const head = await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    const push = await tried("push", "bob", { ref: "refs/heads/main", after: head });
    expect(actionsOf(push)).toEqual(["push", "pull_request closed"]);
    expect(changes()[0]).toMatchObject({ state: "closed", merged: { by: "bob", method: null, commit: head } });
  });

  it("is closed with its head branch, and stays so when the name is used again", async () => {
    const { did, pushed, tried } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "First" });
    const gone = await tried("push", "ann", { ref: "refs/heads/dev/x", after: null });
    expect(actionsOf(gone)).toEqual(["push", "pull_request closed"]);
    expect(await tried("reopen", "ann", { number: 1 })).toEqual(refusal(422, "has been deleted"));
    const second = await pushed("eve", "dev/x", { evil: "1" });
    await did("open", "eve", { head: "dev/x", base: "main", title: "Second" });
    expect(await tried("reopen", "ann", { number: 1 })).toEqual(refusal(422, "force-pushed or recreated"));
    await pushed("eve", "dev/x", { evil: "2" });
    expect(changes()[0]?.headCommit).not.toBe(second);
    expect(changes().map(({ state }) => state)).toEqual(["closed", "open"]);
  });

  it("opens again with what was pushed meanwhile, but not over a rewritten history or once merged", async () => {
    const { did, pushed, tried } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await did("close", "ann", { number: 1 });
    expect(await tried("close", "ann", { number: 1 })).toEqual(refusal(422, "closed already"));
    const head = await pushed("bob", "dev/x", { a: "2" });
    await did("reopen", "ann", { number: 1 });
    expect(changes()[0]).toMatchObject({ state: "open", headCommit: head });
    await did("close", "ann", { number: 1 });
    await did("push", "ann", { ref: "refs/heads/dev/x", after: small.tip("main"), rewrite: true });
    expect(await tried("reopen", "ann", { number: 1 })).toEqual(refusal(422, "force-pushed or recreated"));
    await pushed("ann", "dev/y", { b: "1" });
    await did("open", "ann", { head: "dev/y", base: "main", title: "T" });
    await did("merge", "bob", { number: 2, method: "merge" });
    expect(await tried("reopen", "ann", { number: 2 })).toEqual(refusal(422, "merged"));
  });

  it("is closed when its head is pushed back to where the base is", async () => {
    const { did, pushed, tried, tip } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    const push = await tried("push", "ann", { ref: "refs/heads/dev/x", after: tip("main"), rewrite: true });
    expect(actionsOf(push)).toEqual(["push", "pull_request synchronize", "pull_request closed"]);
  });

  it("is refused without commits, a second time, and from or to a branch that is not there", async () => {
    const { did, pushed, tried } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    const open = (head: string, base: string) => tried("open", "ann", { head, base, title: "T" });
    expect(await open("dev/x", "main")).toEqual(refusal(422, "A pull request already exists for acme:dev/x."));
    expect(await open("main", "dev/x")).toEqual(refusal(422, "No commits between"));
    expect(await open("dev/none", "main")).toEqual(refusal(422, "head is invalid"));
    expect(await open("dev/x", "none")).toEqual(refusal(422, "base is invalid"));
  });

  it("shares its numbers with issues, also with those that were there before", async () => {
    const { did, pushed, forge } = small;
    forge.addIssue(infra, 2);
    expect(() => forge.addIssue(infra, 2)).toThrow("taken");
    await pushed("ann", "dev/x", { a: "1" });
    await did("issue", "ann", { title: "one" });
    expect((await did("open", "ann", { head: "dev/x", base: "main", title: "T", issues: [2] })).number).toBe(3);
    await did("merge", "bob", { number: 3, method: "squash" });
    expect(forge.state.repositories[0]?.issues.map(({ state }) => state)).toEqual(["closed", "open"]);
  });

  it("changes its base, tells where it was, and is edited by its opener and by writers only", async () => {
    const { did, pushed, tried, tip } = small;
    await did("push", "ann", { ref: "refs/heads/develop", after: tip("main") });
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    expect(await tried("edit", "sam", { number: 1, title: "S" })).toEqual(refusal(403, "denied"));
    const edit = await tried("edit", "bob", { number: 1, base: "develop" });
    expect(edit.ok && edit.events).toMatchObject([{ kind: "pull_request", action: "edited", baseWas: "main" }]);
  });

  it("gets its base merged into its head by a button", async () => {
    const { did, pushed, tried, tip } = small;
    const head = await pushed("ann", "dev/x", { a: "1" });
    const base = await pushed("eve", "main", { b: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    const update = await tried("update-branch", "bob", { number: 1 });
    expect(actionsOf(update)).toEqual(["push", "pull_request synchronize"]);
    const made = await small.forge.look(infra, ({ network }) => network.commit(tip("dev/x") ?? head));
    expect(made).toMatchObject({ parents: [head, base], author: { email: "bob@acme.example" } });
    expect(await tried("update-branch", "bob", { number: 1 })).toEqual(refusal(422, "no new commits on the base"));
  });

  it("comes from a fork whose owner may not write here", async () => {
    const { did, pushed, tried, forge } = small;
    const fork = await did("fork", "sam", {});
    expect(fork).toMatchObject({ name: "sam/infra", parent: infra });
    const head = await pushed("sam", "fix", { a: "1" }, { repository: "sam/infra" });
    expect(await tried("open", "sam", { head: "main", base: "main", title: "T" })).toEqual(
      refusal(403, "denied to sam"),
    );
    const request = { head: "fix", headRepository: "sam/infra", base: "main", title: "T", labels: ["urgent"] };
    const change = must(await tried("open", "sam", request), "open");
    expect(change).toMatchObject({ headCommit: head, labels: [] });
    const next = await pushed("sam", "fix", { a: "2" }, { repository: "sam/infra" });
    expect(changes()[0]?.headCommit).toBe(next);
    expect(await tried("merge", "sam", { number: 1, method: "squash" })).toEqual(refusal(403, "denied to sam"));
    await did("merge", "ann", { number: 1, method: "squash" });
    expect(await forge.look(infra, async ({ refs }) => refs.get("refs/heads/fix"))).toBeUndefined();
  });

  it("is labeled by writers, one event a label", async () => {
    const { did, pushed, tried } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T", labels: ["a"] });
    expect(await tried("label", "sam", { number: 1, add: ["urgent"] })).toEqual(refusal(403, "denied"));
    const labeled = await tried("label", "bob", { number: 1, add: ["a", "urgent", "<b>"], remove: ["a"] });
    expect(actionsOf(labeled)).toEqual(["pull_request labeled", "pull_request labeled", "pull_request unlabeled"]);
    expect(changes()[0]?.labels).toEqual([
      { name: "urgent", by: "bob" },
      { name: "<b>", by: "bob" },
    ]);
  });
});

describe("a private repository", () => {
  it("is not there for people without a role", async () => {
    const { forge } = small;
    must(await forge.createRepository("root", { name: "acme/secret", private: true }), "create");
    for (const name of ["comment", "issue"] as const) {
      const request = { by: "sam", repository: "acme/secret", number: 1, title: "T", body: "x" };
      expect(await forge.act(name, request)).toEqual(refusal(404, "^Not Found$"));
    }
    expect(await forge.createRepository("root", { name: "../escape" })).toEqual(refusal(422, "name is invalid"));
    expect(await forge.createRepository("root", { name: "acme/.." })).toEqual(refusal(422, "name is invalid"));
  });
});
