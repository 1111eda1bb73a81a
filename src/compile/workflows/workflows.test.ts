import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Flow, parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { type Workflow, workflowProblems } from "../../testing/workflow-rules.ts";
import { expression } from "./expressions.ts";
import { compileWorkflows, requiredChecks } from "./index.ts";

const about = { stacks: [], flowFile: "plangate.yaml", version: "0.1.0", defaultBranch: "main" };

function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** A preset with parts of its text replaced, each of which has to be there. */
function edited(name: (typeof presetNames)[number], ...edits: readonly (readonly [string, string])[]): Flow {
  return flowOf(
    edits.reduce((text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`the flow has no ${from}`);
      return text.replaceAll(from, () => to);
    }, renderPreset(name)),
  );
}

function workflowsOf(flow: Flow): Readonly<Record<string, Workflow>> {
  const { files } = compileWorkflows(flow, about);
  return Object.fromEntries(files.map(({ path, text }) => [path, parse(text) as Workflow]));
}

function problemsOf(flow: Flow, workflows = workflowsOf(flow)): readonly string[] {
  const places = [...flow.gates, ...flow.environments].map(({ name }) => name);
  return workflowProblems({ workflows, defaultBranch: "main", identity: flow.identity, places });
}

const codes = (flow: Flow, more = {}) =>
  compileWorkflows(flow, { ...about, ...more }).diagnostics.map(({ severity, code }) => `${severity} ${code}`);

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
      expect(codes(flow)).toEqual([]);
      const workflows = workflowsOf(flow);
      expect(problemsOf(flow, workflows)).toEqual([]);
      const jobs = Object.values(workflows[".github/workflows/prepare-for-demo.yml"]?.jobs ?? {});
      expect(jobs.some(({ name, uses }) => name === text && uses !== undefined)).toBe(true);
      expect(jobs.some((job) => job.if?.includes(`inputs.job == '${text.replaceAll("'", "''")}'`))).toBe(true);
      expect(jobs.flatMap((job) => job.steps ?? []).every((step) => step.run?.includes(text) !== true)).toBe(true);
    },
  );

  it.each([expression("secrets.PLANGATE_SIGN_KEY"), "a\nb", "a\u2028b", " blank", "\u202Eeno"])(
    "is refused when GitHub would make something else of it: %j",
    (text) => {
      const flow = flowOf(quoted(text));
      expect(codes(flow)).toEqual(["error name-not-carried"]);
      expect(compileWorkflows(flow, about).files).toEqual([]);
    },
  );

  it("names the row", () => {
    const [found] = compileWorkflows(flowOf(quoted(expression("x"))), about).diagnostics;
    expect(found).toMatchObject({ file: "plangate.yaml", line: expect.any(Number) });
  });

  it.each(["plangate", "Plangate: apply!", "plangate said"])("is no file of plangate's own: %s", (workflow) => {
    expect(codes(named("Demo (apply)", workflow))).toContain("error workflow-file-twice");
  });

  it.each(["../../etc/passwd", "..", "проверка"])("never leaves the folder of workflows: %s", (workflow) => {
    const paths = compileWorkflows(named("Demo (apply)", workflow), about).files.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) expect(path).toMatch(/^\.github\/workflows\/[a-z0-9-]+\.yml$/);
  });

  it.each(["ma'in", "a${{x", "-x", "a b"])("is no default branch that a condition cannot hold: %s", (defaultBranch) => {
    expect(codes(flowOf(renderPreset("gitflow")), { defaultBranch })).toContain("error branch-not-carried");
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
    expect(codes(flow)).toEqual(["error gate-shared"]);
  });

  it("is a variable that would hand on a key", () => {
    const flow = edited("gitflow", [
      "prod:\n    kind: prod",
      "prod:\n    variables: [PLANGATE_OPEN_KEY]\n    kind: prod",
    ]);
    expect(codes(flow)).toEqual(["error variable-not-carried"]);
  });

  it("is an offer of a job in another workflow, and people are told", () => {
    const flow = edited("trunk-demo", [
      "on: dispatch, workflow: Prepare for Demo, job: Demo (destroy)",
      "on: dispatch, job: Demo (destroy)",
    ]);
    expect(codes(flow)).toEqual(["warning offer-not-carried"]);
    expect(problemsOf(flow)).toEqual([]);
  });

  it("is a workflow for what only the default branch carries", () => {
    const flow = edited("gitflow", ["{ on: schedule, cron", "{ on: schedule, workflow: Nightly, cron"]);
    expect(codes(flow)).toEqual(["warning workflow-not-carried"]);
  });

  it("is a job called as plangate's own, or as another", () => {
    expect(codes(edited("gitflow", ["Deploy to dev", "look at what waits"]))).toEqual(["error job-name-taken"]);
  });
});

