import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { openSmallRunner, type SmallRunner } from "./small-runner.ts";

let here: SmallRunner;

beforeEach(async () => {
  here = await openSmallRunner();
});

afterEach(() => here.close());

const said = (log: string | undefined) => (log ?? "").trim().split("\n");

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
