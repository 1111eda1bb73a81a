import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { openSmallRunner, type SmallRunner } from "./small-runner.ts";

let here: SmallRunner;

beforeEach(async () => {
  here = await openSmallRunner();
});

afterEach(() => here.close());

const said = (log: string | undefined) => (log ?? "").trim().split("\n");

describe("a pull request", () => {
  const greedy = `
on: pull_request
permissions: { contents: write, pull-requests: write, id-token: write }
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
        with: { fetch-depth: 0 }
      - shell: bash
        run: |
          echo "$GITHUB_REF $GITHUB_HEAD_REF $GITHUB_BASE_REF [\${{ secrets.REPO }}] [\${ACTIONS_ID_TOKEN_REQUEST_URL:+identity}]"
          cat README.md
          git -c user.name=x -c user.email=x@x commit -qm x --allow-empty
          if git push -q origin HEAD:refs/heads/by-job; then echo pushed; else echo refused; fi
`;

  it("of a branch runs its own workflow on the merge, with the rights that it gives itself", async () => {
    await here.secret("REPO", "of the repository");
    await here.small.pushed("ann", "feature/a", { ".github/workflows/own.yml": greedy, "README.md": "changed\n" });
    const { rest } = await here.small.as("ann");
    const { number, head } = (await rest.pulls.create({ ...at, title: "A", head: "feature/a", base: "main" })).data;
    await here.runner.settled();
    const [job] = here.runner.runs.at(-1)?.jobs ?? [];
    expect(said(job?.log)).toEqual(["refs/pull/1/merge feature/a main [***] [identity]", "changed", "pushed"]);
    const checks = (await rest.checks.listForRef({ ...at, ref: head.sha })).data.check_runs;
    expect(checks).toMatchObject([{ name: "one", conclusion: "success" }]);
    // What is merged runs where it went, and by what is there.
    await here.small.pushed("ann", "feature/a", {
      ".github/workflows/own.yml": greedy.replace("on: pull_request", "on: { pull_request: { types: closed } }"),
    });
    await here.runner.settled();
    const before = here.runner.runs.length;
    await rest.pulls.merge({ ...at, pull_number: number, merge_method: "merge" });
    await here.runner.settled();
    expect(here.runner.runs.slice(before)).toMatchObject([{ event: "pull_request", ref: "refs/heads/main" }]);
  });

  it("of a fork reads, and is told nothing; who is new waits until somebody has looked", async () => {
    await here.close();
    here = await openSmallRunner({ private: false });
    await here.secret("REPO", "of the repository");
    await here.workflow(`
on: { pull_request_target: null }
permissions: { pull-requests: write }
jobs: { labels: { runs-on: ubuntu-24.04, steps: [{ run: 'echo "$GITHUB_REF [\${{ secrets.REPO }}]"' }] } }
`);
    await here.forked("sam", { ".github/workflows/own.yml": greedy, "README.md": "changed\n" });
    const [target, own] = here.runner.runs;
    expect(target).toMatchObject({ event: "pull_request_target", ref: "refs/heads/main", conclusion: "success" });
    expect(said(target?.jobs[0]?.log)).toEqual(["refs/heads/main [***]"]);
    expect(own).toMatchObject({ event: "pull_request", conclusion: "action_required", jobs: [] });
    const { rest } = await here.small.as("bob");
    await rest.actions.approveWorkflowRun({ ...at, run_id: own?.id ?? 0 });
    await here.runner.settled();
    const log = said(own?.jobs[0]?.log);
    expect(log.slice(0, 2)).toEqual(["refs/pull/1/merge dev main [] []", "changed"]);
    expect(log.at(-1)).toBe("refused");
  });
});

describe("what GitHub starts no run for", () => {
  it("is a push that says so, and what a job's own token does", async () => {
    await here.workflow(`
on: { push: { branches: ["**"] }, delete: null }
permissions: { contents: write }
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - if: github.ref == 'refs/heads/main'
        run: git push -q origin HEAD:refs/heads/by-job
`);
    const { rest } = await here.small.as("ann");
    expect(await here.small.tip("refs/heads/by-job")).toBeDefined();
    await here.small.pushed("ann", "quiet", { "a [skip ci] b": "x" });
    await here.small.pushed("ann", "loud", { a: "x" });
    await rest.git.deleteRef({ ...at, ref: "heads/loud" });
    await here.runner.settled();
    expect(here.runner.runs.map(({ event, ref }) => `${event} ${ref}`)).toEqual([
      "push refs/heads/main",
      "push refs/heads/loud",
      "push refs/heads/main",
      "delete refs/heads/main",
    ]);
  });

  it("is a workflow that it cannot read, or whose calls ask for more than they are given", async () => {
    await here.small.pushed("root", "main", {
      ".github/workflows/called.yml": `
on: { workflow_call: null }
jobs: { one: { permissions: { contents: write }, runs-on: ubuntu-24.04, steps: [{ run: echo }] } }
`,
    });
    await here.workflow(`
on: push
permissions: { contents: read }
jobs: { call: { uses: ./.github/workflows/called.yml } }
`);
    await here.workflow(
      "on: push\njobs: { one: { runs-on: ubuntu-24.04, if: nothing.here, steps: [{ run: echo }] } }\n",
    );
    expect(here.runner.runs).toMatchObject([
      { conclusion: "startup_failure", failure: expect.stringContaining("only allowed 'contents: read'") },
      { conclusion: "startup_failure", failure: expect.stringContaining("nothing") },
    ]);
  });

  it("is an action that is not pinned where the settings ask for that", async () => {
    const { rest } = await here.small.as("root");
    await rest.actions.setGithubActionsPermissionsRepository({ ...at, enabled: true, sha_pinning_required: true });
    await here.workflow(`
on: push
permissions: {}
jobs: { one: { runs-on: ubuntu-24.04, steps: [{ run: echo first }, { uses: actions/checkout@v6 }] } }
`);
    const [job] = here.runner.runs[0]?.jobs ?? [];
    expect(job).toMatchObject({ conclusion: "failure", steps: [] });
    expect(job?.log).toContain("must be pinned to a full-length commit SHA");
  });
});

describe("GitHub's clock and people", () => {
  it("start what names the time, the release or the dispatch, on the ref that each is about", async () => {
    await here.workflow(`
on:
  schedule: [{ cron: "0 1 * * *" }, { cron: "5 * * * *" }]
  release: { types: [published] }
  workflow_dispatch: { inputs: { job: { type: string }, sure: { type: boolean, default: true } } }
permissions: {}
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - run: 'echo "$GITHUB_EVENT_NAME $GITHUB_REF \${{ github.event.schedule }} \${{ inputs.job }} \${{ toJSON(inputs.sure) }}"'
`);
    await here.runner.schedule("0 1 * * *");
    const { rest } = await here.small.as("ann");
    await rest.repos.createRelease({ ...at, tag_name: "v1.0.0" });
    await rest.actions.createWorkflowDispatch({ ...at, workflow_id: "ci.yml", ref: "main", inputs: { job: "x" } });
    await here.runner.settled();
    expect(here.runner.runs.map(({ jobs: [job] }) => job?.log)).toEqual([
      "schedule refs/heads/main 0 1 * * *  null\n",
      "release refs/tags/v1.0.0   null\n",
      "workflow_dispatch refs/heads/main  x true\n",
    ]);
    await expect(here.runner.schedule("9 9 * * *")).rejects.toThrow("no workflow of refs/heads/main names");
  });
});
