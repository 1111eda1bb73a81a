import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

describe("a pull request over HTTP", () => {
  it("goes from its opening over review and checks to the merge, every answer as GitHub describes it", async () => {
    const [ann, bob, root] = [await small.as("ann"), await small.as("bob"), await small.as("root")];
    const head = await small.pushed("ann", "dev/x", { "stacks/network/main.tf": "# two\n", "new file.txt": "x\n" });
    const opened = await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T", body: "Closes #9" });
    const { number } = opened.data;
    expect(opened.data).toMatchObject({
      state: "open",
      mergeable: null,
      changed_files: 2,
      commits: 1,
      user: { login: "ann" },
    });
    const pull = { ...at, pull_number: number };
    expect((await ann.rest.pulls.get(pull)).data).toMatchObject({
      mergeable: true,
      mergeable_state: "clean",
      head: { sha: head },
    });

    const files = (await ann.rest.pulls.listFiles(pull)).data;
    expect(files.map(({ filename, status }) => [filename, status])).toEqual([
      ["new file.txt", "added"],
      ["stacks/network/main.tf", "modified"],
    ]);
    expect(files[1]?.patch).toBe("@@ -1 +1 @@\n-# one\n+# two");
    expect((await ann.rest.pulls.listCommits(pull)).data).toMatchObject([{ sha: head, author: { login: "ann" } }]);
    expect(await ann.rest.pulls.get({ ...pull, mediaType: { format: "diff" } })).toMatchObject({
      data: expect.stringContaining("+# two"),
    });

    await expect(ann.rest.pulls.createReview({ ...pull, event: "APPROVE" })).rejects.toMatchObject({ status: 422 });
    const review = await bob.rest.pulls.createReview({ ...pull, event: "APPROVE", commit_id: head });
    expect(review.data).toMatchObject({ state: "APPROVED", user: { login: "bob" }, commit_id: head });
    expect((await ann.rest.pulls.listReviews(pull)).data).toHaveLength(1);
    await ann.rest.pulls.getReview({ ...pull, review_id: review.data.id });
    await root.rest.pulls.dismissReview({ ...pull, review_id: review.data.id, message: "no" });
    expect((await ann.rest.pulls.listReviews(pull)).data).toMatchObject([{ state: "DISMISSED" }]);
    await ann.rest.pulls.requestReviewers({ ...pull, reviewers: ["eve"], team_reviewers: ["devops"] });
    expect((await ann.rest.pulls.listRequestedReviewers(pull)).data).toMatchObject({
      users: [{ login: "eve" }],
      teams: [{ slug: "devops" }],
    });
    await expect(bob.rest.pulls.requestReviewers({ ...pull, reviewers: ["ann"] })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("author"),
    });
    await ann.rest.pulls.removeRequestedReviewers({ ...pull, reviewers: ["eve"] });
    await ann.rest.pulls.update({ ...pull, title: "T2" });

    await expect(bob.rest.pulls.merge({ ...pull, sha: "0".repeat(40) })).rejects.toMatchObject({ status: 409 });
    await expect(bob.rest.pulls.checkIfMerged(pull)).rejects.toMatchObject({ status: 404 });
    const merged = await bob.rest.pulls.merge({ ...pull, merge_method: "squash", sha: head });
    await bob.rest.pulls.checkIfMerged(pull);
    expect((await ann.rest.pulls.get(pull)).data).toMatchObject({
      merged: true,
      merged_by: { login: "bob" },
      merge_commit_sha: merged.data.sha,
    });
    const brought = await ann.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: merged.data.sha });
    expect(brought.data.map((change) => change.number)).toEqual([number]);
    expect((await ann.rest.pulls.list({ ...at, state: "all", base: "main", head: "acme:dev/x" })).data).toHaveLength(1);
    expect((await ann.rest.pulls.list(at)).data).toEqual([]);
  });

  it("is closed and opened again, brought up to date, and says when it does not merge", async () => {
    const ann = await small.as("ann");
    await small.pushed("ann", "dev/x", { "stacks/network/main.tf": "# two\n" });
    const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" })).data;
    const pull = { ...at, pull_number: number };
    expect((await ann.rest.pulls.update({ ...pull, state: "closed" })).data).toMatchObject({ state: "closed" });
    expect((await ann.rest.pulls.update({ ...pull, state: "open" })).data).toMatchObject({ state: "open" });
    await small.pushed("bob", "main", { "README.md": "moved\n" });
    await ann.rest.pulls.get(pull);
    expect((await ann.rest.pulls.get(pull)).data).toMatchObject({ mergeable: true, mergeable_state: "clean" });
    await ann.rest.pulls.updateBranch(pull);
    await small.pushed("bob", "main", { "stacks/network/main.tf": "# other\n" });
    await ann.rest.pulls.get(pull);
    expect((await ann.rest.pulls.get(pull)).data).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
    await expect(ann.rest.pulls.merge(pull)).rejects.toMatchObject({ status: 405 });
  });

  it("carries comments, labels with whoever put them there, statuses and check runs", async () => {
    const ann = await small.as("ann");
    const job = await small.as({ job: { checks: "write", statuses: "write" }, repository: "acme/infra" });
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" })).data;
    const issue = { ...at, issue_number: number };
    const comment = await ann.rest.issues.createComment({ ...issue, body: "/plangate plan" });
    await ann.rest.issues.updateComment({ ...at, comment_id: comment.data.id, body: "other" });
    await ann.rest.issues.getComment({ ...at, comment_id: comment.data.id });
    expect((await ann.rest.issues.listComments(issue)).data).toMatchObject([
      { body: "other", user: { login: "ann", type: "User" } },
    ]);
    await ann.rest.issues.deleteComment({ ...at, comment_id: comment.data.id });
    expect((await ann.rest.issues.listComments(issue)).data).toEqual([]);

    await ann.rest.issues.addLabels({ ...issue, labels: ["emergency"] });
    expect((await ann.rest.issues.listLabelsOnIssue(issue)).data).toMatchObject([{ name: "emergency" }]);
    const events = (await ann.rest.issues.listEvents(issue)).data;
    expect(events).toMatchObject([{ event: "labeled", actor: { login: "ann" }, label: { name: "emergency" } }]);
    await ann.rest.issues.setLabels({ ...issue, labels: ["demo"] });
    await ann.rest.issues.removeLabel({ ...issue, name: "demo" });
    expect((await ann.rest.issues.get(issue)).data).toMatchObject({ pull_request: { merged_at: null }, labels: [] });

    await job.rest.repos.createCommitStatus({ ...at, sha: head, state: "success", context: "plangate / change" });
    expect((await ann.rest.repos.getCombinedStatusForRef({ ...at, ref: head })).data).toMatchObject({
      state: "success",
    });
    await ann.rest.repos.listCommitStatusesForRef({ ...at, ref: head });
    await expect(ann.rest.checks.create({ ...at, name: "x", head_sha: head })).rejects.toMatchObject({ status: 403 });
    const check = await job.rest.checks.create({ ...at, name: "plan", head_sha: head, status: "in_progress" });
    await job.rest.checks.update({
      ...at,
      check_run_id: check.data.id,
      conclusion: "success",
      output: { title: "t", summary: "s" },
    });
    await ann.rest.checks.get({ ...at, check_run_id: check.data.id });
    await ann.rest.checks.listAnnotations({ ...at, check_run_id: check.data.id });
    expect((await ann.rest.checks.listForRef({ ...at, ref: "dev/x" })).data).toMatchObject({
      total_count: 1,
      check_runs: [{ name: "plan", conclusion: "success", app: { slug: "github-actions" } }],
    });
  });

  it("takes comments of nobody but people who may write while its conversation is locked", async () => {
    const [ann, bob] = [await small.as("ann"), await small.as("bob")];
    const job = await small.as({ job: { issues: "write", pull_requests: "write" }, repository: "acme/infra" });
    const app = await small.as({ installation: { issues: "write", pull_requests: "write" } });
    await small.pushed("ann", "dev/x", { a: "1" });
    const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" })).data;
    const issue = { ...at, issue_number: number };
    const comment_id = (await job.rest.issues.createComment({ ...issue, body: "plan" })).data.id;
    await bob.rest.issues.lock(issue);
    expect((await ann.rest.pulls.get({ ...at, pull_number: number })).data.locked).toBe(true);
    const refused = { status: 403, message: expect.stringContaining("is locked") };
    for (const program of [job, app])
      await expect(program.rest.issues.createComment({ ...issue, body: "x" })).rejects.toMatchObject(refused);
    await expect(job.rest.issues.updateComment({ ...at, comment_id, body: "x" })).rejects.toMatchObject(refused);
    await ann.rest.issues.createComment({ ...issue, body: "x" });
    await bob.rest.issues.unlock(issue);
    await job.rest.issues.updateComment({ ...at, comment_id, body: "x" });
  });

  it("says in one word what a merge would come to, in the order in which GitHub asks", async () => {
    const [ann, bob, job] = [
      await small.as("ann"),
      await small.as("bob"),
      await small.as({ job: { statuses: "write" }, repository: "acme/infra" }),
    ];
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    const opened = await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" });
    expect(opened.data.mergeable_state).toBe("unknown");
    const pull = { ...at, pull_number: opened.data.number };
    const state = async () => {
      await ann.rest.pulls.get(pull);
      return (await ann.rest.pulls.get(pull)).data.mergeable_state;
    };
    const said = (context: string, word: "success" | "failure" | "pending") =>
      job.rest.repos.createCommitStatus({ ...at, sha: head, context, state: word });
    expect(await state()).toBe("clean");
    await said("other", "pending");
    expect(await state()).toBe("unstable");
    await said("other", "success");
    await small.did("protect", "root", { pattern: "main", checks: ["done"], approvals: 1, upToDate: true });
    expect(await state()).toBe("blocked");
    await said("done", "failure");
    await bob.rest.pulls.createReview({ ...pull, event: "APPROVE" });
    expect(await state()).toBe("blocked");
    await said("done", "success");
    expect(await state()).toBe("clean");
    await small.did("push", "root", {
      ref: "refs/heads/main",
      after: await small.pushed("bob", "dev/y", { c: "1" }),
      force: true,
    });
    expect(await state()).toBe("behind");
    await small.did("draft", "ann", { number: pull.pull_number, draft: true });
    expect(await state()).toBe("draft");
    await ann.rest.pulls.update({ ...pull, state: "closed" });
    expect(await state()).toBe("unknown");
  });

  it("goes to where its base went when that is merged and deleted, and its approvals are dismissed without a word", async () => {
    const [ann, bob, root] = [await small.as("ann"), await small.as("bob"), await small.as("root")];
    await root.rest.repos.update({ ...at, delete_branch_on_merge: true });
    await small.did("protect", "root", { pattern: "main", approvals: 1, dismissStale: true });
    await small.pushed("ann", "dev/one", { a: "1" });
    const head = await small.pushed("ann", "dev/two", { b: "2" });
    const open = (branch: string, base: string) => ann.rest.pulls.create({ ...at, head: branch, base, title: branch });
    const [one, two] = [(await open("dev/one", "main")).data.number, (await open("dev/two", "dev/one")).data.number];
    for (const pull_number of [one, two]) await bob.rest.pulls.createReview({ ...at, pull_number, event: "APPROVE" });
    await small.github.webhooks.settled();
    const told = small.github.webhooks.deliveries.length;
    await bob.rest.pulls.merge({ ...at, pull_number: one });
    await small.github.webhooks.settled();
    expect(await small.tip("refs/heads/dev/one")).toBeUndefined();
    expect((await ann.rest.pulls.get({ ...at, pull_number: two })).data).toMatchObject({
      state: "open",
      base: { ref: "main" },
      head: { sha: head },
    });
    expect((await ann.rest.pulls.listReviews({ ...at, pull_number: two })).data).toMatchObject([
      { state: "DISMISSED" },
    ]);
    const after = small.github.webhooks.deliveries.slice(told);
    expect(after.filter(({ event }) => event === "pull_request_review")).toEqual([]);
    expect(after.find(({ action }) => action === "edited")?.payload).toMatchObject({
      number: two,
      changes: { base: { ref: { from: "dev/one" } } },
    });
    await expect(bob.rest.pulls.merge({ ...at, pull_number: two })).rejects.toMatchObject({ status: 405 });
  });
});
