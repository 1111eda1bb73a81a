import { describe, expect, it } from "vitest";
import { about, codesOf, edited, flowOf, problemsOf, workflowsOf } from "../../../test/compile/flow-under-test.ts";
import type { Flow } from "../../flow/index.ts";
import { presetNames, renderPreset } from "../../flow/index.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import type { Step } from "../../testing/workflow-rules.ts";
import { expression } from "./expressions.ts";
import { compileWorkflows, requiredChecks } from "./index.ts";

describe("compileWorkflows", () => {
  for (const name of presetNames) {
    it(`gives the files of ${name}`, async () => {
      const { files, diagnostics } = compileWorkflows(flowOf(renderPreset(name)), about);
      expect(diagnostics).toEqual([]);
      for (const { path, text } of files)
        await expect(text).toMatchFileSnapshot(`expected/${name}/${path.replace(".github/workflows/", "")}`);
    });

    it(`keeps every rule for ${name}, with a token, an app, and OpenTofu`, () => {
      const text = renderPreset(name);
      expect(problemsOf(flowOf(text))).toEqual([]);
      expect(problemsOf(flowOf(text.replace("version: 1", "version: 1\nidentity: app")))).toEqual([]);
      expect(problemsOf(flowOf(text.replace("tool: terraform", "tool: opentofu\ntoolVersion: 1.12.6")))).toEqual([]);
    });
  }

  it("keeps every rule for a flow that says everything", () => {
    expect(problemsOf(flowOf(fullFlow))).toEqual([]);
  });

  it("tells plangate which identity a job is given, where the flow says in which account or project it has to be", () => {
    const prod = "prod: { kind: prod, ";
    const flow = edited("trunk-demo", [prod, `${prod}identity: { aws: { account: "123456789012" } }, `]);
    const workflows = workflowsOf(flow);
    const named = (file: string, id: string, command: string) =>
      workflows[`.github/workflows/${file}`]?.jobs[id]?.steps?.find(({ run }) => run?.includes(command))?.env;
    const role = { PLANGATE_AWS_ROLE: expression("vars.PLANGATE_AWS_ROLE") };
    expect(named("plangate-apply.yml", "apply", "ci environment")).toMatchObject(role);
    expect(named("plangate.yml", "plan-prod", "ci plan")).toMatchObject(role);
    expect(named("plangate.yml", "plan-prod", "ci plan")).not.toHaveProperty("PLANGATE_GCP_PROVIDER");
    expect(problemsOf(flow)).toEqual([]);
  });

  it("gives the same text for the same flow", () => {
    const [one, other] = [1, 2].map(() => compileWorkflows(flowOf(fullFlow), about));
    expect(one).toEqual(other);
  });

  it("exposes the document's jobs by name, the second in the first one's run and by itself", () => {
    const workflow = workflowsOf(flowOf(renderPreset("trunk-demo")))[".github/workflows/prepare-for-demo.yml"];
    expect(workflow?.name).toBe("Prepare for Demo");
    expect(workflow?.on.workflow_dispatch?.inputs?.job).toMatchObject({
      type: "choice",
      options: ["Demo (apply)", "Demo (destroy)"],
    });
    const jobs = Object.values(workflow?.jobs ?? {});
    expect(jobs.filter(({ uses }) => uses !== undefined)).toMatchObject([
      { name: "Demo (apply)", with: { environment: "demo-test" } },
      { name: "Demo (destroy)", with: { environment: "teardown-test" } },
    ]);
    const offered = workflow?.jobs["decide-demo-destroy"];
    expect(offered?.needs).toEqual(["guard", "apply-demo-apply"]);
    expect(offered?.if).toContain("inputs.job == 'Demo (destroy)'");
    expect(offered?.if).toContain("needs.apply-demo-apply.result == 'failure'");
  });

  it("has one check for pull requests to wait for, in whichever file their rows are", () => {
    expect(presetNames.map((name) => requiredChecks(flowOf(renderPreset(name)), "main"))).toEqual(
      presetNames.map(() => ["plangate / change"]),
    );
    const both = edited("trunk-demo", [
      "\nrequire:",
      "\n  - { on: pull_request, into: main, in: prod, do: [plan] }\nrequire:",
    ]);
    expect(requiredChecks(both, "main")).toEqual(["plangate / change", "plangate / Prepare for Demo"]);
  });

  it("looks at everything that waits every quarter of an hour, and when the flow says so", () => {
    const { schedule } = workflowsOf(flowOf(renderPreset("gitflow")))[".github/workflows/plangate.yml"]?.on ?? {};
    expect(schedule).toEqual([{ cron: "0 1 * * *" }, { cron: "7,22,37,52 * * * *" }]);
    const seldom = edited("gitflow", ["\nbranches:", "\nsweep: 3h\nbranches:"]);
    expect(workflowsOf(seldom)[".github/workflows/plangate.yml"]?.on.schedule).toEqual([
      { cron: "0 1 * * *" },
      { cron: "7 */3 * * *" },
    ]);
  });

  it("keeps artifacts longer than a plan may wait", () => {
    const days = (flow: Flow) =>
      [...JSON.stringify(workflowsOf(flow)).matchAll(/"retention-days":(\d+)/g)].map(([, found]) => Number(found));
    const kept = days(edited("gitflow", ["maxAge: 14d\n\n", "maxAge: 40d\n\n"]));
    expect(kept.length).toBeGreaterThan(0);
    expect(Math.min(...kept)).toBeGreaterThan(40);
  });

  it("hands Terraform's variables to the jobs of their environment alone", () => {
    const workflows = workflowsOf(
      edited("gitflow", ["prod:\n    kind: prod", "prod:\n    variables: [DATADOG_API_KEY, USER]\n    kind: prod"]),
    );
    const trusted = workflows[".github/workflows/plangate.yml"]?.jobs ?? {};
    const having = Object.keys(trusted).filter((id) => JSON.stringify(trusted[id]).includes("DATADOG_API_KEY"));
    expect(having).toEqual(["plan-prod", "apply-prod"]);
    expect(JSON.stringify(workflows)).not.toContain("secrets.USER");
  });

  it("tells the jobs that plan and apply which of Terraform's variables are GitHub's, by their names in the flow", () => {
    const workflows = workflowsOf(
      edited("gitflow", ["prod:\n    kind: prod", "prod:\n    variables: [TF_VAR_size, AWS_REGION]\n    kind: prod"]),
    );
    const told = (file: string, job: string) =>
      workflows[`.github/workflows/${file}`]?.jobs[job]?.steps?.flatMap(({ env }) => env?.PLANGATE_VARIABLES ?? []);
    const both = [
      `{ "AWS_REGION": ${expression("toJSON(vars.AWS_REGION)")}, "TF_VAR_size": ${expression("toJSON(vars.TF_VAR_size)")} }`,
    ];
    expect(told("plangate.yml", "plan-prod")).toEqual(both);
    expect(told("plangate-apply.yml", "apply")).toEqual(both);
    expect(told("plangate.yml", "plan-stage")).toEqual([]);
    expect(told("plangate.yml", "present")).toEqual([]);
  });

  it("installs the version of the tool that the flow names", () => {
    const text = JSON.stringify(
      workflowsOf(edited("gitflow", ["tool: terraform", "tool: opentofu\ntoolVersion: 1.9.1"])),
    );
    expect(text).toContain('"tofu_version":"1.9.1"');
    expect(text).not.toContain("hashicorp/setup-terraform");
  });

  it("makes a job of each static check that the flow requires, which the report waits for", () => {
    const flow = edited("gitflow", ["checks: [fmt, validate]", "checks: [fmt, tflint, tfsec]"]);
    const jobs = workflowsOf(flow)[".github/workflows/plangate-change.yml"]?.jobs ?? {};
    const checks = Object.keys(jobs).filter((id) => id.startsWith("check-"));
    expect(checks.map((id) => jobs[id]?.name)).toEqual(["fmt", "tflint", "tfsec"]);
    expect(jobs.report?.needs).toEqual(expect.arrayContaining(checks));
    expect(jobs["check-tflint"]?.steps?.map(({ run }) => run).join("\n")).toMatch(
      /go install github\.com\/terraform-linters\/tflint@v\d+\.\d+\.\d+\n[\s\S]*ci check-files tflint/,
    );
  });
});

