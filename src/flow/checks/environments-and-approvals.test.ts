import { atTop, gateOfProd, holdPromises, row } from "../../../test/flow/short-flow-promises.ts";

holdPromises([
  {
    name: "an environment says its kind when its name does not",
    broken: [
      ["  prod: {", "  live: {"],
      ["[test, prod]", "[test, live]"],
      ["in: prod", "in: live"],
    ],
    said: ['7:3 missing-key: The key "kind" is missing in environments.live.'],
    kept: [
      ["  prod: {", "  live: { kind: prod,"],
      ["[test, prod]", "[test, live]"],
      ["in: prod", "in: live"],
    ],
  },
  {
    name: "production is guarded as production",
    broken: [["  prod: {", "  prod: { kind: dev,"]],
    said: ['7:17 kind-unlike-name (warning): "prod" is of kind dev, so it is not guarded as production is.'],
    kept: [["  prod: {", "  prod: { kind: prod,"]],
  },
  {
    name: "a gated environment is applied to by a row",
    broken: [["  - { on: merge, into: main, in: prod, do: [plan, gate, apply, verify] }\n", ""]],
    said: ['7:3 environment-unreachable: Nothing is ever applied to "prod": no row does it, and it is gated.'],
    kept: [["in: prod, do: [plan, gate, apply, verify]", "in: prod, do: [apply]"]],
  },
  {
    name: "an environment has a stack",
    broken: [["in: [test, prod]", "in: [prod]"]],
    said: ['6:3 environment-empty: There is no stack in "test".'],
    kept: [["in: [test, prod]", "in: [prod, test]"]],
  },
  {
    name: "no environment waits for itself",
    broken: [["test: {", "test: { after: [prod],"]],
    said: ["6:18 after-circle: test waits for prod waits for test."],
    kept: [["test: {", "test: { after: [],"]],
  },
  {
    name: "production is not destroyable",
    broken: [["after: [test]", "after: [test], destroyable: true"]],
    said: ['7:91 destroyable-forbidden: "prod" is of kind prod, and nothing of that kind may be destroyed.'],
    kept: [["test: {", "test: { destroyable: true,"]],
  },
  {
    name: "only looked-at refs reach production",
    broken: [["prod: { appliesFrom: [main]", "prod: { appliesFrom: [main, work]"]],
    said: ['7:31 ref-unprotected: "prod" would be applied from "work", where nobody has to look at a change.'],
    kept: [["test: { appliesFrom: [main]", "test: { appliesFrom: [main, work]"]],
  },
  {
    name: "somebody says yes before production changes",
    broken: [
      [gateOfProd, "after"],
      [", reviews: { by: [ann, bob] }", ""],
      ["[plan, gate,", "[plan,"],
    ],
    said: [
      '7:3 gate-missing (warning): "prod" is production, and changes reach it that nobody has to approve or review.',
    ],
    kept: [
      [gateOfProd, "after"],
      ["[plan, gate,", "[plan,"],
    ],
  },
  {
    name: "a regulated production has a gate",
    broken: [atTop("assurance: regulated"), [gateOfProd, "after"], ["[plan, gate,", "[plan,"]],
    said: ['8:3 gate-missing: "prod" is production, and nobody approves its plans.'],
    kept: [atTop("assurance: regulated"), [gateOfProd, "approvals: { by: [ann, bob, eve], count: 2 }, after"]],
  },
  {
    name: "a variable does not change the plan behind the reviewer's back",
    broken: [["after: [test]", "after: [test], variables: [TF_CLI_ARGS_plan, AWS_REGION]"]],
    said: [
      "7:90 variable-refused: TF_CLI_ARGS_plan would change every command behind the reviewer's back, so it is not passed on.",
    ],
    kept: [["after: [test]", "after: [test], variables: [TF_VAR_size, AWS_REGION]"]],
  },
  {
    name: "a gate asks for no more people than there are",
    broken: [[gateOfProd, "approvals: { by: [ann, bob], count: 3 }, after"]],
    said: ['7:68 gate-cannot-open: The gate of "prod" asks for 3 people, and there are only ann and bob.'],
    kept: [[gateOfProd, "approvals: { by: [ann, bob, eve], count: 2 }, after"]],
  },
  {
    name: "a gate leaves somebody for what one of them wrote",
    broken: [[gateOfProd, "approvals: { by: [ann] }, after"]],
    said: [
      '7:43 gate-needs-everybody (warning): The gate of "prod" asks for 1 person and names only ann, so nothing that ann wrote can pass: nobody approves their own.',
    ],
    kept: [[gateOfProd, "approvals: { by: owners }, after"], atTop("teams: { owners: acme/owners }")],
  },
  {
    name: "a review leaves somebody for what one of them wrote",
    broken: [["reviews: { by: [ann, bob] }", "reviews: { by: [ann, bob], count: 2 }"]],
    said: [
      '4:37 gate-needs-everybody (warning): A pull request into "main" asks for 2 people and names only ann and bob, so nothing that one of them wrote can pass: nobody approves their own.',
    ],
    kept: [["reviews: { by: [ann, bob] }", "reviews: { by: [ann, bob, eve], count: 2 }"]],
  },
  {
    name: "an exception has a reason",
    broken: [[gateOfProd, "approvals: { by: [ann, bob], notBy: [] }, after"]],
    said: ['7:68 exception-without-reason: The gate of "prod" lets the writers approve.'],
    kept: [[gateOfProd, "approvals: { by: [ann, bob], notBy: [], because: only two of us know it }, after"]],
  },
  {
    name: "a reason has an exception",
    broken: [[gateOfProd, "approvals: { by: [ann, bob], because: only two of us know it }, after"]],
    said: ["7:61 key-without-effect: `because` explains an exception, and there is none here."],
    kept: [],
  },
  {
    name: "a dispatch leaves the triggerer out, too",
    broken: [
      [gateOfProd, "approvals: { by: [ann, bob], notBy: [writers] }, after"],
      row("{ on: dispatch, job: Deploy, in: prod, do: [apply] }"),
    ],
    said: ['7:68 exception-without-reason: The gate of "prod" lets the triggerer approve.'],
    kept: [
      [gateOfProd, "approvals: { by: [ann, bob], notBy: [triggerer, writers] }, after"],
      row("{ on: dispatch, job: Deploy, in: prod, do: [apply] }"),
    ],
  },
  {
    name: "a regulated flow takes no exceptions",
    broken: [
      atTop("assurance: regulated"),
      [gateOfProd, "approvals: { by: [ann, bob], notBy: [], because: only two of us know it }, after"],
    ],
    said: [
      '8:43 gate-too-small: `assurance: regulated` asks for two people before production changes, and "prod" asks for one.',
      '8:68 exception-forbidden: The gate of "prod" lets the writers approve.',
    ],
    kept: [
      atTop("assurance: solo"),
      [gateOfProd, "approvals: { by: [ann, bob], notBy: [], because: only two of us know it }, after"],
    ],
  },
]);
