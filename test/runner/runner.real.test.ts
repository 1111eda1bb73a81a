import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { openSmallRunner, type SmallRunner } from "./small-runner.ts";

let here: SmallRunner;

beforeEach(async () => {
  here = await openSmallRunner();
});

afterEach(() => here.close());

const said = (log: string | undefined) => (log ?? "").trim().split("\n");

describe("a run", () => {
  it("takes outputs from job to job through a matrix and a called workflow, and keeps secrets out of logs", async () => {
    await here.small.pushed("root", "main", {
      ".github/workflows/called.yml": `
on:
  workflow_call:
    inputs: { who: { type: string, required: true } }
permissions: {}
jobs:
  greet:
    name: greet
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "hello $WHO"', env: { WHO: "\${{ inputs.who }}" } }]
`,
      ".github/workflows/ci.yml": `
name: ci
on: { push: { branches: [main] } }
permissions: { contents: read }
defaults: { run: { shell: bash } }
jobs:
  list:
    runs-on: ubuntu-24.04
    outputs: { names: "\${{ steps.made.outputs.names }}", token: "\${{ github.token }}" }
    steps:
      - uses: actions/checkout@v6
        with: { persist-credentials: false }
      - id: made
        run: |
          cat README.md
          echo 'names=["ann","bob"]' >> "$GITHUB_OUTPUT"
          echo "the token is \${{ github.token }}"
          env | cut -d= -f1 | sort | tr '\\n' ' '
      - run: git ls-remote origin
        continue-on-error: true
  call:
    name: Call
    needs: list
    strategy: { matrix: { who: "\${{ fromJSON(needs.list.outputs.names) }}" } }
    uses: ./.github/workflows/called.yml
    with: { who: "\${{ matrix.who }}" }
  fails:
    runs-on: ubuntu-24.04
    steps: [{ run: exit 3 }, { run: echo no }, { if: always(), run: echo after }]
  never:
    needs: [call, fails]
    runs-on: ubuntu-24.04
    steps: [{ run: echo no }]
  last:
    needs: never
    if: always()
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "\${{ needs.never.result }} \${{ toJSON(needs.list) }}"' }]
`,
    });
    await here.runner.settled();
    expect(here.jobs()).toEqual({
      list: "success",
      fails: "failure",
      "Call (ann) / greet": "success",
      "Call (bob) / greet": "success",
      never: "skipped",
      last: "success",
    });
    const [list] = here.runner.runs[0]?.jobs ?? [];
    expect(list?.outputs).toEqual({ names: '["ann","bob"]' });
    expect(list?.log).toContain("hello\nthe token is ***\n");
    expect(list?.log).not.toMatch(/ghs_|VITEST|ACTIONS_ID_TOKEN/);
    expect(here.runner.runs[0]).toMatchObject({
      conclusion: "failure",
      event: "push",
      ref: "refs/heads/main",
      name: "ci",
    });
    const { data } = await (await here.small.as("ann")).rest.checks.listForRef({ ...at, ref: "main" });
    expect(data.check_runs.map(({ name }) => name)).toContain("Call (ann) / greet");
  });
});

