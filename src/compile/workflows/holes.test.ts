import { describe, expect, it } from "vitest";
import { flowOf, problemsOf, workflowsOf } from "../../../test/compile/flow-under-test.ts";
import { renderPreset } from "../../flow/index.ts";
import type { Workflow } from "../../testing/workflow-rules.ts";
import { expression } from "./expressions.ts";

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
      [
        "L12",
        "keys in the variables of a process that lives beside the tool",
        own,
        (jobs) => Object.assign(step(jobs.decide, "ci decide"), { run: "npx --yes plangate@0.1.0 ci decide" }),
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
      [
        "no skip carried over",
        "a plan that is skipped with the guard",
        own,
        (jobs) => Object.assign(jobs["plan-prod"] ?? {}, { if: "github.ref == 'refs/heads/main'" }),
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