describe("a hole that is put back", () => {
  type Jobs = Record<string, Record<string, unknown>>;
  const flow = flowOf(renderPreset("trunk-demo"));
  const own = ".github/workflows/plangate.yml";
  const demo = ".github/workflows/prepare-for-demo.yml";
  const apply = ".github/workflows/plangate-apply.yml";
  const step = (job: Record<string, unknown> | undefined, find: string) =>
    (job?.steps as Record<string, unknown>[] | undefined)?.find((one) => JSON.stringify(one).includes(find)) ?? {};

  const holes: readonly (readonly [string, string, string, (jobs: Jobs, workflow: Record<string, unknown>) => void])[] =
    [
      [
        "L3",
        "an environment from an input",
        own,
        (jobs) => Object.assign(jobs["plan-prod"] ?? {}, { environment: `demo-${expression("inputs.ref")}` }),
      ],
      [
        "L3",
        "a call into an environment that nobody made",
        own,
        (jobs) => Object.assign(jobs["apply-prod"] ?? {}, { with: { environment: "demo-x" } }),
      ],
      [
        "L3",
        "a job as free text",
        own,
        (_jobs, { on }) =>
          Object.assign((on as { workflow_dispatch: { inputs: object } }).workflow_dispatch.inputs, {
            job: { type: "string" },
          }),
      ],
      [
        "L3",
        "an apply that does not look at its environment",
        apply,
        (jobs) => Object.assign(step(jobs.apply, "ci environment"), { run: "true" }),
      ],
      ["L4", "an apply from any ref", own, (jobs) => Object.assign(jobs["apply-prod"] ?? {}, { if: "always()" })],
      [
        "L4",
        "keys on any ref",
        demo,
        (jobs) => Object.assign(jobs["present-demo-apply"] ?? {}, { if: "!cancelled()" }),
      ],
      [
        "L7",
        "an input in a script",
        own,
        (jobs) =>
          Object.assign(step(jobs.decide, "ci decide"), {
            run: `npx --yes plangate@0.1.0 ci decide ${expression("inputs.ref")}`,
          }),
      ],
      [
        "L7",
        "a dispatch past the guard",
        demo,
        (jobs) => Object.assign(jobs["decide-demo-apply"] ?? {}, { needs: [] }),
      ],
      [
        "L13",
        "a title in a script",
        demo,
        (jobs) =>
          Object.assign(step(jobs.touched, "ci touched"), {
            run: `echo ${expression("github.event.pull_request.title")}`,
          }),
      ],
      [
        "L13",
        "a comment through a script with expressions",
        demo,
        (jobs) =>
          Object.assign(step(jobs.touched, "ci touched"), {
            uses: "actions/github-script@de0fac2e4500dabe0009e67214ff5f5447ce83dd",
          }),
      ],
      [
        "L14",
        "an action by its tag",
        own,
        (jobs) => Object.assign(step(jobs.decide, "actions/checkout"), { uses: "actions/checkout@v6" }),
      ],
      [
        "L14",
        "plangate without a version",
        own,
        (jobs) => Object.assign(step(jobs.decide, "ci decide"), { run: "npx --yes plangate ci decide" }),
      ],
      [
        "L14",
        "the newest Terraform",
        own,
        (jobs) => Object.assign(step(jobs.decide, "setup-terraform").with ?? {}, { terraform_version: "latest" }),
      ],
      [
        "L16",
        "a report that is skipped when something failed",
        demo,
        (jobs) => Object.assign(jobs.report ?? {}, { if: "success()" }),
      ],
      [
        "L16",
        "a report that does not wait for a check",
        demo,
        (jobs) => Object.assign(jobs.report ?? {}, { needs: ["touched", "plan-test", "hand-over"] }),
      ],
      [
        "L16",
        "a filter of paths",
        demo,
        (_jobs, { on }) => Object.assign((on as { pull_request: object }).pull_request, { paths: ["**.tf"] }),
      ],
      ["L21", "a cache", own, (jobs) => Object.assign(step(jobs.decide, "setup-node").with ?? {}, { cache: "npm" })],
      [
        "L21",
        "a cache of packages by itself",
        apply,
        (jobs) => Object.assign(step(jobs.apply, "setup-node").with ?? {}, { "package-manager-cache": true }),
      ],
      ["L22", "a concurrency group", own, (jobs) => Object.assign(jobs["apply-prod"] ?? {}, { concurrency: "prod" })],
      [
        "L22",
        "a group that cancels",
        demo,
        (_jobs, workflow) => Object.assign(workflow, { concurrency: { group: "x", "cancel-in-progress": true } }),
      ],
      [
        "no right to write",
        "comments beside an identity",
        own,
        (jobs) => Object.assign(jobs["plan-prod"]?.permissions ?? {}, { "pull-requests": "write" }),
      ],
      [
        "no right to write",
        "the signing key beside an identity",
        apply,
        (jobs) =>
          Object.assign(step(jobs.apply, "ci apply").env ?? {}, { KEY: expression("secrets.PLANGATE_SIGN_KEY") }),
      ],
      [
        "no secret",
        "a secret in a job without an environment",
        demo,
        (jobs) => Object.assign(step(jobs["hand-over"], "ci hand-over").env ?? {}, { KEY: expression("secrets.X") }),
      ],
      ["no secret", "all secrets", own, (jobs) => Object.assign(jobs["apply-prod"] ?? {}, { secrets: "inherit" })],
      [
        "plans have no key",
        "the key that opens for a plan",
        own,
        (jobs) =>
          Object.assign(step(jobs["plan-prod"], "ci plan").env ?? {}, { KEY: expression("secrets.PLANGATE_OPEN_KEY") }),
      ],
      ["least rights", "a job without a word about rights", own, (jobs) => delete jobs["go-on"]?.permissions],
      ["least rights", "a job without an end", own, (jobs) => delete jobs.decide?.["timeout-minutes"]],
    ];

  it.each(holes)("%s: %s is seen", (rule, _what, file, put) => {
    const workflows = structuredClone(workflowsOf(flow)) as Record<string, Workflow>;
    const holed = workflows[file] as unknown as Record<string, unknown> & { jobs: Jobs };
    put(holed.jobs, holed);
    const problems = problemsOf(flow, workflows);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.some((problem) => problem.startsWith(rule))).toBe(true);
  });
});
