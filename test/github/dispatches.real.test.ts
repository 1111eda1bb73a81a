import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, infra } from "./small-github.ts";
import { type SmallRuns, smallRuns, workflow } from "./small-runs.ts";

let small: SmallRuns;

beforeEach(async () => {
  small = await smallRuns();
});

afterEach(() => small.close());

describe("a dispatch", () => {
  it("starts a workflow with inputs that its file takes, also with a job's token", async () => {
    await small.pushed("ann", "dev/x", { a: "1" });
    const job = (await small.as({ job: { actions: "write" }, repository: infra })).rest.actions;
    const dispatch = { ...at, workflow_id: "plangate.yml", ref: "main" };
    await job.createWorkflowDispatch({ ...dispatch, inputs: { event: "pull_request" } });
    await small.github.webhooks.settled();
    expect(small.github.webhooks.deliveries.at(-1)).toMatchObject({
      event: "workflow_dispatch",
      startsWorkflows: true,
      ref: "refs/heads/main",
      payload: { workflow, inputs: { event: "pull_request" }, sender: { login: "github-actions[bot]" } },
    });
    await expect(job.createWorkflowDispatch(dispatch)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("Required input"),
    });
    await expect(job.createWorkflowDispatch({ ...dispatch, inputs: { event: "x", evil: "y" } })).rejects.toMatchObject({
      status: 422,
    });
    await expect(
      job.createWorkflowDispatch({ ...dispatch, inputs: { event: "x", job: "evil" } }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(
      job.createWorkflowDispatch({ ...dispatch, ref: "nowhere", inputs: { event: "x" } }),
    ).rejects.toMatchObject({ status: 422 });
    const inputs = { event: "x" };
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await expect(job.createWorkflowDispatch({ ...dispatch, ref: "refs/pull/1/head", inputs })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("No ref found"),
    });
    await expect(
      job.createWorkflowDispatch({ ...dispatch, inputs: { event: "x".repeat(65_536) } }),
    ).rejects.toMatchObject({ status: 422, message: expect.stringContaining("too large") });
    await expect(job.createWorkflowDispatch({ ...dispatch, workflow_id: "missing.yml" })).rejects.toMatchObject({
      status: 404,
    });
    await expect(job.createWorkflowDispatch({ ...dispatch, workflow_id: "other.yml" })).rejects.toMatchObject({
      status: 422,
    });
    const repos = (await small.as({ job: { contents: "write" }, repository: infra })).rest.repos;
    await repos.createDispatchEvent({ ...at, event_type: "Deploy", client_payload: { ref: "main" } });
    await small.github.webhooks.settled();
    expect(small.github.webhooks.deliveries.at(-1)).toMatchObject({
      event: "repository_dispatch",
      startsWorkflows: true,
      action: "Deploy",
    });
  });
});
