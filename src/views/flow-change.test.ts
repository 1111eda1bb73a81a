import { describe, expect, it } from "vitest";
import type { ProvedProperty } from "../domain/flow-change.ts";
import type { CommitSha } from "../domain/names.ts";
import { type Flow, parseFlow } from "../flow/index.ts";
import { fullFlow } from "../testing/full-flow.ts";
import {
  brokenProperties,
  type FlowChangeView,
  flowChangeLines,
  renderFlowChange,
  renderFlowProblems,
} from "./flow-change.ts";

function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const full = flowOf(fullFlow);
const changed = flowOf(
  fullFlow
    .replace("approvals: { count: 2, by: [ann, bob, cem] }", "approvals: { count: 1, by: [ann, bob, cem] }")
    .replace("after: [stage]", "after: []")
    .replace("tool: opentofu", "tool: terraform")
    .replace("reviews: { count: 1 }", "reviews: { count: 2 }"),
);

const property = (
  id: string,
  status: ProvedProperty["status"],
  more: Partial<ProvedProperty> = {},
): ProvedProperty => ({
  id,
  sentence: `What ${id} says.`,
  status,
  explanation: null,
  story: [],
  ...more,
});
const holds = [
  property("P1", "holds"),
  property("P2", "holds"),
  property("P6", "void", { explanation: "Nobody promises it." }),
];
const broken = property("P11", "violated", {
  explanation: "ann's change never gets to prod",
  story: ["ann pushes a.tf to work", "ann opens change, from work into main"],
});
const view: FlowChangeView = {
  file: "plangate.yaml",
  commit: "c".repeat(40) as CommitSha,
  before: full,
  after: changed,
  proof: [...holds, broken],
  brokenBefore: new Set(),
};

describe("a change of the flow, on its pull request", () => {
  it("tells what gets weaker first, then the proof with the story of a hole", async () => {
    await expect(`${renderFlowChange(view)}\n`).toMatchFileSnapshot("expected/flow-change.md");
  });

  it("says that nothing differs, and that nobody proved it", () => {
    const text = renderFlowChange({ ...view, after: full, proof: null });
    expect(text).toContain("**No guarantee differs.**");
    expect(text).toContain("**The flow was not proved**");
    expect(text).not.toContain("Weaker");
  });

  it("claims no more than was looked at, and gives a reason once", () => {
    const open = ["P2", "P4"].map((id) => property(id, "not-covered", { explanation: "It took too long." }));
    const text = renderFlowChange({ ...view, proof: [...holds, ...open] });
    expect(text).toContain("found no hole in what it looked at, which was too little for a part.");
    expect(text.match(/^- Not covered: .*$/gm)).toEqual(["- Not covered: P2, P4. It took too long\\."]);
  });

  it("says why a flow file cannot be used, and proves nothing", () => {
    const text = renderFlowProblems(view, ['plangate.yaml:3:1 Unknown key "<b>@team".']);
    expect(text).toContain("**It cannot be used after the merge.**");
    expect(text).not.toMatch(/(?<!\\)<b|@team/);
  });

  it("leaves out what is stronger before what is weaker when there is more than fits", () => {
    const sections = Array.from({ length: 400 }, (_, index) => `section ${index} ${"x".repeat(40)}`);
    const many = { ...full, require: { ...full.require, sections } };
    const more = renderFlowChange({ ...view, before: many, after: changed });
    const less = renderFlowChange({ ...view, before: full, after: { ...changed, require: many.require } });
    for (const text of [more, less]) {
      expect(text.length).toBeLessThan(30_000);
      expect(text).toContain("**prod**: 1 approval instead of 2");
      expect(text).toContain("There is more that does not fit here");
      expect(text).toContain("P11 is broken");
    }
  });

  it("cuts a text that somebody made too long, and keeps it harmless", () => {
    const because = `${"`<b> @team ".repeat(1_000)}`;
    const environments = full.environments.map((one) =>
      one.approvals === null ? one : { ...one, approvals: { ...one.approvals, because } },
    );
    const text = renderFlowChange({ ...view, after: { ...full, environments } });
    expect(text.length).toBeLessThan(15_000);
    expect(text).toContain("…");
    expect(text).not.toMatch(/(?<!\\)<b|@team/);
  });
});

describe("a change of the flow, in the line of its check", () => {
  it("tells what gets weaker first, and what was found", () => {
    expect(flowChangeLines(view)).toEqual([
      "2 guarantees get weaker, and 1 differs, which people have to judge: prod: 1 approval instead of 2, by ann, bob or cem; prod no longer waits until the same change is applied and verified in stage; the tool is terraform instead of opentofu",
      "the proof of the new flow found a hole",
    ]);
    expect(flowChangeLines({ ...view, after: full, proof: [property("P1", "not-covered")] })).toEqual([
      "No guarantee differs",
      "the proof of the new flow found no hole, and looked at too little for P1",
    ]);
    expect(flowChangeLines({ ...view, proof: null }).at(-1)).toBe("the new flow was not proved");
  });

  it("does not hide what people have to judge behind nothing that gets weaker", () => {
    const environments = full.environments.map((one) =>
      one.name === "prod" ? { ...one, name: "live", kind: "test" as const } : one,
    );
    const [line] = flowChangeLines({ ...view, after: { ...full, environments } });
    expect(line).toMatch(
      /^No guarantee gets weaker by itself, and 2 differ, which people have to judge: live is a new environment of kind test/,
    );
  });

  it("fails by what is broken alone, with its story", () => {
    expect(brokenProperties({ ...view, proof: holds })).toEqual([]);
    expect(brokenProperties(view)).toEqual([
      "the new flow breaks P11: ann's change never gets to prod (1. ann pushes a.tf to work 2. ann opens change, from work into main)",
    ]);
  });

  it("does not hold against a change what was broken before, and tells it", () => {
    const before = { ...view, brokenBefore: new Set([broken.id]) };
    expect(brokenProperties(before)).toEqual([]);
    expect(renderFlowChange(before)).toContain("The flow in force breaks it too.");
    expect(flowChangeLines(before).at(-1)).toContain("the proof of the new flow found a hole");
  });
});