describe("bundles that a flow keeps in a bucket", () => {
  const s3 = "bundles: { s3: { bucket: acme-plans, region: eu-central-1 } }";
  const gcs = "bundles: { gcs: { bucket: acme-plans } }";
  const jobsOf = (bundles: string, file = "plangate.yml") =>
    workflowsOf(edited("gitflow", ["version: 1", `version: 1\n${bundles}`]))[`.github/workflows/${file}`]?.jobs ?? {};
  const taking = ({ steps = [] }: { readonly steps?: readonly Step[] } = {}) =>
    steps.filter(({ name = "" }) => name.startsWith("Take on"));

  it.each([s3, gcs])("are reached by who decides and presents, as an identity for that alone: %s", (bundles) => {
    const jobs = jobsOf(bundles);
    for (const id of ["decide", "present"]) {
      expect(taking(jobs[id]).map(({ name, id: step }) => ({ name, step }))).toEqual([
        { name: "Take on the identity that keeps bundles", step: "bundles" },
      ]);
      expect(jobs[id]).toMatchObject({ environment: "plangate", permissions: { "id-token": "write" } });
      const uploads = (jobs[id]?.steps ?? []).filter(({ uses = "" }) => uses.startsWith("actions/upload-artifact"));
      expect(uploads.map(({ name }) => name)).toEqual(["Keep plans for people to read"]);
    }
    // Without them nobody there is anybody.
    expect(taking(jobsOf("").decide)).toEqual([]);
  });

  it("leave nothing of that identity where other programs find it", () => {
    expect(taking(jobsOf(s3).decide)[0]?.with).toMatchObject({
      "aws-region": "eu-central-1",
      "output-credentials": true,
      "output-env-credentials": false,
    });
    expect(taking(jobsOf(gcs).decide)[0]?.with).toMatchObject({
      create_credentials_file: false,
      export_environment_variables: false,
      token_format: "access_token",
    });
    for (const [bundles, names] of [
      [s3, ["PLANGATE_BUNDLES_KEY_ID", "PLANGATE_BUNDLES_KEY", "PLANGATE_BUNDLES_SESSION"]],
      [gcs, ["PLANGATE_BUNDLES_TOKEN"]],
    ] as const) {
      const run = jobsOf(bundles).decide?.steps?.find(({ id }) => id === "plangate")?.run ?? "";
      for (const name of names) expect(run).toContain(` -u ${name} `);
    }
  });

  it.each([s3, gcs])("are read by who applies, and by no job that plans: %s", (bundles) => {
    expect(JSON.stringify(jobsOf(bundles, "plangate-apply.yml").apply)).toContain("steps.bundles.outputs");
    for (const file of ["plangate.yml", "plangate-change.yml"])
      for (const [id, job] of Object.entries(jobsOf(bundles, file)))
        if (id.startsWith("plan-")) expect(JSON.stringify(job)).not.toMatch(/BUNDLES|output-credentials|access_token/);
  });

  it.each([s3, gcs])("break no rule: %s", (bundles) => {
    expect(problemsOf(edited("gitflow", ["version: 1", `version: 1\n${bundles}`]))).toEqual([]);
  });
});

