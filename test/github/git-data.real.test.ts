import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

describe("Git's objects over the API", () => {
  it("are written one by one into a commit that a branch then leads to", async () => {
    const { git, repos } = (await small.as("ann")).rest;
    const main = (await git.getRef({ ...at, ref: "heads/main" })).data.object.sha;
    const before = (await git.getCommit({ ...at, commit_sha: main })).data;
    const blob = await git.createBlob({ ...at, content: Buffer.from([0, 255]).toString("base64"), encoding: "base64" });
    expect(Buffer.from((await git.getBlob({ ...at, file_sha: blob.data.sha })).data.content, "base64")).toEqual(
      Buffer.from([0, 255]),
    );
    const entries = [
      { path: "state.json", mode: "100644" as const, type: "blob" as const, content: "{}\n" },
      { path: "ledger/000001.jsonl", mode: "100644" as const, type: "blob" as const, sha: blob.data.sha },
      { path: "README.md", mode: "100644" as const, type: "blob" as const, sha: null },
    ];
    const tree = await git.createTree({ ...at, base_tree: before.tree.sha, tree: entries });
    const made = await git.createCommit({ ...at, message: "Record", tree: tree.data.sha, parents: [main] });
    expect(made.data).toMatchObject({
      message: "Record",
      author: { name: "ANN", email: "ann@acme.example" },
      parents: [{ sha: main }],
    });
    const ref = await git.createRef({ ...at, ref: "refs/heads/plangate/record", sha: made.data.sha });
    expect(ref.data).toMatchObject({ ref: "refs/heads/plangate/record", object: { type: "commit" } });
    await expect(git.createRef({ ...at, ref: "refs/heads/plangate/record", sha: main })).rejects.toMatchObject({
      status: 422,
    });
    const all = await git.getTree({ ...at, tree_sha: made.data.sha, recursive: "1" });
    expect(all.data.tree.filter(({ type }) => type === "blob").map(({ path }) => path)).toEqual([
      "ledger/000001.jsonl",
      "stacks/network/main.tf",
      "state.json",
    ]);
    expect((await git.listMatchingRefs({ ...at, ref: "heads/plangate" })).data).toHaveLength(1);

    await expect(git.updateRef({ ...at, ref: "heads/plangate/record", sha: main })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("not a fast forward"),
    });
    await git.updateRef({ ...at, ref: "heads/plangate/record", sha: main, force: true });
    await git.deleteRef({ ...at, ref: "heads/plangate/record" });
    await expect(git.getRef({ ...at, ref: "heads/plangate/record" })).rejects.toMatchObject({ status: 404 });
    const tag = await git.createTag({ ...at, tag: "v1", message: "One", object: main, type: "commit" });
    expect((await git.getTag({ ...at, tag_sha: tag.data.sha })).data).toMatchObject({
      message: "One",
      object: { sha: main },
    });
    await git.createRef({ ...at, ref: "refs/tags/v1", sha: tag.data.sha });
    expect((await repos.getCommit({ ...at, ref: "v1" })).data.sha).toBe(main);
  });

  it("refuse paths that no checkout should write", async () => {
    const { git } = (await small.as("ann")).rest;
    for (const path of ["../x", ".git/config", "a/.GIT/hooks/x", "a//b"]) {
      const tree = [{ path, mode: "100644" as const, type: "blob" as const, content: "x" }];
      await expect(git.createTree({ ...at, tree })).rejects.toMatchObject({ status: 422 });
    }
  });
});

describe("commits, files and branches", () => {
  it("are read, and compared as a pull request would be", async () => {
    const { repos } = (await small.as("ann")).rest;
    const head = await small.pushed("ann", "dev/x", { "stacks/network/main.tf": "# two\n", "space in name": "1" });
    expect((await repos.getCommit({ ...at, ref: "dev/x" })).data).toMatchObject({
      sha: head,
      stats: { total: 3 },
      author: { login: "ann" },
    });
    expect((await repos.getCommit({ ...at, ref: "heads/dev/x", mediaType: { format: "sha" } })).data).toBe(head);
    expect((await repos.listCommits({ ...at, sha: "dev/x" })).data.map(({ sha }) => sha)[0]).toBe(head);
    const compared = (await repos.compareCommitsWithBasehead({ ...at, basehead: "main...dev/x" })).data;
    expect(compared).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0, total_commits: 1 });
    expect(compared.files?.map(({ filename }) => filename)).toEqual(["space in name", "stacks/network/main.tf"]);
    await expect(repos.compareCommitsWithBasehead({ ...at, basehead: "main...nowhere" })).rejects.toMatchObject({
      status: 404,
    });
    await expect(repos.getCommit({ ...at, ref: "nowhere" })).rejects.toMatchObject({ status: 422 });
    const said = await repos.createCommitComment({ ...at, commit_sha: head, body: "/plangate accept" });
    await repos.updateCommitComment({ ...at, comment_id: said.data.id, body: "other" });
    await repos.getCommitComment({ ...at, comment_id: said.data.id });
    expect((await repos.listCommentsForCommit({ ...at, commit_sha: head })).data).toMatchObject([
      { body: "other", commit_id: head },
    ]);
    await small.did("protect", "root", { pattern: "main", pullRequest: true });
    expect((await repos.getBranch({ ...at, branch: "main" })).data).toMatchObject({ protected: true });
    expect((await repos.getBranch({ ...at, branch: "dev/x" })).data).toMatchObject({
      protected: false,
      commit: { sha: head },
    });
    expect((await repos.listBranches({ ...at, protected: true })).data.map(({ name }) => name)).toEqual(["main"]);
    expect((await repos.getCollaboratorPermissionLevel({ ...at, username: "ann" })).data).toMatchObject({
      permission: "write",
    });
    expect((await repos.getCollaboratorPermissionLevel({ ...at, username: "sam" })).data).toMatchObject({
      permission: "none",
    });
    expect((await repos.listCollaborators(at)).data.map(({ login }) => login)).toEqual(["root", "ann", "bob", "eve"]);
    await repos.listTeams(at);
  });

  it("are written by path, when the file still is what whoever writes believes it to be", async () => {
    const { repos, users } = (await small.as("ann")).rest;
    const path = "docs/delivery page.md";
    const content = Buffer.from("one\n").toString("base64");
    const made = await repos.createOrUpdateFileContents({ ...at, path, message: "One", content });
    const read = (await repos.getContent({ ...at, path })).data;
    expect(read).toMatchObject({ type: "file", sha: made.data.content?.sha, path });
    expect((await repos.getContent({ ...at, path, mediaType: { format: "raw" } })).data).toBe("one\n");
    expect((await repos.getContent({ ...at, path: "docs", ref: "main" })).data).toMatchObject([{ path, type: "file" }]);
    await expect(repos.createOrUpdateFileContents({ ...at, path, message: "Two", content })).rejects.toMatchObject({
      status: 422,
    });
    await expect(
      repos.createOrUpdateFileContents({ ...at, path, message: "Two", content, sha: "0".repeat(40) }),
    ).rejects.toMatchObject({ status: 409 });
    await repos.deleteFile({ ...at, path, message: "Gone", sha: made.data.content?.sha ?? "" });
    await expect(repos.getContent({ ...at, path })).rejects.toMatchObject({ status: 404 });
    expect((await users.getAuthenticated()).data.login).toBe("ann");
  });
});

