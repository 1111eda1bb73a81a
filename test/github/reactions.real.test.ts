import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, infra, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

describe("reactions to a comment", () => {
  it("are one of each kind by everybody, and the same again is what was there", async () => {
    const [ann, bob] = [await small.as("ann"), await small.as("bob")];
    const { data: issue } = await ann.rest.issues.create({ ...at, title: "T" });
    const { data: comment } = await ann.rest.issues.createComment({ ...at, issue_number: issue.number, body: "Hm" });
    const on = { ...at, comment_id: comment.id };
    const first = await bob.rest.reactions.createForIssueComment({ ...on, content: "eyes" });
    expect(first).toMatchObject({ status: 201, data: { content: "eyes", user: { login: "bob" } } });
    const again = await bob.rest.reactions.createForIssueComment({ ...on, content: "eyes" });
    expect(again).toMatchObject({ status: 200, data: { id: first.data.id } });
    await ann.rest.reactions.createForIssueComment({ ...on, content: "eyes" });
    await bob.rest.reactions.createForIssueComment({ ...on, content: "-1" });
    const listed = async (content?: "eyes") => {
      const { data } = await ann.rest.reactions.listForIssueComment({ ...on, ...(content && { content }) });
      return data.map((one) => `${one.user?.login} ${one.content}`);
    };
    expect(await listed()).toEqual(["bob eyes", "ann eyes", "bob -1"]);
    expect(await listed("eyes")).toEqual(["bob eyes", "ann eyes"]);
    await expect(
      bob.rest.reactions.createForIssueComment({ ...on, content: "thumbs" as "eyes" }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(
      bob.rest.reactions.createForIssueComment({ ...on, comment_id: 999, content: "eyes" }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it("take the right to write to what the comment stands on", async () => {
    const ann = await small.as("ann");
    await small.pushed("ann", "dev/x", { "a.txt": "1" });
    const { data: change } = await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" });
    const { data: issue } = await ann.rest.issues.create({ ...at, title: "T" });
    const onto = async (issue_number: number) =>
      (await ann.rest.issues.createComment({ ...at, issue_number, body: "Hm" })).data.id;
    const comments = { change: await onto(change.number), issue: await onto(issue.number) };
    const reacts = async (permissions: object, comment_id: number) => {
      const job = await small.as({ job: permissions, repository: infra });
      return job.rest.reactions.createForIssueComment({ ...at, comment_id, content: "eyes" });
    };
    expect((await reacts({ pull_requests: "write" }, comments.change)).data.user?.login).toBe("github-actions[bot]");
    expect(await reacts({ issues: "write" }, comments.issue)).toMatchObject({ status: 201 });
    for (const [permissions, comment] of [
      [{ issues: "write" }, comments.change],
      [{ pull_requests: "write" }, comments.issue],
      [{ pull_requests: "read", issues: "read" }, comments.change],
    ] as const)
      await expect(reacts(permissions, comment)).rejects.toMatchObject({ status: 403 });
  });
});