describe("a step", () => {
  it("is told nothing of the test's, overrides nothing of GitHub's, and hides what it calls a secret", async () => {
    await here.workflow(`
on: push
permissions: { contents: write }
env: { GITHUB_REF: refs/heads/evil, SHARED: workflow }
jobs:
  one:
    runs-on: ubuntu-24.04
    env: { SHARED: job }
    outputs: { printed: "\${{ steps.printed.outputs.name }}", hushed: "\${{ steps.hush.outputs.name }}" }
    steps:
      - id: printed
        env: { GITHUB_SHA: nonsense, WHAT: "::set-output name=name::by what was printed" }
        run: |
          echo "ref $GITHUB_REF, sha \${#GITHUB_SHA}, shared $SHARED, home $HOME"
          echo "$WHAT"
          echo "SHARED=file" >> "$GITHUB_ENV"
          echo "GITHUB_REF=refs/heads/evil" >> "$GITHUB_ENV"
          mkdir "$RUNNER_TEMP/bin" && echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
          printf '#!/bin/sh\\necho mine' > "$RUNNER_TEMP/bin/mine" && chmod +x "$RUNNER_TEMP/bin/mine"
          echo "## Told" >> "$GITHUB_STEP_SUMMARY"
      - id: hush
        run: |
          echo "::add-mask::hush-hush"
          echo "name=hush-hush" >> "$GITHUB_OUTPUT"
          echo "hush-hush, $SHARED, $GITHUB_REF, $(mine)"
      - { if: "false || \${{ false }}", run: echo a text is true }
      - run: false | true
      - shell: bash
        run: false | true
      - { if: failure(), run: "echo NODE_OPTIONS=--require=x >> $GITHUB_ENV" }
      - { if: "\${{ !cancelled() }}", working-directory: missing, run: echo }
`);
    const [job] = here.runner.runs[0]?.jobs ?? [];
    expect(job?.steps.map(({ conclusion }) => conclusion)).toEqual([
      "success",
      "success",
      "success",
      "success",
      "failure",
      "failure",
      "failure",
    ]);
    const [first, second] = (job?.steps ?? []).map(({ log }) => said(log));
    expect(first?.[0]).toMatch(/^ref refs\/heads\/main, sha 40, shared job, home .*\/home$/);
    expect(second).toEqual(["***, file, refs/heads/main, mine"]);
    expect(job?.outputs).toEqual({ printed: "by what was printed" });
    expect(job?.summary).toBe("## Told\n");
    expect(job?.log).toContain("Skip output 'hushed' since it may contain secret");
  });

  it("can replace what other jobs of its run have left, and read what they have", async () => {
    await here.workflow(`
on: push
permissions: {}
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - run: mkdir out && echo good > out/plan && echo hidden > out/.hidden
      - uses: actions/upload-artifact@v6
        with: { name: plan, path: out/, retention-days: 5, include-hidden-files: true }
      - uses: actions/upload-artifact@v6
        continue-on-error: true
        with: { name: plan, path: out/ }
  evil:
    needs: one
    runs-on: ubuntu-24.04
    steps:
      - run: hostile-artifact get plan was && cat was/plan was/.hidden
      - run: mkdir bad && echo bad > bad/plan && hostile-artifact put plan bad && hostile-artifact list
  three:
    needs: evil
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/download-artifact@v6
        with: { name: plan, path: there }
      - run: cat there/plan; ls -A there
`);
    const [one, evil, three] = here.runner.runs[0]?.jobs ?? [];
    expect(one?.steps[2]?.log).toContain("Conflict");
    expect(said(evil?.log)).toEqual(["good", "hidden", "plan"]);
    expect(said(three?.log)).toEqual(["bad", "plan"]);
    expect(here.jobs()).toEqual({ one: "success", evil: "success", three: "success" });
  });

  it("ends when its run is cancelled, and what is always done is done", async () => {
    const ended = here.workflow(`
on: push
permissions: {}
concurrency: { group: one, cancel-in-progress: true }
jobs:
  long:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          sleep 300 & setsid sleep 301 &
          trap 'echo interrupted; exit 1' INT
          echo started; sleep 302 & wait
      - { if: always(), run: echo cleaned up }
      - { if: "!cancelled()", run: echo no }
  next: { needs: long, if: "!cancelled()", runs-on: ubuntu-24.04, steps: [{ run: echo no }] }
  last: { needs: long, if: always(), runs-on: ubuntu-24.04, steps: [{ run: echo told }] }
`);
    while (here.runner.runs[0]?.jobs[0]?.log.includes("started") !== true)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const [first] = here.runner.runs;
    const { rest } = await here.small.as("ann");
    await rest.actions.cancelWorkflowRun({ ...at, run_id: first?.id ?? 0 });
    await ended;
    expect(here.jobs(first)).toEqual({ long: "cancelled", next: "skipped", last: "success" });
    expect(said(first?.jobs[0]?.log)).toEqual([
      "started",
      "interrupted",
      "##[error]The operation was canceled.",
      "cleaned up",
    ]);
    expect(first?.conclusion).toBe("cancelled");
    expect((await rest.actions.getWorkflowRun({ ...at, run_id: first?.id ?? 0 })).data.conclusion).toBe("cancelled");
  });
});

