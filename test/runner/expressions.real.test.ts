import { describe, expect, it } from "vitest";
import { evaluate, evaluateText, holds, type Situation } from "./evaluate.ts";
import { readWorkflow } from "./read-workflow.ts";

const open = "$" + "{{";
const seen: Situation = {
  contexts: {
    github: { ref: "refs/heads/main", event: { comment: { body: "it's }} here" } } },
    needs: { one: { result: "success", outputs: { list: '[{"a": 1}]', none: "" } } },
  },
  status: { success: false, failure: true, cancelled: false },
};

describe("a template", () => {
  it("is any value when it is one expression, and a text around several", () => {
    expect(evaluate(`${open} fromJSON(needs.one.outputs.list) }}`, seen)).toEqual([{ a: 1 }]);
    expect(evaluate(`${open} github.nothing }}`, seen)).toBe(null);
    expect(evaluateText(`a ${open} 1 == 1 }} ${open} github.nothing }}.`, seen)).toBe("a true .");
    expect(evaluateText(`${open} format('{0} }}', github.event.comment.body) }}`, seen)).toBe("it's }} here }");
    expect(evaluate({ [`${open} 'a' }}`]: [`${open} 1 }}`, 2] }, seen)).toEqual({ a: [1, 2] });
  });

  it("is refused when it names what is not there, or has no end", () => {
    expect(() => evaluate(`${open} secrets.A }}`, seen)).toThrow("secrets");
    expect(() => evaluate(`${open} guess(1) }}`, seen)).toThrow("guess");
    expect(() => evaluate(`${open} hashFiles('a') }}`, seen)).toThrow("no place here");
    expect(() => evaluate(`${open} github.ref`, seen)).toThrow("without an end");
    expect(() => evaluate(`${open} fromJSON('{') }}`, seen)).toThrow();
  });
});

describe("a condition", () => {
  it.each([
    ["true", false],
    ["failure()", true],
    ["always() && github.ref == 'refs/heads/main'", true],
    ["!cancelled()", true],
    ["contains('success()', 'success()')", false],
    ["always() && ''", false],
    ["always() && 'false'", true],
    ["always() && 0", false],
    ["always() && needs.one.outputs.none", false],
    ["always() && fromJSON(needs.one.outputs.list)['x'][0] != null", false],
    [`${open} failure() }}`, true],
    [`${open} false }} && failure()`, false],
  ])("%s after a failure: %s", (condition, whether) => {
    expect(holds(condition, seen)).toBe(whether);
  });

  it("is true for whatever text stands around an expression", () => {
    const fine: Situation = { ...seen, status: { success: true, failure: false, cancelled: false } };
    expect(holds(`${open} false }} && failure()`, fine)).toBe(true);
    expect(holds(null, fine)).toBe(true);
    expect(holds(null, seen)).toBe(false);
  });
});

describe("a workflow's file", () => {
  const file = (text: string) => readWorkflow(".github/workflows/a.yml", text);
  const jobs = "jobs: { one: { runs-on: ubuntu-24.04, steps: [{ run: echo }] } }";

  it("is read with everything that it says", async () => {
    const workflow = await file(`on: [push, workflow_dispatch]\n${jobs}`);
    expect(workflow).toMatchObject({ name: ".github/workflows/a.yml", permissions: null });
    expect([...workflow.on.keys()]).toEqual(["push", "workflow_dispatch"]);
    expect(workflow.jobs.get("one")?.steps).toMatchObject([{ run: { script: "echo" }, uses: null }]);
  });

  it.each([
    ["Unexpected value 'guess'", `on: push\nguess: 1\n${jobs}`],
    [
      "does not have 'workflow_dispatch'|nothing",
      `on: push\n${jobs.replace("run: echo", "run: '$" + "{{ nothing.a }}'")}`,
    ],
    ["missing", "on: push\njobs: { one: { needs: two, runs-on: ubuntu-24.04, steps: [{ run: echo }] } }"],
  ])("is refused as GitHub refuses it: %s", async (_, text) => {
    await expect(file(text)).rejects.toMatchObject({ name: "InvalidWorkflow" });
  });

  it.each([
    ["workflow_run", `on: { workflow_run: { workflows: [a] } }\n${jobs}`],
    ["services", `on: push\n${jobs.replace("runs-on", "services: { db: { image: x } }, runs-on")}`],
  ])("is refused by what only GitHub knows: %s", async (what, text) => {
    await expect(file(text)).rejects.toMatchObject({ name: "UnknownToRunner", message: expect.stringContaining(what) });
  });
});
