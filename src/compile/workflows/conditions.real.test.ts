import { describe, expect, it } from "vitest";
import { workflowParser } from "../../../scripts/workflow-parser.ts";
import { flowOf, workflowsOf } from "../../../test/compile/flow-under-test.ts";
import { presetNames, renderPreset } from "../../flow/index.ts";
import type { Job, Workflow } from "../../testing/workflow-rules.ts";

const { expressions } = await workflowParser();
const { data, Evaluator, Lexer, Parser } = expressions;

/** What GitHub knows when it asks whether a job starts. */
interface Situation {
  readonly github: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What each job that it needs came to; `success` for those left out. */
  readonly results?: Readonly<Record<string, string>>;
  /** Whether anything was ordered. */
  readonly ordered?: boolean;
  /** The jobs that say that they left something. */
  readonly left?: readonly string[];
}

const contexts = ["github", "inputs", "needs"] as const;
const status = ["always", "cancelled", "failure", "success"].map((name) => ({ name, minArgs: 0, maxArgs: 0 }));

/** Whether GitHub would start the job, by its own evaluator: without a word about the status, only after nothing but success. */
function starts(
  { if: condition = "success()", needs = [] }: Job,
  { github, inputs = {}, results = {}, ordered = true, left = [] }: Situation,
): boolean {
  // Whatever is asked for under whatever key is there.
  const lists = JSON.stringify(ordered ? Object.fromEntries(keys.map((key) => [key, [{ index: 0, orders: [] }]])) : {});
  const needed = Object.fromEntries(
    [needs].flat().map((id) => {
      const outputs = { plans: lists, applies: lists, left: String(left.includes(id)) };
      return [id, { result: results[id] ?? "success", outputs }];
    }),
  );
  const succeeded = Object.values(needed).every(({ result }) => result === "success");
  const text = /\b(?:always|cancelled|failure|success)\(\)/.test(condition) ? condition : `success() && (${condition})`;
  const parsed = new Parser(new Lexer(text).lex().tokens, [...contexts], status).parse();
  const values = JSON.parse(JSON.stringify({ github, inputs, needs: needed }), data.reviver) as InstanceType<
    typeof data.Dictionary
  >;
  const answers = { always: true, cancelled: false, failure: !succeeded, success: succeeded };
  const functions = new Map(
    status.map((one) => [
      one.name,
      { ...one, call: () => new data.BooleanData(answers[one.name as keyof typeof answers]) },
    ]),
  );
  const said = new Evaluator(parsed, values, functions).evaluate();
  return said.coerceString() !== "false" && said.coerceString() !== "" && said.kind !== data.Kind.Null;
}

const keys = ["dev", "test", "stage", "prod", "ephemeral", "test/demo-test", "test/teardown-test"];
const main = { ref: "refs/heads/main", event_name: "workflow_dispatch", repository: "acme/live", event: {} };
const evil = { ...main, ref: "refs/heads/evil" };
const change = (fullName: string) => ({
  ref: "refs/pull/7/merge",
  event_name: "pull_request",
  repository: "acme/live",
  event: { pull_request: { head: { repo: { full_name: fullName } } } },
});

function jobsOf(workflows: Readonly<Record<string, Workflow>>, file: string): Readonly<Record<string, Job>> {
  return workflows[`.github/workflows/${file}`]?.jobs ?? {};
}

const hasKeys = ({ environment, uses }: Job) =>
  uses !== undefined || (environment !== undefined && !environment.endsWith("-plan"));

describe.each(presetNames)("conditions of %s", (name) => {
  const workflows = workflowsOf(flowOf(renderPreset(name)));
  const all = Object.entries(workflows).flatMap(([file, { jobs }]) =>
    Object.entries(jobs).map(([id, job]) => ({ file, id, job })),
  );
  const inputsOf = ({ file }: { file: string }) =>
    (workflows[file]?.on.workflow_dispatch?.inputs?.job?.options ?? [""]).map((job) => ({ job }));

  it("start nothing for a branch that is deleted where pushes are looked at, and check what is pushed there", () => {
    const pushed = { ref: "refs/heads/work", event_name: "push", repository: "acme/live" };
    const looking = all.filter(({ file, job: { name: shown = "" } }) => {
      const branches = workflows[file]?.on.push?.branches ?? [];
      return shown === "Touched" && JSON.stringify(branches) !== "[]";
    });
    for (const { job } of looking) {
      expect(starts(job, { github: { ...pushed, event: { deleted: false } } })).toBe(true);
      expect(starts(job, { github: { ...pushed, event: { deleted: true } } })).toBe(false);
    }
  });

  it("start no job with keys from any ref but the default branch's, whatever else is true", () => {
    const withKeys = all.filter(({ job }) => hasKeys(job));
    expect(withKeys.length).toBeGreaterThan(3);
    for (const one of withKeys)
      for (const inputs of inputsOf(one))
        expect([one.id, starts(one.job, { github: evil, inputs })]).toEqual([one.id, false]);
  });

  it("start every job with keys on the default branch, when there is something to do", () => {
    for (const one of all.filter(({ job }) => hasKeys(job)))
      expect([one.id, inputsOf(one).some((inputs) => starts(one.job, { github: main, inputs }))]).toEqual([
        one.id,
        true,
      ]);
  });

  it("plan and apply nothing that was not ordered", () => {
    const ordered = all.filter(({ job }) => job.environment?.endsWith("-plan") === true || job.uses !== undefined);
    expect(ordered.length).toBeGreaterThan(1);
    for (const { id, job } of ordered) expect([id, starts(job, { github: main, ordered: false })]).toEqual([id, false]);
  });

  it("apply nothing when presenting failed or was cancelled, and what was decided when there was nothing to present", () => {
    const calls = all.filter(({ job }) => job.uses !== undefined);
    for (const { job } of calls) {
      const presented = [job.needs ?? []].flat().find((id) => id.startsWith("present")) ?? "";
      const outcome = (result: string) => starts(job, { github: main, results: { [presented]: result } });
      expect(["failure", "cancelled", "skipped", "success"].map(outcome)).toEqual([false, false, true, true]);
    }
  });

  it("report whatever became of the others", () => {
    for (const { job } of all.filter(({ id }) => id === "report")) {
      const results = Object.fromEntries([job.needs ?? []].flat().map((id) => [id, "failure"]));
      expect(starts(job, { github: change("acme/live"), results })).toBe(true);
    }
  });
});

