import { describe, expect, it } from "vitest";
import type { Flow } from "../../flow/index.ts";
import { parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { altered } from "../../testing/altered.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { renderExplanation } from "./explain.ts";
import { matrixOf, renderMatrix } from "./matrix.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderPicture } from "./picture.ts";

function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const full = flowOf(fullFlow);

describe.each(presetNames)("the preset %s, explained", (name) => {
  const flow = flowOf(renderPreset(name));

  it("reads as its document", async () => {
    await expect(`${renderExplanation(flow)}\n`).toMatchFileSnapshot(`expected/${name}.md`);
  });

  it("has a diagram that other tools can draw", async () => {
    await expect(`${renderMermaid(flow)}\n`).toMatchFileSnapshot(`expected/${name}.mmd`);
  });

  it("looks as it should on a wall", async () => {
    await expect(renderPicture(flow)).toMatchFileSnapshot(`expected/${name}.svg`);
  });
});

/**
 * Places that carry no rule of their own: where an entry stands in its file, a window as it was written beside what it
 * means, the name that an environment's gate has from it, and how drift is met in a row that looks for none.
 */
const noRules = [
  /\.(?:line|column)$/,
  /\.windows\[\d+\]\.text$/,
  /\.approvals\.name$/,
  new RegExp(
    `\\.when\\[(?:${full.when.flatMap(({ do: steps }, row) => (steps.includes("drift") ? [] : [row])).join("|")})\\]\\.drift$`,
  ),
];

/** The sentences alone: what the table or the diagram says does not count. */
function wordsOf(flow: Flow): string {
  return renderExplanation(flow).replace(/## The trigger matrix[\s\S]*?(?=## Who may go where)/, "");
}

describe("every rule is in the words", () => {
  const places = [...altered(full, "flow")].filter(([path]) => !noRules.some((pattern) => pattern.test(path)));
  const cases = places as unknown as readonly (readonly [string, Flow])[];
  const before = wordsOf(full);

  it("looks at everything that a flow says", () => expect(cases.length).toBeGreaterThan(300));

  it.each(cases)("%s changes them", (_, flow) => {
    expect(wordsOf(flow)).not.toBe(before);
  });
});

describe("the matrix", () => {
  it("has a row for each row of the flow, with all that has to be so", () => {
    expect(
      matrixOf(full).map(
        ({ event, condition, environment, actions }) => `${event} | ${condition} | ${environment} | ${actions}`,
      ),
    ).toEqual([
      "push | branch: any of the flow | dev | check,plan,artifact",
      "pull_request | target: main; from develop or hotfix | stage | check,plan,comment",
      "pull_request | target: develop; from dev; or a back-merge from main; an open issue is linked | ephemeral | check,plan,apply,verify,destroy",
      "merge | merged → main; from develop or hotfix; 2 reviews by owners, code owners among them; 1 approval by devops | stage | gate,apply,verify",
      "merge | merged → main; from develop or hotfix; 2 reviews by owners, code owners among them | prod | plan",
      "dispatch | manual: Try; of dev; no other branch holds the stack; gate try: 1 approval by owners, never by somebody who wrote any of what would be applied or started it | dev | plan,gate,apply,verify",
      "dispatch | manual: Take down; of dev; no other branch holds the stack; gate tear-down: 1 approval by ann or bob, never by somebody who wrote any of what would be applied or started it | dev | plan-destroy,gate,destroy",
      "dispatch | manual: Release; stage applied; prod planned | null | release",
      "release | released: v{version}; applied and verified in stage first; within Mon-Thu 08:00-16:00 Europe/Berlin or Sat,Sun 22:00-04:00 UTC; outside freezes; label urgent waives the time, review in 2d; 2 approvals by ann, bob or cem, never by somebody who wrote any of what would be applied or started it | prod | gate,apply,verify",
      "schedule | daily at 01:00 UTC | prod | drift",
    ]);
  });

  it("words its actions as people do", () => {
    const actions = renderMatrix(full)
      .split("\n")
      .slice(2)
      .map((line) => line.split(" | ").at(-1)?.replace(" |", ""));
    expect(actions).toEqual([
      "Plan Only (Artifact, checked)",
      "Plan Only (Comment, checked)",
      "Plan & Apply & Destroy (checked, verified)",
      "Apply the stored plan (at the gate, verified)",
      "Plan Only (Stored)",
      "Plan & Apply (at the gate `try`, verified)",
      "Plan & Destroy (at the gate `tear-down`)",
      "Release",
      "Apply the stored plan (at the gate, verified)",
      "Drift Detection & Plan (nothing is applied)",
    ]);
  });
});