describe("what happened", () => {
  it("is told push by push with whoever pushed, whatever the commits say", async () => {
    const { request } = await small.as("ann");
    const first = await small.pushed("ann", "dev/x", { a: "1" });
    const second = await small.pushed("bob", "dev/x", { b: "2" });
    await small.did("push", "eve", { ref: "refs/heads/dev/x", after: first, rewrite: true });
    const activity = (about: object) => request("GET /repos/{owner}/{repo}/activity", { ...at, ...about });
    expect((await activity({ ref: "dev/x" })).data).toMatchObject([
      { activity_type: "force_push", actor: { login: "eve" }, before: second, after: first },
      { activity_type: "push", actor: { login: "bob" }, before: first, after: second },
      { activity_type: "branch_creation", actor: { login: "ann" }, after: first },
    ]);
    const page = await activity({ per_page: 2 });
    const next = /<([^>]+)>; rel="next"/.exec(page.headers.link ?? "")?.[1] ?? "";
    expect((await request(`GET ${next}`)).data).toHaveLength(2);
    expect((await activity({ actor: "bob", activity_type: "push" })).data).toHaveLength(1);
  });

  it("is told of a pull request event by event, with whoever it was", async () => {
    const [ann, bob] = [await small.as("ann"), await small.as("bob")];
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.pushed("ann", "release/1", { c: "3" });
    const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "release/1", title: "T" })).data;
    const pull = { ...at, pull_number: number };
    await ann.rest.pulls.update({ ...pull, base: "main" });
    const review = await bob.rest.pulls.createReview({ ...pull, event: "APPROVE" });
    await ann.rest.pulls.dismissReview({ ...pull, review_id: review.data.id, message: "no" });
    await bob.rest.pulls.merge({ ...pull, merge_method: "merge" });
    const told = (await ann.rest.issues.listEvents({ ...at, issue_number: number })).data;
    expect(told.map(({ event, actor }) => [event, actor?.login])).toEqual([
      ["base_ref_changed", "ann"],
      ["review_dismissed", "ann"],
      ["merged", "bob"],
      ["closed", "bob"],
    ]);
    expect(told[1]).toMatchObject({ dismissed_review: { state: "approved", review_id: review.data.id } });
  });
});

describe("issues and labels", () => {
  it("are opened, changed and listed", async () => {
    const { issues } = (await small.as("ann")).rest;
    const made = await issues.create({ ...at, title: "Drift", body: "found", labels: ["drift"] });
    const one = { ...at, issue_number: made.data.number };
    await issues.update({ ...one, state: "closed", title: "Drift in prod" });
    expect((await issues.get(one)).data).toMatchObject({
      state: "closed",
      title: "Drift in prod",
      labels: [{ name: "drift" }],
    });
    expect((await issues.listForRepo({ ...at, state: "all", labels: "drift" })).data).toHaveLength(1);
    await issues.createLabel({ ...at, name: "emergency", color: "ff0000", description: "waives windows" });
    await expect(issues.createLabel({ ...at, name: "Emergency" })).rejects.toMatchObject({ status: 422 });
    await issues.updateLabel({ ...at, name: "emergency", color: "00ff00" });
    expect((await issues.getLabel({ ...at, name: "emergency" })).data.color).toBe("00ff00");
    await issues.addLabels({ ...one, labels: ["emergency"] });
    await issues.removeLabel({ ...one, name: "drift" });
    expect((await issues.listLabelsOnIssue(one)).data.map(({ name }) => name)).toEqual(["emergency"]);
    await issues.listLabelsForRepo(at);
  });
});
