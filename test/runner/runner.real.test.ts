import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, infra, type SmallGitHub, smallGitHub } from "../github/small-github.ts";
import { openRunner, programsFor, type Runner } from "./index.ts";

let small: SmallGitHub;
let runner: Runner;
const secrets = { repository: {} as Record<string, string>, environments: {} };

beforeEach(async () => {
  small = await smallGitHub();
  const programs = await programsFor(join(small.dir, "programs"));
  runner = openRunner({ github: small.github, repository: infra, dir: join(small.dir, "jobs"), programs, secrets });
});

afterEach(async () => {
  try {
    await runner.close();
  } finally {
    await small.close();
  }
});

const jobs = (run = runner.runs.at(-1)) =>
  Object.fromEntries((run?.jobs ?? []).map((job) => [job.name, job.conclusion]));

describe("a run", () => {
  it("takes outputs from job to job through a matrix and a called workflow, and keeps secrets out of logs", async () => {
    await small.pushed("root", "main", {
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
    await runner.settled();
    expect(jobs()).toEqual({
      list: "success",
      fails: "failure",
      "Call (ann) / greet": "success",
      "Call (bob) / greet": "success",
      never: "skipped",
      last: "success",
    });
    const [list] = runner.runs[0]?.jobs ?? [];
    expect(list?.outputs).toEqual({ names: '["ann","bob"]' });
    expect(list?.log).toContain("hello\nthe token is ***\n");
    expect(list?.log).not.toMatch(/ghs_|VITEST|ACTIONS_ID_TOKEN/);
    expect(runner.runs[0]).toMatchObject({ conclusion: "failure", event: "push", ref: "refs/heads/main", name: "ci" });
    const { data } = await (await small.as("ann")).rest.checks.listForRef({ ...at, ref: "main" });
    expect(data.check_runs.map(({ name }) => name)).toContain("Call (ann) / greet");
  });
});
