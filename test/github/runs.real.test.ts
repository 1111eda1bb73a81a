import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readZip } from "../../src/testing/plan-file.ts";
import { at, infra, octokitWith } from "./small-github.ts";
import { type SmallRuns, smallRuns, workflow } from "./small-runs.ts";

let small: SmallRuns;

beforeEach(async () => {
  small = await smallRuns();
});

afterEach(() => small.close());

describe("a run", () => {
  it("is told with its jobs, and listed by what one looks for", async () => {
    const run = await small.start();
    const job = await run.job("decide", { permissions: { contents: "read" } });
    await job.finish();
    run.finish();
    const { actions } = (await small.as("ann")).rest;
    const one = { ...at, run_id: run.id };
    expect((await actions.getWorkflowRun(one)).data).toMatchObject({
      path: workflow,
      event: "workflow_dispatch",
      status: "completed",
      conclusion: "success",
      triggering_actor: { login: "ann" },
      run_attempt: 1,
    });
    await actions.getWorkflowRunAttempt({ ...one, attempt_number: 1 });
    expect((await actions.listJobsForWorkflowRun(one)).data.jobs).toMatchObject([
      { name: "decide", conclusion: "success" },
    ]);
    await actions.getJobForWorkflowRun({ ...at, job_id: job.id });
    expect((await actions.listWorkflowRunsForRepo({ ...at, branch: "main", status: "success" })).data.total_count).toBe(
      1,
    );
    expect((await actions.listWorkflowRunsForRepo({ ...at, event: "push" })).data.total_count).toBe(0);
    expect((await actions.listWorkflowRuns({ ...at, workflow_id: "plangate.yml" })).data.total_count).toBe(1);
    const workflows = (await actions.listRepoWorkflows(at)).data.workflows;
    expect(workflows.map(({ path }) => path)).toContain(workflow);
    await actions.getWorkflow({ ...at, workflow_id: workflows[0]?.id ?? 0 });
    const other = await small.start();
    await actions.cancelWorkflowRun({ ...at, run_id: other.id });
    await expect(actions.cancelWorkflowRun({ ...at, run_id: other.id })).rejects.toMatchObject({ status: 409 });
  });

  it("keeps artifacts that are found by name and downloaded whole, until they expire or are deleted", async () => {
    const run = await small.start();
    const job = await run.job("present", { permissions: { actions: "read" } });
    run.upload("plangate-bundle-abc", { "manifest.json": "{}", "plan/part.age": Buffer.from([1, 2, 3]) }, { days: 1 });
    const made = run.upload("other", { a: "b" });
    const { actions } = (await small.as({ job: { actions: "read" }, repository: infra })).rest;
    expect(job.state()).toBe("ready");
    expect((await actions.listWorkflowRunArtifacts({ ...at, run_id: run.id })).data.total_count).toBe(2);
    const [found] = (await actions.listArtifactsForRepo({ ...at, name: "plangate-bundle-abc" })).data.artifacts;
    expect(found).toMatchObject({
      expired: false,
      workflow_run: { id: run.id, head_branch: "main" },
      digest: expect.stringMatching(/^sha256:/),
    });
    const zip = await actions.downloadArtifact({ ...at, artifact_id: found?.id ?? 0, archive_format: "zip" });
    const files = readZip(new Uint8Array(zip.data as ArrayBuffer));
    expect(files.map(({ name, content }) => [name, content.toString("hex")])).toEqual([
      ["manifest.json", "7b7d"],
      ["plan/part.age", "010203"],
    ]);
    await expect(actions.deleteArtifact({ ...at, artifact_id: made.id })).rejects.toMatchObject({ status: 403 });
    await (await small.as("ann")).rest.actions.deleteArtifact({ ...at, artifact_id: made.id });
    await expect(actions.getArtifact({ ...at, artifact_id: made.id })).rejects.toMatchObject({ status: 404 });
    small.later(2 * 24 * 3600);
    const after = (await small.as("ann")).rest.actions;
    expect((await after.getArtifact({ ...at, artifact_id: found?.id ?? 0 })).data.expired).toBe(true);
    await expect(
      after.downloadArtifact({ ...at, artifact_id: found?.id ?? 0, archive_format: "zip" }),
    ).rejects.toMatchObject({ status: 410 });
  });

  it("tells each job as a check on what it is about, also one that is skipped, and required checks go by that", async () => {
    const head = await small.pushed("ann", "feature/x", { a: "1" });
    const { number } = await small.did("open", "ann", { head: "feature/x", base: "main", title: "T" });
    const tried = await small.did("test-merge", "ann", { number });
    const ref = `refs/pull/${number}/merge`;
    const about = { repository: infra, workflow: ".github/workflows/ci.yml", event: "pull_request", ref, by: "ann" };
    const run = await small.github.runs.start(about);
    await small.did("protect", "root", {
      pattern: "main",
      checks: ["done"],
      checksBy: [{ name: "done", by: "github-actions[bot]" }],
    });
    const { rest } = await small.as("ann");
    const merge = () => rest.pulls.merge({ ...at, pull_number: number });
    const job = await run.job("done");
    await run.skip("other");
    expect(run.kept).toMatchObject({ commit: tried.commit, head });
    await expect(merge()).rejects.toThrow("done");
    await job.finish("failure");
    await expect(merge()).rejects.toThrow("done");
    await job.finish();
    const { check_runs } = (await rest.checks.listForRef({ ...at, ref: head })).data;
    expect(check_runs.map(({ id, name, conclusion, app }) => [id, name, conclusion, app?.slug])).toEqual([
      [expect.any(Number), "other", "skipped", "github-actions"],
      [job.id, "done", "success", "github-actions"],
    ]);
    await merge();
  });

  it("is ended by who plays the runners, and starts when somebody approves it where it waited for that", async () => {
    const run = await small.start();
    const job = await run.job("long");
    const { actions } = (await small.as("bob")).rest;
    const one = { ...at, run_id: run.id };
    const ended: number[] = [];
    const stop = small.github.runs.listenCancel(({ id }) => void ended.push(id));
    await actions.cancelWorkflowRun(one);
    expect([ended, job.kept.status]).toEqual([[run.id], "in_progress"]);
    stop();
    await actions.cancelWorkflowRun(one);
    expect([job.kept.conclusion, run.kept.conclusion]).toEqual(["cancelled", "cancelled"]);
    const approved: number[] = [];
    small.github.runs.listenApprove(({ id }) => void approved.push(id));
    await expect(actions.approveWorkflowRun(one)).rejects.toMatchObject({ status: 403 });
    run.finish("action_required");
    const byJob = (await small.as({ job: { actions: "write" }, repository: infra })).rest.actions;
    await expect(byJob.approveWorkflowRun(one)).rejects.toMatchObject({ status: 403 });
    await actions.approveWorkflowRun(one);
    expect([approved, run.kept.status]).toEqual([[run.id], "queued"]);
  });

  it("is run again by who may, as another attempt of theirs, and never while it runs", async () => {
    const run = await small.start();
    await (await run.job("apply")).finish("failure");
    const again: [number, boolean][] = [];
    small.github.runs.listen(({ run: { id }, failedOnly }) => void again.push([id, failedOnly]));
    const { actions } = (await small.as("bob")).rest;
    const one = { ...at, run_id: run.id };
    await expect(actions.reRunWorkflow(one)).rejects.toMatchObject({ status: 403 });
    run.finish("failure");
    await actions.reRunWorkflow(one);
    expect(again).toEqual([[run.id, false]]);
    expect((await actions.getWorkflowRun(one)).data).toMatchObject({
      run_attempt: 2,
      status: "queued",
      actor: { login: "ann" },
      triggering_actor: { login: "bob" },
    });
    expect((await actions.listJobsForWorkflowRun(one)).data.total_count).toBe(0);
    expect((await actions.listJobsForWorkflowRun({ ...one, filter: "all" })).data.total_count).toBe(1);
    await (await run.job("apply")).finish();
    run.finish();
    await expect(actions.reRunWorkflowFailedJobs(one)).rejects.toMatchObject({ status: 403 });
    await actions.reRunWorkflow(one);
    await (await run.job("apply")).finish("failure");
    run.finish("failure");
    await actions.reRunWorkflowFailedJobs(one);
    expect(again.at(-1)).toEqual([run.id, true]);
    await expect(
      (await small.as({ job: { actions: "read" }, repository: infra })).rest.actions.reRunWorkflow(one),
    ).rejects.toMatchObject({ status: 403 });
  });

  it("takes a job's tokens away when the job has ended", async () => {
    const job = await (await small.start()).job("apply", { permissions: { contents: "write", id_token: "write" } });
    const as = octokitWith(small.github.url, await job.token());
    const { url, token } = await job.identity();
    const identity = async () => (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
    await as.rest.repos.get(at);
    expect(await identity()).toBe(200);
    await job.finish();
    await expect(as.rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
    expect(await identity()).toBe(401);
  });

  it("waits where an environment has reviewers, and goes on when one of them has said yes", async () => {
    await small.did("environment", "root", { name: "prod", reviewers: ["bob"], preventSelfReview: true });
    const run = await small.start();
    const job = await run.job("apply", { environment: "prod", permissions: { contents: "write" } });
    expect(job.state()).toBe("waiting");
    await expect(job.token()).rejects.toThrow("waiting");
    const [ann, bob] = [await small.as("ann"), await small.as("bob")];
    const one = { ...at, run_id: run.id };
    const pending = (await bob.rest.actions.getPendingDeploymentsForRun(one)).data;
    expect(pending).toMatchObject([
      {
        environment: { name: "prod" },
        current_user_can_approve: true,
        reviewers: [{ type: "User", reviewer: { login: "bob" } }],
      },
    ]);
    const environment_ids = pending.flatMap(({ environment }) => environment.id ?? []);
    const answer = { ...one, environment_ids, comment: "go" };
    await expect(
      ann.rest.actions.reviewPendingDeploymentsForRun({ ...answer, state: "approved" }),
    ).rejects.toMatchObject({ status: 403 });
    const other = await (await small.start()).job("apply", { environment: "prod" });
    await bob.rest.actions.reviewPendingDeploymentsForRun({ ...answer, state: "approved" });
    expect([job.state(), other.state()]).toEqual(["ready", "waiting"]);
    expect(await job.token()).toMatch(/^ghs_/);
    expect((await bob.rest.actions.getReviewsForRun(one)).data).toMatchObject([
      { state: "approved", comment: "go", user: { login: "bob" }, environments: [{ name: "prod" }] },
    ]);
    await job.finish();
    const [deployment] = (await ann.rest.repos.listDeployments({ ...at, environment: "prod" })).data.slice(-1);
    expect(
      (await ann.rest.repos.listDeploymentStatuses({ ...at, deployment_id: deployment?.id ?? 0 })).data,
    ).toMatchObject([{ state: "success" }]);
  });

  it("does not get into an environment from a ref that is none of its branches", async () => {
    const root = await small.as("root");
    const prod = { ...at, environment_name: "prod" };
    const deployment_branch_policy = { protected_branches: false, custom_branch_policies: true };
    await root.rest.repos.createOrUpdateEnvironment({ ...prod, deployment_branch_policy });
    const state = async (ref: string) =>
      (await (await small.start({ ref })).job("apply", { environment: "prod" })).state();
    expect(await state("refs/heads/main")).toBe("refused");
    await root.rest.repos.createDeploymentBranchPolicy({ ...prod, name: "main" });
    expect(await state("refs/heads/main")).toBe("ready");
    await small.pushed("ann", "dev/x", { a: "1" });
    expect(await state("refs/heads/dev/x")).toBe("refused");
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await small.did("test-merge", "ann", { number: 1 });
    expect(await state("refs/pull/1/merge")).toBe("refused");
    await root.rest.repos.createDeploymentBranchPolicy({ ...prod, name: "refs/pull/*/merge" });
    expect(await state("refs/pull/1/merge")).toBe("ready");
  });
});

describe("a run for a pull request of a fork", () => {
  it("is told with the fork's branch and repository, and with no pull request", async () => {
    const { forge } = small.github;
    await small.did("fork", "ann", {});
    const parent = (await small.tip("refs/heads/main")) ?? null;
    const fork = "ann/infra";
    const after = await forge.commit({ repository: fork, parent, files: { a: "1" }, message: "Change", author: "ann" });
    await forge.act("push", { by: "ann", repository: fork, ref: "refs/heads/main", after });
    await small.did("open", "ann", { head: "main", headRepository: fork, base: "main", title: "T" });
    await small.did("test-merge", "ann", { number: 1 });
    const run = await small.start({ event: "pull_request", ref: "refs/pull/1/merge" });
    await (await run.job("plan")).finish();
    run.upload("plangate-plan", { a: "1" });
    const { rest } = await small.as("bob");
    const one = { ...at, run_id: run.id };
    expect((await rest.actions.getWorkflowRun(one)).data).toMatchObject({
      head_branch: "main",
      head_sha: after,
      head_repository: { full_name: fork },
      repository: { full_name: infra },
      pull_requests: [],
    });
    const [artifact] = (await rest.actions.listWorkflowRunArtifacts(one)).data.artifacts;
    const { repository_id: own, head_repository_id: of, head_branch } = artifact?.workflow_run ?? {};
    expect([head_branch, of === own]).toEqual(["main", false]);
    const { check_runs } = (await rest.checks.listForRef({ ...at, ref: after })).data;
    expect(check_runs).toMatchObject([{ name: "plan", pull_requests: [] }]);
  });
});
