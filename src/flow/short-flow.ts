/**
 * A whole flow in a dozen lines, for the first screen of the README and for the demonstration: what a merge brings is
 * applied to test with the plan that people saw in the pull request, then to prod after somebody else's yes.
 */
export const shortFlow = `version: 1
branches:
  work: { match: "**", except: [main], issue: required }
  main: { accepts: [work], reviews: { by: [ann, bob] } }
environments:
  test: { appliesFrom: [main], approvals: { by: [ann, bob] } }
  prod: { appliesFrom: [main], approvals: { by: [ann, bob] }, after: [test] }
stacks:
  - { root: "stacks/{stack}", in: [test, prod], backend: ["key={environment}/{stack}.tfstate"] }
when:
  - { on: pull_request, into: main, in: test, do: [check, plan, comment] }
  - { on: merge, into: main, in: test, do: [gate, apply, verify] }
  - { on: merge, into: main, in: prod, do: [plan, gate, apply, verify] }
`;
