import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { documentOf } from "../real/support/command-line.ts";
import { type Attacked, awsAction, ended, googleAction, jobOf, openAttacked, planningWith } from "./attacked.ts";
import { rootModule } from "./stage-files.ts";
import { patient } from "./story-of-a-repository.ts";

/** What somebody who may push a branch can do with workflows of their own there, past every pull request. */

let here: Attacked;
beforeAll(async () => {
  here = await openAttacked();
}, patient.timeout);
afterAll(() => here?.close());

describe("a workflow on somebody's own branch", patient, () => {
  it("gets no identity and no key, by no environment, not even by one that GitHub makes for it, which audit finds", async () => {
    const { documents, clouds, stage } = here;
    const role = documents.roles.find(({ arn }) => arn.endsWith("-prod-apply"))?.arn ?? "";
    const provider = documents.providers.find(({ name }) => name.includes("pg-prod-apply"))?.name ?? "";
    const account = documents.accounts.find(({ email }) => email.includes("pg-prod-apply"))?.email ?? "";
    const becomes = (environment: string) => `
    ${environment}
    permissions: { id-token: write }
    runs-on: ubuntu-24.04
    steps:
      - uses: ${awsAction}
        with: { role-to-assume: "${role}", aws-region: eu-west-1 }
      - uses: ${googleAction}
        if: always()
        with: { workload_identity_provider: "${provider}", service_account: "${account}" }
      - if: always()
        run: echo "open [\${OPEN}] sign [\${SIGN}] aws [\${AWS_ACCESS_KEY_ID-}]"
        env: { OPEN: "\${{ secrets.PLANGATE_OPEN_KEY }}", SIGN: "\${{ secrets.PLANGATE_SIGN_KEY }}" }`;
    const eve = await stage.cloneOf("eve");
    const held = ["prod", "prod-plan", "test-plan", "plangate"];
    await eve.pushed("demo", {
      from: "main",
      files: {
        "stacks/app/backend-eve.hcl": `path = "${stage.states}/prod/app.tfstate"\n`,
        ".github/workflows/demo.yml": `on:
  push: { branches: [demo] }
  workflow_dispatch: { inputs: { environment: { type: string } } }
jobs:
  made:${becomes(`environment: demo-\${{ inputs.environment || 'eve' }}`)}
  nowhere:${becomes("name: nowhere")}
${held.map((name) => `  ${name}:${becomes(`environment: ${name}`)}`).join("\n")}
`,
      },
    });
    const runs = await here.news();
    for (const name of held) {
      const { conclusion, steps, log } = jobOf(runs, name);
      expect({ name, conclusion, steps }).toEqual({ name, conclusion: "failure", steps: [] });
      expect(log).toContain(`may not deploy to ${name}`);
    }
    for (const name of ["made", "nowhere"]) expect(jobOf(runs, name).log).toContain("open [] sign [] aws []");
    expect(clouds.given).toEqual([]);
    expect(new Set(clouds.refused.map(({ wanted }) => wanted))).toEqual(
      new Set([role, `//iam.googleapis.com/${provider}`]),
    );
    const found = documentOf(await stage.plangate(["audit", "--json"])).findings as readonly {
      readonly where: string;
    }[];
    expect(found).toContainEqual(expect.objectContaining({ where: 'environment "demo-eve"', loophole: "L3" }));
  });

  it("is asked to nobody when it is plangate's own, altered, and ends by itself when it is not altered", async () => {
    const { stage } = here;
    const eve = await stage.cloneOf("eve");
    const { rest } = await stage.as("eve");
    const text = await eve.git("show", "origin/main:.github/workflows/plangate.yml");
    const apply = await eve.git("show", "origin/main:.github/workflows/plangate-apply.yml");
    const altered = text.replaceAll("refs/heads/main", "refs/heads/evil");
    expect(altered).not.toBe(text);
    const straight = `on: workflow_dispatch
permissions: { contents: write, id-token: write, actions: read, deployments: read, issues: read, pull-requests: read }
jobs:
  apply:
    uses: ./.github/workflows/plangate-apply.yml
    with: { environment: prod, orders: '[{"run": "run-0mhx3k2p0a1b2c3d4", "stack": "prod/app"}]', kept: kept }
    secrets: inherit
`;
    await eve.pushed("evil", {
      from: "main",
      files: {
        ".github/workflows/plangate.yml": `${altered}\n`,
        ".github/workflows/plangate-apply.yml": `${apply.replaceAll("refs/heads/main", "refs/heads/evil")}\n`,
        ".github/workflows/plangate-said.yml": straight,
      },
    });
    await eve.git("push", "--quiet", "origin", "origin/main:refs/heads/as-it-was");
    const deploy = (ref: string, workflow_id = "plangate.yml", inputs = { job: "Deploy", ref: "main" }) =>
      rest.actions.createWorkflowDispatch({ ...at, workflow_id, ref, inputs });
    await deploy("evil");
    await deploy("as-it-was");
    await rest.actions.createWorkflowDispatch({ ...at, workflow_id: "plangate-said.yml", ref: "evil" });
    const runs = await here.news();
    expect(runs.map((run) => ended([run]))).toEqual([
      { "plangate.yml: Guard": "success", "plangate.yml: Decide": "failure" },
      { "plangate.yml: Guard": "failure" },
      { "plangate-said.yml: apply / apply": "failure" },
    ]);
    const [evil, asItWas, called] = runs;
    expect(jobOf(evil === undefined ? [] : [evil], "Decide")).toMatchObject({ steps: [] });
    expect(asItWas?.jobs[0]?.log).toContain("Start this workflow from the default branch.");
    expect(called?.jobs).toMatchObject([{ environment: "prod", steps: [] }]);
    // Nobody has a button to press.
    for (const { id } of runs)
      expect((await rest.actions.getPendingDeploymentsForRun({ ...at, run_id: id })).data).toEqual([]);
  });

  it("is not needed to type inputs, of which none is run or believed", async () => {
    const { stage } = here;
    const { rest } = await stage.as("eve");
    const code = `"; touch pwned; $(touch pwned) \`touch pwned\` ' \${{ secrets.PLANGATE_OPEN_KEY }}\n::add-mask::branch\n::add-mask::in prod\n`;
    const start = (inputs: Readonly<Record<string, string>>) =>
      rest.actions.createWorkflowDispatch({ ...at, workflow_id: "plangate.yml", ref: "main", inputs });
    await start({ job: "Deploy", ref: `main${code}` });
    await start({ job: "Deploy", ref: "main", stacks: `prod/app${code}` });
    await start({ job: "Release", version: `1.0.0${code}` });
    await start({ job: "Look at what waits", event: `pull-request 1${code}`, run: "1" });
    await start({ job: "Look at what waits", event: "pull-request 1", run: "1;touch pwned" });
    await expect(start({ job: `Deploy${code}` })).rejects.toThrow(/job/);
    const runs = await here.news();
    const logs = runs.map((run) => jobOf([run], "Decide").log);
    expect(logs).toHaveLength(5);
    // What a runner takes for a command is no longer in the log: it hides words there, such as these.
    for (const log of logs) expect(log).not.toContain("***");
    expect(logs[0]).toContain("is no branch or tag of this repository");
    expect(logs[1]).toMatch(/there is no prod\/app.* in prod$/m);
    for (const log of logs.slice(3)) expect(log).toContain("it names nothing that plangate hands over");
    expect(readdirSync(stage.dir, { recursive: true }).filter((path) => String(path).endsWith("pwned"))).toEqual([]);
    expect(Object.keys(ended(runs)).filter((name) => /apply|plan /i.test(name))).toEqual([]);
  });
});

