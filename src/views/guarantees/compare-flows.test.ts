import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GuaranteeDifference } from "../../domain/flow-change.ts";
import { type Flow, parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { altered } from "../../testing/altered.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { asItIs, inMarkdown } from "../explain/words/names.ts";
import { compareGuarantees, isSameFlow } from "./compare-flows.ts";

function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const full = flowOf(fullFlow);

const differences = (before: Flow, after: Flow) => compareGuarantees({ before, after, spelling: asItIs });

const count = (found: readonly GuaranteeDifference[], change: GuaranteeDifference["change"]) =>
  found.filter((one) => one.change === change).length;

const places = [...altered(full, "flow")] as unknown as readonly (readonly [string, Flow])[];
/** Where an entry stands in its file, and the name that an environment's gate has from it. */
const noGuarantee = /\.(?:line|column)$|\.approvals\.name$/;
const guaranteed = places.filter(([path]) => !noGuarantee.test(path));

describe("what differs between two flows", () => {
  it("looks at everything that a flow says", () => expect(guaranteed.length).toBeGreaterThan(300));

  it.each(guaranteed)("%s is told, by a rule of its own", (_, after) => {
    const found = differences(full, after);
    expect(found.length).toBeGreaterThan(0);
    expect(found.map(({ sentence }) => sentence).join()).not.toContain("another order");
  });

  it("is nothing where only places in the file differ", () => {
    const moved = flowOf(`\n\n${fullFlow}`);
    expect(moved.when[0]?.line).not.toBe(full.when[0]?.line);
    expect(differences(full, moved)).toEqual([]);
    for (const name of presetNames) {
      const preset = flowOf(renderPreset(name));
      expect(differences(preset, preset)).toEqual([]);
    }
  });

  it("swaps weaker and stronger when the flows are swapped, whatever was changed", () => {
    const changes = fc.array(fc.constantFrom(...guaranteed), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(
        changes,
        fc.constantFrom(full, ...presetNames.map((name) => flowOf(renderPreset(name)))),
        (made, base) => {
          for (const [path, after] of made) {
            const [there, back] = [differences(base, after), differences(after, base)];
            const told = (change: GuaranteeDifference["change"]) => `${path}: ${count(there, change)}`;
            expect(told("weaker")).toBe(`${path}: ${count(back, "stronger")}`);
            expect(told("stronger")).toBe(`${path}: ${count(back, "weaker")}`);
            expect(told("other")).toBe(`${path}: ${count(back, "other")}`);
            expect(there.length === 0).toBe(isSameFlow(base, after));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("tells that entries stand in another order", () => {
    const after = { ...full, when: full.when.toReversed() };
    expect(differences(full, after)).toMatchObject([{ change: "other", subject: "flow" }]);
  });
});

/** What somebody who wants less to be asked writes, and what a reviewer is to read. */
const weakened: readonly (readonly [from: string, to: string, sentence: string])[] = [
  [
    "approvals: { count: 2, by: [ann, bob, cem] }",
    "approvals: { count: 1, by: [ann, bob, cem] }",
    "prod: 1 approval instead of 2, by ann, bob or cem",
  ],
  [
    "approvals: { count: 2, by: [ann, bob, cem] }",
    "approvals: { count: 2, by: [ann, bob, cem, eve] }",
    "prod: eve may now approve",
  ],
  [
    "by: [ann, bob, cem] }",
    'by: [ann, bob, cem], notBy: [writers], because: "we are few" }',
    "prod: somebody who started it may now approve it, because: we are few",
  ],
  ["owners: [ann, bob, cem]", "owners: [ann, bob, cem, eve]", "eve is new in owners, who are asked at try and main"],
  [
    "dev: { kind: dev, appliesFrom: [dev, develop], heldBy: branch, destroyable: true",
    "dev: { kind: dev, appliesFrom: [dev, develop], destroyable: true",
    "dev is no longer held by branch: any of them applies over what another one applied",
  ],
  ["prod:\n    kind: prod", "prod:\n    kind: test", "prod is of kind test instead of prod"],
  ["after: [stage]", "after: []", "prod no longer waits until the same change is applied and verified in stage"],
  ["appliesFrom: [release]", "appliesFrom: [release, main]", "prod may now be applied from main"],
  [
    '"Mon-Thu 08:00-16:00 Europe/Berlin", ',
    '"Mon-Fri 08:00-16:00 Europe/Berlin", ',
    "prod may be applied to in Mon-Fri 08:00-16:00 Europe/Berlin or Sat,Sun 22:00-04:00 UTC, instead of in Mon-Thu 08:00-16:00 Europe/Berlin or Sat,Sun 22:00-04:00 UTC",
  ],
  [
    "to: 2027-01-02T00:00:00Z",
    "to: 2026-12-22T00:00:00Z",
    "prod is no longer frozen from 2026-12-20 00:00 UTC until 2027-01-02 00:00 UTC, because of: end of the year",
  ],
  ["review: 48h", "review: 30d", "prod: what was done in an emergency is reviewed within 30d instead of 2d"],
  ["az_count: 3, ", "", "a plan for prod is no longer refused unless az_count = 3"],
  [
    "variables: [REGION]",
    "variables: [REGION, TOKEN]",
    "the tool now gets to see TOKEN of plangate's own environment in dev",
  ],
  [
    "directPush: { lines: 50, files: 5 }",
    "directPush: { lines: 500, files: 5 }",
    "develop takes pushes of up to 500 lines in 5 files without a pull request, instead of pushes of up to 50 lines in 5 files without a pull request",
  ],
  [
    "reviews: { count: 2, by: owners, codeOwners: true }",
    "reviews: { count: 2, by: owners }",
    "main: no code owner of what is changed has to approve any more",
  ],
  [
    "reviews: { count: 2, by: owners, codeOwners: true }",
    "reviews: { count: 2, codeOwners: true }",
    "main: anybody who may review now counts",
  ],
  ["accepts: [develop, hotfix]", "accepts: [develop, hotfix, dev]", "main now takes pull requests from dev"],
  ["linear: true, ", "", "the history of develop may now hold merges"],
  [", backMerge: [develop]", "", "what reaches main no longer goes back to develop by itself"],
  ["issue: required, ", "", "a pull request from dev need not link an open issue any more"],
  [
    "drift: propose",
    "drift: apply",
    "daily at 01:00 UTC, drift is put right, past every gate that stands there, instead of: drift is told, and a plan that puts it right is shown",
  ],
  [
    "deletions: acknowledged",
    "deletions: free",
    "nobody has to say any more that it is meant when a plan deletes or replaces anything",
  ],
  [
    "sections: [why, rollback]",
    "sections: [why]",
    "the text of a pull request need not have the section rollback any more",
  ],
  [
    "ifStateMoved: ask-again",
    "ifStateMoved: same-meaning",
    "an approval carries over to a plan of the same meaning when the state moved, instead of: people are asked again when the state moved",
  ],
  ["maxAge: 3d }", "maxAge: 30d }", "a stored plan may be applied for 30d instead of 3d"],
  ["providers: [hashicorp/aws]", 'providers: ["hashicorp/*"]', "providers like hashicorp/* may now be started"],
  [
    'verify: ["./smoke.sh {environment}"]',
    "verify: []",
    "after an apply of stacks/{stack}, ./smoke.sh {environment} need not succeed any more",
  ],
  ["assurance: team", "assurance: solo", "the assurance is solo instead of team"],
  ["ownerId: 4711, ", "", "identities are no longer bound to the number of its owner, 4711"],
];

describe("what is weaker", () => {
  it.each(weakened)("%s → %s", (from, to, sentence) => {
    expect(fullFlow.split(from).length, "the full flow says it").toBeGreaterThan(1);
    const after = flowOf(fullFlow.replace(from, to));
    const found = differences(full, after);
    expect(found[0]).toMatchObject({ change: "weaker" });
    expect(found.filter(({ change }) => change === "weaker").map((one) => one.sentence)).toContain(sentence);
    const isReplaced = /frozen|providers/.test(sentence);
    expect(isReplaced || count(found, "stronger") === 0).toBe(true);
    expect(differences(after, full).filter(({ change }) => change === "weaker").length).toBe(count(found, "stronger"));
  });

  it("is a gate that nobody passes any more, and a need for less", () => {
    const environments = full.environments.map((one) => (one.name === "prod" ? { ...one, approvals: null } : one));
    const when = full.when.map((row) => ({
      ...row,
      gate: null,
      needs: row.needs.map((need) => ({ ...need, state: "planned" as const })),
    }));
    expect(differences(full, { ...full, environments, when })).toEqual(
      [
        [
          "environment prod",
          "prod asks for no approval any more; it was 2 approvals by ann, bob or cem, never by somebody who wrote any of what would be applied or started it",
        ],
        ["row dispatch Try of dev in dev", "when somebody starts Try, nobody is asked at the gate try any more"],
        [
          "row dispatch Take down of dev in dev",
          "when somebody starts Take down, nobody is asked at the gate tear-down any more",
        ],
        [
          "row dispatch Release",
          "when somebody starts Release, it has to be that a plan is stored for stage, instead of that everything is applied and verified in stage",
        ],
      ].map(([subject, sentence]) => ({ change: "weaker", subject, sentence })),
    );
  });

  it("comes first, and what is stronger last", () => {
    const text = fullFlow
      .replace("after: [stage]", "after: []")
      .replace("tool: opentofu", "tool: terraform")
      .replace("reviews: { count: 1 }", "reviews: { count: 2 }");
    expect(differences(full, flowOf(text)).map(({ change }) => change)).toEqual(["weaker", "other", "stronger"]);
  });

  it("is not that the same people are named in another way", () => {
    const after = flowOf(fullFlow.replace("by: [ann, bob, cem]", "by: owners"));
    expect(new Set(differences(full, after).map(({ change }) => change))).toEqual(new Set(["other"]));
  });

  it("is not told of what a wider pattern still lets start", () => {
    const after = flowOf(fullFlow.replace("providers: [hashicorp/aws]", 'providers: ["hashicorp/*"]'));
    expect(differences(full, after)).toMatchObject([
      { change: "weaker" },
      { change: "other", sentence: "providers like hashicorp/aws are no longer named, and still may be started" },
    ]);
  });
});

describe("what is new or gone as a whole", () => {
  it("tells of an environment under a new name who says yes there", () => {
    const environments = full.environments.map((one) =>
      one.name === "prod" ? { ...one, name: "live", approvals: null, destroyable: true, gated: false } : one,
    );
    expect(differences(full, { ...full, environments }).map(({ sentence }) => sentence)).toEqual([
      "live is a new environment of kind prod, applied from a release; it asks for no approval by itself; people may apply to it from their own machine; it may be destroyed",
      "prod is gone: nothing is planned or applied there any more, and nothing that was promised of it holds",
    ]);
  });
});

describe("what the flow file brings", () => {
  it("is harmless in Markdown", () => {
    const hostile = "<script>alert(1)</script> ](http://x) `tick` @team\n::error::x";
    const gates = full.environments.map((environment) => ({
      ...environment,
      approvals:
        environment.approvals === null
          ? null
          : { ...environment.approvals, because: hostile, by: { teams: [hostile], logins: [] } },
      expect: { [hostile]: hostile },
      variables: [hostile],
    }));
    const branches = full.branches.map((branch) => ({ ...branch, match: [hostile] }));
    const found = compareGuarantees({
      before: full,
      after: { ...full, environments: gates, branches },
      spelling: inMarkdown,
    });
    const text = found.map(({ sentence }) => sentence).join("\n");
    expect(text.split("tick").length).toBeGreaterThan(8);
    const outsideCode = text.replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
    expect(outsideCode).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(http|@team|:\/\//);
    expect(text).not.toMatch(/@team|^::/m);
  });
});