describe("a name from the flow", () => {
  const named = (job: string, workflow = "Prepare for Demo") =>
    edited(
      "trunk-demo",
      ["job: Demo (apply)", `job: ${JSON.stringify(job)}`],
      ["workflow: Prepare for Demo", `workflow: ${JSON.stringify(workflow)}`],
    );
  const quoted = (text: string) =>
    renderPreset("trunk-demo").replaceAll("job: Demo (apply)", () => `job: ${JSON.stringify(text)}`);

  it.each(['a"; rm -rf / #', "it's 'quoted'", "x: [y]", "- !!js &a *a", "%0A::stop-commands::x", "}} || true"])(
    "stays a name: %s",
    (text) => {
      const flow = flowOf(quoted(text));
      expect(codesOf(flow)).toEqual([]);
      const workflows = workflowsOf(flow);
      expect(problemsOf(flow, workflows)).toEqual([]);
      const jobs = Object.values(workflows[".github/workflows/prepare-for-demo.yml"]?.jobs ?? {});
      expect(jobs.some(({ name, uses }) => name === text && uses !== undefined)).toBe(true);
      expect(jobs.some((job) => job.if?.includes(`inputs.job == '${text.replaceAll("'", "''")}'`))).toBe(true);
      expect(jobs.flatMap((job) => job.steps ?? []).every((step) => step.run?.includes(text) !== true)).toBe(true);
    },
  );

  it.each([expression("secrets.PLANGATE_SIGN_KEY"), "a\nb", "a\u2028b", " blank", "plangate / change", "\u202Eeno"])(
    "is refused when GitHub would make something else of it: %j",
    (text) => {
      const flow = flowOf(quoted(text));
      expect(codesOf(flow)).toEqual(["error name-not-carried"]);
      expect(compileWorkflows(flow, about).files).toEqual([]);
    },
  );

  it("names the row", () => {
    const [found] = compileWorkflows(flowOf(quoted(expression("x"))), about).diagnostics;
    expect(found).toMatchObject({ file: "plangate.yaml", line: expect.any(Number) });
  });

  it.each(["plangate", "Plangate: apply!", "plangate said"])("is no file of plangate's own: %s", (workflow) => {
    expect(codesOf(named("Demo (apply)", workflow))).toContain("error workflow-file-twice");
  });

  it("is not that of the check which every pull request waits for", () => {
    expect(codesOf(named("Demo (apply)", "Change"))).toContain("error check-name-taken");
  });

  it.each(["../../etc/passwd", "..", "проверка"])("never leaves the folder of workflows: %s", (workflow) => {
    const paths = compileWorkflows(named("Demo (apply)", workflow), about).files.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) expect(path).toMatch(/^\.github\/workflows\/[a-z0-9-]+\.yml$/);
  });

  it.each(["ma'in", "a${{x", "-x", "a b"])("is no default branch that a condition cannot hold: %s", (defaultBranch) => {
    expect(codesOf(flowOf(renderPreset("gitflow")), { defaultBranch })).toContain("error branch-not-carried");
  });

  it("is a branch pattern that says no less than the flow does", () => {
    const flow = edited("gitflow", [
      'match: "dev/**", cutFrom: develop, ticket: optional',
      'match: ["dev/**", "a\'b/[xy]?", "{ticket}/**/z"], cutFrom: develop',
    ]);
    const { push } = workflowsOf(flow)[".github/workflows/plangate-change.yml"]?.on ?? {};
    expect(push).toEqual({ branches: ["dev/**", "a*b/**", "*/**z", "develop", "!main", "!plangate/record"] });
  });
});

