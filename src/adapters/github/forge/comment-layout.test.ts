import { describe, expect, it } from "vitest";
import { presetNamed } from "../../../../test/engine/decisions.ts";
import type { StackName } from "../../../domain/names.ts";
import { commentText, type Sections, sectionsIn } from "../../../domain/own-comment.ts";
import { readPlan } from "../../../domain/read-plan.ts";
import { aStack, commit } from "../../../testing/builders.ts";
import { aChange } from "../../../testing/plan-json.ts";
import { renderSection } from "../../../views/section.ts";
import { layOut } from "./comment-layout.ts";
import { longestComment } from "./shorten.ts";

const stack = (index: number) => `test/app-${String(index).padStart(4, "0")}` as StackName;
const bodies = (comments: readonly Sections[]) => comments.map((sections) => commentText(sections));
const lengths = (comments: readonly Sections[]) => bodies(comments).map((body) => [...body].length);
/** As the next write finds them. */
const reread = (comments: readonly Sections[]) => bodies(comments).map(sectionsIn);

/** The section of a plan that creates so many objects, as people get it. */
function sectionOf(name: StackName, objects: number): string {
  const resource_changes = Array.from({ length: objects }, (_, index) => {
    const { change } = aChange(`terraform_data.item[${index}]`);
    return aChange(`terraform_data.item[${index}]`, { change: { ...change, after: { input: `value ${index}` } } });
  });
  const json = { format_version: "1.2", terraform_version: "1.14.0", resource_changes, configuration: {} };
  const { value } = readPlan(JSON.stringify(json), { key: new Uint8Array(32) });
  if (value === undefined) throw new Error("the plan of the test cannot be read");
  const { run, plan } = aStack(name).withRun({
    source: { kind: "pull-request", pullRequest: 12, head: commit("c1"), base: commit("c0") },
    due: null,
  });
  return renderSection({ run, stored: plan, flow: presetNamed("gitflow"), made: { reading: value, generated: [] } });
}

describe("the comments of a pull request", () => {
  it("take 200 stacks with 2,000 objects: each with all that it does, which plan it is, and who may say yes", () => {
    const wishes = Array.from({ length: 200 }, (_, index) => ({
      section: stack(index),
      markdown: sectionOf(stack(index), 10),
    }));
    const comments = layOut([], wishes);
    expect(comments).toHaveLength(3);
    for (const length of lengths(comments)) expect(length).toBeLessThanOrEqual(longestComment);
    const texts = new Map(comments.flatMap((sections) => [...sections]));
    expect(texts.size).toBe(200);
    for (const [name, text] of texts) {
      expect(text).toContain(`### \`${name}\``);
      expect(text).toContain("**10 to add**");
      expect(text.match(/^- `\+` `terraform_data\.item/gm)).toHaveLength(10);
      expect(text).toContain("Shortened");
      expect(text).toMatch(/^Plan `\w+` of commit/m);
      expect(text).toMatch(/To apply|approval/);
    }
  });

  it("are three at most until nothing could be said of a stack any more, and then more of them", () => {
    const wishes = Array.from({ length: 1_000 }, (_, index) => ({
      section: stack(index),
      markdown: "a line of it\n".repeat(200),
    }));
    const comments = layOut([], wishes);
    for (const length of lengths(comments)) expect(length).toBeLessThanOrEqual(longestComment);
    expect(comments.reduce((sum, sections) => sum + sections.size, 0)).toBe(1_000);
    for (const text of comments.flatMap((sections) => [...sections.values()])) expect(text).toMatch(/^a line of it\n/);
  });

  it("are left as they are where nothing of them changes, and a section stays where it is while it fits", () => {
    const wishes = Array.from({ length: 200 }, (_, index) => ({
      section: stack(index),
      markdown: `${"x".repeat(700)}\n`,
    }));
    const first = layOut([], wishes);
    expect(bodies(layOut(reread(first), wishes))).toEqual(bodies(first));
    const holder = first.findIndex((sections) => sections.has(stack(150)));
    const second = layOut(reread(first), [{ section: stack(150), markdown: "new" }]);
    expect(bodies(second).map((body, index) => body === bodies(first)[index])).toEqual(
      first.map((_, index) => index !== holder),
    );
    expect(second[holder]?.get(stack(150))).toBe("new");
    const third = layOut(reread(second), [{ section: stack(150), markdown: null }]);
    expect(third.some((sections) => sections.has(stack(150)))).toBe(false);
  });

  it("tell nothing twice: of two copies that an answer lost on the way left, one goes", () => {
    const old = new Map([[stack(1), "an older plan"]]);
    const [first, second] = layOut([old, old], [{ section: stack(1), markdown: "the plan" }]);
    expect(first?.get(stack(1))).toBe("the plan");
    expect(second?.size).toBe(0);
  });
});
