import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal, type SmallForgeStage, smallForgeStage } from "../../../../test/worlds/forge-stages.ts";
import { openForge } from "./index.ts";
import { infra } from "./small-forge.ts";

let small: SmallForgeStage;

beforeEach(async () => {
  small = await smallForgeStage();
});

afterEach(() => small.close());

const here = () => small.forge.state.repositories[0];

describe("a review", () => {
  beforeEach(async () => {
    await small.did("protect", "root", { pattern: "main", pullRequest: true, approvals: 1 });
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
  });

  const merge = () => small.tried("merge", "ann", { number: 1, method: "squash" });

  it("is never one's own yes or no", async () => {
    const { tried } = small;
    expect(await tried("review", "Ann", { number: 1, says: "APPROVE" })).toEqual(
      refusal(422, "^Can not approve your own pull request$"),
    );
    expect(await tried("review", "ann", { number: 1, says: "REQUEST_CHANGES", body: "x" })).toEqual(
      refusal(422, "^Can not request changes on your own pull request$"),
    );
    expect(await tried("review", "ann", { number: 1, says: "COMMENT", body: "x" })).toMatchObject({ ok: true });
  });

  it("counts by the last word of each writer, and a stranger's does not", async () => {
    const { did } = small;
    await did("review", "sam", { number: 1, says: "APPROVE" });
    expect(await merge()).toEqual(refusal(405, "At least 1 approving review"));
    await did("review", "bob", { number: 1, says: "APPROVE" });
    await did("review", "bob", { number: 1, says: "REQUEST_CHANGES", body: "no" });
    await did("review", "bob", { number: 1, says: "COMMENT", body: "hm" });
    expect(await merge()).toEqual(refusal(405, "Changes have been requested"));
    await did("review", "bob", { number: 1, says: "APPROVE" });
    expect(await merge()).toMatchObject({ ok: true });
  });

  it("is dismissed once, by writers, and an earlier approval does not come back", async () => {
    const { did, tried } = small;
    await did("review", "bob", { number: 1, says: "APPROVE" });
    const no = await did("review", "bob", { number: 1, says: "REQUEST_CHANGES", body: "no" });
    expect(await tried("dismiss", "sam", { number: 1, review: no.id })).toEqual(refusal(403, "denied"));
    await did("dismiss", "ann", { number: 1, review: no.id });
    expect(await tried("dismiss", "ann", { number: 1, review: no.id })).toEqual(refusal(422, "dismissed"));
    expect(await merge()).toEqual(refusal(405, "At least 1 approving review"));
  });

  it("of an old commit is possible and says so, of a foreign one is not", async () => {
    const { did, pushed, tried, tip } = small;
    const old = tip("dev/x");
    const head = await pushed("ann", "dev/x", { a: "2" });
    if (old === null) return expect(old).not.toBeNull();
    expect(await did("review", "bob", { number: 1, says: "APPROVE", commit: old })).toMatchObject({ onHead: false });
    const main = tip("main") ?? head;
    expect(await tried("review", "bob", { number: 1, says: "APPROVE", commit: main })).toEqual(
      refusal(422, "not part"),
    );
  });

  it("after the last push must be somebody else's than the last pusher's where the rules say so", async () => {
    const { did, pushed } = small;
    await did("protect", "root", { pattern: "main", lastPushApproval: true, approvers: ["acme/devops"] });
    await pushed("bob", "dev/x", { a: "2" });
    await did("review", "bob", { number: 1, says: "APPROVE" });
    expect(await merge()).toEqual(refusal(405, "someone other than the last pusher"));
    await did("review", "eve", { number: 1, says: "APPROVE" });
    expect(await merge()).toMatchObject({ ok: false });
    await did("role", "root", { login: "root", role: "admin" });
    expect(await small.tried("merge", "root", { number: 1, method: "squash", force: true })).toMatchObject({
      ok: true,
    });
  });

  it("has a time in whole seconds", async () => {
    small.later(0.4);
    const review = await small.did("review", "bob", { number: 1, says: "APPROVE" });
    expect(review.submittedAt % 1000).toBe(0);
  });
});

