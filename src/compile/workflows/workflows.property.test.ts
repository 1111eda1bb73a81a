import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { about, problemsOf, workflowsOf } from "../../../test/compile/flow-under-test.ts";
import { parseFlow } from "../../flow/index.ts";
import { compileWorkflows } from "./index.ts";

/** Parts of names that somebody would try, and some that anybody has. */
const pieces = [
  "a",
  "Demo",
  " ",
  "'",
  '"',
  "`",
  "$",
  "{{",
  "}}",
  "${{",
  "\\",
  "/",
  "..",
  "\n",
  "#",
  ": ",
  "|",
  "&&",
  "%0A",
  "é",
  "-",
  "\t",
  "plangate",
];
const odd = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
const name = fc.oneof(fc.constantFrom("Demo", "Prepare for Demo", "Take down"), odd);
const environments = ["dev", "test", "a.b", "a_b"] as const;
const where = fc.constantFrom(...environments);

const row = fc.oneof(
  fc.record({ on: fc.constant("pull_request"), in: where, do: fc.constant(["check", "plan", "comment"]) }),
  fc.record(
    { on: fc.constant("push"), to: fc.constant("work"), in: where, do: fc.constant(["check", "plan"]), workflow: name },
    { requiredKeys: ["on", "to", "in", "do"] },
  ),
  fc.record({ on: fc.constant("merge"), into: fc.constant("main"), in: where, do: fc.constant(["plan", "apply"]) }),
  fc.record(
    {
      on: fc.constant("dispatch"),
      job: name,
      workflow: name,
      in: where,
      do: fc.constant(["plan", "gate", "apply"]),
      gate: fc.constantFrom("one", "two"),
    },
    { requiredKeys: ["on", "job", "in", "do", "gate"] },
  ),
);

/** Rows that no flow refuses at once: one for each event and environment, with jobs that differ. */
const rows = fc.uniqueArray(row, {
  minLength: 1,
  maxLength: 8,
  selector: (one) => ("job" in one ? one.job.trim().toLowerCase() : `${one.on} ${one.in}`),
});

const prod = [
  { on: "pull_request", into: "main", in: "prod", do: ["check", "plan", "comment"] },
  { on: "merge", into: "main", in: "prod", do: ["apply"] },
  { on: "schedule", cron: "0 1 * * *", in: "prod", do: ["drift"], drift: "apply" },
];

const written = fc
  .record({
    identity: fc.constantFrom("token", "app"),
    tool: fc.constantFrom("terraform", "opentofu"),
    match: fc.constantFrom("work/**", "{ticket}", "a'b/*", "[x-z]?/w"),
    checks: fc.subarray(["fmt", "validate", "tflint", "tfsec"]),
    when: rows,
  })
  .map(({ identity, tool, match, checks, when }) => {
    const asked = new Set(when.flatMap((one) => ("gate" in one ? [one.gate] : [])));
    const used = environments.filter((one) => when.some((other) => other.in === one));
    const open = { kind: "test", appliesFrom: ["work", "main"], variables: ["TF_VAR_x", "AWS_REGION"] };
    return {
      version: 1,
      identity,
      tool,
      teams: { owners: ["ann", "bob"] },
      branches: { work: { match, cutFrom: "main" }, main: { accepts: ["work"], reviews: { count: 1 } } },
      gates: Object.fromEntries([...asked].map((gate) => [gate, { by: "owners" }])),
      environments: {
        ...Object.fromEntries(used.map((one) => [one, open])),
        prod: { appliesFrom: ["main"], approvals: { by: "owners" } },
      },
      stacks: [{ root: "stacks/{stack}", in: [...used, "prod"], backend: ["key={environment}/{stack}"] }],
      when: [...prod, ...when],
      require: { checks },
    };
  });

describe("the workflows of any flow", () => {
  it("keep every rule, or are refused with a reason", () => {
    const seen = { compiled: 0, refused: 0, named: 0 };
    fc.assert(
      fc.property(written, (data) => {
        const { value: flow } = parseFlow(JSON.stringify(data), { file: "plangate.yaml" });
        if (flow === undefined) return;
        const { files, diagnostics } = compileWorkflows(flow, about);
        if (diagnostics.some(({ severity }) => severity === "error")) {
          expect(files).toEqual([]);
          seen.refused++;
          return;
        }
        seen.compiled++;
        const paths = files.map(({ path }) => path);
        expect(new Set(paths).size).toBe(paths.length);
        for (const path of paths) expect(path).toMatch(/^\.github\/workflows\/[a-z0-9-]+\.yml$/);
        const workflows = workflowsOf(flow);
        if (files.length > 4) seen.named++;
        expect(problemsOf(flow, workflows)).toEqual([]);
        for (const { jobs, on } of Object.values(workflows)) {
          const ids = Object.keys(jobs);
          for (const id of ids) expect(id).toMatch(/^[A-Za-z_][A-Za-z0-9_-]*$/);
          // Each job waits for jobs before it alone, so none of them waits for itself.
          ids.forEach((id, index) => {
            const needs = [jobs[id]?.needs ?? []].flat();
            for (const need of needs) expect(ids.slice(0, index)).toContain(need);
          });
          expect(Object.keys(on.workflow_dispatch?.inputs ?? {}).length).toBeLessThanOrEqual(25);
        }
      }),
      { numRuns: 300 },
    );
    // Neither every flow nor none may have been refused, or nothing was looked at.
    expect(Math.min(seen.compiled, seen.refused, seen.named)).toBeGreaterThan(20);
  });
});
