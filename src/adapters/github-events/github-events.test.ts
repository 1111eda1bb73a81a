import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../domain/json-value.ts";
import { commit } from "../../testing/builders.ts";
import { readGitHubEvent, type Surroundings } from "./index.ts";

const [c1, c2] = [commit("c1"), commit("c2")];
const none = "0".repeat(40);
const sender = { login: "Ann", id: 1, type: "User" };
const jobs = [
  { job: "Release", workflow: null },
  { job: "Demo (apply)", workflow: "Prepare for Demo" },
  { job: "Demo (destroy)", workflow: "Prepare for Demo" },
];
const surroundings: Surroundings = {
  jobs,
  commitOf: async (ref) => (ref === "refs/tags/v1.0.0" || ref === "refs/heads/main" ? c1 : undefined),
};

const change = {
  number: 12,
  merged: false,
  merge_commit_sha: null,
  merged_by: null,
  base: { ref: "main", sha: c1 },
  head: { ref: "feature/NET-1", sha: c2 },
};
const pullRequest = (action: string, about: object = {}, more: object = {}) => ({
  action,
  number: 12,
  pull_request: { ...change, ...about },
  sender,
  repository: { name: "infra" },
  ...more,
});
const comment = (body: string, about: object = {}) => ({
  action: "created",
  issue: { number: 12, pull_request: { url: "" } },
  comment: { id: 1, body, user: { login: "bob", type: "User" } },
  sender,
  ...about,
});
const push = (about: object = {}) => ({
  ref: "refs/heads/feature/NET-1",
  before: c1,
  after: c2,
  deleted: false,
  created: false,
  commits: [],
  pusher: { name: "Ann", email: null },
  sender,
  ...about,
});

const opened = { kind: "pull-request", action: "opened", pullRequest: 12, by: "ann" };