describe("a comment", () => {
  it("is edited by its writer and by others who may write, and keeps what it said", async () => {
    const { did, tried } = small;
    await did("issue", "sam", { title: "T" });
    const made = await did("comment", "sam", { number: 1, body: "first" });
    expect(await tried("edit-comment", "sam", { comment: made.id, body: " " })).toEqual(refusal(422, "blank"));
    await did("edit-comment", "eve", { comment: made.id, body: "/plangate approve" });
    expect(here()?.comments[0]).toMatchObject({
      by: "sam",
      body: "/plangate approve",
      earlier: [{ body: "first", by: "eve" }],
    });
    expect(await tried("comment", "ann", { number: 1, body: "x".repeat(65_537) })).toEqual(refusal(422, "too long"));
    expect(await tried("comment", "ann", { number: 2, body: "x" })).toEqual(refusal(404, "Not Found"));
  });
});

describe("an environment", () => {
  const ask = (by: string, environment: string, ref = "refs/heads/main") =>
    small.tried("deployment", by, { environment, ref, summary: "" });
  const answer = (by: string, says: "approved" | "rejected" = "approved") =>
    small.tried("gate", by, { environment: "prod", says });

  it("is answered by its reviewers, while something waits, and never by who set it off", async () => {
    const { did } = small;
    await did("environment", "root", { name: "prod", reviewers: ["acme/devops"], preventSelfReview: true });
    expect(await answer("bob")).toEqual(refusal(422, "no pending deployment"));
    await ask("ann", "prod");
    expect(await answer("eve")).toEqual(refusal(403, "not a required reviewer"));
    expect(await answer("ann")).toEqual(refusal(422, "started yourself"));
    expect(await answer("bob")).toMatchObject({ ok: true, value: [{ state: "approved" }] });
    expect(await answer("bob")).toEqual(refusal(422, "no pending deployment"));
    await ask("ann", "prod");
    expect(await answer("bob", "rejected")).toMatchObject({ ok: true, value: [{ state: "rejected" }] });
  });

  it("that is not there is made without protection by whoever names it", async () => {
    expect(await ask("eve", "demo-x")).toMatchObject({ ok: true, value: { state: "approved" } });
    expect(here()?.environments).toMatchObject([{ name: "demo-x", reviewers: [] }]);
  });

  it("takes only the refs that it names", async () => {
    const { did, tip } = small;
    await did("environment", "root", { name: "prod", refs: ["main", "tag:v*"] });
    await did("push", "eve", { ref: "refs/heads/v1", after: tip("main") });
    await did("push", "eve", { ref: "refs/tags/v1", after: tip("main") });
    expect(await ask("eve", "prod", "refs/heads/v1")).toEqual(refusal(422, "not allowed to deploy"));
    expect(await ask("eve", "prod", "refs/tags/v1")).toMatchObject({ ok: true });
  });
});

describe("a release", () => {
  it("holds its tag and its name for good; only an administrator who says so moves it", async () => {
    const { did, tried, tip, pushed } = small;
    await did("release", "bob", { tag: "v1.0.0", target: "main" });
    const other = await pushed("eve", "dev/x", { a: "1" });
    const move = { ref: "refs/tags/v1.0.0", after: other, rewrite: true };
    expect(await tried("push", "eve", move)).toEqual(refusal(422, "immutable release"));
    expect(await tried("push", "eve", { ...move, force: true })).toEqual(refusal(403, "admin rights"));
    expect(await tried("push", "eve", { ...move, after: null })).toEqual(refusal(422, "Cannot delete tag"));
    await did("delete-release", "eve", { tag: "v1.0.0" });
    expect(await tried("release", "eve", { tag: "v1.0.0", target: "dev/x" })).toEqual(refusal(422, "immutable"));
    expect(await tried("push", "root", { ...move, force: true })).toMatchObject({ ok: true });
    expect(tip("main")).not.toBe(other);
  });

  it("at a tag that is there takes the tag as it is", async () => {
    const { did, pushed } = small;
    const at = await pushed("eve", "dev/x", { a: "1" });
    await did("push", "eve", { ref: "refs/tags/v2", after: at });
    expect(await did("release", "ann", { tag: "v2", target: "main" })).toMatchObject({ commit: at });
  });
});

describe("a saved forge", () => {
  it("goes on where it was", async () => {
    const { did, pushed, forge } = small;
    await pushed("ann", "dev/x", { a: "1" });
    await did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await forge.save();
    const again = openForge({ dir: small.dir, clock: { now: () => Date.UTC(2026, 1, 1) } });
    expect(again.state).toEqual(forge.state);
    const merged = await again.act("merge", { by: "bob", repository: infra, number: 1, method: "merge" });
    expect(merged).toMatchObject({ ok: true });
    again.close();
  });
});