describe("conditions of plangate.yml", () => {
  const jobs = jobsOf(workflowsOf(flowOf(renderPreset("gitflow"))), "plangate.yml");
  const decides = (event: string, more: object = {}, guarded = "skipped") =>
    starts(jobs.decide ?? {}, { github: { ...main, event_name: event, event: more }, results: { guard: guarded } });

  it("decide on what happens by itself without a guard, and on what people start behind it", () => {
    expect([decides("schedule"), decides("push"), decides("workflow_dispatch")]).toEqual([true, true, false]);
    expect([decides("workflow_dispatch", {}, "success"), decides("workflow_dispatch", {}, "failure")]).toEqual([
      true,
      false,
    ]);
  });

  it("pass by comments that say nothing to plangate", () => {
    expect(decides("issue_comment", { comment: { body: "nice" } })).toBe(false);
    const by = (type: string) => ({ comment: { body: "/plangate approve", user: { type } } });
    expect(decides("issue_comment", by("User"))).toBe(true);
    expect(decides("issue_comment", by("Bot"))).toBe(false);
  });

  it("go on where an apply ended, well or not, and else only where what decided or presented left something", () => {
    const applies = Object.keys(jobs).filter((id) => id.startsWith("apply-"));
    const goesOn = (first: string, about: Pick<Situation, "results" | "left"> = {}) => {
      const results = Object.fromEntries(applies.map((id, index) => [id, index === 0 ? first : "skipped"]));
      return starts(jobs["go-on"] ?? {}, { github: main, ...about, results: { ...results, ...about.results } });
    };
    expect(["success", "failure", "skipped", "cancelled"].map((first) => goesOn(first))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    // Nobody is started for a pull request that was planned and shown.
    expect(goesOn("skipped", { results: { present: "success" } })).toBe(false);
    expect(goesOn("skipped", { results: { present: "failure" } })).toBe(false);
    expect(goesOn("skipped", { left: ["present"] })).toBe(true);
    expect(goesOn("skipped", { results: { present: "skipped" }, left: ["decide"] })).toBe(true);
    // It waits for all of them, and for none that it cannot see the end of.
    expect([jobs["go-on"]?.needs].flat()).toEqual(["decide", "present", ...applies]);
  });
});

describe.each(presetNames)("going on in the workflows of %s that people start", (name) => {
  const workflows = Object.entries(workflowsOf(flowOf(renderPreset(name)))).filter(([, { jobs }]) => "go-on" in jobs);

  it("follows every job that decides, presents or applies", () => {
    expect(workflows.length).toBeGreaterThan(0);
    for (const [file, { jobs }] of workflows) {
      const leaving = Object.keys(jobs).filter((id) => /^(?:decide|present|apply)/.test(id));
      expect([file, [jobs["go-on"]?.needs].flat().toSorted()]).toEqual([file, leaving.toSorted()]);
      const saying = leaving.filter((id) => !id.startsWith("apply"));
      const skipped = Object.fromEntries(leaving.map((id) => [id, saying.includes(id) ? "success" : "skipped"]));
      const goesOn = (left: readonly string[]) => starts(jobs["go-on"] ?? {}, { github: main, results: skipped, left });
      expect([file, goesOn([])]).toEqual([file, false]);
      for (const id of saying) expect([file, id, goesOn([id])]).toEqual([file, id, true]);
    }
  });
});

describe("conditions of what a fork asks for", () => {
  it("look at it, and neither plan it nor hand it over", () => {
    const jobs = jobsOf(workflowsOf(flowOf(renderPreset("gitflow"))), "plangate-change.yml");
    const from = (fullName: string) =>
      Object.keys(jobs).filter((id) => starts(jobs[id] ?? {}, { github: change(fullName) }));
    expect(from("mallory/live")).toEqual(["touched", "compiled", "check-fmt", "check-validate", "report"]);
    expect(from("acme/live")).toEqual(Object.keys(jobs));
  });
});

describe("conditions of Prepare for Demo", () => {
  const jobs = jobsOf(workflowsOf(flowOf(renderPreset("trunk-demo"))), "prepare-for-demo.yml");
  const destroys = (job: string, applied: string) =>
    starts(jobs["decide-demo-destroy"] ?? {}, {
      github: main,
      inputs: { job },
      results: { "apply-demo-apply": applied },
    });

  it("offer to destroy when the demonstration has ended, well or not, and by itself", () => {
    expect(destroys("Demo (apply)", "success")).toBe(true);
    expect(destroys("Demo (apply)", "failure")).toBe(true);
    expect(destroys("Demo (destroy)", "skipped")).toBe(true);
    expect(destroys("Demo (apply)", "skipped")).toBe(false);
    expect(destroys("Demo (apply)", "cancelled")).toBe(false);
  });

  it("start nothing of a demonstration for a push or a pull request", () => {
    const started = Object.keys(jobs).filter((id) => starts(jobs[id] ?? {}, { github: change("acme/live") }));
    expect(started.filter((id) => id === "guard" || id.startsWith("decide"))).toEqual([]);
    expect(started).toContain("plan-test");
  });
});