describe("a webhook's body, its kind recognised", () => {
  it.each<{ name: string; body: object; events: readonly object[]; note?: RegExp }>([
    { name: "a pull request that is opened", body: pullRequest("opened"), events: [opened] },
    {
      name: "a push to a pull request",
      body: pullRequest("synchronize"),
      events: [{ ...opened, action: "synchronized" }],
    },
    {
      name: "a draft that is ready",
      body: pullRequest("ready_for_review"),
      events: [{ ...opened, action: "ready" }],
    },
    {
      name: "an edit of the base",
      body: pullRequest("edited", {}, { changes: { base: { ref: { from: "develop" } } } }),
      events: [{ ...opened, action: "retargeted" }],
    },
    {
      name: "an edit of the text",
      body: pullRequest("edited", {}, { changes: { title: { from: "x" } } }),
      events: [{ ...opened, action: "edited" }],
    },
    { name: "a label taken off", body: pullRequest("unlabeled"), events: [{ ...opened, action: "labeled" }] },
    { name: "an assignment", body: pullRequest("assigned"), events: [], note: /"assigned" changes nothing/ },
    { name: "an action called as a member of every object", body: pullRequest("constructor"), events: [] },
    {
      name: "a pull request closed without a merge",
      body: pullRequest("closed", { merge_commit_sha: c1 }),
      events: [{ kind: "closed", pullRequest: 12, by: "ann" }],
    },
    {
      name: "a merge, by who merged",
      body: pullRequest("closed", { merged: true, merge_commit_sha: c1, merged_by: { login: "bob" } }),
      events: [{ kind: "merge", pullRequest: 12, branch: "main", commit: c1, by: "bob" }],
    },
    {
      name: "a merge without its commit",
      body: pullRequest("closed", { merged: true }),
      events: [],
      note: /does not say as which commit/,
    },
    {
      name: "a review",
      body: { ...pullRequest("submitted"), review: { state: "approved", user: { login: "bob" } }, number: undefined },
      events: [{ kind: "answer", by: "ann", pullRequest: 12, environment: null }],
    },
    {
      name: "a comment with several commands, each answer once",
      body: comment(
        "Fine.\r\n/plangate approve\n/plangate approve test/app\n/plangate plan\n/plangate take dev/app\n```\n/plangate hold\n```\n/plangate accept 0000abc",
      ),
      events: [
        { kind: "answer", by: "bob", pullRequest: 12, environment: null },
        { kind: "command", command: "plan", pullRequest: 12, stack: null, by: "bob" },
        { kind: "command", command: "take", pullRequest: 12, stack: "dev/app", by: "bob" },
        { kind: "answer", by: "bob", pullRequest: null, environment: null },
      ],
    },
    { name: "a comment for people", body: comment("LGTM"), events: [], note: /no line that begins with \/plangate/ },
    { name: "a comment with a slip", body: comment("/plangate aprove"), events: [], note: /Did you mean "approve"/ },
    { name: "an edited comment", body: comment("/plangate approve", { action: "edited" }), events: [], note: /once/ },
    {
      name: "an accept on an issue",
      body: comment(`/plangate accept ${c1}`, { issue: { number: 3 } }),
      events: [{ kind: "answer", by: "bob", pullRequest: null, environment: null }],
    },
    {
      name: "a comment on an issue",
      body: comment("/plangate approve", { issue: { number: 3 } }),
      events: [],
      note: /or an issue there is only "accept"/,
    },
    {
      name: "a program's comment",
      body: comment("", { comment: { body: "/plangate approve", user: { login: "x[bot]", type: "Bot" } } }),
      events: [],
      note: /commands are for people/,
    },
    {
      name: "an accepted commit",
      body: {
        action: "created",
        comment: { body: "/plangate accept\n/plangate plan", commit_id: c1, user: { login: "bob", type: "User" } },
        sender,
      },
      events: [{ kind: "answer", by: "bob", pullRequest: null, environment: null }],
      note: /said on a pull request/,
    },
    {
      name: "a push",
      body: push(),
      events: [{ kind: "push", branch: "feature/NET-1", before: c1, commit: c2, by: "ann" }],
    },
    {
      name: "a new branch",
      body: push({ before: none }),
      events: [{ kind: "push", branch: "feature/NET-1", before: null, commit: c2, by: "ann" }],
    },
    {
      name: "a deleted branch",
      body: push({ after: none, deleted: true }),
      events: [{ kind: "push", branch: "feature/NET-1", before: c1, commit: null, by: "ann" }],
    },
    { name: "a pushed tag", body: push({ ref: "refs/tags/v1" }), events: [], note: /no push to a branch/ },
    { name: "a branch that cannot be", body: push({ ref: "refs/heads/a..b" }), events: [] },
    {
      name: "a dispatch of a workflow with one job",
      body: { workflow: ".github/workflows/release.yml", ref: "refs/heads/main", inputs: { version: "1.2.0" }, sender },
      events: [{ kind: "dispatch", job: "Release", ref: "main", by: "ann", inputs: { version: "1.2.0" } }],
    },
    {
      name: "a dispatch that names its job and what it delivers",
      body: {
        workflow: ".github/workflows/prepare-for-demo.yml",
        ref: "refs/heads/main",
        inputs: { job: "Demo (apply)", ref: "refs/tags/v1.0.0", stacks: "app", confirm: true, note: null, version: "" },
        sender,
      },
      events: [
        {
          kind: "dispatch",
          job: "Demo (apply)",
          ref: "tag:v1.0.0",
          by: "ann",
          inputs: { stacks: "app", confirm: "true" },
        },
      ],
    },
    {
      name: "a dispatch that could mean two jobs",
      body: { workflow: ".github/workflows/prepare-for-demo.yml", ref: "refs/heads/main", inputs: null, sender },
      events: [],
      note: /Demo \(apply\), Demo \(destroy\): its input "job" says/,
    },
    {
      name: "a dispatch of somebody else's workflow",
      body: { workflow: ".github/workflows/lint.yml", ref: "refs/heads/main", inputs: {}, sender },
      events: [],
      note: /No dispatch row/,
    },
    {
      name: "a repository dispatch",
      body: { action: "release", branch: "main", client_payload: { inputs: { version: "2.0.0" } }, sender },
      events: [{ kind: "dispatch", job: "Release", ref: "main", by: "ann", inputs: { version: "2.0.0" } }],
    },
    { name: "a schedule", body: { schedule: "0 1 * * *" }, events: [{ kind: "schedule", cron: "0 1 * * *" }] },
    {
      name: "a release, its commit looked up",
      body: { action: "published", release: { tag_name: "v1.0.0", target_commitish: "main", draft: false }, sender },
      events: [{ kind: "release", tag: "v1.0.0", commit: c1, by: "ann" }],
    },
    {
      name: "a release of a tag that is not here",
      body: { action: "published", release: { tag_name: "v9.0.0", target_commitish: "other", draft: false }, sender },
      events: [],
      note: /fetch its tags/,
    },
    {
      name: "an answer at two gates",
      body: {
        action: "approved",
        approver: { login: "bob" },
        workflow_job_runs: [{ environment: "test" }, { environment: "prod" }, { environment: "test" }],
        workflow_run: {},
        since: "2026-01-06T10:00:00Z",
        sender,
      },
      events: [
        { kind: "answer", by: "bob", pullRequest: null, environment: "test" },
        { kind: "answer", by: "bob", pullRequest: null, environment: "prod" },
      ],
    },
    {
      name: "a question at a gate",
      body: { action: "requested", environment: "prod", workflow_run: {}, since: "", sender },
      events: [],
      note: /not answered yet/,
    },
    {
      name: "a protection rule",
      body: { action: "requested", environment: "prod", deployment_callback_url: "https://api.example" },
      events: [{ kind: "tick" }],
    },
    {
      name: "the button that runs again",
      body: { action: "rerequested", check_run: { name: "plangate", external_id: "run-0mhx3k2p0a1b2c3d4" }, sender },
      events: [{ kind: "rerun", run: "run-0mhx3k2p0a1b2c3d4", by: "ann" }],
    },
    {
      name: "a star",
      body: { zen: "Keep it logically awesome.", hook_id: 1 },
      events: [],
      note: /"ping" changes nothing/,
    },
  ])("$name", async ({ body, events, note }) => {
    const told = await readGitHubEvent(JSON.parse(JSON.stringify(body)) as JsonObject, null, surroundings);
    expect(told).toMatchObject({ events });
    if (note !== undefined) expect("notes" in told && told.notes.join("\n")).toMatch(note);
  });

  it("says which comment asks for what, and what of it cannot be understood", async () => {
    const body = comment(
      "/plangate approve\n> /plangate merge\n/plangate take-back\n/plangate plan test/app\n/plangate go",
    );
    const told = await readGitHubEvent(body, null, surroundings);
    const [answer, plan] = "events" in told ? told.events : [];
    expect(told).toMatchObject({
      said: {
        comment: 1,
        on: 12,
        onPullRequest: true,
        by: "bob",
        asked: [
          { command: { says: "approve" }, event: answer },
          { command: { says: "take-back" }, event: answer },
          { command: { says: "plan", stack: "test/app" }, event: plan },
        ],
        problems: [expect.stringContaining('"go" is no command')],
      },
    });
    const texts = [
      "LGTM",
      "> /plangate merge",
      "```\n/plangate merge\n```",
      "    /plangate merge",
      "Say /plangate merge",
    ];
    for (const text of texts)
      expect(await readGitHubEvent(comment(text), null, surroundings)).not.toHaveProperty("said");
    const ofPlangate = comment("", {
      comment: { id: 2, body: "/plangate merge", user: { login: "p[bot]", type: "Bot" } },
    });
    expect(await readGitHubEvent(ofPlangate, null, surroundings)).not.toHaveProperty("said");
  });

  it("takes up so much of one comment and no more, and nothing of it twice", async () => {
    const often = await readGitHubEvent(comment("/plangate plan\n".repeat(4_000)), null, surroundings);
    expect("events" in often && often.events).toHaveLength(1);
    const stacks = Array.from({ length: 30 }, (_, index) => `/plangate plan test/app-${index}`);
    const told = await readGitHubEvent(comment(stacks.join("\n")), null, surroundings);
    expect("events" in told && told.events).toHaveLength(20);
    expect("said" in told && told.said?.problems).toHaveLength(10);
  });

  it.each<{ name: string; body: object; kind: string | null; summary: RegExp }>([
    { name: "an empty body", body: {}, kind: null, summary: /neither an event of plangate nor/ },
    { name: "an unknown kind", body: {}, kind: "pull_reqest", summary: /"pull_reqest" is no event of GitHub's/ },
    {
      name: "another kind than is said",
      body: push(),
      kind: "pull_request",
      summary: /no pull_request as GitHub sends it: action/,
    },
    {
      name: "a wrong number",
      body: pullRequest("opened", {}, { number: 1.5 }),
      kind: null,
      summary: /: number: it is no number of a pull request/,
    },
    {
      name: "a login that is none",
      body: pullRequest("opened", {}, { sender: { login: "ann <b>" } }),
      kind: null,
      summary: /sender\.login: it is no login/,
    },
    {
      name: "half a character in a branch's name",
      body: pullRequest("opened", { base: { ref: "ma\ud800in", sha: c1 } }),
      kind: null,
      summary: /pull_request\.base\.ref: it is no name of a branch or tag/,
    },
    {
      name: "a commit of zeros",
      body: pullRequest("opened", { head: { ref: "x", sha: none } }),
      kind: null,
      summary: /pull_request\.head\.sha: it is no commit id/,
    },
  ])("$name is told in a sentence", async ({ body, kind, summary }) => {
    const told = await readGitHubEvent(body as JsonObject, kind, surroundings);
    expect("problems" in told ? told.problems.map((problem) => problem.summary).join("\n") : told).toMatch(summary);
  });
});
