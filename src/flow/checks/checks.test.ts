import { describe, expect, it } from "vitest";
import { parseFlow } from "../parse.ts";
import { shortFlow } from "../short-flow.ts";
import { checks } from "./index.ts";
import { type Edit, saidAfter } from "./said-after.ts";

const gateOfProd = "approvals: { by: [ann, bob] }, after";
const atTop = (text: string): Edit => ["version: 1\n", `version: 1\n${text}\n`];
const row = (text: string): Edit => ["[plan, gate, apply, verify] }\n", `[plan, gate, apply, verify] }\n  - ${text}\n`];
const release = atTop('releases: [{ id: rel, tag: "v{version}", from: main }]');
const makeRelease = row("{ on: dispatch, job: Release, do: [release] }");

/** Each promise of the checks once broken, and once kept by nearly the same text. */
const cases: readonly { name: string; broken: readonly Edit[]; said: readonly string[]; kept: readonly Edit[] }[] = [
  {
    name: "a branch that is named is there",
    broken: [["accepts: [work]", "accepts: [wrok]"]],
    said: ['4:21 unknown-branch: There is no branch "wrok".'],
    kept: [["accepts: [work]", "accepts: [work], cutFrom: main"]],
  },
  {
    name: "an environment that is named is there",
    broken: [["after: [test]", "after: [tset]"]],
    said: ['7:71 unknown-environment: There is no environment "tset".'],
    kept: [[", after: [test]", ""]],
  },
  {
    name: "a stack is in environments that are there",
    broken: [["in: [test, prod]", "in: [test, prd]"]],
    said: ['9:42 unknown-environment: There is no environment "prd".'],
    kept: [["in: [test, prod]", "in: [prod, test]"]],
  },
  {
    name: "a team that is named is there",
    broken: [[gateOfProd, "approvals: { by: owners }, after"]],
    said: ['7:49 unknown-team: There is no team "owners".'],
    kept: [[gateOfProd, "approvals: { by: owners }, after"], atTop("teams: { owners: acme/owners }")],
  },
  {
    name: "a ref that an environment is applied from is there",
    broken: [["prod: { appliesFrom: [main]", "prod: { appliesFrom: [rel, main]"]],
    said: ['7:25 unknown-ref: There is no branch or release "rel".'],
    kept: [["prod: { appliesFrom: [main]", "prod: { appliesFrom: [rel, main]"], release, makeRelease],
  },
  {
    name: "a release and a branch have names of their own",
    broken: [atTop('releases: [{ id: work, tag: "v{version}", from: main }]'), makeRelease],
    said: ['2:18 name-twice: "work" is a branch and a release.'],
    kept: [release, makeRelease],
  },
  {
    name: "a team and a person have names of their own",
    broken: [atTop("teams: { Ann: [ann, bob] }"), [gateOfProd, "approvals: { by: Ann }, after"]],
    said: ['2:10 name-twice: "Ann" is a team and a person.'],
    kept: [atTop("teams: { both: [ann, bob] }"), [gateOfProd, "approvals: { by: both }, after"]],
  },
  {
    name: "a list says a thing once",
    broken: [["after: [test]", "after: [test, test]"]],
    said: ['7:77 listed-twice: "test" stands in this list twice.'],
    kept: [],
  },
  {
    name: "two logins that differ in case are one person",
    broken: [[gateOfProd, "approvals: { by: [ann, Ann, bob] }, after"]],
    said: ['7:55 listed-twice: "Ann" stands in this list twice.'],
    kept: [[gateOfProd, "approvals: { by: [Ann, Bob] }, after"]],
  },
  {
    name: "a pattern can be read",
    broken: [['"**"', '"x[a"']],
    said: ['3:18 bad-pattern: "x[a" opens a [ that nothing closes.'],
    kept: [['"**"', '["x[a]", "y/**"]']],
  },
  {
    name: "a pattern holds no template but a ticket",
    broken: [['"**"', '["a/*", "x/{stack}"]']],
    said: ['3:26 bad-pattern: "x/{stack}" has braces that mean nothing in a branch\'s name; there is {ticket}, once.'],
    kept: [['"**"', '["a/*", "x/{ticket}"]']],
  },
  {
    name: "a branch is of one class",
    broken: [["except: [main], ", ""]],
    said: ['4:3 branch-has-two-classes: A branch "main" is "work" and "main" at once.'],
    kept: [['match: "**", except: [main]', 'match: "work/**"']],
  },
  {
    name: "a class has branches",
    broken: [["except: [main]", 'except: ["**"]']],
    said: ['3:3 branch-unreachable: No branch can be "work": `except` leaves out all that `match` matches.'],
    kept: [["except: [main]", 'except: [main, "dependabot/**"]']],
  },
  {
    name: "a protected branch takes changes from somewhere",
    broken: [
      ["main: {", "next: { accepts: [main], merge: merge }\n  main: {"],
      ["accepts: [work], rev", "accepts: [next], merge: merge, rev"],
      ["except: [main]", "except: [main, next]"],
      [", issue: required", ""],
    ],
    said: [
      '3:3 branch-leads-nowhere (warning): What is on "work" goes nowhere: no branch accepts it and no environment is applied from it.',
      '4:3 branch-unreachable: Nothing can come into "next": what it accepts takes changes only from branches nobody can push to.',
      '5:3 branch-unreachable: Nothing can come into "main": what it accepts takes changes only from branches nobody can push to.',
    ],
    kept: [
      ["main: {", "next: { accepts: [work] }\n  main: {"],
      ["accepts: [work], rev", "accepts: [next], merge: merge, rev"],
      ["except: [main]", "except: [main, next]"],
    ],
  },
  {
    name: "a class of branches leads somewhere",
    broken: [
      ["except: [main]", 'except: [main, "x/*"]'],
      ["  main: {", '  x: { match: "x/*" }\n  main: {'],
    ],
    said: [
      '4:3 branch-leads-nowhere (warning): What is on "x" goes nowhere: no branch accepts it and no environment is applied from it.',
    ],
    kept: [
      ["except: [main]", 'except: [main, "x/*"]'],
      ["  main: {", '  x: { match: "x/*" }\n  main: {'],
      ["accepts: [work]", "accepts: [work, x]"],
    ],
  },
  {
    name: "a way of merging belongs to a branch that merges",
    broken: [["except: [main],", "except: [main], merge: rebase,"]],
    said: ['3:40 key-without-effect: Nothing is merged into "work": it accepts no branch.'],
    kept: [["accepts: [work],", "accepts: [work], merge: [squash, rebase],"]],
  },
  {
    name: "an issue is required of branches that open pull requests",
    broken: [["accepts: [work], ", "accepts: [work], issue: required, "]],
    said: ['4:28 key-without-effect: Nobody asks for an issue: no branch accepts "main".'],
    kept: [["issue: required", "issue: optional"]],
  },
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
  {
    name: "a login is not a misspelt team",
    broken: [
      atTop("teams: { owners: [ann, bob] }"),
      ["reviews: { by: [ann, bob] }", "reviews: { by: owners }"],
      [gateOfProd, "approvals: { by: [ownrs, bob] }, after"],
    ],
    said: [
      '8:50 person-like-team (warning): "ownrs" is nearly the team "owners", and stands for a person of that name.',
    ],
    kept: [atTop("teams: { owners: [ann, bob] }"), [gateOfProd, "approvals: { by: [owners, bob] }, after"]],
  },
  {
    name: "a team is asked somewhere",
    broken: [atTop("teams: { owners: [ann, bob] }")],
    said: ['2:10 team-unused (warning): Nothing asks the team "owners".'],
    kept: [atTop("teams: { owners: [ann, bob] }"), [gateOfProd, "approvals: { by: owners }, after"]],
  },
  {
    name: "a template stands for something",
    broken: [["{stack}.tfstate", "{stak}.tfstate"]],
    said: ['9:59 unknown-template: "{stak}" stands for nothing here.'],
    kept: [["{stack}.tfstate", "{stack}/{instance}terraform.tfstate"]],
  },
  {
    name: "a brace is closed",
    broken: [["{stack}.tfstate", "{stack.tfstate"]],
    said: ['9:59 unknown-template: "{stack.tfstate" stands for nothing here.'],
    kept: [],
  },
  {
    name: "a command's template stands for something",
    broken: [["in: [test, prod],", 'in: [test, prod], verify: [["./smoke", "{env}"]],']],
    said: ['9:70 unknown-template: "{env}" stands for nothing here.'],
    kept: [["in: [test, prod],", 'in: [test, prod], verify: ["./smoke {environment} {stack}"],']],
  },
  {
    name: "a stack has a name",
    broken: [
      ["stacks/{stack}", "{environment}"],
      ["{environment}/{stack}.tfstate", "{environment}.tfstate"],
    ],
    said: ['9:5 missing-key: The stack of "{environment}" has no name: no folder of it is the same everywhere.'],
    kept: [
      ['"stacks/{stack}"', '"{environment}", name: app'],
      ["{environment}/{stack}.tfstate", "{environment}.tfstate"],
    ],
  },
  {
    name: "a stack has one name",
    broken: [["in: [test, prod],", "name: app, in: [test, prod],"]],
    said: ["9:31 key-without-effect: The stacks get their names from {stack} in `root`."],
    kept: [['"stacks/{stack}",', "infra, name: app,"]],
  },
  {
    name: "environments do not share a state",
    broken: [["{environment}/{stack}.tfstate", "{stack}.tfstate"]],
    said: ['9:35 state-shared: test and prod would share the state of "stacks/{stack}": nothing tells them apart.'],
    kept: [
      ["{environment}/{stack}.tfstate", "{stack}.tfstate"],
      ["stacks/{stack}", "{environment}/{stack}"],
    ],
  },
  {
    name: "stacks do not share a state",
    broken: [["{environment}/{stack}.tfstate", "{environment}.tfstate"]],
    said: [
      '9:59 state-shared: All stacks of "stacks/{stack}" would share one state: the setting is the same for all of them.',
    ],
    kept: [['"key={environment}/{stack}.tfstate"', '"{environment}.hcl"']],
  },
  {
    name: "no secret stands in the file",
    broken: [['backend: ["', 'backend: ["secret_key=x", "']],
    said: ['9:59 secret-in-flow: "secret_key" is a secret, and this file is read by everybody.'],
    kept: [['backend: ["', 'backend: ["region=eu-west-1", "']],
  },
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
  {
    name: "a stored plan lives for a while",
    broken: [atTop("apply: { maxAge: 0d }")],
    said: ["2:18 plan-always-expired: A plan would be too old as soon as it is stored."],
    kept: [atTop("apply: { maxAge: 30m }")],
  },
  {
    name: "a provider is named by its address",
    broken: [atTop('allow: { providers: ["*/*", aws] }')],
    said: [
      '2:22 bad-provider: "*/*" would let anybody\'s code run.',
      '2:29 bad-provider: "aws" is not a provider\'s address.',
    ],
    kept: [atTop('allow: { providers: [hashicorp/aws, "registry.example.com/acme/*"] }')],
  },
];

describe("checks of a flow", () => {
  it.each(cases)("$name", ({ broken, said }) => {
    expect(saidAfter(shortFlow, broken)).toEqual(said);
  });

  it.each(cases)("says nothing when $name", ({ kept }) => {
    expect(saidAfter(shortFlow, kept)).toEqual([]);
  });

  it("says how much each check looked at, and runs each on a flow without errors", () => {
    const { checked } = parseFlow(shortFlow, { file: "plangate.yaml" });
    expect(checked.map(({ name }) => name)).toEqual(checks.map(({ name }) => name));
    expect(checked.find(({ name }) => name === "every-gate-can-be-opened")?.count).toBe(3);
  });

  it("does not blame the rest for what it could not read", () => {
    const said = saidAfter(shortFlow, [["prod: { appliesFrom", "prod: { apliesFrom"]]);
    expect(said).toEqual(['7:11 unknown-key: Unknown key "apliesFrom" in environments.prod.']);
  });
});
