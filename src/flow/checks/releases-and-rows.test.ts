import { atTop, holdPromises, makeRelease, release, row } from "../../../test/flow/short-flow-promises.ts";

holdPromises([
  {
    name: "a release is made by a row",
    broken: [release],
    said: ['2:12 release-never-made: Nothing ever makes "rel".'],
    kept: [release, makeRelease],
  },
  {
    name: "a release is made from one branch",
    broken: [atTop('releases: [{ id: rel, tag: "v{version}", from: work }]'), makeRelease],
    said: ['2:48 release-from-many: "work" is many branches; a release is made from one.'],
    kept: [release, makeRelease],
  },
  {
    name: "a tag holds its version once",
    broken: [atTop('releases: [{ id: rel, tag: "v", from: main }]'), makeRelease],
    said: ['2:28 bad-tag: "v" has to hold {version}, once.'],
    kept: [atTop('releases: [{ id: rel, tag: "app/v{version}", from: main }]'), makeRelease],
  },
  {
    name: "a tag is one that Git takes",
    broken: [atTop('releases: [{ id: rel, tag: "v {version}", from: main }]'), makeRelease],
    said: ['2:28 bad-tag: "v {version}" cannot be a tag in Git.'],
    kept: [release, makeRelease],
  },
  {
    name: "steps stand in the order they are done",
    broken: [["[gate, apply, verify]", "[apply, gate]"]],
    said: ["12:44 row-makes-no-sense: The steps are done as [gate, apply]."],
    kept: [["[gate, apply, verify]", "[gate, apply]"]],
  },
  {
    name: "a comment has a plan",
    broken: [["[check, plan, comment]", "[check, comment]"]],
    said: ["11:51 row-makes-no-sense: There is nothing to show with `comment` without a plan."],
    kept: [["[check, plan, comment]", "[plan]"]],
  },
  {
    name: "static checks need no environment",
    broken: [["do: [check, plan, comment]", "do: [check]"]],
    said: ["11:37 key-without-effect: The static checks are made of the whole change, in no environment."],
    kept: [["in: test, do: [check, plan, comment]", "do: [check]"]],
  },
  {
    name: "a plan has an environment",
    broken: [["in: test, do: [check, plan, comment]", "do: [check, plan, comment]"]],
    said: ['11:5 missing-key: The key "in" is missing in row 1 of when.'],
    kept: [],
  },
  {
    name: "a gate is there to be asked",
    broken: [["test: { appliesFrom: [main], approvals: { by: [ann, bob] } }", "test: { appliesFrom: [main] }"]],
    said: ['12:45 gate-missing: "test" has no gate: nobody is asked there.'],
    kept: [
      ["test: { appliesFrom: [main], approvals: { by: [ann, bob] } }", "test: { appliesFrom: [main] }"],
      ["[gate, apply, verify]", "[apply]"],
    ],
  },
  {
    name: "a release is known",
    broken: [makeRelease],
    said: ["14:39 release-unknown: The file says nothing about releases."],
    kept: [release, makeRelease],
  },
  {
    name: "a release names no ref and no environment",
    broken: [release, row("{ on: dispatch, job: Release, ref: main, in: test, do: [release] }")],
    said: [
      "15:35 key-without-effect: A release needs no `ref`: it is made from the branch that `releases` names.",
      "15:46 key-without-effect: A release needs no `in`: it is made from the branch that `releases` names.",
    ],
    kept: [release, makeRelease],
  },
  {
    name: "two rows do not answer one event",
    broken: [row("{ on: merge, into: main, in: test, do: [plan] }")],
    said: ["14:5 rows-disagree: This row and the one in line 12 answer the same event in the same environment."],
    kept: [row("{ on: pull_request, into: main, in: prod, do: [plan] }")],
  },
  {
    name: "a job starts one row",
    broken: [
      row("{ on: dispatch, job: Go, in: test, do: [plan] }\n  - { on: dispatch, job: Go, in: prod, do: [plan] }"),
    ],
    said: ['15:5 rows-disagree: "Go" starts this row and the one in line 14.'],
    kept: [
      row("{ on: dispatch, job: Go, in: test, do: [plan] }\n  - { on: dispatch, job: Go on, in: prod, do: [plan] }"),
    ],
  },
  {
    name: "a row's branch takes pull requests",
    broken: [
      row("{ on: merge, into: work, do: [plan], in: test }"),
      ["test: { appliesFrom: [main]", "test: { appliesFrom: [main, work]"],
    ],
    said: ['14:24 row-never-fires: This never happens: "work" accepts no branch, so nothing is merged into it.'],
    kept: [row("{ on: pull_request, into: main, do: [plan], in: prod }")],
  },
  {
    name: "an apply is of a ref that the environment takes",
    broken: [["prod: { appliesFrom: [main]", "prod: { appliesFrom: [rel]"], release, makeRelease],
    said: ['14:24 row-never-fires: This apply never happens: "prod" is applied from rel only.'],
    kept: [["prod: { appliesFrom: [main]", "prod: { appliesFrom: [rel, main]"], release, makeRelease],
  },
  {
    name: "a dispatch delivers a ref that the environment takes",
    broken: [row("{ on: dispatch, job: Go, ref: work, in: test, do: [apply] }")],
    said: ['14:35 row-never-fires: This never happens: "test" is applied from main only.'],
    kept: [row("{ on: dispatch, job: Go, ref: main, in: test, do: [apply] }")],
  },
  {
    name: "only a release waits for needs",
    broken: [row("{ on: dispatch, job: Go, in: test, do: [apply], needs: [test applied] }")],
    said: ["14:61 key-without-effect: Only a release waits for needs."],
    kept: [release, row("{ on: dispatch, job: Go, do: [release], needs: [test applied] }")],
  },
  {
    name: "a need is an environment and a state",
    broken: [release, row("{ on: dispatch, job: Go, do: [release], needs: [test aplied] }")],
    said: ['15:53 bad-need: "test aplied" is not an environment and a state.'],
    kept: [release, row("{ on: dispatch, job: Go, do: [release], needs: [prod planned] }")],
  },
  {
    name: "a need can come true",
    broken: [release, row("{ on: dispatch, job: Go, do: [release], needs: [test planned] }")],
    said: ['15:53 need-never-met: Nothing is ever planned in "test" after a merge.'],
    kept: [release, row("{ on: dispatch, job: Go, do: [release], needs: [test applied, prod planned] }")],
  },
]);
