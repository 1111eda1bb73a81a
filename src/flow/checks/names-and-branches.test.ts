import { atTop, gateOfProd, holdPromises, makeRelease, release } from "../../../test/flow/short-flow-promises.ts";

holdPromises([
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
]);
