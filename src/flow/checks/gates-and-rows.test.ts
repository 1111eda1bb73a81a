import { describe, expect, it } from "vitest";
import { type BrokenPreset, saidOf, startsOf } from "./said-after.ts";

/** Each promise broken in a preset; that the presets keep it is tested where they are parsed. */
const cases: readonly BrokenPreset[] = [
  {
    name: "a gate that a row names is there",
    of: "trunk-demo",
    edits: [["    gate: demo-test", "    gate: demo-tset"]],
    said: ['unknown-gate: There is no gate "demo-tset".'],
  },
  {
    name: "a gate is named by a row",
    of: "trunk-demo",
    edits: [
      ["    gate: demo-test\n", ""],
      ["do: [plan, gate, apply, verify]\n", "do: [plan, apply, verify]\n"],
    ],
    said: ['gate-unused: Nothing ever asks the gate "demo-test".'],
  },
  {
    name: "a gate has a name of its own",
    of: "trunk-demo",
    edits: [
      ["  demo-test: {", "  test: {"],
      ["    gate: demo-test", "    gate: test"],
    ],
    said: ['name-twice: "test" is a gate and an environment, whose own gate is called so.'],
  },
  {
    name: "a gate asks for no more people than there are",
    of: "trunk-demo",
    edits: [["demo-test: { count: 1", "demo-test: { count: 3"]],
    said: ['gate-cannot-open: The gate "demo-test" asks for 3 people, and there are only ann and bob.'],
  },
  {
    name: "a gate that lets the triggerer approve says why",
    of: "trunk-demo",
    edits: [
      ["demo-test: { count: 1, by: owners, notBy: [writers, triggerer]", "demo-test: { by: owners, notBy: [writers]"],
    ],
    said: ['exception-without-reason: The gate "demo-test" lets the triggerer approve.'],
  },
  {
    name: "a gate guards something that is done",
    of: "trunk-stored-plan",
    edits: [
      ["environments:\n", "gates: { extra: { by: owners } }\nenvironments:\n"],
      ["in: prod, do: [plan] }", "in: prod, do: [plan], gate: extra }"],
    ],
    said: ["key-without-effect: The row applies and destroys nothing, so nobody is asked."],
  },
  {
    name: "nothing is destroyed past the gate of what applies there",
    of: "trunk-demo",
    edits: [
      [", do: [plan-destroy, gate, destroy], gate: teardown-test", ", do: [plan-destroy, destroy]"],
      ["  teardown-test: { count: 1, by: owners, notBy: [writers, triggerer] }\n", ""],
    ],
    said: [
      'gate-walked-round (warning): This row destroys in "test" and asks nobody, where the one in line 51 changes only past the gate "demo-test".',
    ],
  },
  {
    name: "what nobody looked at is applied past a gate by every row or by none",
    of: "trunk-demo",
    edits: [["  - { on: merge", "  - { on: dispatch, job: Quick demo, in: test, do: [plan, apply] }\n  - { on: merge"]],
    said: [
      'gate-walked-round (warning): This row applies in "test" and asks nobody, where the one in line 52 applies only past the gate "demo-test".',
    ],
  },
  {
    name: "what was reviewed may be applied without the gate of what was not",
    of: "trunk-demo",
    edits: [["  - { on: merge", "  - { on: merge, into: main, in: test, do: [plan, apply] }\n  - { on: merge"]],
    said: [],
  },
  {
    name: "what is started by hand asks a gate of its own in every job or in none",
    of: "trunk-stored-plan",
    edits: [
      ["environments:\n", "gates: { board: { by: owners } }\nenvironments:\n"],
      [
        "ref: release, in: prod, do: [gate, apply, verify] }",
        "ref: release, in: prod, do: [gate, apply, verify], gate: board }\n  - { on: dispatch, job: At night, ref: release, in: prod, do: [gate, apply, verify] }",
      ],
    ],
    said: [
      'gate-walked-round (warning): This row applies in "prod" and asks nobody but the approvals of "prod", where the one in line 51 applies only past the gate "board".',
    ],
  },
  {
    name: "production has a gate of its own",
    of: "trunk-demo",
    edits: [
      ["appliesFrom: [main], approvals: { count: 1, by: owners }", "appliesFrom: [main]"],
      ["in: prod, do: [plan, gate, apply, verify]", "in: prod, do: [plan, gate, apply, verify], gate: demo-test"],
    ],
    said: [
      'gate-shared (warning): The gate "demo-test" stands before "test" and "prod", and one yes opens it for all that waits there.',
    ],
  },
  {
    name: "stage changes when somebody else said yes",
    of: "gitflow",
    edits: [["merge: squash, reviews: { count: 1 }", "merge: squash"]],
    said: [
      'gate-missing (warning): "stage" is of kind stage, and changes reach it that nobody has to approve or review.',
    ],
  },
  {
    name: "what may be pushed past the reviews is seen by nobody before stage",
    of: "gitflow",
    edits: [
      [
        "merge: squash, reviews: { count: 1 }",
        "merge: squash, reviews: { count: 1 }, directPush: { lines: 5, files: 1 }",
      ],
    ],
    said: [
      'gate-missing (warning): "stage" is of kind stage, and changes reach it that nobody has to approve or review.',
    ],
  },
  {
    name: "a yes by whoever wrote it is nobody's",
    of: "gitflow",
    edits: [
      ["approvals: { count: 1, by: devops }", 'approvals: { by: devops, notBy: [], because: "We are only a few." }'],
      ["merge: merge, reviews: { count: 1, by: devops }", "merge: merge"],
    ],
    said: [
      'gate-missing (warning): "prod" is production, and changes reach it that nobody but who wrote them has to approve or review.',
    ],
  },
  {
    name: "what may be pushed past the reviews is seen by nobody before production",
    of: "trunk-demo",
    edits: [
      ["appliesFrom: [main], approvals: { count: 1, by: owners }", "appliesFrom: [main]"],
      ["in: prod, do: [plan, gate, apply, verify]", "in: prod, do: [plan, apply, verify]"],
      ["    linear: true", "    linear: true\n    directPush: { lines: 5, files: 1 }"],
    ],
    said: ['gate-missing (warning): "prod" is production, and changes reach it that nobody has to approve or review.'],
  },
  {
    name: "a gate of its own in every row that applies is a yes",
    of: "gitflow",
    edits: [
      ["merge: squash, reviews: { count: 1 }", "merge: squash"],
      ["environments:\n", "gates: { business: { by: devops } }\nenvironments:\n"],
      ["in: stage, do: [apply, verify] }", "in: stage, do: [apply, verify], gate: business }"],
    ],
    said: [],
  },
  {
    name: "a job that is offered is there",
    of: "trunk-demo",
    edits: [["thenOffer: Demo (destroy)", "thenOffer: Demo (destory)"]],
    said: ['unknown-job: There is no job "Demo (destory)".'],
  },
  {
    name: "a job is not offered after itself",
    of: "trunk-demo",
    edits: [["thenOffer: Demo (destroy)", "thenOffer: Demo (apply)"]],
    said: ['job-offers-itself: "Demo (apply)" would be offered after itself.'],
  },
  {
    name: "only what is destroyable is destroyed",
    of: "trunk-demo",
    edits: [[", destroyable: true", ""]],
    said: ['destroy-forbidden: "test" is not destroyable.'],
  },
  {
    name: "production is never destroyed",
    of: "trunk-demo",
    edits: [["job: Demo (destroy), in: test", "job: Demo (destroy), in: prod"]],
    said: ['destroy-forbidden: "prod" is not destroyable.'],
  },
  {
    name: "a plan to destroy is carried out",
    of: "trunk-demo",
    edits: [["[plan-destroy, gate, destroy], gate: teardown-test", "[plan-destroy], gate: teardown-test"]],
    said: ["row-makes-no-sense: A plan to destroy is made to be carried out."],
  },
  {
    name: "an environment per pull request may be destroyed",
    of: "trunk-stored-plan",
    edits: [[", destroyable: true", ""]],
    said: [
      'instance-stays: There is a "ephemeral" for each pull request, and nothing may destroy them.',
      'destroy-forbidden: "ephemeral" is not destroyable.',
    ],
  },
  {
    name: "an emergency has somebody who may say that it is one",
    of: "gitflow",
    edits: [
      ["    approvals: { count: 1, by: devops }  ", "    # nobody"],
      ["merge: merge, reviews: { count: 1, by: devops }", "merge: merge, reviews: { by: devops }"],
    ],
    said: ['emergency-without-gate: Nobody may say that it is one: "prod" has no `approvals`.'],
  },
  {
    name: "a schedule is one",
    of: "gitflow",
    edits: [["0 1 * * *", "0 25 * * *"]],
    said: ['bad-cron: "25" is no hour; it is a number from 0 to 23, a range, a list, or *.'],
  },
  {
    name: "drift is put right past a gate only",
    of: "gitflow",
    edits: [["in: prod, do: [drift], drift: detect", "in: stage, do: [drift], drift: apply"]],
    said: ['drift-without-gate: What somebody changed in "stage" by hand would be undone at night, and nobody asked.'],
  },
  {
    name: "a regulated flow has no emergency and puts no drift right by itself",
    of: "gitflow",
    edits: [
      ["assurance: team ", "assurance: regulated "],
      ["[ann, bob]", "[ann, bob, eve]"],
      ["drift: detect", "drift: apply"],
    ],
    said: [
      'gate-too-small: `assurance: regulated` asks for two people before production changes, and "prod" asks for one.',
      "exception-forbidden: `assurance: regulated` takes no exceptions, and an emergency is one.",
      "exception-forbidden: `assurance: regulated` has nothing applied that nobody asked for.",
    ],
  },
  {
    name: "a push that applies says to which branches",
    of: "gitflow",
    edits: [["on: push, to: dev, in", "on: push, in"]],
    said: ['missing-key: The key "to" is missing in row 1 of when.'],
  },
  {
    name: "a push that applies plans first",
    of: "gitflow",
    edits: [["in: dev, do: [check, plan, apply]", "in: dev, do: [check, apply]"]],
    said: ["row-makes-no-sense: What is pushed has no plan yet."],
  },
  {
    name: "a push is to a branch that people may push to",
    of: "gitflow",
    edits: [["on: push, to: dev, in: dev", "on: push, to: develop, in: stage"]],
    said: ['row-never-fires: This never happens: nobody may push to "develop".'],
  },
  {
    name: "a row for any branch answers the events of the others, too",
    of: "trunk-demo",
    edits: [["- { on: merge", "- { on: push, to: feature, in: test, do: [check, plan] }\n  - { on: merge"]],
    said: ["rows-disagree: This row and the one in line 49 answer the same event in the same environment."],
  },
  {
    name: "a branch that is reviewed is not pushed to freely",
    of: "gitflow",
    edits: [["merge: merge, reviews", "merge: merge, directPush: free, reviews"]],
    said: ['ref-unprotected: "prod" is applied from "main", and anybody may push there past its reviews.'],
  },
  {
    name: "a row for releases delivers one",
    of: "trunk-stored-plan",
    edits: [["on: dispatch, job: Deploy, ref: release, in: prod", "on: release, ref: main, in: prod"]],
    said: ['unknown-release: There is no release "main".'],
  },
  {
    name: "a required check is made",
    of: "trunk-stored-plan",
    edits: [
      ["do: [check, plan, apply, verify, destroy]", "do: [plan, apply, verify, destroy]"],
      ["do: [check, plan, comment]", "do: [plan, comment]"],
    ],
    said: [
      'key-without-effect: Nothing ever makes the check "fmt".',
      'key-without-effect: Nothing ever makes the check "validate".',
    ],
  },
  {
    name: "a required check is one that its host has",
    of: "trunk-stored-plan",
    edits: [
      ["host: actions", "host: server"],
      ["checks: [fmt, validate]", "checks: [fmt, tflint]"],
    ],
    said: ['key-without-effect: The server has no "tflint": only the workflows of GitHub Actions make that check.'],
  },
];

describe("checks of gates, rows and jobs", () => {
  it.each(cases)("$name", (broken) => {
    expect(saidOf(broken)).toEqual(startsOf(broken));
  });
});
