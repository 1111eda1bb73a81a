import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readGitHubEvent } from "../../src/adapters/github-events/index.ts";
import type { JsonObject } from "../../src/domain/json-value.ts";
import { checkBody } from "./real-bodies.ts";
import { at, infra, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
  const workflow = "on: { workflow_dispatch: { inputs: { job: { type: string } } } }\n";
  await small.pushed("root", "main", { ".github/workflows/demo.yml": workflow });
});

afterEach(() => small.close());

/** A little of everything that webhooks tell. */
async function life(): Promise<void> {
  const [ann, bob] = [await small.as("ann"), await small.as("bob")];
  await small.pushed("ann", "dev/x", { "stacks/network/main.tf": "# two\n" });
  const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" })).data;
  const [pull, issue] = [
    { ...at, pull_number: number },
    { ...at, issue_number: number },
  ];
  const head = await small.pushed("ann", "dev/x", { "README.md": null });
  await ann.rest.pulls.update({ ...pull, title: "T2" });
  await ann.rest.issues.addLabels({ ...issue, labels: ["emergency"] });
  const comment = await ann.rest.issues.createComment({ ...issue, body: "/plangate plan" });
  await ann.rest.issues.updateComment({ ...at, comment_id: comment.data.id, body: "x" });
  await ann.rest.repos.createCommitComment({ ...at, commit_sha: head, body: "/plangate accept" });
  await ann.rest.repos.createCommitStatus({ ...at, sha: head, state: "success", context: "c", description: "d" });
  await bob.rest.pulls.createReview({ ...pull, event: "APPROVE", body: "yes" });
  await bob.rest.pulls.merge({ ...pull, merge_method: "squash" });
  await ann.rest.git.deleteRef({ ...at, ref: "heads/dev/x" });
  await ann.rest.repos.createRelease({ ...at, tag_name: "v1.0.0", name: "One", body: "Notes" });
  await ann.rest.issues.create({ ...at, title: "Drift", body: "found" });
  await ann.rest.actions.createWorkflowDispatch({
    ...at,
    workflow_id: "demo.yml",
    ref: "main",
    inputs: { job: "Demo" },
  });
  await ann.rest.repos.createDispatchEvent({ ...at, event_type: "Demo", client_payload: { ref: "main" } });
  await small.github.webhooks.settled();
}

describe("a webhook's body", () => {
  it("has the form of real ones, whatever it tells", async () => {
    await life();
    const { deliveries } = small.github.webhooks;
    expect(new Set(deliveries.map(({ event, action }) => (action === null ? event : `${event} ${action}`)))).toEqual(
      new Set([
        "push",
        "create",
        "delete",
        "pull_request opened",
        "pull_request synchronize",
        "pull_request edited",
        "pull_request labeled",
        "pull_request closed",
        "issue_comment created",
        "issue_comment edited",
        "commit_comment created",
        "status",
        "pull_request_review submitted",
        "release published",
        "issues opened",
        "workflow_dispatch",
        "repository_dispatch Demo",
      ]),
    );
    const problems = deliveries.flatMap(({ event, payload }) =>
      checkBody(event, payload).map((problem) => `${event}${problem}`),
    );
    expect([...new Set(problems)]).toEqual([]);
  });

  it("tells of what was done past the API too", async () => {
    await small.did("release", "ann", { tag: "v3.0.0", target: "main" });
    await small.github.webhooks.settled();
    expect(small.github.webhooks.deliveries.at(-1)).toMatchObject({
      event: "release",
      payload: { action: "published", release: { tag_name: "v3.0.0", draft: false } },
    });
    expect((await (await small.as("ann")).rest.repos.listReleases(at)).data).toHaveLength(1);
  });

  it("is understood by what reads them, and says which ref and commit a workflow would run on", async () => {
    await life();
    const { deliveries } = small.github.webhooks;
    const surroundings = {
      jobs: [{ job: "Demo", workflow: null }],
      commitOf: async (ref: string) => small.tip(ref),
    };
    const told = await Promise.all(
      deliveries.map(async ({ event, body }) => readGitHubEvent(JSON.parse(body) as JsonObject, event, surroundings)),
    );
    const kinds = told.flatMap((one) => ("events" in one ? one.events.map(({ kind }) => kind) : ["problem"]));
    expect(kinds).not.toContain("problem");
    expect(new Set(kinds)).toEqual(
      new Set(["push", "pull-request", "command", "answer", "merge", "release", "dispatch"]),
    );
    const opened = deliveries.find(({ event, action }) => event === "pull_request" && action === "opened");
    expect(opened).toMatchObject({ repository: infra, by: "ann", ref: "refs/pull/1/merge", startsWorkflows: true });
    const main = await small.tip("refs/heads/main");
    expect(deliveries.find(({ event }) => event === "workflow_dispatch")).toMatchObject({
      ref: "refs/heads/main",
      commit: main,
    });
    // What is deleted leaves the default branch to run on.
    expect(deliveries.find(({ event }) => event === "delete")).toMatchObject({
      ref: "refs/heads/main",
      payload: { ref: "dev/x", ref_type: "branch" },
    });
    expect(deliveries.find(({ event, action }) => event === "pull_request" && action === "closed")).toMatchObject({
      ref: "refs/heads/main",
    });
    expect(deliveries.find(({ event }) => event === "release")).toMatchObject({
      ref: "refs/tags/v1.0.0",
      commit: main,
    });
  });
});