describe("what workflows cannot carry", () => {
  it("is a gate that would hold the identities of two environments", () => {
    const flow = edited("trunk-demo", [
      "in: prod, do: [plan, gate, apply, verify] }",
      "in: prod, do: [plan, gate, apply, verify], gate: demo-test }",
    ]);
    expect(codesOf(flow)).toEqual(["error gate-shared"]);
  });

  it("is a variable that would hand on a key", () => {
    const flow = edited("gitflow", [
      "prod:\n    kind: prod",
      "prod:\n    variables: [PLANGATE_OPEN_KEY]\n    kind: prod",
    ]);
    expect(codesOf(flow)).toEqual(["error variable-not-carried"]);
  });

  it("is an offer of a job in another workflow, and people are told", () => {
    const flow = edited("trunk-demo", [
      "on: dispatch, workflow: Prepare for Demo, job: Demo (destroy)",
      "on: dispatch, job: Demo (destroy)",
    ]);
    expect(codesOf(flow)).toEqual(["warning offer-not-carried"]);
    expect(problemsOf(flow)).toEqual([]);
  });

  it("is a workflow for what only the default branch carries", () => {
    const flow = edited("gitflow", ["{ on: schedule, cron", "{ on: schedule, workflow: Nightly, cron"]);
    expect(codesOf(flow)).toEqual(["warning workflow-not-carried"]);
  });

  it("is more environments than one file holds", () => {
    const many = Array.from({ length: 90 }, (_, index) => `e${index}`);
    const variables = Array.from({ length: 60 }, (_, index) => `TF_VAR_${index}`).join(", ");
    const flow = flowOf(
      [
        "version: 1",
        "branches: { work: { cutFrom: main }, main: { accepts: [work], reviews: { count: 1 } } }",
        `environments: {${many.map((name) => `${name}: { kind: test, appliesFrom: [main], variables: [${variables}] }`).join(", ")}}`,
        `stacks: [{ root: infra, in: [${many.join(", ")}], backend: ["key={environment}"] }]`,
        "when:",
        ...many.map((name) => `  - { on: merge, into: main, in: ${name}, do: [plan, apply] }`),
      ].join("\n"),
    );
    expect(codesOf(flow)).toEqual(["error workflow-too-large"]);
    expect(compileWorkflows(flow, about).files).toEqual([]);
  });

  it("is a job called as plangate's own, or as another", () => {
    expect(codesOf(edited("gitflow", ["Deploy to dev", "look at what waits"]))).toEqual(["error job-name-taken"]);
  });
});
