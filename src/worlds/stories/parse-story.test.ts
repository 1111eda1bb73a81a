import { describe, expect, it } from "vitest";
import { diagnosticText } from "../../domain/diagnostic.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { checkStory, parseStory } from "./index.ts";

const flow = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;

/** The first line of each problem, in a story with these steps. */
function problemsOf(
  steps: string,
  top = "story: A story\npreset: trunk-stored-plan\npeople: { ann: [owners], bob: [] }",
): readonly string[] {
  const { value, diagnostics } = parseStory(`${top}\nsteps:\n${steps}`, { file: "s.yaml" });
  const found = value === undefined || flow === undefined ? diagnostics : [...diagnostics, ...checkStory(flow, value)];
  return found.map((diagnostic) =>
    diagnosticText(diagnostic)
      .split("\n")
      .map((line) => line.trim())
      .join(" "),
  );
}

const push = "  - push: { by: ann, branch: x, from: main, changes: [stacks/app/main.tf] }\n";
const open = "  - open: { by: ann, head: x }\n";

describe("a story", () => {
  it("is read with its defaults filled in", () => {
    const { value, diagnostics } = parseStory(
      `story: A story\npreset: trunk-stored-plan\npeople: { Ann: [owners] }\nsteps:\n${push.replace("ann", "Ann")}${open}  - merge: { by: ann }\n`,
      { file: "s.yaml" },
    );
    expect(diagnostics).toEqual([]);
    expect(value?.people).toEqual(new Map([["ann", ["owners"]]]));
    expect(value?.at).toBe(Date.UTC(2026, 0, 6, 10));
    expect(value?.steps).toMatchObject([
      {
        kind: "push",
        by: "ann",
        fork: null,
        changes: [{ path: "stacks/app/main.tf", text: null }],
        rewrite: false,
        at: { line: 5, column: 5 },
      },
      { kind: "open", base: "main", as: "#1", draft: false },
      { kind: "merge", pr: "#1", method: null, force: false },
    ]);
  });

  it.each([
    {
      name: "a step that is not known",
      steps: "  - reviw: { by: ann }\n",
      problems: ['s.yaml:5:5 error unknown-step: The step "reviw" is not known. Did you mean "review"?'],
    },
    {
      name: "an apply during which something else than drift happens",
      steps: "  - outside: { stack: test/app, change: state, during: apply }\n",
      problems: ["s.yaml:5:56 error bad-value: What happens during an apply is drift."],
    },
    {
      name: "settings of nothing in particular",
      steps: "  - settings: { set: { reviews: off } }\n",
      problems: ["s.yaml:5:15 error bad-value: Settings are those of a branch or of an environment."],
    },
    {
      name: "a setting of something else",
      steps:
        "  - settings: { branch: main, set: { reviewers: anybody } }\n  - settings: { environment: test, set: { checks: off } }\n",
      problems: [
        's.yaml:5:49 error bad-value: "reviewers" is no setting of a branch.',
        's.yaml:6:51 error bad-value: "checks" is no setting of an environment.',
      ],
    },
    {
      name: "settings that set nothing",
      steps: "  - settings: { branch: main, set: {} }\n",
      problems: ["s.yaml:5:36 error bad-value: It sets nothing."],
    },
    {
      name: "a setting that is not known",
      steps: "  - settings: { branch: main, set: { reviews: off, review: off } }\n",
      problems: ['s.yaml:5:52 error unknown-key: "review" is not known in a "settings". Did you mean "reviews"?'],
    },
    {
      name: "settings of a branch and of a gate that are not there",
      steps:
        "  - settings: { branch: mian, set: { reviews: off } }\n  - settings: { environment: tset, set: { reviewers: anybody } }\n",
      problems: [
        's.yaml:5:25 error unknown-branch: "mian" is not known as a branch at this step; there is main. Did you mean "main"?',
        expect.stringContaining(
          's.yaml:6:30 error unknown-gate: "tset" is not known as an environment or gate of the flow',
        ),
      ],
    },
    {
      name: "a kind of outcome that is not known",
      steps: "  - expect: { drfited: [test/app] }\n",
      problems: ['s.yaml:5:15 error unknown-key: "drfited" is not known in an "expect". Did you mean "drifted"?'],
    },
    {
      name: "a field that is not known",
      steps: `${push}  - open: { by: ann, head: x, isue: 1 }\n`,
      problems: ['s.yaml:6:31 error unknown-key: "isue" is not known in an "open". Did you mean "issue"?'],
    },
    {
      name: "a field that is missing",
      steps: "  - push: { branch: x }\n",
      problems: ['s.yaml:5:5 error missing-key: "by" is missing in a "push".'],
    },
    {
      name: "a value that is not known",
      steps: `${push}${open}  - review: { by: ann, state: aprove }\n`,
      problems: [
        's.yaml:7:31 error unknown-value: "aprove" is not known as state; there is approve, request-changes, comment, dismiss. Did you mean "approve"?',
      ],
    },
    {
      name: "a reason code that is not known",
      steps: "  - expect: { refused: [aproval-missing] }\n",
      problems: [
        's.yaml:5:25 error bad-value: "aproval-missing" is not a reason code. Did you mean "approval-missing"?',
      ],
    },
    {
      name: "a person who does not take part",
      steps: "  - push: { by: eve, branch: main, coAuthors: [bop] }\n",
      problems: [
        expect.stringContaining('s.yaml:5:17 error unknown-person: "eve"'),
        expect.stringContaining(
          's.yaml:5:48 error unknown-person: "bop" is not known as one of the story\'s people; there is ann, bob. Did you mean "bob"?',
        ),
      ],
    },
    {
      name: "a pull request that nobody opened",
      steps: "  - merge: { by: ann }\n",
      problems: [
        "s.yaml:5:12 error unknown-pull-request: No pull request was opened before this step. Open one first.",
      ],
    },
    {
      name: "a pull request by a name nobody gave",
      steps: `${push}  - open: { by: ann, head: x, as: mine }\n  - merge: { by: ann, pr: min }\n`,
      problems: [
        expect.stringContaining(
          's.yaml:7:27 error unknown-pull-request: "min" is not known as a pull request opened before; there is mine. Did you mean "mine"?',
        ),
      ],
    },
    {
      name: "a dismissal of nobody's review",
      steps: `${push}${open}  - review: { by: ann, state: dismiss }\n`,
      problems: [expect.stringContaining("s.yaml:7:31 error missing-key: A dismissal says whose review it dismisses.")],
    },
    {
      name: "a branch that is not there yet",
      steps: "  - push: { by: ann, branch: x }\n",
      problems: [
        expect.stringContaining(
          's.yaml:5:30 error unknown-branch: "x" is not known as a branch at this step; there is main.',
        ),
      ],
    },
    {
      name: "a branch that is there already",
      steps: `${push}${push}`,
      problems: [expect.stringContaining('s.yaml:6:39 error branch-exists: "x" is there already')],
    },
    {
      name: "an environment that the flow does not have",
      steps: "  - gate: { by: ann, environment: prd, state: approve }\n",
      problems: [
        expect.stringContaining(
          's.yaml:5:35 error unknown-gate: "prd" is not known as an environment or gate of the flow; there is ephemeral, test, prod. Did you mean "prod"?',
        ),
      ],
    },
    {
      name: "a job that the flow does not have",
      steps: "  - dispatch: { by: ann, name: Deplo }\n",
      problems: [expect.stringContaining('s.yaml:5:32 error unknown-job: "Deplo"')],
    },
    {
      name: "a stack in no environment",
      steps: "  - crash: { stack: tst/app, during: plan }\n",
      problems: [
        expect.stringContaining(
          's.yaml:5:21 error unknown-environment: "tst" is not known as an environment of the flow; there is ephemeral-1, test, prod. Did you mean "test"?',
        ),
      ],
    },
    {
      name: "what instances are made from in the place of one",
      steps: "  - crash: { stack: ephemeral/app, during: plan }\n",
      problems: [expect.stringContaining('s.yaml:5:21 error unknown-environment: "ephemeral" is not known')],
    },
    {
      name: "a schedule that the flow does not have",
      steps: '  - schedule: "0 2 * * *"\n',
      problems: ['s.yaml:5:15 error unknown-cron: "0 2 * * *" is not known as a schedule of the flow.'],
    },
    {
      name: "a comment on two things at once",
      steps: `${push}${open}  - comment: { by: ann, pr: mine, branch: x, body: "/plangate accept" }\n`,
      problems: [
        "s.yaml:7:43 error bad-value: A comment is on a pull request or on a branch's head commit, not on both. Remove `pr` or `branch`.",
      ],
    },
    {
      name: "a branch that was deleted before",
      steps: `${push}  - delete-branch: { by: ann, branch: x }\n  - comment: { by: ann, branch: x, body: "" }\n`,
      problems: [
        expect.stringContaining('s.yaml:7:33 error unknown-branch: "x" is not known as a branch at this step'),
      ],
    },
    {
      name: "a pull request that plangate never opens in this flow",
      steps: "  - merge: { by: ann, pr: back-merge }\n",
      problems: [
        's.yaml:5:27 error unknown-pull-request: No branch of the flow has `backMerge`, so plangate opens no pull request called "back-merge".',
      ],
    },
    {
      name: "a name that plangate gives itself",
      steps: `${push}  - open: { by: ann, head: x, as: back-merge }\n`,
      problems: [
        's.yaml:6:35 error name-taken: "back-merge" is what plangate calls a pull request of its own. Give it another name.',
      ],
    },
    {
      name: "something that plangate opens for no purpose of its own",
      steps: "  - expect: { opened: [promotion] }\n",
      problems: [
        expect.stringContaining('s.yaml:5:24 error unknown-value: "promotion" is not known as a pull request'),
      ],
    },
    {
      name: "two steps in one",
      steps: "  - merge: { by: ann }\n    close: { by: ann }\n",
      problems: ['s.yaml:6:5 error bad-step: "merge" and "close" are two steps. Start each with a dash.'],
    },
    {
      name: "a duration without a unit",
      steps: "  - wait: 15\n",
      problems: ["s.yaml:5:11 error wrong-type: Write how long: 30s, 15m, 4h or 14d."],
    },
    {
      name: "a path that leads out of the repository",
      steps: "  - push: { by: ann, branch: main, changes: [../x] }\n",
      problems: [expect.stringContaining('s.yaml:5:46 error bad-value: "../x" is not a path below')],
    },
  ])("with $name says where, and what is near", ({ steps, problems }) => {
    expect(problemsOf(steps)).toEqual(problems);
  });

  it("has modules that are there and do not use themselves, and owners who take part", () => {
    const top = (first: string) => `story: A story\npreset: trunk-stored-plan\npeople: { ann: [owners] }\n${first}`;
    const step = "  - wait: 1h\n";
    expect(problemsOf(step, top("modules: { modules/vpc: [app, modules/net], modules/net: [app] }"))).toEqual([]);
    expect(problemsOf(step, top("modules: { modules/vpc: [modules/nte], modules/net: [app] }"))).toEqual([
      expect.stringContaining('s.yaml:4:26 error unknown-module: "modules/nte" is not known'),
    ]);
    expect(problemsOf(step, top("modules: { modules/a: [modules/b], modules/b: [modules/a] }"))).toEqual([
      expect.stringContaining('s.yaml:4:23 error module-cycle: The module "modules/a" uses itself.'),
      expect.stringContaining('error module-cycle: The module "modules/b" uses itself.'),
    ]);
    expect(problemsOf(step, top('owners: { "stacks/**": [anne] }'))).toEqual([
      expect.stringContaining('s.yaml:4:25 error unknown-person: "anne"'),
    ]);
  });

  it("tells every problem at once, in order", () => {
    const problems = problemsOf(
      "  - wait: soon\n  - merge: {}\n  - gate: { by: ann }\n",
      "story: ''\npeople: { ann: owners }",
    );
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(" ", 20)))).toHaveLength(7);
    expect(problems.map((problem) => Number(problem.split(":")[1]))).toEqual([1, 1, 2, 4, 5, 6, 6]);
  });

  it("names one flow", () => {
    expect(problemsOf(push, "story: A story\npeople: { ann: [] }")).toEqual([expect.stringContaining("flow-missing")]);
    expect(problemsOf(push, "story: A story\npreset: x\nflow: y\npeople: { ann: [] }")).toEqual([
      expect.stringContaining("s.yaml:3:1 error two-flows"),
    ]);
  });

  it("is only as good as its teams", () => {
    expect(problemsOf(push, "story: A story\npreset: trunk-stored-plan\npeople: { ann: [ownrs] }")).toEqual([
      's.yaml:3:17 error unknown-team: "ownrs" is not known as a team of the flow; there is owners. Did you mean "owners"?',
    ]);
  });
});