describe("an environment", () => {
  it("tells its secrets behind its gate alone, also where a workflow is called", async () => {
    await here.secret("REPO", "of the repository");
    await here.environment("prod", { reviewers: ["bob"], refs: ["main"], secrets: { KEY: "the-key" } });
    await here.small.pushed("root", "main", {
      ".github/workflows/called.yml": `
on: { workflow_call: { secrets: { KEY: { required: false } } } }
permissions: {}
jobs:
  apply:
    name: apply
    environment: prod
    permissions: { id-token: write }
    runs-on: ubuntu-24.04
    steps:
      - env: { KEY: "\${{ secrets.KEY }}", REPO: "\${{ secrets.REPO }}" }
        run: |
          echo "\${#KEY} \${#REPO} \${GITHUB_WORKFLOW_REF##*workflows/}"
          curl -sS -H "authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=x" |
            cut -d. -f2 > "$GITHUB_STEP_SUMMARY"
`,
    });
    await here.workflow(`
on: push
permissions: { id-token: write }
jobs:
  before: { runs-on: ubuntu-24.04, steps: [{ run: 'echo "[\${{ secrets.KEY }}]" \${{ secrets.REPO != null }}' }] }
  apply:
    name: Apply
    uses: ./.github/workflows/called.yml
    secrets: { KEY: "\${{ secrets.KEY }}" }
`);
    const run = here.runner.runs.at(-1);
    expect(here.jobs()).toEqual({ before: "success", "Apply / apply": null });
    expect(run).toMatchObject({ conclusion: null, jobs: [{ state: "done" }, { state: "waiting", log: "" }] });
    const { rest } = await here.small.as("bob");
    const where = { ...at, run_id: run?.id ?? 0 };
    const [pending] = (await rest.actions.getPendingDeploymentsForRun(where)).data;
    await rest.actions.reviewPendingDeploymentsForRun({
      ...where,
      environment_ids: [pending?.environment.id ?? 0],
      state: "approved",
      comment: "yes",
    });
    await here.runner.settled();
    expect(here.jobs()).toEqual({ before: "success", "Apply / apply": "success" });
    const [before, apply] = run?.jobs ?? [];
    expect(said(before?.log)).toEqual(["[] true"]);
    expect(said(apply?.log)[0]).toBe("7 0 ci.yml@refs/heads/main");
    expect(JSON.parse(Buffer.from(apply?.summary ?? "", "base64url").toString())).toMatchObject({
      environment: "prod",
      job_workflow_ref: "acme/infra/.github/workflows/called.yml@refs/heads/main",
      workflow_ref: "acme/infra/.github/workflows/ci.yml@refs/heads/main",
    });
    // Once more what failed: nothing did, and then all of it behind the same gate.
    await expect(rest.actions.reRunWorkflowFailedJobs(where)).rejects.toThrow("no failed jobs");
    await rest.actions.reRunWorkflow(where);
    await here.runner.settled();
    expect(run).toMatchObject({ attempt: 2, jobs: [{ conclusion: "success" }, { state: "waiting" }] });
    await here.runner.cancel(run?.id ?? 0);
    expect(here.jobs(run)).toEqual({ before: "success", "Apply / apply": "cancelled" });
    expect((await rest.actions.getPendingDeploymentsForRun(where)).data).toEqual([]);
  });

  it("lets nothing in from a ref that is none of its own", async () => {
    await here.environment("prod", { reviewers: [], refs: ["main"], secrets: { KEY: "the-key" } });
    const text = `
on: push
permissions: {}
jobs: { one: { environment: prod, runs-on: ubuntu-24.04, steps: [{ run: "echo \${{ secrets.KEY }}" }] } }
`;
    await here.workflow(text, "evil");
    expect(here.jobs()).toEqual({ one: "failure" });
    expect(here.runner.runs[0]?.jobs[0]?.steps).toEqual([]);
  });
});

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

describe("this runner", () => {
  it.each([
    ["the action somebody/else", "uses: somebody/else@v1"],
    ["actions/checkout@v6 with lfs", "{ uses: actions/checkout@v6, with: { lfs: true } }"],
    ["the shell python", "{ shell: python, run: print() }"],
    ["setup-node with a cache", "{ uses: actions/setup-node@v6, with: { node-version: 24.21.0 } }"],
  ])("fails by %s, which it does not know", async (what, step) => {
    const text = `on: push\npermissions: {}\njobs: { one: { runs-on: ubuntu-24.04, steps: [${step.startsWith("{") ? step : `{ ${step} }`}] } }\n`;
    await expect(here.workflow(text)).rejects.toThrow(what);
  });

  it.each([
    ["container", "container: ubuntu, runs-on: ubuntu-24.04"],
    ["runs-on", "runs-on: windows-2025"],
  ])("fails by %s of a job, which it does not know", async (what, keys) => {
    const text = `on: push\npermissions: {}\njobs: { one: { ${keys}, steps: [{ run: echo }] } }\n`;
    await expect(here.workflow(text)).rejects.toThrow(what);
  });
});