describe("the change of somebody else", patient, () => {
  let change = 0;

  it("has no plan of a run that belongs to a branch, though that has the change's head in its history", async () => {
    const { stage, hooks } = here;
    const [ann, eve] = [await stage.cloneOf("ann"), await stage.cloneOf("eve")];
    const [asAnn, asEve] = [(await stage.as("ann")).rest, (await stage.as("eve")).rest];
    const issue = (await asAnn.issues.create({ ...at, title: "Two" })).data.number;
    const head = await ann.pushed("two", { from: "main", files: { "stacks/app/main.tf": rootModule("app", "two") } });
    // Everybody with write access can end a run: this one shall not plan.
    hooks.beforeStep = async ({ run }) => {
      if (run.file.endsWith("plangate-change.yml"))
        await asEve.actions.cancelWorkflowRun({ ...at, run_id: run.id }).catch(() => undefined);
    };
    change = (await asAnn.pulls.create({ ...at, title: "Two", head: "two", base: "main", body: `Closes #${issue}` }))
      .data.number;
    await here.news();
    hooks.beforeStep = () => undefined;
    expect(await here.said(change)).toBe("");

    await eve.git("fetch", "--quiet", "origin");
    const tree = await eve.git("rev-parse", `${head}^{tree}`);
    const base = await eve.git("rev-parse", "origin/main");
    await eve.git("checkout", "--quiet", "-B", "confuse", "origin/main", "--no-track");
    await eve.git("merge", "--quiet", "--no-ff", "-m", "Two as well", "origin/two");
    const orders = [{ stack: "test/app", commit: head, base, tree, mode: "normal" }];
    eve.write({
      ".github/workflows/confuse.yml": planningWith("on: push", {
        orders,
        environment: "test",
        change: 's/"two"/"evil"/',
      }),
    });
    await eve.git("add", "--all");
    await eve.git("commit", "--quiet", "--amend", "--no-edit");
    await eve.git("push", "--quiet", "origin", "confuse");
    const [run] = await here.news();
    expect(ended(run === undefined ? [] : [run])).toEqual({ "confuse.yml: plan": "success" });
    const inputs = { job: "Look at what waits", event: `pull-request ${change}`, run: String(run?.id) };
    await asEve.actions.createWorkflowDispatch({ ...at, workflow_id: "plangate.yml", ref: "main", inputs });
    const runs = await here.news();
    const shown = await here.said(change);
    expect(shown).not.toContain("evil");
    expect(runs.map((one) => one.jobs.map(({ log }) => log).join("")).join("")).toContain(
      "so its plans are not looked at",
    );
    expect(shown).toMatch(/### `test\/app`[^#]*1 to add/);
  });

  it("is applied once, whoever takes the places of its jobs in groups of any name", async () => {
    const { stage, hooks } = here;
    expect(here.states("app")).toEqual([]);
    const bob = (await stage.as("bob")).rest;
    const eve = await stage.cloneOf("eve");
    // Every group that is named on the default branch, and what one could be called.
    const folder = ".github/workflows";
    const names = (await eve.git("ls-tree", "--name-only", "-r", "origin/main", folder)).split("\n");
    const texts = await Promise.all(names.map((name) => eve.git("show", `origin/main:${name}`)));
    const groups = texts.flatMap((text) => [
      ...text.matchAll(/^\s*(?:concurrency|group): *(?!$|\{)["']?([^"'#\n]+)/gm),
    ]);
    const asked = [...new Set([...groups.map(([, name]) => name?.trim() ?? ""), "plangate", "test", "apply-test"])];
    await eve.pushed("groups", {
      from: "main",
      files: {
        [`${folder}/groups.yml`]: `on: push
permissions: {}
jobs:
${asked
  .map(
    (name, index) => `  g${index}:
    runs-on: ubuntu-24.04
    concurrency: { group: ${JSON.stringify(name)}, cancel-in-progress: true }
    steps: [{ run: echo "took a place" }]
`,
  )
  .join("")}`,
      },
    });
    const [taking] = await here.news();
    expect(taking?.conclusion).toBe("success");
    hooks.beforeStep = async ({ job, step }) => {
      if (!job.name.includes("Apply to test") || !/appl/i.test(step.name)) return;
      hooks.beforeStep = () => undefined;
      const again = { ...at, run_id: taking?.id ?? 0 };
      await (await stage.as("eve")).rest.actions.reRunWorkflow(again);
      // This job goes on while the others take their places.
      const isOver = () => taking?.attempt === 2 && taking.conclusion !== null;
      for (let tries = 0; tries < 300 && !isOver(); tries++) await new Promise((go) => setTimeout(go, 100));
    };
    const cancelled = here.runner.runs.find(({ file }) => file.endsWith("plangate-change.yml"));
    await bob.actions.reRunWorkflow({ ...at, run_id: cancelled?.id ?? 0 });
    await here.news();
    await bob.pulls.createReview({ ...at, pull_number: change, event: "APPROVE" });
    await here.news();
    await bob.pulls.merge({ ...at, pull_number: change, merge_method: "squash" });
    const runs = await here.news();
    expect(taking).toMatchObject({ attempt: 2, conclusion: "success" });
    const applies = runs
      .flatMap(({ jobs }) => jobs)
      .filter(({ name, conclusion }) => /^Apply/.test(name) && conclusion !== "skipped");
    expect(applies).toMatchObject([{ environment: "test", conclusion: "success" }]);
    expect(applies[0]?.log).toContain("test/app: applied and verified");
    expect(here.states("app")).toEqual(["test/app"]);
  });
});
