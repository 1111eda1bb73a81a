import { describe, expect, it } from "vitest";
import { type Flow, parseFlow, presetNames, renderPreset } from "./index.ts";
import { asksOwners, governorsOf, isOnePerson, namesIn } from "./owners.ts";

function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** A flow of two branches on the way to production, with these parts of it said otherwise. */
function flowWith({ trunk = "", work = "", prod = "", top = "" }: Readonly<Record<string, string>>): Flow {
  return flowOf(`version: 1
${top}
teams: { owners: [ann, bob], others: [eve, dan] }
branches:
  work: { match: "work/*", directPush: free }
  next: { accepts: [work], merge: merge${work} }
  main: { accepts: [next], merge: merge${trunk} }
environments:
  stage: { kind: stage, appliesFrom: [next] }
  prod: { kind: prod, appliesFrom: [main]${prod} }
stacks:
  - { root: "stacks/{stack}", in: [stage, prod], backend: ["key={environment}/{stack}"] }
when:
  - { on: merge, into: next, in: stage, do: [plan, apply] }
  - { on: merge, into: main, in: prod, do: [plan, apply] }
`);
}

const reviewsBy = (by: string) => `, reviews: { count: 1, by: ${by} }`;
const asking = (flow: Flow, defaultBranch = "main") =>
  flow.branches.filter((branch) => asksOwners(flow, branch, defaultBranch)).map(({ name }) => name);
const governors = (flow: Flow, defaultBranch = "main") => namesIn(flow, governorsOf(flow, defaultBranch));

describe("a pull request waits for owners of code", () => {
  it.each(presetNames)("into the default branch of %s", (name) => {
    expect(asking(flowOf(renderPreset(name)))).toEqual(["main"]);
  });

  it.each([
    ["where the default branch names its reviewers", { trunk: reviewsBy("owners") }, ["main"]],
    [
      "where it takes anybody's review and others say yes to an apply",
      { trunk: ", reviews: { count: 1 }", prod: ", approvals: { by: owners }" },
      ["main"],
    ],
    ["where it asks for no review at all", { prod: ", approvals: { by: owners }" }, ["main"]],
    [
      "into every branch that something is applied from, where the same people review",
      { trunk: reviewsBy("owners"), work: reviewsBy("[bob, ann]") },
      ["next", "main"],
    ],
    [
      "into no other branch, where other people review it",
      { trunk: reviewsBy("owners"), work: reviewsBy("others") },
      ["main"],
    ],
    [
      "into no branch that takes pushes as well",
      { trunk: `${reviewsBy("owners")}, directPush: { lines: 5, files: 1 }` },
      [],
    ],
    ["nowhere, where the flow names nobody", { trunk: ", reviews: { count: 1 }" }, []],
    [
      "nowhere, where one person is all there is",
      { top: "assurance: solo", prod: ', approvals: { by: [ann], notBy: [], because: "one person is all there is" }' },
      [],
    ],
    [
      "where there are two people, however little they are kept apart",
      { top: "assurance: solo", trunk: reviewsBy("owners") },
      ["main"],
    ],
    ["where one of a team has to ask somebody, though there is nobody", { trunk: reviewsBy("[ann]") }, ["main"]],
  ] as const)("%s", (_, about, branches) => {
    expect(asking(flowWith(about))).toEqual(branches);
  });

  it("into the branch that is the repository's default, whatever it is called", () => {
    const flow = flowWith({ trunk: reviewsBy("owners"), work: reviewsBy("others") });
    expect(asking(flow, "next")).toEqual(["next"]);
    expect(governors(flow, "next")).toEqual(["eve", "dan"]);
    // What the flow does not know may be anything: nothing of the forge is set up for it.
    expect(asking(flow, "trunk")).toEqual([]);
  });
});

describe("what governs delivery is owned", () => {
  it.each([
    [
      "by who reviews the default branch, and nobody else",
      { trunk: reviewsBy("owners"), work: reviewsBy("others"), prod: ", approvals: { by: [fay] }" },
      ["ann", "bob"],
    ],
    [
      "by who says yes to an apply, before the reviewers of other branches",
      { work: reviewsBy("others"), prod: ", approvals: { by: [fay, gil] }" },
      ["fay", "gil"],
    ],
    ["by reviewers of other branches, where nobody else is named", { work: reviewsBy("others") }, ["eve", "dan"]],
    ["by nobody, where the flow names nobody", {}, []],
  ] as const)("%s", (_, about, names) => {
    expect(governors(flowWith(about))).toEqual(names);
  });

  it("by one person only where that is one login, and no team", () => {
    expect([["ann"], ["acme/owners"], ["ann", "bob"], []].map(isOnePerson)).toEqual([true, false, false, false]);
  });
});
