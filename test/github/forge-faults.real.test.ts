import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deciding as presenting } from "./compiled-rights.ts";
import { type JobStage, jobStage, network } from "./job-stage.ts";

let stage: JobStage;

beforeEach(async () => {
  stage = await jobStage();
});

afterEach(() => stage.close());

describe("what fails on the way", () => {
  beforeEach(async () => {
    await stage.small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
  });

  it("is tried again, with a line that says so", async () => {
    const port = await stage.asJob(presenting);
    stage.github.failNext({ how: "bad-gateway", path: "/graphql", times: 2 });
    expect(await port.pullRequest(1)).toMatchObject({ number: 1 });
    expect(stage.lines.filter((line) => line.includes("502"))).toHaveLength(2);
  });

  it("is not done twice: a comment whose answer got lost is found again", async () => {
    const port = await stage.asJob(presenting);
    const { comments } = stage;
    stage.github.failNext({ how: "late", method: "POST", path: "/comments" });
    await port.show(1, network, "the plan");
    expect(comments()).toHaveLength(1);
    expect(stage.lines.join("\n")).toMatch(/GitHub answered 502: looking what is there, and trying again/);
    stage.github.failNext({ how: "late", method: "PATCH", path: "/comments", times: 20 });
    await expect(port.show(1, network, "a newer plan")).resolves.toBeDefined();
    expect(comments().map(({ body }) => body.includes("a newer plan"))).toEqual([true]);
  });

  it("is not written while GitHub asks to wait, and once when that is over; after too long a time it is told", async () => {
    const port = await stage.asJob(presenting, { patience: { second: 1, spaced: true } });
    const posts = () => stage.github.exchanges.filter(({ path }) => path.endsWith("/comments")).length;
    stage.github.failNext({ how: "secondary-limit", method: "POST", path: "/comments", retryAfter: 3 });
    await port.show(1, network, "the plan");
    expect(stage.lines.join("\n")).toMatch(/secondary rate limit is reached: waiting 3 seconds/);
    expect(posts()).toBe(1);
    stage.github.failNext({ how: "secondary-limit", method: "PATCH", path: "/comments", retryAfter: 7_200 });
    await expect(port.show(1, network, "another")).rejects.toMatchObject({ code: "rate-limited", reaction: "wait" });
    expect(stage.comments().map(({ body }) => body.includes("another"))).toEqual([false]);
  });

  it("is told as what it is where somebody locked the conversation, and no right is asked for", async () => {
    const lock = async (method: "PUT" | "DELETE") =>
      fetch(`${stage.github.url}/repos/acme/infra/issues/1/lock`, {
        method,
        headers: { authorization: `Bearer ${await stage.github.tokenFor({ person: "eve" })}` },
      });
    const port = await stage.asJob(presenting);
    await lock("PUT");
    const locked = { code: "conversation-locked", reaction: "stop", hint: expect.stringContaining("gh pr unlock") };
    await expect(port.show(1, network, "the plan")).rejects.toMatchObject(locked);
    await lock("DELETE");
    await port.show(1, network, "the plan");
    await lock("PUT");
    await expect(port.show(1, network, "a newer plan")).rejects.toMatchObject(locked);
    expect(stage.comments().map(({ body }) => body.includes("a newer plan"))).toEqual([false]);
  });

  it("is not waited for where GitHub never answers: it is asked again, and told after a few times", async () => {
    const port = await stage.asJob(presenting, { patience: { second: 1, spaced: false, answer: 500 } });
    stage.github.failNext({ how: "hang", path: "/graphql" });
    stage.github.failNext({ how: "hang", method: "POST", path: "/comments" });
    await port.show(1, network, "the plan");
    expect(stage.lines.join("\n")).toMatch(/GitHub did not answer POST \/repos\/acme\/infra\/issues\/1\/comments/);
    expect(stage.comments().map(({ body }) => body.includes("the plan"))).toEqual([true]);
    stage.github.failNext({ how: "hang", path: "/graphql", times: 4 });
    await expect(port.pullRequest(1)).rejects.toMatchObject({ reaction: "retry" });
  });

  it("waits for a rate limit as long as the limit says, and gives up where that is too long", async () => {
    const port = await stage.asJob(presenting, { patience: { second: 1, spaced: true } });
    stage.github.failNext({ how: "secondary-limit", path: "/graphql", retryAfter: 2 });
    expect(await port.pullRequest(1)).toMatchObject({ number: 1 });
    expect(stage.lines.join("\n")).toMatch(/secondary rate limit is reached: waiting 2 seconds/);
    stage.github.leaveRequests("github-actions[bot]", 0);
    await expect(port.pullRequest(1)).rejects.toMatchObject({ code: "rate-limited", reaction: "wait" });
  });
});
