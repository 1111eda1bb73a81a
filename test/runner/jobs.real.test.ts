import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { openSmallRunner, type SmallRunner } from "./small-runner.ts";

let here: SmallRunner;

beforeEach(async () => {
  here = await openSmallRunner();
});

afterEach(() => here.close());

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

describe("jobs beside one another", () => {
  it("end with one that fails, take turns in a group, and end when their time is over", async () => {
    await here.workflow(`
on: push
permissions: {}
jobs:
  matrix:
    strategy: { matrix: { how: [fails, waits] } }
    runs-on: ubuntu-24.04
    steps: [{ run: "[ \${{ matrix.how }} = waits ] && sleep 300; sleep 0.5; exit 1" }]
  tolerated:
    needs: matrix
    if: "!cancelled()"
    continue-on-error: true
    runs-on: ubuntu-24.04
    steps: [{ run: exit 1 }]
  first:
    needs: tolerated
    if: needs.tolerated.result == 'success' && !cancelled()
    concurrency: alone
    runs-on: ubuntu-24.04
    steps: [{ run: "touch ../../../mark; sleep 0.4; rm ../../../mark" }]
  second:
    needs: tolerated
    if: "!cancelled()"
    concurrency: { group: ALONE }
    runs-on: ubuntu-24.04
    steps: [{ run: "[ ! -e ../../../mark ] && touch ../../../mark && sleep 0.4 && rm ../../../mark" }]
  late:
    timeout-minutes: 0.005
    runs-on: ubuntu-24.04
    steps: [{ run: sleep 300 }]
`);
    expect(here.jobs()).toEqual({
      "matrix (fails)": "failure",
      "matrix (waits)": "cancelled",
      tolerated: "failure",
      first: "success",
      second: "success",
      late: "cancelled",
    });
    expect(here.runner.runs[0]?.jobs.find(({ id }) => id === "late")?.log).toContain("maximum execution time");
  });

  it("are done again where they failed, with what the others came to", async () => {
    await here.workflow(`
on: push
permissions: {}
jobs:
  good: { runs-on: ubuntu-24.04, outputs: { run: "\${{ github.run_attempt }}" }, steps: [{ run: echo }] }
  bad:
    needs: good
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "\${{ needs.good.outputs.run }} $GITHUB_RUN_ATTEMPT"; [ $GITHUB_RUN_ATTEMPT = 2 ]' }]
  after: { needs: bad, runs-on: ubuntu-24.04, steps: [{ run: echo }] }
`);
    const [run] = here.runner.runs;
    expect(here.jobs()).toEqual({ good: "success", bad: "failure", after: "skipped" });
    const { rest } = await here.small.as("ann");
    await rest.actions.reRunWorkflowFailedJobs({ ...at, run_id: run?.id ?? 0 });
    await here.runner.settled();
    expect(here.jobs()).toEqual({ good: "success", bad: "success", after: "success" });
    expect(run?.jobs.find(({ id }) => id === "bad")?.log).toBe("1 2\n");
    const told = (await rest.actions.listJobsForWorkflowRun({ ...at, run_id: run?.id ?? 0 })).data.jobs;
    expect(told.map(({ name }) => name).sort()).toEqual(["after", "bad", "good"]);
  });
});
