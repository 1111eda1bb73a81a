import { commit } from "../../src/testing/builders.ts";

/** Bodies as GitHub sends them, cut down to what matters; each kind that means something to plangate. */
const sender = { login: "Ann", id: 1, type: "User" };
const change = {
  number: 12,
  merged: true,
  merge_commit_sha: commit("c1"),
  merged_by: { login: "bob" },
  base: { ref: "main", sha: commit("c0") },
  head: { ref: "feature/NET-1", sha: commit("c2") },
  labels: [{ name: "urgent" }],
};
const comment = { id: 1, body: "/plangate approve test/app\n/plangate plan", user: { login: "bob", type: "User" } };

export const bodies: readonly object[] = [
  { action: "opened", number: 12, pull_request: { ...change, merged: false }, sender },
  { action: "closed", number: 12, pull_request: change, sender },
  { action: "edited", number: 12, pull_request: change, changes: { base: { ref: { from: "x" } } }, sender },
  { action: "submitted", pull_request: change, review: { state: "approved" }, sender },
  { action: "created", issue: { number: 12, pull_request: { url: "" } }, comment, sender },
  { action: "created", comment: { ...comment, commit_id: commit("c1"), body: "/plangate accept" }, sender },
  { ref: "refs/heads/main", before: commit("c0"), after: commit("c1"), deleted: false, commits: [], sender },
  {
    workflow: ".github/workflows/release.yml",
    ref: "refs/heads/main",
    inputs: { version: "1.0.0", job: "Release" },
    sender,
  },
  { action: "Deploy", branch: "main", client_payload: { ref: "tag:v1.0.0", inputs: { stacks: "app" } }, sender },
  { schedule: "0 1 * * *" },
  { action: "published", release: { tag_name: "v1.0.0", target_commitish: "main", draft: false }, sender },
  {
    action: "approved",
    approver: { login: "bob" },
    workflow_job_runs: [{ environment: "prod" }],
    workflow_run: {},
    since: "",
    sender,
  },
  { action: "requested", environment: "prod", deployment_callback_url: "https://api.example", sender },
  { action: "rerequested", check_run: { name: "plangate", external_id: "run-00000001" }, sender },
];

/** Every kind of event in plangate's own words. */
export const events: readonly object[] = [
  { kind: "pull-request", action: "opened", pullRequest: 12, by: "ann" },
  { kind: "closed", pullRequest: 12, by: "ann" },
  { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: "ann" },
  { kind: "push", branch: "main", before: commit("c0"), commit: commit("c1"), by: "ann" },
  { kind: "push", branch: "feature/x", before: commit("c0"), commit: null, by: "ann" },
  { kind: "answer", by: "bob", pullRequest: 12, environment: null },
  { kind: "command", command: "plan", pullRequest: 12, stack: "test/app", by: "ann" },
  { kind: "command", command: "take", pullRequest: 12, stack: "test/app", by: "ann" },
  { kind: "command", command: "merge", pullRequest: 12, stack: null, by: "ann" },
  { kind: "dispatch", job: "Release", ref: "main", by: "ann", inputs: { version: "1.0.0" } },
  { kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0", by: "ann", inputs: {} },
  { kind: "release", tag: "v1.0.0", commit: commit("c1"), by: "ann" },
  { kind: "schedule", cron: "0 1 * * *" },
  { kind: "tick" },
  { kind: "rerun", run: "run-00000001", by: "ann" },
  { kind: "local-plan", stack: "test/app", mode: "destroy", by: "ann", commit: commit("c1"), tree: null },
  { kind: "local-apply", run: "run-00000001", by: "ann", breakGlass: "fire", typedName: "test/app" },
  { kind: "run-planned", run: "run-00000001", outcome: "changes" },
  { kind: "apply-ready", run: "run-00000001" },
  { kind: "run-applied", run: "run-00000001", outcome: "failed" },
  { kind: "run-verified", run: "run-00000001", outcome: "verified" },
  { kind: "run-lost", run: "run-00000001" },
  { kind: "lease-ended", stack: "test/app" },
];
